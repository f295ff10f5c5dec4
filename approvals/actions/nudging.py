"""Reminding those who have not answered yet, by the team that waits: at most once in four hours."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from approvals.actions.silence import silent_electors
from approvals.actions.vote import read_case
from approvals.locking import lock_deal
from approvals.models import Case, ConsentRound
from approvals.sight import about
from approvals.states import CASE_MOVES, ROUND_MOVES
from approvals.telling import action, tell_case, tell_deal
from journal.moves import find
from journal.refusals import Conflict
from teams.absences import away_on
from teams.models import User
from teams.permissions import require
from teams.standing import person_of

PAUSE = timedelta(hours=4)


@action
def nudge_case(*, case: Case, by: User, at: datetime) -> Case:
    """Remind those of the committee who may still vote and have not; whoever is away is left in peace.

    Locks the deal and reads the case again. Writes `nudged_at`.
    Raises: NotAllowed; Conflict `illegal_move`, `clock_stands_still`, `nudged_already`, `nobody_to_nudge`.
    """
    locked = lock_deal(case.deal_id, at=at)
    own = read_case(case.pk, locked)
    found = find(CASE_MOVES, "nudge", own.state)
    require(found.permission, person_of(by, locked.day), about(locked.deal))
    if own.paused_at is not None:
        raise Conflict("clock_stands_still", _("The committee waits for your team: answer it first."))
    _expect_pause(own.nudged_at, at)
    told = _present(silent_electors(own), locked.day)
    own.nudged_at = at
    own.save(update_fields=["nudged_at"])
    tell_case(found.event, own, by=by, at=at, data={"people": len(told), "due_at": own.due_at}, tell=told)
    return own


@action
def nudge_round(*, round: ConsentRound, by: User, at: datetime) -> ConsentRound:
    """Remind the colleagues who have not answered; whoever is away is left in peace.

    Locks the deal and reads the round again. Writes `nudged_at`.
    Raises: NotAllowed; Conflict `illegal_move`, `nudged_already`, `nobody_to_nudge`.
    """
    locked = lock_deal(round.revision.deal_id, at=at)
    own = ConsentRound.objects.select_related("revision").get(pk=round.pk)
    found = find(ROUND_MOVES, "nudge", own.state)
    require(found.permission, person_of(by, locked.day), about(locked.deal))
    _expect_pause(own.nudged_at, at)
    told = _present(list(own.seats.filter(answer="").exclude(user=by).values_list("user_id", flat=True)), locked.day)
    own.nudged_at = at
    own.save(update_fields=["nudged_at"])
    data = {"revision": own.revision.number, "round": own.pk, "people": len(told), "due_at": own.due_at}
    tell_deal(found.event, locked.deal, by=by, at=at, data=data, tell=told)
    return own


def may_be_nudged(row: Case | ConsentRound, at: datetime) -> bool:
    """Say whether enough time has passed since somebody reminded of it last."""
    return row.nudged_at is None or row.nudged_at + PAUSE <= at


def _expect_pause(nudged_at: datetime | None, at: datetime) -> None:
    if nudged_at is not None and at < nudged_at + PAUSE:
        detail = _("Somebody reminded them less than four hours ago. Give them time to answer.")
        raise Conflict("nudged_already", detail)


def _present(people: list[int], day: date) -> list[int]:
    away = away_on(day, people)
    here = [person for person in people if person not in away]
    if not here:
        raise Conflict("nobody_to_nudge", _("Everybody who could answer has done so or is away."))
    return here
