"""Working calendars: a draft is a version with its days written down, put in force from a day, never changed."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Conflict, Invalid
from teams.actions.writing import change, checked, insert, same_edition
from teams.holidays import SOURCE, Day, all_days, fingerprint, last_year_of, own_days, public_holidays, regions
from teams.models import Calendar, CalendarDay, CalendarVersion, Committee, CommitteeSeat, User
from teams.standing import require_today
from teams.working_time import NoSpans, spans, text_of

DRAFT, IN_FORCE, DISCARDED = (
    CalendarVersion.State.DRAFT,
    CalendarVersion.State.IN_FORCE,
    CalendarVersion.State.DISCARDED,
)
YEARS_BEFORE, YEARS_AFTER = 1, 10
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version is made of: `week` holds seven texts from Monday on, `own_days` a day a line."""

    time_zone: str
    country: str
    subdivision: str
    week: tuple[str, ...]
    own_days: str


def link_of(calendar: Calendar) -> str:
    return f"/settings/calendars/{calendar.code}/"


@transaction.atomic
def create_calendar(*, by: User, at: datetime, code: str, name: str, terms: Terms) -> Calendar:
    """Make a calendar with its first draft; nobody works by it before a version is put in force.

    Raises: NotAllowed, Invalid.
    """
    require_today("calendar.manage", by=by, at=at)
    calendar = Calendar(code=code, name=name.strip())
    checked(calendar, ["code", "name"])
    insert(calendar, taken="code_taken", path="code")
    _record("calendar.created", calendar, by, at, {})
    _draft(calendar, terms, by, at)
    return calendar


@transaction.atomic
def draft_calendar(*, calendar: Calendar, by: User, at: datetime, edition: int | None, terms: Terms) -> CalendarVersion:
    """Make the next version as a draft, in place of an earlier draft; what is in force stays.

    Raises: NotAllowed, Conflict `stale_edition`, Invalid.
    """
    require_today("calendar.manage", by=by, at=at)
    locked = _lock(calendar, edition)
    locked.versions.filter(state=DRAFT).update(state=DISCARDED)
    return _draft(locked, terms, by, at)


@transaction.atomic
def discard_calendar_draft(*, version: CalendarVersion, by: User, at: datetime) -> CalendarVersion:
    """Throw a draft away. Raises: NotAllowed, Conflict `no_draft`."""
    require_today("calendar.manage", by=by, at=at)
    locked = _lock(version.calendar, None)
    draft = _draft_of(locked, version)
    draft.state = DISCARDED
    draft.save(update_fields=["state"])
    _record("calendar.discarded", locked, by, at, {"version": draft.number})
    return draft


@transaction.atomic
def put_calendar_in_force(
    *, version: CalendarVersion, by: User, at: datetime, edition: int | None, starts_on: date
) -> CalendarVersion:
    """Let a draft hold from a day on, for good; what is due already stays due when it is.

    Raises: NotAllowed; Conflict `stale_edition`, `no_draft`; Invalid `in_the_past`, `beyond_its_days`.
    """
    day = require_today("calendar.manage", by=by, at=at)
    locked = _lock(version.calendar, edition)
    draft = _draft_of(locked, version)
    if starts_on < day:
        raise Invalid("in_the_past", _("A calendar holds from today or a later day on."), path="starts_on")
    if starts_on > draft.last_on:
        detail = _("The holidays of that year are not written down yet. Choose an earlier day.")
        raise Invalid("beyond_its_days", detail, path="starts_on")
    draft.state, draft.starts_on = IN_FORCE, starts_on
    draft.put_in_force_by, draft.put_in_force_at = by, at
    draft.save(update_fields=["state", "starts_on", "put_in_force_by", "put_in_force_at"])
    data = {"version": draft.number, "starts_on": starts_on, "sha256": draft.sha256}
    _record("calendar.put_in_force", locked, by, at, data)
    return draft


