"""Reminders before a version's last day, each once."""

from datetime import datetime, timedelta

from django.db import transaction

from mandates.actions.writing import administrators, holder_ids, leads, lock_mandate, tell_mandate
from mandates.drafters import drafter_ids
from mandates.models import Mandate, VersionPeriod, VersionReminder
from mandates.snapshots import in_force
from teams.organisation import today

DAYS = (7, 30)


def remind(*, mandate: Mandate, at: datetime) -> int:
    """Tell once, 30 and 7 days before it, that the version in force ends with nothing to follow; return how often.

    Whoever was told of the later day is not told of the earlier one any more. Locks the mandate.
    """
    with transaction.atomic():
        mandate = lock_mandate(mandate.pk)
        rows = mandate.periods.filter(in_force(at), end_cause=VersionPeriod.EndCause.EXPIRED)
        period = rows.select_related("version__mandate", "version__drafted_by").first()
        days = _due(period, at) if period else None
        if period is None or days is None:
            return 0
        version = period.version
        VersionReminder.objects.create(version=version, days=days, at=at)
        day = today(at)
        told = [*sorted(drafter_ids(version)), *leads(holder_ids(version), day), *administrators(day)]
        data = {"days": days, "until": str(version.valid_until)}
        tell_mandate("mandate.expiring", version, by=None, at=at, data=data, tell=told)
        return 1


def _due(period: VersionPeriod, at: datetime) -> int | None:
    """Return the number of days of which nobody has been told yet although they begin before `at`."""
    if period.ends_at is None:
        return None
    told = set(period.version.reminders.values_list("days", flat=True))
    begun = period.version.answered_at or period.starts_at
    for days in DAYS:
        if days in told:
            return None
        due_at = period.ends_at - timedelta(days=days)
        if begun < due_at <= at:
            return days
    return None
