"""The frozen electorate of a case, looked at again: who lost the right to vote, who stepped back, who is left."""

from datetime import date, datetime

from approvals.electorates import chairs, lost_rights
from approvals.models import Case, Elector
from approvals.telling import tell_case


def strike_out(case: Case, *, day: date, at: datetime) -> None:
    """Take the right to vote from electors who do not hold it on `day` any more; a vote that they cast is none now.

    INVARIANT: nobody gets it back, and nobody is added; a chair of later has no casting vote on this case.
    Runs inside an action, under the lock of the case.
    """
    lost = lost_rights(case, day)
    for user, why in lost.items():
        case.electors.filter(user=user).update(lost_at=at, lost_why=why)
        data = {"user": user, "why": why, "voted": case.votes.filter(user=user).exists()}
        tell_case("case.right_lost", case, by=None, at=at, data=data, tell=[user])
    case.electors.filter(is_chair=True).exclude(user__in=chairs(case, day)).update(is_chair=False)


def note_loss(*, user_id: int, committee_id: int | None, at: datetime) -> None:
    """Note at once that a person who leaves a committee, or the organisation, votes on none of its open cases.

    Runs in the leaving action's transaction and locks no case: the next tick counts those cases again.
    """
    electors = Elector.objects.filter(user=user_id, case__state=Case.State.OPEN, lost_at=None)
    if committee_id is None:
        electors.update(lost_at=at, lost_why=Elector.Lost.INACTIVE)
    else:
        electors.filter(case__committee=committee_id).update(lost_at=at, lost_why=Elector.Lost.LEFT)
