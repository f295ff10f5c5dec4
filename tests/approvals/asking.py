"""What tests of actions ask of the journal."""

from approvals.models import Case, Deal
from journal.models import Event, Message
from journal.timeline import sentence


def verbs(deal: Deal) -> list[str]:
    """The verbs of the deal's timeline, oldest first."""
    rows = Event.objects.filter(subjects__kind="deal", subjects__identifier=deal.reference)
    return list(rows.order_by("sequence").values_list("verb", flat=True))


def told(verb: str) -> set[int]:
    """Who has a message about events of this verb."""
    rows = Message.objects.filter(event__verb=verb, channel="inbox")
    return set(rows.values_list("recipient_id", flat=True))


def sentences() -> list[str]:
    """Every event as its sentence; each must have been rendered from a template."""
    return [sentence(event) for event in Event.objects.order_by("sequence")]


def case_of(deal: Deal, committee: str = "deal-desk") -> Case:
    """The deal's last case before a committee."""
    return Case.objects.filter(deal=deal, committee__code=committee).order_by("-id")[0]
