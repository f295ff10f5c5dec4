"""Committees, their rule, and who sits on them; a case that is open keeps the rule and electorate it began with."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Conflict, Invalid
from teams import leaving
from teams.actions.rota import end_turns_of
from teams.actions.writing import active, change, checked, insert
from teams.models import Committee, CommitteeSeat, Organisation, User
from teams.organisation import today
from teams.standing import require_today

WHOLE = 100  # percent
RULE = (
    "rule",
    "approvals_needed",
    "share",
    "quorum",
    "chair_casts",
    "decline_closes",
    "silence",
    "answer_hours",
)
FACTS = ("name", *RULE, "is_active")
TOLD = frozenset({*RULE, "is_active"})


def link_of(committee: Committee) -> str:
    return f"/settings/committees/{committee.code}/"


@transaction.atomic
def create_committee(*, by: User, at: datetime, code: str, name: str, **rule: Any) -> Committee:
    """Make a committee without members, which can decide nothing yet; its code is kept, because mandates name it.

    `rule` holds the columns of `RULE`; what is left out has its default. Raises: NotAllowed, Invalid.
    """
    require_today("committee.manage", by=by, at=at)
    committee = Committee(code=code, name=name.strip(), **rule)
    checked(committee, ["code", "name", *RULE])
    sensible({name: getattr(committee, name) for name in RULE})
    insert(committee, taken="code_taken", path="code")
    data = {"code": committee.code, **{name: getattr(committee, name) for name in RULE}}
    subject = ("committee", committee.code)
    record("committee.created", subject=subject, by=by.pk, at=at, data=data, link=link_of(committee))
    return committee


def sensible(rule: Mapping[str, Any]) -> None:
    """Raises: Invalid for a figure that no rule can have."""
    for path in ("quorum", "approvals_needed", "answer_hours", "share"):
        if rule[path] < 1:
            raise Invalid("too_small", _("This is at least 1."), path=path)
    if rule["share"] > WHOLE:
        raise Invalid("too_large", _("This is at most 100 %."), path="share")


# --- what a confirmed change does; inside the transaction of `answering`, which has locked the committee ---


def change_facts(committee: Committee, values: Mapping[str, Any], *, by: User, at: datetime) -> None:
    """Write a committee's name, rule and whether it works; everybody on it hears of it.

    Raises: Conflict for closing a committee that is still needed; Invalid.
    """
    sensible(values)
    if committee.is_active and not values["is_active"]:
        not_needed(committee)
    if data := change(committee, {**values, "name": values["name"].strip()}, told=TOLD):
        members = CommitteeSeat.objects.filter(committee=committee, ended_on=None).values_list("user_id", flat=True)
        tell = [] if data["fields"] == ["name"] else [member for member in members if member != by.pk]
        data["code"] = committee.code
        subject = ("committee", committee.code)
        record("committee.changed", subject=subject, by=by.pk, at=at, data=data, tell=tell, link=link_of(committee))


def not_needed(committee: Committee) -> None:
    """Raises: Conflict for a committee that something still waits for."""
    if Organisation.objects.filter(default_committee=committee).exists():
        raise Conflict("default_committee", _("This is the default committee. Choose another one first."))
    if leaving.of_committee(committee.pk):
        raise Conflict("committee_in_use", _("Something is still open before this committee, or a mandate names it."))


# --- seats ---


def seat(committee: Committee, user: User, *, is_chair: bool, by: User, at: datetime) -> None:
    """Give a person a seat from today; cases that are open already keep their electorate.

    Raises: Conflict where the person sits on it already; Invalid for somebody deactivated.
    """
    day = today(at)
    active(user, "user")
    if CommitteeSeat.objects.filter(committee=committee, user=user, ended_on=None).exists():
        raise Conflict("seated_already", _("This person sits on this committee already."))
    former = _vacate_chair(committee, day) if is_chair else None
    row = CommitteeSeat.objects.create(committee=committee, user=user, is_chair=is_chair, started_on=day)
    _record("committee.seated", row, by, at)
    if former:
        _record("committee.chair_ended", former, by, at)


def unseat(committee: Committee, seat_id: int, *, by: User, at: datetime) -> None:
    """End a seat today and its turns on duty: its holder votes no more, on open cases either. Raises: Conflict."""
    row = open_seat(committee, seat_id)
    day = today(at)
    _end(row, day)
    end_turns_of(row.user_id, row.committee_id, day)
    leaving.rights_lost(row.user_id, row.committee_id, at)
    _record("committee.unseated", row, by, at)


def make_chair(committee: Committee, seat_id: int, *, by: User, at: datetime) -> None:
    """Let the holder of a seat chair the committee from today, in place of whoever did. Raises: Conflict."""
    row, day = open_seat(committee, seat_id), today(at)
    if row.is_chair:
        return
    former = _vacate_chair(row.committee, day)
    _end(row, day)
    fresh = CommitteeSeat.objects.create(committee=row.committee, user=row.user, is_chair=True, started_on=day)
    if former:
        _record("committee.chair_ended", former, by, at)
    _record("committee.chaired", fresh, by, at)


def open_seat(committee: Committee, seat_id: int) -> CommitteeSeat:
    """Return a seat on the committee that is held today. Raises: Conflict."""
    seats = CommitteeSeat.objects.select_related("committee", "user").filter(committee=committee, ended_on=None)
    row = seats.filter(pk=seat_id).first()
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
