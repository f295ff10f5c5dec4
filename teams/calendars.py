"""Working calendars as their frozen rows say: the one of a committee, else the organisation's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from teams import working_time
from teams.models import Calendar, CalendarDay, CalendarVersion, Committee, Organisation
from teams.organisation import calendar_of, organisation, today
from teams.working_time import Span, WorkingCalendar

Days = MappingProxyType[date, tuple[Span, ...]]


@lru_cache(maxsize=64)
def _days(version_id: int, sha256: str) -> Days:
    """Read the days of a version once: the hash says what they are, so that no other version is taken for it."""
    rows = CalendarDay.objects.filter(version=version_id).values_list("on", "hours")
    return MappingProxyType({on: working_time.spans(hours) for on, hours in rows})


def spans_on(version: CalendarVersion, day: date) -> tuple[Span, ...]:
    """When one version works on `day`."""
    found = _days(version.pk, version.sha256).get(day)
    return working_time.spans(version.week[day.weekday()]) if found is None else found


def of_version(version: CalendarVersion) -> WorkingCalendar:
    """The calendar that this one version makes, as if it had always been in force."""
    return WorkingCalendar(ZoneInfo(version.time_zone), lambda day: spans_on(version, day))


def in_force(versions: Iterable[CalendarVersion], day: date) -> CalendarVersion | None:
    """Of these versions of one calendar, the one in force on `day`; before the first of them, that one."""
    known = sorted((one for one in versions if one.starts_on is not None), key=lambda one: one.number)
    begun = [one for one in known if one.starts_on is not None and one.starts_on <= day]
    return begun[-1] if begun else next(iter(known), None)


def of_versions(versions: Sequence[CalendarVersion], on: date) -> WorkingCalendar | None:
    """The calendar that these versions make, each for its days; its zone is the one in force on `on`."""
    current = in_force(versions, on)
    if current is None:
        return None

    def spans_of(day: date) -> tuple[Span, ...]:
        version = in_force(versions, day)
        return () if version is None else spans_on(version, day)

    return WorkingCalendar(ZoneInfo(current.time_zone), spans_of)


def versions_in_force(calendar: Calendar) -> list[CalendarVersion]:
    """All versions of a calendar that are, were or will be in force."""
    return list(calendar.versions.filter(state=CalendarVersion.State.IN_FORCE).order_by("number"))


@dataclass(slots=True)
class Calendars:
    """The calendars of one moment; read at the first question, in one query."""

    organisation: Organisation
    at: datetime
    _read: dict[int, WorkingCalendar] | None = field(default=None, init=False)

    def of(self, committee: Committee | None) -> WorkingCalendar:
        """The calendar of a committee, else the organisation's; where none is in force, the organisation's country."""
        own = None if committee is None else committee.calendar_id
        for key in (own, self.organisation.calendar_id):
            if key is not None and (found := self._known().get(key)):
                return found
        return calendar_of(self.organisation)

    def _known(self) -> dict[int, WorkingCalendar]:
        if self._read is None:
            day = today(self.at, of=self.organisation)
            found: dict[int, list[CalendarVersion]] = {}
            for version in CalendarVersion.objects.filter(state=CalendarVersion.State.IN_FORCE).order_by("number"):
                found.setdefault(version.calendar_id, []).append(version)
            made = {key: of_versions(versions, day) for key, versions in found.items()}
            self._read = {key: calendar for key, calendar in made.items() if calendar is not None}
        return self._read


def calendars(at: datetime, *, of: Organisation | None = None) -> Calendars:
    """The calendars as they hold at `at`."""
    return Calendars(of or organisation(), at)


def working_due(
    at: datetime,
    *,
    days: int = 0,
    hours: int = 0,
    of: Organisation | None = None,
    committee: Committee | None = None,
) -> datetime:
    """The moment that lies so many working days, and then so many working hours, after `at`."""
    calendar = calendars(at, of=of).of(committee)
    due = working_time.after_days(calendar, at, days) if days else at
    return working_time.after_hours(calendar, due, hours) if hours or not days else due