@transaction.atomic
def choose_calendar(
    *, committee: Committee, by: User, at: datetime, edition: int | None, calendar: Calendar | None
) -> Committee:
    """Let a committee work by a calendar of its own, or with None by the organisation's; what is due stays due.

    Raises: NotAllowed, Conflict `stale_edition`, Invalid `calendar_not_in_force`.
    """
    require_today("calendar.manage", by=by, at=at)
    locked = Committee.objects.select_for_update().get(pk=committee.pk)
    same_edition(locked, edition)
    expect_in_force(calendar)
    if data := change(locked, {"calendar": calendar}, told=frozenset({"calendar"})):
        members = CommitteeSeat.objects.filter(committee=locked, ended_on=None).exclude(user=by)
        data["code"] = locked.code
        record(
            "committee.changed",
            subject=("committee", locked.code),
            by=by.pk,
            at=at,
            data=data,
            tell=list(members.values_list("user_id", flat=True)),
            link=f"/settings/committees/{locked.code}/",
        )
    return locked


def expect_in_force(calendar: Calendar | None) -> None:
    """Raises: Invalid `calendar_not_in_force` for a calendar that nobody can work by yet."""
    if calendar and not calendar.versions.filter(state=IN_FORCE).exists():
        raise Invalid("calendar_not_in_force", _("No version of this calendar is in force yet."), path="calendar")


def _lock(calendar: Calendar, edition: int | None) -> Calendar:
    """Lock a calendar, and count the change that is about to be made."""
    locked = Calendar.objects.select_for_update().get(pk=calendar.pk)
    same_edition(locked, edition)
    locked.edition += 1
    locked.save(update_fields=["edition"])
    return locked


def _draft_of(calendar: Calendar, version: CalendarVersion) -> CalendarVersion:
    draft = calendar.versions.filter(pk=version.pk, state=DRAFT).first()
    if draft is None:
        raise Conflict("no_draft", _("This version is no draft any more. Load the page again."))
    return draft


def _draft(calendar: Calendar, terms: Terms, by: User, at: datetime) -> CalendarVersion:
    week = checked_terms(terms)
    first_year, last_year = at.year - YEARS_BEFORE, last_year_of(terms.country, at.year + YEARS_AFTER)
    days = days_of(terms, first_year, last_year)
    number = (calendar.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = CalendarVersion.objects.create(
        calendar=calendar,
        number=number,
        time_zone=terms.time_zone,
        country=terms.country,
        subdivision=terms.subdivision,
        week=list(week),
        own_days=terms.own_days.strip(),
        first_on=date(first_year, 1, 1),
        last_on=date(last_year, 12, 31),
        source=SOURCE,
        sha256=fingerprint(terms.time_zone, week, days),
        drafted_by=by,
        drafted_at=at,
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(version=version, on=day.on, hours=day.hours, name=day.name, is_own=day.is_own) for day in days
    )
    _record("calendar.drafted", calendar, by, at, {"version": number, "days": len(days), "sha256": version.sha256})
    return version


def days_of(terms: Terms, first_year: int, last_year: int) -> tuple[Day, ...]:
    """All days of these years that are worked otherwise. Raises: Invalid."""
    own = own_days(terms.own_days, first_year, last_year)
    return all_days(public_holidays(terms.country, terms.subdivision, first_year, last_year), own)


def checked_terms(terms: Terms) -> tuple[str, ...]:
    """Return the week as it is stored. Raises: Invalid for what no due date could be reckoned with."""
    if terms.time_zone not in available_timezones():
        raise Invalid("unknown_time_zone", _("Choose one of the time zones offered."), path="time_zone")
    known = regions()
    if terms.country and terms.country not in known:
        raise Invalid("unknown_calendar", _("The public holidays of this country are not known."), path="country")
    if terms.subdivision and terms.subdivision not in known.get(terms.country, ()):
        offered = ", ".join(known.get(terms.country, ())) or _("none")
        detail = _("This country has no such region. Known are: %(regions)s.") % {"regions": offered}
        raise Invalid("unknown_region", detail, path="subdivision")
    week = []
    for name, text in zip(WEEKDAYS, terms.week, strict=True):
        try:
            week.append(text_of(spans(text)))
        except NoSpans:
            detail = _("Write working hours like 09:00-12:30, 13:30-17:00, one span after the other.")
            raise Invalid("unreadable_hours", detail, path=name) from None
    if not any(week):
        raise Invalid("no_working_day", _("At least one day of the week is worked."), path="monday")
    return tuple(week)


def _record(verb: str, calendar: Calendar, by: User, at: datetime, data: dict[str, object]) -> None:
    subject = ("calendar", calendar.code)
    record(verb, subject=subject, by=by.pk, at=at, data={"code": calendar.code, **data}, link=link_of(calendar))
