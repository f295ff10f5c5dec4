"""The time left for an answer, and how long one took, in words and in four languages; no database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from approvals.readings.due import answer_time, time_left
from teams.working_time import WorkingCalendar, spans

BRUSSELS = ZoneInfo("Europe/Brussels")
WEEK = (*[spans("09:00-17:00")] * 5, (), ())
CALENDAR = WorkingCalendar(BRUSSELS, lambda day: WEEK[day.weekday()])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


# Monday 23 November 2026, ten o'clock
NOW = at("2026-11-23T10:00")

LEFT = [
    ("2026-11-23T13:00", "3 working hours left, until 13:00", "soon"),
    ("2026-11-23T11:59", "1 working hour left, until 11:59", "soon"),
    ("2026-11-23T10:25", "25 minutes left, until 10:25", "soon"),
    ("2026-11-23T10:01", "1 minute left, until 10:01", "soon"),
    ("2026-11-23T14:01", "4 working hours left, until 14:01", ""),
    ("2026-11-24T10:30", "8 working hours left, until Tue 10:30", ""),
    ("2026-11-26T10:00", "24 working hours left, until Thu 10:00", ""),
    ("2026-11-26T10:30", "3 working days left, until Thu 10:30", ""),
    ("2026-12-01T09:30", "6 working days left, until Tue 1 Dec, 09:30", ""),
    # at the very moment it is late; by the clock of work it is not late at all on a Sunday
    ("2026-11-23T10:00", "late since 10:00", "late"),
    ("2026-11-23T09:30", "late since 09:30", "late"),
    ("2026-11-20T16:30", "late by 1 working hour, since Fri 16:30", "late"),
    ("2026-11-12T09:00", "late by 57 working hours, since Thu 12 Nov, 09:00", "late"),
]


@pytest.mark.parametrize(("due", "text", "tone"), LEFT)
def test_time_left_is_told_in_working_hours_and_by_the_clock(due: str, text: str, tone: str) -> None:
    left = time_left(at(due), NOW, CALENDAR, zone=BRUSSELS)
    assert (left.text, left.tone) == (text, tone)


def test_time_left_before_work_begins_counts_what_will_be_worked() -> None:
    left = time_left(at("2026-11-24T10:30"), at("2026-11-23T22:00"), CALENDAR, zone=BRUSSELS)
    assert left.text == "1 working hour left, until Tue 10:30"


def test_time_left_names_the_moment_in_the_zone_of_the_reader() -> None:
    left = time_left(at("2026-11-24T10:30"), NOW, CALENDAR, zone=ZoneInfo("Asia/Tokyo"))
    assert left.text == "8 working hours left, until Tue 18:30"


def test_time_left_while_the_clock_stands_still_is_what_was_left_then() -> None:
    left = time_left(at("2026-11-23T13:00"), at("2026-11-25T10:00"), CALENDAR, paused_at=NOW)
    assert (left.text, left.tone) == ("the clock stands still, 3 working hours left", "")


@pytest.mark.parametrize(
    ("language", "left", "late"),
    [
        ("nl", "nog 8 werkuren, tot di 10:30", "1 werkuur te laat, sinds vr 16:30"),
        ("fr", "encore 8 heures ouvrables, jusqu\u2019à mar 10:30", "en retard de 1 heure ouvrable, depuis ven 16:30"),
        ("de", "noch 8 Arbeitsstunden, bis Di 10:30", "1 Arbeitsstunde überfällig, seit Fr 16:30"),
    ],
)
def test_time_left_is_told_in_every_language(language: str, left: str, late: str) -> None:
    with translation.override(language):
        told = [time_left(at(due), NOW, CALENDAR, zone=BRUSSELS) for due in ("2026-11-24T10:30", "2026-11-20T16:30")]
    assert [one.text for one in told] == [left, late]


def test_answer_time_is_told_in_working_hours_and_by_the_clock() -> None:
    asked = at("2026-11-20T16:00")
    assert answer_time(asked, at("2026-11-23T11:30"), CALENDAR).text == "3 working hours; 2 days by the clock"
    assert answer_time(asked, asked + timedelta(minutes=20), CALENDAR).text == "20 minutes; 20 minutes by the clock"
    assert answer_time(asked, at("2026-11-20T18:00"), CALENDAR).text == "1 working hour; 2 hours by the clock"
    assert answer_time(asked, asked.astimezone(UTC), CALENDAR).worked == timedelta()
