"""The Celery tasks: the very functions that the embedded worker calls."""

from celery import shared_task
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from journal import delivery, guards, heartbeats, working
from journal.waking import DELIVER_TASK


@shared_task(name=DELIVER_TASK)  # type: ignore[untyped-decorator]
def deliver() -> int:
    """Send what is due."""
    return delivery.deliver_due(at=timezone.now())


@shared_task(name="journal.tick")  # type: ignore[untyped-decorator]
def tick() -> dict[str, int]:
    """Run the periodic work that is due, then send what is due; beat calls this every few seconds."""
    at = timezone.now()
    heartbeats.beat("celery", started_at=at, at=at)
    done = working.tick_due(at)
    return {**done, "delivered": delivery.deliver_due(at=timezone.now())}


@worker_init.connect  # type: ignore[untyped-decorator]
def insist_on_guards(**_: object) -> None:
    """Do not start a Celery worker on an unguarded database; Celery logs any other exception and goes on."""
    try:
        guards.refuse_to_start_unguarded()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
