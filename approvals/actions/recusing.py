"""Stepping back from a case: counted for the quorum, without a vote."""

from datetime import datetime

from approvals.actions.electing import strike_out
from approvals.actions.settling import expect_edition
from approvals.actions.submit import checked_reason
from approvals.actions.vote import read_case, settle
from approvals.locking import lock_deal
from approvals.models import Case, Recusal
from approvals.sight import about_case
from approvals.states import CASE_MOVES
from approvals.telling import action, tell_case
from approvals.voting import count
from journal.hashing import sha256
from journal.moves import find
from teams.models import User
from teams.permissions import require
from teams.standing import person_of


@action
def recuse(*, case: Case, by: User, at: datetime, reason: str, edition: int | None = None) -> Case:
    """Step back from a case for good: it counts for the quorum, and a vote cast before is none any more.

    Locks team, budgets, deal and open cases, and reads again. Raises: NotAllowed; Conflict `illegal_move`,
    `stale_edition`; Invalid `reason_missing`.
    """
    locked = lock_deal(case.deal_id, at=at)
    current = read_case(case.pk, locked)
    found = find(CASE_MOVES, "recuse", current.state)
    expect_edition(current.edition, edition)
    strike_out(current, day=locked.day, at=at)
    require(found.permission, person_of(by, locked.day), about_case(current))
    reason = checked_reason(reason, required=True)
    Recusal.objects.create(case=current, user=by, reason=reason, at=at)
    current.edition += 1
    current.save(update_fields=["edition"])
    counted = count(current)
    voted = current.votes.filter(user=by).exists()
    data = {"reason_sha256": sha256(reason), "cast": counted.cast, "missing": counted.missing, "voted": voted}
    others = current.electors.filter(lost_at=None).values_list("user_id", flat=True)
    tell_case(found.event, current, by=by, at=at, data=data, tell=others)
    settle(locked, current, counted, by=by, at=at)
    return current
