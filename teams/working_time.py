"""Arithmetic of working hours and working days; pure, with the calendar given as a value."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKEND = frozenset({5, 6})
# A calendar without a working day in so long a time is wrong, and must not hang a request.
LONGEST_PAUSE = 400


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When an organisation works: wall times in its zone, no weekends, no days off.

    INVARIANT: `starts_at` < `ends_at`; a night shift is no working day here.
    """

    zone: ZoneInfo
    starts_at: time
    ends_at: time
    is_day_off: Callable[[date], bool]

    def __post_init__(self) -> None:
        if self.starts_at >= self.ends_at:
            raise ValueError("a working day starts before it ends")

    def works_on(self, day: date) -> bool:
        return day.weekday() not in WEEKEND and not self.is_day_off(day)

    def hours_of(self, day: date) -> tuple[datetime, datetime]:
        """The instants, in UTC, between which `day` is worked; a day of a clock change keeps its wall times."""
        return _instant(day, self.starts_at, self.zone), _instant(day, self.ends_at, self.zone)

    def next_day(self, day: date) -> date:
        """The first working day after `day`."""
        for step in range(1, LONGEST_PAUSE):
            if self.works_on(candidate := day + timedelta(days=step)):
                return candidate
        raise ValueError(f"no working day in {LONGEST_PAUSE} days after {day}")


def _instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)


def working_moment(calendar: WorkingCalendar, at: datetime) -> datetime:
    """`at` itself if it is worked, else the start of the next working day; the end of a day belongs to the next."""
    day = at.astimezone(calendar.zone).date()
    if calendar.works_on(day):
        opens, closes = calendar.hours_of(day)
        if at < closes:
            return max(at.astimezone(UTC), opens)
    return calendar.hours_of(calendar.next_day(day))[0]


def after_hours(calendar: WorkingCalendar, at: datetime, hours: int) -> datetime:
    """The moment, in UTC, at which `hours` hours have been worked since `at`."""
    left = timedelta(hours=hours)
    moment = working_moment(calendar, at)
    while True:
        day = moment.astimezone(calendar.zone).date()
        closes = calendar.hours_of(day)[1]
        # an answer due at closing time is due then, not when the next day opens
        if left <= closes - moment:
            return moment + left
        left -= closes - moment
        moment = calendar.hours_of(calendar.next_day(day))[0]


def after_days(calendar: WorkingCalendar, at: datetime, days: int) -> datetime:
    """The same wall time, `days` working days later, in UTC; outside working hours it counts from the next opening."""
    local = working_moment(calendar, at).astimezone(calendar.zone)
    day = local.date()
    for _ in range(days):
        day = calendar.next_day(day)
    moment = _instant(day, local.time().replace(fold=0), calendar.zone)
    opens, closes = calendar.hours_of(day)
    return min(max(moment, opens), closes)


def worked_between(calendar: WorkingCalendar, start: datetime, end: datetime) -> timedelta:
    """How much working time lies between two moments; nothing where `end` is not after `start`."""
    total = timedelta()
    day = start.astimezone(calendar.zone).date()
    last = end.astimezone(calendar.zone).date()
    while day <= last:
        if calendar.works_on(day):
            opens, closes = calendar.hours_of(day)
            total += max(min(closes, end) - max(opens, start), timedelta())
        day += timedelta(days=1)
    return total
