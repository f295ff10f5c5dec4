"""Write down the working calendar that the organisation has had so far, and let it choose it."""

from datetime import date
from typing import Any

from django.db import migrations
from django.utils import timezone

from teams.holidays import SOURCE, fingerprint, public_holidays


def write_down(apps: Any, schema_editor: Any) -> None:
    organisation = apps.get_model("teams", "Organisation").objects.filter(pk=1, calendar=None).first()
    calendars = apps.get_model("teams", "Calendar").objects
    if organisation is None or calendars.filter(code="standard").exists():
        return
    now = timezone.now()
    first, last = date(now.year - 1, 1, 1), date(now.year + 10, 12, 31)
    hours = f"{organisation.workday_starts_at:%H:%M}-{organisation.workday_ends_at:%H:%M}"
    week = [hours] * 5 + ["", ""]
    days = public_holidays(organisation.country, "", first.year, last.year)
    calendar = calendars.create(code="standard", name="Standard")
    version = apps.get_model("teams", "CalendarVersion").objects.create(
        calendar=calendar,
        number=1,
        time_zone=organisation.time_zone,
        country=organisation.country,
        week=week,
        first_on=first,
        last_on=last,
        source=SOURCE,
        sha256=fingerprint(organisation.time_zone, week, days),
        drafted_at=now,
    )
    day = apps.get_model("teams", "CalendarDay")
    day.objects.bulk_create(day(version=version, on=one.on, hours=one.hours, name=one.name) for one in days)
    version.state, version.starts_on, version.put_in_force_at = "in_force", first, now
    version.save()
    organisation.calendar = calendar
    organisation.save()


class Migration(migrations.Migration):
    dependencies = [("teams", "0008_calendar_choice")]

    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
