"""What falls due by itself: silence of colleagues, overdue cases, and the end of a yes."""

from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from django.db.models import Exists, F, OuterRef, Q

from approvals.actions.consent import pass_on
from approvals.actions.outcome import lapse
from approvals.actions.vote import recount
from approvals.locking import lock_deal
from approvals.models import Case, ConsentRound, ConsentSeat, Deal, DealEditor, DealState, Elector
from approvals.states import CASE_MOVES
from approvals.telling import action, tell_case
from journal.moves import find
from journal.refusals import Refusal
from teams.models import Committee, CommitteeSeat, holds_on
from teams.organisation import today

log = structlog.get_logger(__name__)


def pass_on_silence(at: datetime) -> int:
    """Take rounds whose time is over to the committee; a yes never comes from silence."""
    due = ConsentRound.objects.filter(state=ConsentRound.State.OPEN, due_at__lte=at).order_by("due_at", "id")
    return _each(due.values_list("pk", flat=True), pass_on_round, at)


def remind_committees(at: datetime) -> int:
    """Remind, once, those who have not voted on an overdue case."""
    due = Case.objects.filter(state=Case.State.OPEN, due_at__lte=at, reminded_at=None, paused_at=None).order_by(
        "due_at", "id"
    )
    return _each(due.values_list("pk", flat=True), remind, at)


def recount_electorates(at: datetime) -> int:
    """Count open cases again whose electorate has shrunk or whose answer time is over.

    A case that cannot be decided any more says so; a majority is read from the votes cast, if they make the quorum.
    """
    day = today(at)
    seats = CommitteeSeat.objects.filter(holds_on(day), committee=OuterRef("case__committee"), user=OuterRef("user"))
    gone: Q = Q(lost_at__isnull=False) | ~Exists(seats) | Q(user__is_active=False) | Q(user=F("case__deal__contact"))
    gone |= Q(Exists(DealEditor.objects.filter(deal=OuterRef("case__deal"), user=OuterRef("user"))))
    gone |= Q(case__rule=Committee.Rule.MAJORITY, case__due_at__lte=at, case__paused_at=None)
    due = Elector.objects.filter(gone, case__state=Case.State.OPEN, case__stuck_at=None).order_by("case_id")
    return _each(due.values_list("case_id", flat=True).distinct(), recount, at)


def lapse_due(at: datetime) -> int:
    """End each yes whose last day has passed."""
    due = Deal.objects.filter(state=DealState.APPROVED, good_until__lt=today(at)).order_by("good_until", "id")
    return _each(due.values_list("pk", flat=True), _lapse, at)


def _each(keys: Iterable[int], act: Callable[[int, datetime], bool], at: datetime) -> int:
    """Act on each due row in its own transaction; one that is refused waits for its remedy and stops no other."""
    done = 0
    for key in list(keys):
        try:
            done += act(key, at)
        except Refusal as refusal:
            log.warning("due_but_refused", work=act.__name__, row=key, code=refusal.code)
    return done


@action
def pass_on_round(round_id: int, at: datetime) -> bool:
    """Take one round to the committee; say whether it was still to be done."""
    seen = ConsentRound.objects.select_related("revision").get(pk=round_id)
    locked = lock_deal(seen.revision.deal_id, at=at)
    round = ConsentRound.objects.select_related("revision").get(pk=round_id)
    if round.state != ConsentRound.State.OPEN or round.due_at > at:
        return False
    round.revision.deal = locked.deal
    objected = round.seats.filter(answer=ConsentSeat.Answer.OBJECTION).exists()
    pass_on(locked, round, Case.Cause.OBJECTION if objected else Case.Cause.SILENCE, by=None, at=at)
    return True


@action
def remind(case_id: int, at: datetime) -> bool:
    """Remind the electors of one case who have not voted; say whether it was still to be done."""
    case = (
        Case.objects.select_for_update(of=("self",), no_key=True)
        .select_related("deal__customer", "deal__team", "committee")
        .get(pk=case_id)
    )
    if case.state != Case.State.OPEN or case.reminded_at is not None:
        return False
    if case.due_at > at or case.paused_at is not None:
        return False
    case.reminded_at = at
    case.save(update_fields=["reminded_at"])
    voted = case.votes.values("user_id")
    people = case.electors.exclude(user__in=voted).values_list("user_id", flat=True)
    event = find(CASE_MOVES, "remind", case.state).event
    tell_case(event, case, by=None, at=at, data={"due_at": case.due_at}, tell=people)
    return True


def _lapse(deal_id: int, at: datetime) -> bool:
    return lapse(deal=Deal.objects.get(pk=deal_id), at=at)
