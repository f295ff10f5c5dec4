"""Days and periods: which stretch of days a date belongs to, and when a day begins."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Span(NamedTuple):
    """A stretch of days, both ends inclusive."""

    starts_on: date
    ends_on: date


def span_of(period: str, on: date, *, valid_from: date, valid_until: date) -> Span:
    """Return the month, quarter or year that `on` lies in, or the mandate's whole validity.

    Raises: ValueError for a period that `decision.md` section 2 does not know.
    """
    if period == "validity":
        return Span(valid_from, valid_until)
    months = {"month": 1, "quarter": 3, "year": 12}.get(period)
    if months is None:
        raise ValueError(f"{period!r} is no budget period")
    first = (on.month - 1) // months * months + 1
    starts_on = date(on.year, first, 1)
    after = date(on.year + 1, 1, 1) if first + months > 12 else date(on.year, first + months, 1)
    return Span(starts_on, after - timedelta(days=1))


def day_begins(day: date, zone: str) -> datetime:
    """Return the moment, in UTC, at which a day begins in a time zone."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
