"""What falls due by itself: silence of colleagues, overdue cases, and the end of a yes."""

from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from django.db.models import Exists, F, OuterRef, Q

from approvals.actions.consent import pass_on
from approvals.actions.outcome import lapse
from approvals.actions.silence import look_at
from approvals.actions.vote import recount
from approvals.locking import lock_deal
from approvals.models import Case, ConsentRound, ConsentSeat, Deal, DealEditor, DealState, Elector
from approvals.telling import action
from journal.refusals import Refusal
from teams.models import Committee, CommitteeSeat, holds_on
from teams.organisation import today

log = structlog.get_logger(__name__)


def pass_on_silence(at: datetime) -> int:
    """Take rounds whose time is over to the committee; a yes never comes from silence."""
    due = ConsentRound.objects.filter(state=ConsentRound.State.OPEN, due_at__lte=at).order_by("due_at", "id")
    return _each(due.values_list("pk", flat=True), pass_on_round, at)


def look_at_cases(at: datetime) -> int:
    """Remind of cases, and do what their rule on silence says once the answer time is over; a paused one waits."""
    due = Case.objects.filter(state=Case.State.OPEN, paused_at=None, looks_at__lte=at).order_by("looks_at", "id")
    return _each(due.values_list("pk", flat=True), look_at, at)


def recount_electorates(at: datetime) -> int:
    """Count open cases again whose electorate has shrunk or whose answer time is over.

    A case that cannot be decided any more says so; a majority is read from the votes cast, if they make the quorum.
    """
    day = today(at)
    seats = CommitteeSeat.objects.filter(holds_on(day), committee=OuterRef("case__committee"), user=OuterRef("user"))
    gone: Q = (
        Q(lost_at__isnull=False)
        | Q(~Exists(seats), substitution=None)
        | Q(user__is_active=False)
        | Q(user=F("case__deal__contact"))
    )
    members = CommitteeSeat.objects.filter(
        holds_on(day), committee=OuterRef("case__committee"), user=OuterRef("substitution__member")
    )
    gone |= Q(substitution__ended_at__isnull=False) | Q(~Exists(members), substitution__isnull=False)
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


def _lapse(deal_id: int, at: datetime) -> bool:
    return lapse(deal=Deal.objects.get(pk=deal_id), at=at)
