"""How much time is left for an answer, in words: in working hours, and until when by the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from math import floor

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from teams.working_time import WorkingCalendar, worked_between

HOUR = timedelta(hours=1)
SOON = timedelta(hours=4)
# what is longer than this is told in working days
MOST_HOURS = timedelta(hours=24)
NEAR = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """`tone` is `late`, `soon` or empty; the words say it too."""

    text: str
    tone: str


def time_left(
    due_at: datetime,
    now: datetime,
    calendar: WorkingCalendar,
    *,
    zone: tzinfo = UTC,
    paused_at: datetime | None = None,
) -> TimeLeft:
    """Return the working time until `due_at`, rounded down, and that moment in the reader's `zone`.

    While the clock stands still since `paused_at`, what was left then.
    """
    if paused_at is not None:
        return TimeLeft(_("the clock stands still, %(left)s") % {"left": _left(due_at, paused_at, calendar)}, "")
    words = {"moment": _moment(due_at, now, zone)}
    if due_at <= now:
        late = worked_between(calendar, due_at, now)
        if late < HOUR:
            return TimeLeft(_("late since %(moment)s") % words, "late")
        return TimeLeft(_("late by %(time)s, since %(moment)s") % {**words, "time": _late(late)}, "late")
    left = worked_between(calendar, now, due_at)
    text = _("%(left)s, until %(moment)s") % {**words, "left": _left(due_at, now, calendar)}
    return TimeLeft(text, "soon" if left <= SOON else "")


def _left(due_at: datetime, now: datetime, calendar: WorkingCalendar) -> str:
    left = worked_between(calendar, now, due_at)
    if left > MOST_HOURS:
        days = _days(now, due_at, calendar)
        return ngettext("%(count)s working day left", "%(count)s working days left", days) % {"count": days}
    if left >= HOUR:
        hours = floor(left / HOUR)
        return ngettext("%(count)s working hour left", "%(count)s working hours left", hours) % {"count": hours}
    minutes = max(0, floor(left / timedelta(minutes=1)))
    return ngettext("%(count)s minute left", "%(count)s minutes left", minutes) % {"count": minutes}


def _late(late: timedelta) -> str:
    hours = floor(late / HOUR)
    return ngettext("%(count)s working hour", "%(count)s working hours", hours) % {"count": hours}


def _days(now: datetime, due_at: datetime, calendar: WorkingCalendar) -> int:
    """How many working days begin between the two moments."""
    day, last = (moment.astimezone(calendar.zone).date() for moment in (now, due_at))
    days = 0
    while (day := day + timedelta(days=1)) <= last:
        days += calendar.works_on(day)
    return days


def _moment(due_at: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment as short as it is clear: its hour today, its weekday in the days around, else its date."""
    local, today = due_at.astimezone(zone), now.astimezone(zone).date()
    clock = date_format(local, "H:i")
    if local.date() == today:
        return clock
    if abs(local.date() - today) <= NEAR:
        return f"{date_format(local, 'D')} {clock}"
    return f"{date_format(local, 'D')} {date_format(local.date(), 'j M')}, {clock}"


@dataclass(frozen=True, slots=True)
class AnswerTime:
    """How long an answer took, in the committee's working hours and by the clock."""

    worked: timedelta
    wall: timedelta

    @property
    def text(self) -> str:
        return _("%(worked)s; %(wall)s by the clock") % {"worked": _worked(self.worked), "wall": _wall(self.wall)}


def answer_time(asked_at: datetime, answered_at: datetime, calendar: WorkingCalendar) -> AnswerTime:
    """Return the time from the question to its answer."""
    return AnswerTime(worked_between(calendar, asked_at, answered_at), max(answered_at - asked_at, timedelta()))


def _worked(worked: timedelta) -> str:
    return _late(worked) if worked >= HOUR else _minutes(worked)


def about(worked: timedelta) -> str:
    """Return a working time rounded to what a reader can plan with: minutes, else hours."""
    if worked < HOUR:
        return _minutes(max(worked, timedelta(minutes=1)))
    return _late(timedelta(hours=round(worked / HOUR)))


def _wall(wall: timedelta) -> str:
    if wall >= timedelta(days=2):
        return ngettext("%(count)s day", "%(count)s days", wall.days) % {"count": wall.days}
    if wall >= HOUR:
        hours = floor(wall / HOUR)
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return _minutes(wall)


def _minutes(time: timedelta) -> str:
    minutes = floor(time / timedelta(minutes=1))
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
