"""What the product does about an open case by itself: remind, and when the answer time is over its rule on silence.

INVARIANT: silence is never a yes. Votes that were cast may decide; without them a case is reminded of, passes to one
member, or lapses, as its committee's rule says, frozen when it opened.
"""

from datetime import datetime

from approvals.actions.electing import strike_out
from approvals.actions.settling import close_case, end_without_yes
from approvals.actions.vote import read_case, settle
from approvals.locking import Locked, lock_deal
from approvals.models import Case, Elector
from approvals.quorum import Result
from approvals.states import CASE_MOVES
from approvals.telling import action, owners, tell_case
from approvals.voting import count, holding_the_right
from journal.moves import find
from teams import working_time
from teams.absences import away_on
from teams.calendars import calendars
from teams.duty import first_to_answer
from teams.models import Committee

Silence = Committee.Silence


@action
def look_at(case_id: int, at: datetime) -> bool:
    """Do what is due on a case, once; say whether anything was. Locks the deal and reads the case again."""
    due = Case.objects.filter(pk=case_id, state=Case.State.OPEN, paused_at=None, looks_at__lte=at)
    deal_id = due.values_list("deal_id", flat=True).first()
    if deal_id is None:
        return False
    locked = lock_deal(deal_id, at=at)
    case = read_case(case_id, locked)
    if case.state != Case.State.OPEN or case.paused_at is not None or case.looks_at is None or case.looks_at > at:
        return False
    strike_out(case, day=locked.day, at=at)
    is_over = case.due_at <= at
    counted = count(case, time_is_over=is_over)
    if counted.result in (Result.APPROVED, Result.DECLINED):
        settle(locked, case, counted, by=None, at=at)
    elif is_over or case.stuck_at is not None:
        _act_on_silence(locked, case, at, is_over=is_over)
    else:
        _remind(locked, case, at, silent_electors(case), next_at=case.due_at)
    return True


def _act_on_silence(locked: Locked, case: Case, at: datetime, *, is_over: bool) -> None:
    if case.silence == Silence.LAPSE:
        _lapse(locked, case, at)
        return
    if case.silence == Silence.PASS_ON and _pass_on(locked, case, at):
        return
    if not is_over:
        # everybody was told that it is stuck; the next word comes when the answer time is over
        _look_again(case, case.due_at)
        return
    votes = _represented(case)
    chosen = first_to_answer(case.committee_id, locked.day, votes, opened_at=case.opened_at)
    answers_first = [] if chosen is None else [votes[chosen.pk]]
    _remind(locked, case, at, [*silent_electors(case), *answers_first], next_at=_next_working_day(locked, case, at))


def _remind(locked: Locked, case: Case, at: datetime, people: list[int], *, next_at: datetime) -> None:
    """Remind those who have not voted and are not away."""
    case.reminded_at = at
    case.looks_at = next_at
    case.save(update_fields=["reminded_at", "looks_at"])
    away = away_on(locked.day, people)
    event = find(CASE_MOVES, "remind", case.state).event
    data = {"due_at": case.due_at, "overdue": case.due_at <= at}
    tell_case(event, case, by=None, at=at, data=data, tell=[person for person in people if person not in away])


def _pass_on(locked: Locked, case: Case, at: datetime) -> bool:
    """Let one member answer alone: who is on duty, else the chair; say whether somebody could."""
    represented = _represented(case)
    if case.passed_to_id in represented.values():
        if case.due_at > at:
            _look_again(case, case.due_at)
        else:
            people = [user for user in silent_electors(case) if user == case.passed_to_id]
            _remind(locked, case, at, people, next_at=_next_working_day(locked, case, at))
        return True
    chosen = first_to_answer(case.committee_id, locked.day, represented, opened_at=case.opened_at)
    if chosen is None:
        return False
    found = find(CASE_MOVES, "pass_on", case.state)
    case.passed_to_id, case.passed_at = represented[chosen.pk], at
    case.looks_at = _next_working_day(locked, case, at)
    case.edition += 1
    case.save(update_fields=["passed_to", "passed_at", "looks_at", "edition"])
    told = [case.passed_to_id, *represented.values(), *owners(case.deal)]
    tell_case(found.event, case, by=None, at=at, data={"user": case.passed_to_id}, tell=told)
    return True


def _lapse(locked: Locked, case: Case, at: datetime) -> None:
    """End the case and with it the deal, without a yes."""
    close_case(case, "lapse", by=None, at=at)
    data: dict[str, object] = {"case": case.pk, "committee": case.committee.code, "silent": True}
    end_without_yes(locked.deal, "lapse", by=None, at=at, data=data)


def _represented(case: Case) -> dict[int, int]:
    """Whose vote each elector holds who did not step back: the member's, by the one who casts it."""
    rows = holding_the_right(case).exclude(user__in=case.recusals.values("user_id")).select_related("substitution")
    return {_member_of(elector): elector.user_id for elector in rows}


def _member_of(elector: Elector) -> int:
    return elector.user_id if elector.substitution is None else elector.substitution.member_id


def silent_electors(case: Case) -> list[int]:
    """Who may still vote, and has not since it is theirs to do."""
    voted = case.votes.all() if case.passed_at is None else case.votes.filter(cast_at__gte=case.passed_at)
    rows = holding_the_right(case).exclude(user__in=case.recusals.values("user_id"))
    return list(rows.exclude(user__in=voted.values("user_id")).values_list("user_id", flat=True))


def _look_again(case: Case, at: datetime) -> None:
    case.looks_at = at
    case.save(update_fields=["looks_at"])


def _next_working_day(locked: Locked, case: Case, at: datetime) -> datetime:
    calendar = calendars(at, of=locked.organisation).of(case.committee)
    return working_time.after_days(calendar, at, 1)
