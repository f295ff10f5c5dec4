"""Signs of life of the workers: written while they work, read by the health page."""

from datetime import datetime, timedelta

from django.db.models import Max

from journal.models import WorkerHeartbeat

FORGOTTEN_AFTER = timedelta(days=1)


def beat(name: str, *, started_at: datetime, at: datetime) -> None:
    """Write down that the worker of this name lives at `at`."""
    WorkerHeartbeat.objects.update_or_create(name=name, defaults={"started_at": started_at, "beat_at": at})


def stop(name: str) -> None:
    """Write down that the worker of this name has stopped cleanly."""
    WorkerHeartbeat.objects.filter(name=name).delete()


def latest() -> datetime | None:
    """Return when any worker last gave a sign of life, or None."""
    newest: datetime | None = WorkerHeartbeat.objects.aggregate(newest=Max("beat_at"))["newest"]
    return newest


def forget_old(at: datetime) -> int:
    """Remove workers of which nothing was heard for a day."""
    return WorkerHeartbeat.objects.filter(beat_at__lt=at - FORGOTTEN_AFTER).delete()[0]
