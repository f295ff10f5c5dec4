"""A version of a calendar in words: its week, its days, what differs from another version, and what it would do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from teams import working_time
from teams.calendars import of_version
from teams.models import CalendarDay, CalendarVersion
from teams.working_time import WorkingCalendar

# days further away than this are not told one by one
FAR = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Shown:
    """A version as a page shows it."""

    version: CalendarVersion
    days: tuple[CalendarDay, ...]

    @property
    def place(self) -> str:
        """The country and region whose public holidays it keeps."""
        parts = [part for part in (self.version.country, self.version.subdivision) if part]
        return "-".join(parts) if parts else _("no public holidays")

    @property
    def week(self) -> list[dict[str, Any]]:
        """Hours for each weekday, as facts."""
        return [{"label": WEEKDAYS[number], "value": hours_text(text)} for number, text in enumerate(self.version.week)]

    def days_from(self, day: date) -> list[CalendarDay]:
        """The days ahead that are worked otherwise, near enough to be told."""
        return [one for one in self.days if day <= one.on < day + FAR]


def shown(version: CalendarVersion) -> Shown:
    """Read a version with its days; one query."""
    return Shown(version, tuple(version.days.order_by("on")))


def hours_text(text: str) -> str:
    """Hours as they are read, a day off in words."""
    return text.replace("-", "\u2013") if text else _("not worked")


def differences(before: Shown | None, after: Shown, day: date) -> list[dict[str, Any]]:
    """What differs between two versions from `day` on, as rows of the component `diff`."""
    was = before.version if before else None
    rows = [
        _row(_("Time zone"), was.time_zone if was else "", after.version.time_zone),
        _row(_("Public holidays"), before.place if before else "", after.place),
    ]
    for number, text in enumerate(after.version.week):
        rows.append(_row(str(WEEKDAYS[number]), hours_text(was.week[number]) if was else "", hours_text(text)))
    old = {one.on: one for one in before.days_from(day)} if before else {}
    new = {one.on: one for one in after.days_from(day)}
    for on in sorted(old.keys() | new.keys()):
        row = _row(date_format(on), _day_text(old.get(on)), _day_text(new.get(on)))
        if before and not row["change"]:
            rows.append(row)
    return rows


def _row(label: str, before: str, after: str) -> dict[str, Any]:
    return {"label": label, "before": before, "after": after, "change": "same" if before == after else ""}


def _day_text(day: CalendarDay | None) -> str:
    return "" if day is None else f"{day.name}: {hours_text(day.hours)}"


@dataclass(frozen=True, slots=True)
class Example:
    """When an answer would be due that is asked for at one moment."""

    hours: int
    asked_at: datetime
    before: datetime | None
    after: datetime

    @property
    def differs(self) -> bool:
        return self.before != self.after


def examples(
    current: WorkingCalendar | None, version: CalendarVersion, at: datetime, answer_hours: Iterable[int]
) -> list[Example]:
    """What is asked now and on the next Friday afternoon, by the calendar in force and by this version."""
    draft = of_version(version)
    local = at.astimezone(draft.zone)
    friday = (local + timedelta(days=(4 - local.weekday()) % 7)).replace(hour=16, minute=0, second=0, microsecond=0)
    return [
        Example(
            hours,
            asked,
            working_time.after_hours(current, asked, hours) if current else None,
            working_time.after_hours(draft, asked, hours),
        )
        for hours in sorted(set(answer_hours))
        for asked in (at, friday)
        if asked >= at
    ]
