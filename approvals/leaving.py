"""What of deals is still open for a person, a customer or a committee, and handing a contact's deals over."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from approvals.actions.electing import note_loss
from approvals.actions.settling import save
from approvals.models import Case, ConsentSeat, Deal, DealState
from approvals.telling import action, tell_deal
from teams import leaving
from teams.leaving import OpenMatter
from teams.models import User

OPEN_STATES = (DealState.DRAFT, DealState.PENDING, DealState.APPROVED)


def of_person(user_id: int, team_id: int | None) -> list[OpenMatter]:
    """Return the person's open deals, which need another contact, and the consents and votes they were asked for."""
    deals = Deal.objects.filter(contact=user_id, state__in=OPEN_STATES)
    seats = ConsentSeat.objects.filter(user=user_id, answer="", round__state="open").select_related(
        "round__revision__deal"
    )
    if team_id is not None:
        deals = deals.filter(team=team_id)
        seats = seats.filter(round__revision__deal__team=team_id)
    found = [*_deals(deals, blocking=True)]
    found += [_matter("consent", _("consent on %(deal)s"), seat.round.revision.deal) for seat in seats.order_by("id")]
    if team_id is None:
        cases = Case.objects.filter(electors__user=user_id, state=Case.State.OPEN).exclude(votes__user=user_id)
        cases = cases.exclude(recusals__user=user_id)
        found += [_case(case) for case in cases.select_related("deal").order_by("id")]
    return found


def of_customer(customer_id: int) -> list[OpenMatter]:
    """Return what is open with a customer: pending deals stay with their team, their next revision moves on."""
    return [*_deals(Deal.objects.filter(customer=customer_id, state__in=OPEN_STATES), blocking=False)]


def of_team(team_id: int) -> list[OpenMatter]:
    """Return the open deals of a team: it cannot close while somebody waits for it."""
    return [*_deals(Deal.objects.filter(team=team_id, state__in=OPEN_STATES), blocking=True)]


def of_committee(committee_id: int) -> list[OpenMatter]:
    """Return the cases that wait for a committee."""
    cases = Case.objects.filter(committee=committee_id, state=Case.State.OPEN).select_related("deal")
    return [_case(case) for case in cases.order_by("id")]


def _deals(deals: QuerySet[Deal], *, blocking: bool) -> Iterable[OpenMatter]:
    for deal in deals.select_related("customer").order_by("id"):
        kind = "draft" if deal.state == DealState.DRAFT else "deal"
        label = _("%(deal)s with %(customer)s") % {"deal": deal.reference, "customer": deal.customer.name}
        yield OpenMatter(kind, label, f"/deals/{deal.reference}/", blocking=blocking)


def _matter(kind: str, label: str, deal: Deal) -> OpenMatter:
    return OpenMatter(kind, label % {"deal": deal.reference}, f"/deals/{deal.reference}/")


def _case(case: Case) -> OpenMatter:
    label = _("vote on %(deal)s") % {"deal": case.deal.reference}
    return OpenMatter("vote", label, f"/cases/{case.pk}/")


@action
def hand_over(*, user_id: int, team_id: int, to: User, by: User, at: datetime) -> None:
    """Make `to` the contact of the person's open deals in the team, in the leaving action's transaction."""
    deals = Deal.objects.select_for_update(of=("self",)).select_related("customer", "team", "latest")
    mine = list(deals.filter(contact=user_id, team=team_id, state__in=OPEN_STATES).order_by("id"))
    for deal in mine:
        deal.contact = to
        save(deal, "contact")
    for deal in mine:
        tell_deal("deal.handed_over", deal, by=by, at=at, data={"from": user_id, "to": to.pk}, tell=[to.pk, user_id])


def register() -> None:
    """Let the pages of people, customers and committees show what deals leave open."""
    leaving.open_matters.append(of_person)
    leaving.customer_matters.append(of_customer)
    leaving.committee_matters.append(of_committee)
    leaving.team_matters.append(of_team)
    leaving.hand_overs.append(hand_over)
    leaving.losses.append(note_loss)
