"""The committee's clock while a case waits for its team: it stands still, and what was left of it is left afterwards.

Every function here runs inside the transaction of an action, under the deal's lock.
"""

from datetime import datetime

from approvals.models import Case, CasePause, CaseRequest, CounterProposal
from teams import working_time
from teams.calendars import calendars
from teams.models import Committee, Organisation


def pause(case: Case, at: datetime) -> bool:
    """Stop the clock of an open case; say whether it ran until now."""
    if case.paused_at is not None:
        return False
    case.paused_at = at
    case.save(update_fields=["paused_at"])
    CasePause.objects.create(case=case, started_at=at)
    return True


def waits_for_team(case: Case) -> bool:
    """Say whether the team still has something to answer: points that were asked, or a counter-proposal."""
    asked = CaseRequest.objects.filter(case=case, state=CaseRequest.State.OPEN).exists()
    return asked or CounterProposal.objects.filter(case=case, state=CounterProposal.State.ADOPTED).exists()


def resume_if_answered(case: Case, of: Organisation, at: datetime) -> bool:
    """Let the clock run again once nothing waits for the team; say whether it does."""
    if case.paused_at is None or waits_for_team(case):
        return False
    case.due_at = moved(case.due_at, paused_at=case.paused_at, at=at, of=of, committee=case.committee)
    if case.looks_at is not None:
        case.looks_at = moved(case.looks_at, paused_at=case.paused_at, at=at, of=of, committee=case.committee)
    end_pause(case, at)
    case.save(update_fields=["paused_at", "due_at", "looks_at"])
    return True


def end_pause(case: Case, at: datetime) -> None:
    """Note that the pause is over; the caller saves `paused_at`."""
    CasePause.objects.filter(case=case, ended_at=None).update(ended_at=at)
    case.paused_at = None


def moved(
    due_at: datetime, *, paused_at: datetime, at: datetime, of: Organisation, committee: Committee | None = None
) -> datetime:
    """Return when the answer is due now: the working time that was left when it paused is left again from `at`.

    What was late already stays due when it was.
    """
    return working_time.resumed(calendars(at, of=of).of(committee), due_at, paused_at, at)
