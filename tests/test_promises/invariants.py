"""What must be true of the whole database whenever no transaction is under way."""

from decimal import Decimal

from approvals.models import Approval, Case, ConsentRound, Deal, Vote
from approvals.rechecking import differences
from journal.models import Event
from journal.verify import verify
from mandates.balances import check_balances, positions_of
from mandates.models import Budget

YES = ("approved", "won")


def faults() -> list[str]:
    """Return one sentence for each thing that is not as it must be."""
    found = check_balances()
    for deal in Deal.objects.select_related("latest").order_by("id"):
        found += _of_deal(deal)
    found += [f"case {case.pk} is approved without an approval" for case in _approved_without_envelope()]
    found += [f"decision {one.decision} answers differently: {one.fault}" for one in differences()]
    if not verify().sound:
        found.append(f"the journal is not sound: {verify()}")
    if Vote.objects.count() > Event.objects.filter(verb="case.voted").count():
        found.append("a vote without its event")
    return found


def _approved_without_envelope() -> list[Case]:
    return list(Case.objects.filter(state="approved").exclude(pk__in=Approval.objects.values("case")))


def _of_deal(deal: Deal) -> list[str]:
    name = f"{deal.reference} ({deal.state})"
    asked = ConsentRound.objects.filter(revision__deal=deal, state="open").count()
    asked += Case.objects.filter(deal=deal, state="open").count()
    found = []
    if (deal.state == "pending") != bool(asked):
        found.append(f"{name} has {asked} open questions")
    stale = Case.objects.filter(deal=deal, state="open").exclude(revision=deal.latest_id).count()
    if stale:
        found.append(f"{name} asks about an older revision")
    return found + _of_budget(deal, name)


def _of_budget(deal: Deal, name: str) -> list[str]:
    """An approved deal holds all of its discount in each budget of the mandate that answered; an ended one nothing."""
    keys = [f"{deal.reference}/{number}" for number in deal.revisions.values_list("number", flat=True)]
    used = {one.revision: one.used for one in positions_of(keys)} if keys else {}
    latest = None if deal.latest is None else f"{deal.reference}/{deal.latest.number}"
    found = [f"{name}: {key} still uses a budget" for key, amount in used.items() if amount and key != latest]
    if deal.state not in (*YES, "pending") and used.get(latest or ""):
        found.append(f"{name} still uses a budget")
    if deal.state in YES and deal.latest is not None:
        decision = deal.latest.decisions.select_related("mandate_version").order_by("-number")[0]
        version = decision.mandate_version
        given = deal.latest.discount_amount
        budgeted = version is not None and Budget.objects.filter(mandate=version.mandate_id).exists()
        if budgeted and given and used.get(latest or "", Decimal(0)) <= 0:
            found.append(f"{name} holds nothing of its budget")
    return found
