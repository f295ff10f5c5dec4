"""Working hours and days: clock changes, weekends, holidays of the Benelux."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teams.working_time import (
    NoSpans,
    WorkingCalendar,
    after_days,
    after_hours,
    spans,
    text_of,
    worked_between,
    working_moment,
)

BRUSSELS = ZoneInfo("Europe/Brussels")


@cache
def _days_off(country: str) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=range(2024, 2031)))


def calendar(
    country: str = "BE",
    zone: str = "Europe/Brussels",
    hours: str = "09:00-17:00",
    off: Callable[[date], bool] | None = None,
) -> WorkingCalendar:
    worked, is_off = spans(hours), off or _days_off(country).__contains__
    return WorkingCalendar(ZoneInfo(zone), lambda day: () if day.weekday() > 4 or is_off(day) else worked)


def at(text: str, zone: ZoneInfo = BRUSSELS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


HOURS = [
    # country, from, hours, due
    ("BE", "2026-11-23T09:00", 8, "2026-11-23T17:00"),
    ("BE", "2026-11-23T10:30", 2, "2026-11-23T12:30"),
    ("BE", "2026-11-23T10:30", 8, "2026-11-24T10:30"),
    ("BE", "2026-11-23T06:00", 1, "2026-11-23T10:00"),
    ("BE", "2026-11-23T17:00", 1, "2026-11-24T10:00"),
    ("BE", "2026-11-23T23:59", 1, "2026-11-24T10:00"),
    ("BE", "2026-11-20T16:00", 2, "2026-11-23T10:00"),
    ("BE", "2026-11-21T12:00", 8, "2026-11-23T17:00"),
    ("BE", "2026-11-22T12:00", 16, "2026-11-24T17:00"),
    ("BE", "2026-11-23T12:00", 0, "2026-11-23T12:00"),
    ("BE", "2026-11-21T12:00", 0, "2026-11-23T09:00"),
    # Armistice day is a holiday in Belgium only
    ("BE", "2026-11-10T16:00", 2, "2026-11-12T10:00"),
    ("NL", "2026-11-10T16:00", 2, "2026-11-11T10:00"),
    # King's day, and Luxembourg's national day
    ("NL", "2026-04-27T12:00", 1, "2026-04-28T10:00"),
    ("LU", "2026-06-23T12:00", 1, "2026-06-24T10:00"),
    ("BE", "2026-04-27T12:00", 1, "2026-04-27T13:00"),
    # Christmas 2026 falls on a Friday; the Netherlands keep the 26th, a Saturday, as well
    ("BE", "2026-12-24T16:00", 2, "2026-12-28T10:00"),
    ("NL", "2026-12-24T16:00", 2, "2026-12-28T10:00"),
    # over both clock changes of 2027: the wall time stays
    ("BE", "2027-03-26T16:00", 2, "2027-03-30T10:00"),  # Easter Monday on the 29th
    ("BE", "2027-10-29T16:00", 2, "2027-11-02T10:00"),  # All Saints on Monday the 1st
    ("NL", "2027-10-29T16:00", 2, "2027-11-01T10:00"),
    ("LU", "2027-03-26T16:00", 2, "2027-03-30T10:00"),
]


@pytest.mark.parametrize(("country", "start", "hours", "due"), HOURS)
def test_after_hours_of_a_known_calendar_gives_the_hand_made_moment(
    country: str, start: str, hours: int, due: str
) -> None:
    assert after_hours(calendar(country), at(start), hours) == at(due)


DAYS = [
    ("BE", "2026-11-23T10:30", 2, "2026-11-25T10:30"),
    ("BE", "2026-11-20T16:00", 2, "2026-11-24T16:00"),
    ("BE", "2026-11-20T20:00", 2, "2026-11-25T09:00"),
    ("BE", "2026-11-20T06:00", 2, "2026-11-24T09:00"),
    ("BE", "2026-11-21T12:00", 2, "2026-11-25T09:00"),
    ("BE", "2026-11-10T10:00", 1, "2026-11-12T10:00"),
    ("NL", "2026-11-10T10:00", 1, "2026-11-11T10:00"),
    ("LU", "2026-06-22T10:00", 1, "2026-06-24T10:00"),
    ("BE", "2026-12-31T10:00", 1, "2027-01-04T10:00"),
    ("BE", "2027-03-26T10:00", 1, "2027-03-30T10:00"),
    ("NL", "2027-10-29T10:00", 1, "2027-11-01T10:00"),
    ("BE", "2026-11-23T16:59", 0, "2026-11-23T16:59"),
]


@pytest.mark.parametrize(("country", "start", "days", "due"), DAYS)
def test_after_days_of_a_known_calendar_gives_the_hand_made_moment(
    country: str, start: str, days: int, due: str
) -> None:
    assert after_days(calendar(country), at(start), days) == at(due)


def never(day: date) -> bool:
    return False


ROUND_THE_CLOCK_CHANGES = [
    # Cairo put its clocks forward on a working day: Friday 2024-04-26 at 00:00 became 01:00
    ("Africa/Cairo", "00:00-08:00", "2024-04-26T01:00", 1, "2024-04-26T02:00"),
    ("Africa/Cairo", "01:00-09:00", "2024-04-25T08:00", 2, "2024-04-26T02:00"),
    ("America/Asuncion", "09:00-17:00", "2024-10-04T16:00", 2, "2024-10-07T10:00"),
    ("Pacific/Auckland", "09:00-17:00", "2027-09-24T16:00", 2, "2027-09-27T10:00"),
]


@pytest.mark.parametrize(("zone", "hours", "start", "add", "due"), ROUND_THE_CLOCK_CHANGES)
def test_after_hours_over_a_clock_change_counts_what_was_worked(
    zone: str, hours: str, start: str, add: int, due: str
) -> None:
    known = calendar(zone=zone, hours=hours, off=never)
    assert after_hours(known, at(start, ZoneInfo(zone)), add) == at(due, ZoneInfo(zone))


def test_hours_of_a_day_that_loses_an_hour_inside_working_time_is_an_hour_shorter() -> None:
    known = calendar(zone="Africa/Cairo", hours="00:00-08:00", off=never)
    [(opens, closes)] = known.hours_of(date(2024, 4, 26))
    assert closes - opens == timedelta(hours=7)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ()),
        ("09:00-17:00", ((540, 1020),)),
        ("9:00 \u2013 12.30; 13h30-24:00", ((540, 750), (810, 1440))),
        ("09:00-12:00, 12:00-17:00", ((540, 720), (720, 1020))),
    ],
)
def test_spans_of_a_text_are_minutes_after_midnight(text: str, read: tuple[tuple[int, int], ...]) -> None:
    assert spans(text) == read
    assert spans(text_of(read)) == read


@pytest.mark.parametrize(
    "text", ["17:00-09:00", "09:00-09:00", "09:00-24:01", "09:60-17:00", "9-17", "13:00-17:00, 09:00-12:00", "noon"]
)
def test_spans_of_a_text_that_says_no_working_hours_are_refused(text: str) -> None:
    with pytest.raises(NoSpans):
        spans(text)


def test_next_day_of_a_calendar_without_working_days_is_refused() -> None:
    with pytest.raises(ValueError):
        after_hours(calendar(off=lambda day: True), at("2026-11-23T10:00"), 1)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.integers(0, 60))
def test_after_hours_of_any_moment_lies_that_many_worked_hours_later(moment: datetime, hours: int) -> None:
    known = calendar()
    due = after_hours(known, moment, hours)
    assert worked_between(known, moment, due) == timedelta(hours=hours)


@given(MOMENTS, st.integers(0, 15))
def test_after_days_of_any_moment_ends_in_working_time(moment: datetime, days: int) -> None:
    known = calendar()
    due = after_days(known, moment, days)
    local = due.astimezone(BRUSSELS)
    assert known.works_on(local.date())
    assert worked_between(known, moment, due) == timedelta(hours=8 * days)


@given(MOMENTS, MOMENTS, st.integers(0, 20))
def test_after_days_of_a_later_moment_is_never_earlier(one: datetime, other: datetime, days: int) -> None:
    known = calendar()
    first, second = sorted((one, other))
    assert after_days(known, first, days) <= after_days(known, second, days)
    assert working_moment(known, first) <= working_moment(known, second)
