"""Committees, their rule, and who sits on them; a case that is open keeps the rule and electorate it began with."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Conflict, Invalid
from teams import leaving
from teams.actions.writing import active, change, checked, insert, not_for_oneself, same_edition
from teams.models import Committee, CommitteeSeat, Organisation, User
from teams.standing import require_today

RULE = ("rule", "approvals_needed", "quorum", "answer_hours")
TOLD = frozenset({*RULE, "is_active"})


def link_of(committee: Committee) -> str:
    return f"/settings/committees/{committee.code}/"


@transaction.atomic
def create_committee(
    *,
    by: User,
    at: datetime,
    code: str,
    name: str,
    rule: str,
    approvals_needed: int,
    quorum: int,
    answer_hours: int,
) -> Committee:
    """Make a committee without members; its code is kept for good, because mandates name it.

    Raises: NotAllowed, Invalid.
    """
    require_today("committee.manage", by=by, at=at)
    figures = {"rule": rule, "approvals_needed": approvals_needed, "quorum": quorum, "answer_hours": answer_hours}
    committee = Committee(code=code, name=name.strip(), **figures)
    checked(committee, ["code", "name", *RULE])
    _sensible(quorum, approvals_needed, answer_hours)
    insert(committee, taken="code_taken", path="code")
    subject = ("committee", committee.code)
    data = {"code": committee.code, **figures}
    record("committee.created", subject=subject, by=by.pk, at=at, data=data, link=link_of(committee))
    return committee


def _sensible(quorum: int, approvals_needed: int, answer_hours: int) -> None:
    figures = (("quorum", quorum), ("approvals_needed", approvals_needed), ("answer_hours", answer_hours))
    for path, figure in figures:
        if figure < 1:
            raise Invalid("too_small", _("This is at least 1."), path=path)


@transaction.atomic
def change_committee(
    *,
    committee: Committee,
    by: User,
    at: datetime,
    edition: int | None,
    name: str,
    rule: str,
    approvals_needed: int,
    quorum: int,
    answer_hours: int,
    is_active: bool,
) -> Committee:
    """Change a committee's name and rule; everybody on it hears of a change of the rule.

    Raises: NotAllowed; Conflict for a stale edition, or for closing a committee that is still needed; Invalid.
    """
    require_today("committee.manage", by=by, at=at)
    locked = Committee.objects.select_for_update().get(pk=committee.pk)
    same_edition(locked, edition)
    _sensible(quorum, approvals_needed, answer_hours)
    if locked.is_active and not is_active:
        _not_needed(locked)
    values = {
        "name": name.strip(),
        "rule": rule,
        "approvals_needed": approvals_needed,
        "quorum": quorum,
        "answer_hours": answer_hours,
        "is_active": is_active,
    }
    if data := change(locked, values, told=TOLD):
        members = CommitteeSeat.objects.filter(committee=locked, ended_on=None).values_list("user_id", flat=True)
        tell = [] if data["fields"] == ["name"] else [member for member in members if member != by.pk]
        data["code"] = locked.code
        subject = ("committee", locked.code)
        record("committee.changed", subject=subject, by=by.pk, at=at, data=data, tell=tell, link=link_of(locked))
    return locked


def _not_needed(committee: Committee) -> None:
    if Organisation.objects.filter(default_committee=committee).exists():
        raise Conflict("default_committee", _("This is the default committee. Choose another one first."))
    if leaving.of_committee(committee.pk):
        raise Conflict("committee_in_use", _("Something is still open before this committee, or a mandate names it."))


# --- seats ---


@transaction.atomic
def seat(*, committee: Committee, by: User, at: datetime, user: User, is_chair: bool = False) -> CommitteeSeat:
    """Give a person a seat from today; cases that are open already keep their electorate.

    Raises: NotAllowed, also for oneself; Conflict where the person sits on it already; Invalid.
    """
    day = require_today("committee.manage", by=by, at=at)
    not_for_oneself(by, user)
    locked = Committee.objects.select_for_update().get(pk=committee.pk)
    active(user, "user")
    if CommitteeSeat.objects.filter(committee=committee, user=user, ended_on=None).exists():
        raise Conflict("seated_already", _("This person sits on this committee already."))
    former = _vacate_chair(locked, day) if is_chair else None
    row = CommitteeSeat.objects.create(committee=locked, user=user, is_chair=is_chair, started_on=day)
    _record("committee.seated", row, by, at)
    if former:
        _record("committee.chair_ended", former, by, at)
    return row


@transaction.atomic
def unseat(*, held: CommitteeSeat, by: User, at: datetime) -> CommitteeSeat:
    """End a seat today: its holder votes no more, on open cases either. Raises: NotAllowed, Conflict."""
    day = require_today("committee.manage", by=by, at=at)
    row = _open(held)
    _end(row, day)
    leaving.rights_lost(row.user_id, row.committee_id, at)
    _record("committee.unseated", row, by, at)
    return row


@transaction.atomic
def make_chair(*, held: CommitteeSeat, by: User, at: datetime) -> CommitteeSeat:
    """Let the holder of a seat chair the committee from today, in place of whoever did.

    Raises: NotAllowed, also for oneself; Conflict.
    """
    day = require_today("committee.manage", by=by, at=at)
    not_for_oneself(by, held.user)
    row = _open(held)
    if row.is_chair:
        return row
    former = _vacate_chair(row.committee, day)
    _end(row, day)
    fresh = CommitteeSeat.objects.create(committee=row.committee, user=row.user, is_chair=True, started_on=day)
    if former:
        _record("committee.chair_ended", former, by, at)
    _record("committee.chaired", fresh, by, at)
    return fresh


def _open(held: CommitteeSeat) -> CommitteeSeat:
    Committee.objects.select_for_update().get(pk=held.committee_id)
    rows = CommitteeSeat.objects.select_related("committee", "user")
    row = rows.filter(pk=held.pk, ended_on=None).first()
    if row is None:
        raise Conflict("seat_ended", _("This seat has ended or changed already."))
    return row


def _end(row: CommitteeSeat, day: date) -> None:
    row.ended_on = day
    row.save(update_fields=["ended_on"])


def _vacate_chair(committee: Committee, day: date) -> CommitteeSeat | None:
    """The chair of today keeps the seat and gives the chair up."""
    chair = (
        CommitteeSeat.objects.select_related("user").filter(committee=committee, is_chair=True, ended_on=None).first()
    )
    if chair is None:
        return None
    _end(chair, day)
    return CommitteeSeat.objects.create(committee=committee, user=chair.user, started_on=day)


def _record(verb: str, row: CommitteeSeat, by: User, at: datetime) -> None:
    record(
        verb,
        subject=("committee", row.committee.code),
        by=by.pk,
        at=at,
        data={"user": row.user_id, "code": row.committee.code, "is_chair": row.is_chair},
        about=[("user", str(row.user_id))],
        tell=[row.user_id] if row.user_id != by.pk else [],
        link=link_of(row.committee),
    )
