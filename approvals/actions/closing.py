"""What ends with a case: its pause, what it still asked of the team, and the counter-proposals that it overtakes."""

from datetime import datetime

from approvals.actions.pausing import end_pause
from approvals.models import Case, CaseRequest, CounterProposal
from approvals.states import COUNTER_MOVES
from approvals.telling import tell_case
from journal.moves import find
from teams.models import User

LIVE = (CounterProposal.State.OPEN, CounterProposal.State.ADOPTED)


def close_answers(case: Case, *, by: User | None, at: datetime) -> None:
    """Close what the case leaves open; `case.state` is new already, and the caller saves it with `paused_at`.

    A bounded yes that the committee has adopted outlives its no to the ask: the team may still take it up.
    """
    CaseRequest.objects.filter(case=case, state=CaseRequest.State.OPEN).update(
        state=CaseRequest.State.VOID, closed_at=at
    )
    if case.paused_at is not None:
        end_pause(case, at)
    for proposal in CounterProposal.objects.filter(case=case, state__in=LIVE):
        outlives = proposal.state == CounterProposal.State.ADOPTED
        if outlives and case.state in (Case.State.DECLINED, Case.State.LAPSED):
            continue
        found = find(COUNTER_MOVES, "void", proposal.state)
        proposal.state, proposal.closed_at = found.target, at
        proposal.save(update_fields=["state", "closed_at"])
        tell_case(found.event, case, by=by, at=at, data={"proposal": proposal.number})
