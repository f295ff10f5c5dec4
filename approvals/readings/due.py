"""How much time is left, in words, and whether that is soon or late."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timesince import timesince
from django.utils.translation import gettext as _

SOON = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """`tone` is `late`, `soon` or empty; the words say it too."""

    text: str
    tone: str


def time_left(due_at: datetime, now: datetime) -> TimeLeft:
    """Return the time until `due_at`, to its largest unit."""
    if due_at <= now:
        return TimeLeft(_("late by %(time)s") % {"time": timesince(due_at, now, depth=1)}, "late")
    left = _("%(time)s left") % {"time": timesince(now, due_at, depth=1)}
    return TimeLeft(left, "soon" if due_at - now <= SOON else "")
