"""Handing deals over when people leave, customers move and teams merge, inside those actions' transactions.

INVARIANT: `lock` has locked every deal and question that the rest of this module changes, before the first event.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from approvals.actions.advice_closing import lock_advice_of, release_advice
from approvals.actions.consent import pass_on
from approvals.actions.settling import save
from approvals.electorates import eligible_colleagues, involved_in
from approvals.locking import lock_deal, lock_deals
from approvals.models import OPEN_STATES, Case, ConsentRound, ConsentSeat, Deal, DealState
from approvals.telling import action, tell_deal
from teams import leaving
from teams.models import Customer, Team, User


def lock(*, user_id: int | None, team_ids: Collection[int], at: datetime) -> None:
    """Lock the open deals of a person in these teams, with what judging them needs where a round may end; or drafts."""
    deals = Deal.objects.filter(team__in=team_ids, state__in=OPEN_STATES)
    if user_id is None:
        customers = Q(customer__teams__team__in=team_ids, customer__teams__ended_on=None)
        drafts = Deal.objects.filter(Q(team__in=team_ids) | customers, state=DealState.DRAFT)
        lock_deals(list(drafts.values_list("pk", flat=True)), at=at)
        return
    mine = list(deals.filter(contact=user_id).values_list("pk", flat=True))
    judged = list(_rounds(team_ids).values_list("revision__deal_id", flat=True))
    lock_deals(mine, judged=judged, at=at)
    lock_advice_of(user_id)


def _rounds(team_ids: Collection[int]) -> QuerySet[ConsentRound]:
    """Return the open rounds of these teams: a person leaves some of them, and the new contact of a deal another."""
    rounds = ConsentRound.objects.filter(state=ConsentRound.State.OPEN, revision__deal__team__in=team_ids)
    return rounds.order_by("revision__deal_id")


def spoken_for(team_id: int, prefix: str = "") -> Q:
    """Return the condition of the deals of a team, and of those that were merged into it."""
    return Q(**{f"{prefix}team": team_id}) | Q(**{f"{prefix}team__merged_into": team_id})


@action
def hand_over(*, user_id: int, team_id: int, to: User, by: User, at: datetime) -> None:
    """Make `to` the contact of the person's open deals in the team, in the leaving action's transaction."""
    deals = Deal.objects.select_for_update(of=("self",)).select_related("customer", "team", "latest")
    mine = list(deals.filter(spoken_for(team_id), contact=user_id, state__in=OPEN_STATES).order_by("id"))
    for deal in mine:
        _give(deal, to, user_id, by=by, at=at)


def _give(deal: Deal, to: User, former_id: int, *, by: User, at: datetime) -> None:
    deal.contact = to
    save(deal, "team", "contact")
    tell_deal("deal.handed_over", deal, by=by, at=at, data={"from": former_id, "to": to.pk}, tell=[to.pk, former_id])


@action
def settle_rounds(*, user_id: int, team_ids: Collection[int], is_gone: bool, by: User, at: datetime) -> None:
    """Take rounds to their committee that cannot come to a yes, or lose an objection, with a person who has left.

    Nobody takes another's consent over: whoever gained the right after the round opened never had it.
    """
    for round in list(_rounds(team_ids).select_related("revision")):
        locked = lock_deal(round.revision.deal_id, at=at)
        round.revision.deal = locked.deal
        seats = list(round.seats.values_list("user_id", "answer"))
        here = eligible_colleagues(locked.team, locked.day, involved_in(locked.deal))
        able = [user for user, answer in seats if user in here and answer != ConsentSeat.Answer.OBJECTION]
        if (user_id, ConsentSeat.Answer.OBJECTION) in seats:
            pass_on(locked, round, Case.Cause.OBJECTION, by=None, at=at)
        elif len(able) < round.needed:
            pass_on(locked, round, Case.Cause.TOO_FEW, by=None, at=at)
    if is_gone:
        release_advice(user_id, at=at)


@action
def move_drafts(*, customer: Customer, team: Team, contact: User, by: User, at: datetime) -> None:
    """Give the drafts with a customer, which nobody has submitted yet, to its team and contact of now."""
    drafts = Deal.objects.select_for_update(of=("self",)).select_related("customer", "team", "latest")
    for deal in drafts.filter(customer=customer, state=DealState.DRAFT, submitted_at=None).order_by("id"):
        if (deal.team_id, deal.contact_id) != (team.pk, contact.pk):
            former, deal.team = deal.contact_id, team
            _give(deal, contact, former, by=by, at=at)


def register() -> None:
    """Take part in leaving, moving and merging."""
    leaving.locks.append(lock)
    leaving.lefts.append(settle_rounds)
    leaving.customer_moves.append(move_drafts)
    leaving.hand_overs.append(hand_over)
