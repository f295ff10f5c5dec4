"""The rota of a committee: planning who is on duty when, one turn or a round of weeks, and ending a turn."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Conflict, Invalid
from teams.absences import ahead, chairs_of
from teams.days import ONE_DAY, end_of, last_of, overlap, sensible_days
from teams.duty import turns_ahead
from teams.models import Absence, Committee, CommitteeSeat, DutyTurn, User, holds_on
from teams.organisation import today
from teams.permissions import About
from teams.rota import by_turns
from teams.standing import require_today

MOST_ROUNDS = 8


def about_turn(committee_id: int, user_id: int | None = None) -> About:
    """Return what the right to plan or end a turn depends on."""
    return About(committee_ids=frozenset({committee_id}), owner_id=user_id)


def link_of(committee: Committee) -> str:
    return f"/settings/committees/{committee.code}/rota/"


@transaction.atomic
def plan_turn(
    *, committee: Committee, user: User, by: User, at: datetime, first_on: date, last_on: date | None
) -> DutyTurn:
    """Put a member of a committee on duty from one day to another, or until further notice; cases keep their votes.

    Raises: NotAllowed; Conflict `duty_overlaps`, `committee_closed`; Invalid `in_the_past`, `last_before_first`,
    `not_a_member`, `away_then`.
    """
    day = require_today("duty.plan", by=by, at=at, about=about_turn(committee.pk))
    locked = _open(committee)
    sensible_days(first_on, last_on, day)
    if user.pk not in _members(locked, day):
        raise Invalid("not_a_member", _("Only who sits on the committee is put on duty for it."), path="user")
    ended_on = end_of(last_on)
    # until further notice nobody is always here; on the days away a substitute answers, or the chair
    _present(user, first_on, ended_on or first_on + ONE_DAY, ahead(day).filter(user=user))
    _free(turns_ahead(locked.pk, day), [(first_on, ended_on)])
    row = _insert(locked, user.pk, first_on, ended_on, by, at)
    _record("duty.planned", row, by, at)
    return row


@transaction.atomic
def plan_round(
    *, committee: Committee, by: User, at: datetime, first_on: date, rounds: int = 1, first: User | None = None
) -> list[DutyTurn]:
    """Put each member on duty for a week in turn, by name, beginning with `first`; those away change places.

    Raises: NotAllowed; Conflict `duty_overlaps`, `committee_closed`, `nobody_there`; Invalid `in_the_past`,
    `not_a_member`, `too_many_rounds`.
    """
    day = require_today("duty.plan", by=by, at=at, about=about_turn(committee.pk))
    locked = _open(committee)
    sensible_days(first_on, None, day)
    if not 1 <= rounds <= MOST_ROUNDS:
        raise Invalid("too_many_rounds", _("Between 1 and %(most)s rounds.") % {"most": MOST_ROUNDS}, path="rounds")
    members = _beginning_with(first, list(_members(locked, day)))
    away = list(ahead(day).filter(user__in=members))

    def is_away(member: int, start: date, end: date) -> bool:
        return any(one.user_id == member and overlap(one.started_on, one.ended_on, start, end) for one in away)

    weeks, _left_out = by_turns(members, first_on, rounds, is_away)
    if not weeks:
        raise Conflict(
            "nobody_there", _("Nobody on this committee could be put on duty: it is empty, or all are away.")
        )
    _free(turns_ahead(locked.pk, day), [(week.first_on, week.ended_on) for week in weeks])
    rows = [_insert(locked, week.user_id, week.first_on, week.ended_on, by, at) for week in weeks]
    _record_round(locked, rows, by, at, tell=members)
    return rows


@transaction.atomic
def end_turn(*, turn: DutyTurn, by: User, at: datetime) -> DutyTurn:
    """End a turn that runs, today included, or take one back that has not begun. Raises: NotAllowed; Conflict."""
    day = require_today("duty.end", by=by, at=at, about=about_turn(turn.committee_id, turn.user_id))
    Committee.objects.select_for_update().get(pk=turn.committee_id)
    row = DutyTurn.objects.select_related("committee", "user").get(pk=turn.pk)
    if not _end(row, day):
        raise Conflict("duty_over", _("This turn is over already."))
    _record("duty.ended", row, by, at)
    return row


def end_turns_of(user_id: int, committee_id: int | None, day: date) -> int:
    """End the turns of somebody who leaves a committee, or all of them; inside that action, which records it.

    Return how many turns there were.
    """
    rows = DutyTurn.objects.filter(user=user_id)
    if committee_id is not None:
        rows = rows.filter(committee=committee_id)
    return sum(_end(row, day) for row in rows.order_by("pk"))


def _end(row: DutyTurn, day: date) -> bool:
    """End a turn; False where it was over already."""
    end = max(day, row.started_on)
    if row.ended_on is not None and row.ended_on <= end:
        return False
    row.ended_on = end
    row.save(update_fields=["ended_on"])
    return True


def _open(committee: Committee) -> Committee:
    locked = Committee.objects.select_for_update().get(pk=committee.pk)
    if not locked.is_active:
        raise Conflict("committee_closed", _("This committee no longer works."))
    return locked


def _members(committee: Committee, day: date) -> Mapping[int, str]:
    """Return the ids and names of those who sit on the committee, by name."""
    seats = CommitteeSeat.objects.filter(holds_on(day), committee=committee, user__is_active=True)
    return dict(seats.order_by("user__name", "user_id").values_list("user_id", "user__name"))


def _beginning_with(first: User | None, members: list[int]) -> list[int]:
    if first is None:
        return members
    if first.pk not in members:
        raise Invalid("not_a_member", _("Only who sits on the committee is put on duty for it."), path="first")
    index = members.index(first.pk)
    return [*members[index:], *members[:index]]


def _present(user: User, first_on: date, ended_on: date, away: Iterable[Absence]) -> None:
    for one in away:
        if overlap(one.started_on, one.ended_on, first_on, ended_on):
            words = {"name": user.name, "days": days_text(one.started_on, one.ended_on)}
            detail = _("%(name)s is away %(days)s. Choose other days, or somebody else.") % words
            raise Invalid("away_then", detail, path="user")


def _free(taken: Iterable[DutyTurn], wanted: Sequence[tuple[date, date | None]]) -> None:
    for row in taken:
        if any(overlap(row.started_on, row.ended_on, first_on, ended_on) for first_on, ended_on in wanted):
            words = {"name": row.user.name, "days": days_text(row.started_on, row.ended_on)}
            detail = _("%(name)s is on duty %(days)s already. Choose other days, or end that turn first.") % words
            raise Conflict("duty_overlaps", detail)


def days_text(first_on: date, ended_on: date | None) -> str:
    """Return a period as a part of a sentence; its end is exclusive."""
    if ended_on is None:
        return _("from %(first)s until further notice") % {"first": date_format(first_on)}
    words = {"first": date_format(first_on), "last": date_format(ended_on - ONE_DAY)}
    return _("from %(first)s to %(last)s") % words


def _insert(
    committee: Committee, user_id: int, first_on: date, ended_on: date | None, by: User, at: datetime
) -> DutyTurn:
    return DutyTurn.objects.create(
        committee=committee, user_id=user_id, started_on=first_on, ended_on=ended_on, planned_by=by, planned_at=at
    )


def _record(verb: str, row: DutyTurn, by: User, at: datetime) -> None:
    record(
        verb,
        subject=("committee", row.committee.code),
        by=by.pk,
        at=at,
        data={
            "code": row.committee.code,
            "turn": row.pk,
            "user": row.user_id,
            "started_on": row.started_on,
            "last_on": last_of(row.ended_on),
            "taken_back": row.ended_on == row.started_on,
        },
        about=[("user", str(row.user_id))],
        tell=sorted({row.user_id, *chairs_of([row.committee_id], today(at))} - {by.pk}),
        link=link_of(row.committee),
    )


def _record_round(committee: Committee, rows: Sequence[DutyTurn], by: User, at: datetime, tell: list[int]) -> None:
    record(
        "duty.round_planned",
        subject=("committee", committee.code),
        by=by.pk,
        at=at,
        data={
            "code": committee.code,
            "turns": [{"turn": row.pk, "user": row.user_id, "started_on": row.started_on} for row in rows],
            "count": len(rows),
            "started_on": rows[0].started_on,
            "last_on": last_of(rows[-1].ended_on),
        },
        about=[("user", str(user)) for user in sorted({row.user_id for row in rows})],
        tell=sorted({*tell, *chairs_of([committee.pk], today(at))} - {by.pk}),
        link=link_of(committee),
    )
