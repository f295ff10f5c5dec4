"""Arithmetic of working hours and working days; pure, with the calendar given as a value."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

# From one minute after midnight to another; 1440 is the midnight that ends the day.
Span = tuple[int, int]
Worked = tuple[datetime, datetime]

MINUTES = 24 * 60
# A calendar without a working day in so long a time is wrong, and must not hang a request.
LONGEST_PAUSE = 400
NO_TIME = timedelta()
SPAN = re.compile(r"(\d{1,2})[:.h](\d{2})\s*[-\u2013]\s*(\d{1,2})[:.h](\d{2})")


class NoSpans(ValueError):
    """A text that says no working hours."""


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When an organisation works: for each day its spans of wall time, in their order and apart; none on a day off."""

    zone: ZoneInfo
    spans_of: Callable[[date], Sequence[Span]]

    def works_on(self, day: date) -> bool:
        return bool(self.hours_of(day))

    def hours_of(self, day: date) -> tuple[Worked, ...]:
        """The instants, in UTC, between which `day` is worked; a day of a clock change keeps its wall times."""
        worked = (
            (_instant(day, opens, self.zone), _instant(day, ends, self.zone)) for opens, ends in self.spans_of(day)
        )
        return tuple((opens, ends) for opens, ends in worked if opens < ends)

    def next_day(self, day: date) -> date:
        """The first working day after `day`. Raises: ValueError where none comes in `LONGEST_PAUSE` days."""
        for step in range(1, LONGEST_PAUSE):
            if self.works_on(candidate := day + timedelta(days=step)):
                return candidate
        raise ValueError(f"no working day in {LONGEST_PAUSE} days after {day}")

    def worked_from(self, at: datetime) -> Iterator[Worked]:
        """All that is worked from `at` on, span by span, without an end."""
        day = at.astimezone(self.zone).date()
        for opens, ends in self.hours_of(day):
            if at < ends:
                yield max(at.astimezone(UTC), opens), ends
        while True:
            day = self.next_day(day)
            yield from self.hours_of(day)


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return _utc(datetime.combine(day, time()) + timedelta(minutes=minute), zone)


def _utc(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall time: of one that a clock change repeats, the first; of one that it skips, the change."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    other = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first <= other:
        return first
    before, after = other, first
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta.resolution:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def working_moment(calendar: WorkingCalendar, at: datetime) -> datetime:
    """`at` itself if it is worked, else the start of what is worked next; the end of a span belongs to the next."""
    return next(calendar.worked_from(at))[0]


def after(calendar: WorkingCalendar, at: datetime, left: timedelta) -> datetime:
    """The moment, in UTC, at which so much has been worked since `at`."""
    for opens, ends in calendar.worked_from(at):
        # an answer due at closing time is due then, not when the next day opens
        if left <= ends - opens:
            return opens + left
        left -= ends - opens
    raise AssertionError("what is worked never ends")


def after_hours(calendar: WorkingCalendar, at: datetime, hours: int) -> datetime:
    """The moment, in UTC, at which `hours` hours have been worked since `at`."""
    return after(calendar, at, timedelta(hours=hours))


def after_days(calendar: WorkingCalendar, at: datetime, days: int) -> datetime:
    """The same wall time, `days` working days later, in UTC; outside working hours it counts from the next opening.

    A wall time that is not worked on that day means the next opening on it, and after its last span its end.
    """
    local = working_moment(calendar, at).astimezone(calendar.zone)
    day = local.date()
    for _ in range(days):
        day = calendar.next_day(day)
    moment = _utc(datetime.combine(day, local.time().replace(fold=0)), calendar.zone) if days else local.astimezone(UTC)
    worked = calendar.hours_of(day)
    return next((max(moment, opens) for opens, ends in worked if moment <= ends), worked[-1][1])


def worked_between(calendar: WorkingCalendar, start: datetime, end: datetime) -> timedelta:
    """How much working time lies between two moments; nothing where `end` is not after `start`."""
    return _worked(calendar.hours_of, calendar.zone, start, end)


def worked_each(calendar: WorkingCalendar, periods: Iterable[tuple[datetime, datetime]]) -> list[timedelta]:
    """How much working time each of many periods has; a day that several share is looked up once."""
    hours_of = cache(calendar.hours_of)
    return [_worked(hours_of, calendar.zone, start, end) for start, end in periods]


def _worked(hours_of: Callable[[date], Iterable[Worked]], zone: ZoneInfo, start: datetime, end: datetime) -> timedelta:
    total = NO_TIME
    day = start.astimezone(zone).date()
    last = end.astimezone(zone).date()
    while day <= last:
        for opens, ends in hours_of(day):
            total += max(min(ends, end) - max(opens, start), NO_TIME)
        day += timedelta(days=1)
    return total


def resumed(calendar: WorkingCalendar, due_at: datetime, paused_at: datetime, at: datetime) -> datetime:
    """When an answer is due whose clock stood still from `paused_at` to `at`: what was left then is left again.

    What was late already stays due when it was.
    """
    if due_at <= paused_at:
        return due_at
    return after(calendar, at, worked_between(calendar, paused_at, due_at))


# --- working hours as text ---


def spans(text: str) -> tuple[Span, ...]:
    """Read `09:00-12:30, 13:30-17:00`; no text is a day off. Raises: NoSpans."""
    found = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;]", text))):
        match = SPAN.fullmatch(part)
        if match is None:
            raise NoSpans(part)
        hour, minute, end_hour, end_minute = (int(group) for group in match.groups())
        if minute > 59 or end_minute > 59:
            raise NoSpans(part)
        found.append((hour * 60 + minute, end_hour * 60 + end_minute))
    return checked(found)


def checked(found: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans. Raises: NoSpans unless each ends after it starts, before the next one starts, on that day."""
    known = tuple(found)
    marks = [mark for span in known for mark in span]
    # one span may end where the next one starts
    in_order = all(start < end for start, end in known) and marks == sorted(marks)
    if not in_order or (marks and marks[-1] > MINUTES):
        raise NoSpans(text_of(known))
    return known


def text_of(known: Iterable[Span]) -> str:
    """Write spans as `spans` reads them."""
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in known)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
