"""Periods of days as people say them: a first day, and a last one or none."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from journal.refusals import Invalid

ONE_DAY = timedelta(days=1)


def sensible_days(first_on: date, last_on: date | None, day: date) -> None:
    """Raises: Invalid for what began before `day`, or ends before it begins."""
    if first_on < day:
        raise Invalid("in_the_past", _("Begin today or on a later day."), path="first_on")
    if last_on is not None and last_on < first_on:
        raise Invalid("last_before_first", _("The last day is not before the first."), path="last_on")


def end_of(last_on: date | None) -> date | None:
    """Return the day on which a period with this last day is over."""
    return None if last_on is None else last_on + ONE_DAY


def last_of(ended_on: date | None) -> date | None:
    """Return the last day of a period that is over on this day; none where it has no end."""
    return None if ended_on is None else ended_on - ONE_DAY


def overlap(first: date, end: date | None, other: date, other_end: date | None) -> bool:
    """Whether two periods share a day; their ends are exclusive, and one that ends where it starts holds no day."""
    if end == first or other_end == other:
        return False
    return (other_end is None or first < other_end) and (end is None or other < end)
