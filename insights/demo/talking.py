"""Who follows which deal in the demo, and who mentions whom, so that every inbox shows something."""

from datetime import datetime, timedelta

from approvals.actions.comments import comment
from approvals.actions.following import follow
from approvals.models import Case, Deal
from insights.demo.founding import person

# who, of whose deal, in front of which committee ("" for the deal itself), what
SAID: list[tuple[str, str, str, str]] = [
    ("sofie", "AZ Sint-Veerle", "", "@Jonas Peeters their board meets on Thursday; shall I call @Hilde Maes before?"),
    ("anouk", "Brasserie Saint-Aubain", "", "@Bram de Vries you had the same with handsets last year, hadn't you?"),
    ("nora", "Camping De Duinpan", "", "@Pieter Bakker ask them for the season after next as well."),
    ("ines", "Athénée des Trois Vallées", "deal-desk", "@Karel Smit @Wim Aerts one installation instead of four."),
    ("marieke", "Athénée des Trois Vallées", "", "@Sofie Wouters well argued. Does the second school know?"),
]
FOLLOWS: list[tuple[str, str]] = [
    ("marieke", "AZ Sint-Veerle"),
    ("hilde", "AZ Sint-Veerle"),
    ("hilde", "Athénée des Trois Vallées"),
    ("elise", "Camping De Duinpan"),
    ("luc", "Vlasserij De Leie"),
    ("nora", "Camping De Duinpan"),
    ("karel", "Pharmalux"),
    ("greta", "Pharmalux"),
]


def _last(customer: str) -> Deal:
    return Deal.objects.filter(customer__name=customer).order_by("-id")[0]


def follow_and_mention(*, at: datetime) -> None:
    """Write it in the minute before `at`."""
    for who, customer in FOLLOWS:
        follow(deal=_last(customer), by=person(who), at=at - timedelta(minutes=1))
    for number, (who, customer, committee, said) in enumerate(SAID):
        deal = _last(customer)
        case = Case.objects.get(deal=deal, committee__code=committee) if committee else None
        moment = at - timedelta(minutes=1) + timedelta(seconds=5 * number)
        comment(deal=deal, case=case, by=person(who), at=moment, text=said)
