"""The organisation's one row, its day, and its working calendar."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from teams.models import Organisation
from teams.working_time import Span, WorkingCalendar

WEEKEND = frozenset({5, 6})


def organisation() -> Organisation:
    """The one row; a migration makes it, and an emptied database gets it again."""
    found = Organisation.objects.select_related("default_committee").filter(pk=1).first()
    return found or Organisation.objects.get_or_create(pk=1)[0]


def today(at: datetime, *, of: Organisation | None = None) -> date:
    """The day that `at` falls on where the organisation is."""
    return at.astimezone(ZoneInfo((of or organisation()).time_zone)).date()


@lru_cache(maxsize=256)
def _days_off(country: str, year: int) -> frozenset[date]:
    """The public holidays of one year; a frozen set, because the library's own object is filled while it is read."""
    return frozenset(holidays.country_holidays(country, years=year))


def calendar_of(organisation: Organisation) -> WorkingCalendar:
    """The working calendar where none is in force yet: the organisation's country, as the library knows it today."""
    country = organisation.country
    start, end = organisation.workday_starts_at, organisation.workday_ends_at
    worked = ((start.hour * 60 + start.minute, end.hour * 60 + end.minute),)

    def spans_of(day: date) -> tuple[Span, ...]:
        return () if day.weekday() in WEEKEND or day in _days_off(country, day.year) else worked

    return WorkingCalendar(ZoneInfo(organisation.time_zone), spans_of)
