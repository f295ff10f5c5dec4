"""Being away, and standing in: absences are set by oneself or the chair, substitutes need a third person's yes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Conflict, Invalid
from teams.absences import ahead, chairs_of, committees_of, substitutions_ahead
from teams.actions.writing import active
from teams.days import end_of, overlap, sensible_days
from teams.models import Absence, Committee, CommitteeSeat, Substitution, User, holds_on
from teams.organisation import today
from teams.permissions import About, may, require
from teams.standing import person_of, require_today

LINK = "/settings/absence/"


def about_absence(user: User, day: date) -> About:
    """What the right to say that somebody is away depends on."""
    return About(owner_id=user.pk, committee_ids=frozenset(one.pk for one in committees_of(user, day)))


def about_substitution(committee_id: int, member_id: int, substitute_id: int | None = None) -> About:
    """What the right to name, confirm or end a substitute depends on."""
    own = frozenset() if substitute_id is None else frozenset({substitute_id})
    return About(owner_id=member_id, committee_ids=frozenset({committee_id}), seat_ids=own)


@transaction.atomic
def set_absence(
    *,
    user: User,
    by: User,
    at: datetime,
    first_on: date,
    last_on: date | None,
    substitutes: Mapping[Committee, User] | None = None,
    confirms: bool = True,
) -> Absence:
    """Say that a person is away from one day to another, and who stands in on each committee.

    Cases that are open keep their electorate. `confirms` as in `name_substitute`.
    Raises: NotAllowed; Conflict `away_already`; Invalid `in_the_past`, `last_before_first`, and what naming a
    substitute raises.
    """
    day = require_today("absence.set", by=by, at=at, about=about_absence(user, today(at)))
    active(user, "user")
    sensible_days(first_on, last_on, day)
    ended_on = end_of(last_on)
    if any(overlap(row.started_on, row.ended_on, first_on, ended_on) for row in ahead(day).filter(user=user)):
        raise Conflict("away_already", _("This person is away on some of these days already. End that absence first."))
    row = Absence.objects.create(user=user, started_on=first_on, ended_on=ended_on, set_by=by, set_at=at)
    named = [
        _name(committee, user, substitute, by, at, first_on, last_on, day, confirms=confirms)
        for committee, substitute in sorted((substitutes or {}).items(), key=lambda pair: pair[0].pk)
    ]
    chairs = chairs_of({one.pk for one in committees_of(user, day)}, day)
    _record_absence("absence.set", row, by, at, chairs)
    for one in named:
        _record_substitution("substitute.named", one, by, at)
    return row


@transaction.atomic
def end_absence(*, absence: Absence, by: User, at: datetime) -> Absence:
    """Let a person be back from today on, or not be away at all. Raises: NotAllowed; Conflict `absence_over`."""
    day = require_today("absence.set", by=by, at=at, about=about_absence(absence.user, today(at)))
    row = Absence.objects.select_for_update(of=("self",)).select_related("user").get(pk=absence.pk)
    if row.ended_on is not None and row.ended_on <= max(day, row.started_on):
        raise Conflict("absence_over", _("This absence is over already."))
    row.ended_on = max(day, row.started_on)
    row.save(update_fields=["ended_on"])
    _record_absence("absence.ended", row, by, at, chairs_of({one.pk for one in committees_of(row.user, day)}, day))
    return row


@transaction.atomic
def name_substitute(
    *,
    committee: Committee,
    member: User,
    substitute: User,
    by: User,
    at: datetime,
    first_on: date,
    last_on: date | None,
    confirms: bool = True,
) -> Substitution:
    """Name who may stand in for a member while away: allowed at once by the chair, else to be confirmed.

    Without `confirms` it waits to be confirmed even where the chair names somebody: a program gives nobody a vote.

    Raises: NotAllowed; Conflict `substitute_already`, `stands_in_already`; Invalid `own_substitute`, `has_a_vote`,
    `not_a_member`, `in_the_past`, `last_before_first`.
    """
    day = today(at)
    row = _name(committee, member, substitute, by, at, first_on, last_on, day, confirms=confirms)
    _record_substitution("substitute.named", row, by, at)
    return row


def _name(
    committee: Committee,
    member: User,
    substitute: User,
    by: User,
    at: datetime,
    first_on: date,
    last_on: date | None,
    day: date,
    *,
    confirms: bool,
) -> Substitution:
    person = person_of(by, day)
    about = about_substitution(committee.pk, member.pk, substitute.pk)
    require("substitute.name", person, about)
    locked = Committee.objects.select_for_update().get(pk=committee.pk)
    sensible_days(first_on, last_on, day)
    ended_on = end_of(last_on)
    _may_stand_in(locked, member, substitute, day)
    for row in substitutions_ahead(day).filter(committee=locked):
        if overlap(row.started_on, row.ended_on, first_on, ended_on):
            if row.member_id == member.pk:
                detail = _("Somebody is named for these days already. End that first.")
                raise Conflict("substitute_already", detail)
            if row.substitute_id == substitute.pk:
                detail = _("This person stands in for somebody else on these days: nobody votes twice.")
                raise Conflict("stands_in_already", detail)
    # the chair speaks for the committee, but not for themselves
    allowed = confirms and by.pk != member.pk and bool(may("substitute.confirm", person, about))
    return Substitution.objects.create(
        committee=locked,
        member=member,
        substitute=substitute,
        started_on=first_on,
        ended_on=ended_on,
        named_by=by,
        named_at=at,
        confirmed_by=by if allowed else None,
        confirmed_at=at if allowed else None,
    )


def _may_stand_in(committee: Committee, member: User, substitute: User, day: date) -> None:
    path = "substitute"
    seated = CommitteeSeat.objects.filter(holds_on(day), committee=committee)
    if not seated.filter(user=member).exists():
        raise Invalid("not_a_member", _("Only who sits on the committee has a substitute on it."), path=path)
    if member.pk == substitute.pk:
        raise Invalid("own_substitute", _("Somebody else stands in."), path=path)
    if active(substitute, path).is_staff:
        raise Invalid("operator", _("Operators run the site and decide nothing in it."), path=path)
    if seated.filter(user=substitute).exists():
        detail = _("This person sits on the committee and has a vote already. Name somebody else.")
        raise Invalid("has_a_vote", detail, path=path)


@transaction.atomic
def confirm_substitute(*, substitution: Substitution, by: User, at: datetime) -> Substitution:
    """Allow, for the committee, whom a member named.

    Raises: NotAllowed; Conflict `confirmed_already`, `ended_already`.
    """
    row = _lock(substitution)
    about = about_substitution(row.committee_id, row.member_id, row.substitute_id)
    require_today("substitute.confirm", by=by, at=at, about=about)
    if row.ended_at is not None:
        raise Conflict("ended_already", _("This has ended already. Load the page again."))
    if row.confirmed_at is not None:
        raise Conflict("confirmed_already", _("This is confirmed already."))
    row.confirmed_by, row.confirmed_at = by, at
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    _record_substitution("substitute.confirmed", row, by, at)
    return row


@transaction.atomic
def end_substitute(*, substitution: Substitution, by: User, at: datetime) -> Substitution:
    """End it today; the substitute votes no more, on open cases either.

    Raises: NotAllowed; Conflict `ended_already`.
    """
    row = _lock(substitution)
    about = about_substitution(row.committee_id, row.member_id, row.substitute_id)
    day = require_today("substitute.end", by=by, at=at, about=about)
    if row.ended_at is not None:
        raise Conflict("ended_already", _("This has ended already. Load the page again."))
    row.ended_at = at
    row.ended_on = max(row.started_on, day if row.ended_on is None else min(day, row.ended_on))
    row.save(update_fields=["ended_at", "ended_on"])
    _record_substitution("substitute.ended", row, by, at)
    return row


def _lock(substitution: Substitution) -> Substitution:
    Committee.objects.select_for_update().get(pk=substitution.committee_id)
    return Substitution.objects.select_related("committee", "member", "substitute").get(pk=substitution.pk)


def _record_absence(verb: str, row: Absence, by: User, at: datetime, chairs: Iterable[int]) -> None:
    data = {"user": row.user_id, "started_on": row.started_on, "ended_on": row.ended_on}
    tell = sorted({row.user_id, *chairs} - {by.pk})
    record(verb, subject=("user", str(row.user_id)), by=by.pk, at=at, data=data, tell=tell, link=LINK)


def _record_substitution(verb: str, row: Substitution, by: User, at: datetime) -> None:
    people = {row.member_id, row.substitute_id, *chairs_of([row.committee_id], today(at))}
    record(
        verb,
        subject=("committee", row.committee.code),
        by=by.pk,
        at=at,
        data={
            "code": row.committee.code,
            "member": row.member_id,
            "user": row.substitute_id,
            "started_on": row.started_on,
            "ended_on": row.ended_on,
            "confirmed": row.confirmed_at is not None,
        },
        about=[("user", str(row.member_id)), ("user", str(row.substitute_id))],
        tell=sorted(people - {by.pk}),
        link=f"/settings/committees/{row.committee.code}/",
    )
