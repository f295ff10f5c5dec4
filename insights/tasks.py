"""The Celery task of replays: the very function that the embedded worker calls, one part at a time."""

from celery import shared_task
from django.utils import timezone

from insights.actions import advance
from insights.models import OPEN_STATES, Replay
from insights.waking import PART_TASK, wake_replay


@shared_task(name=PART_TASK)  # type: ignore[untyped-decorator]
def replay_part(replay: int) -> bool:
    """Judge one part of a replay, and call for the next: so the parts of several replays take turns."""
    found = Replay.objects.filter(pk=replay, state__in=OPEN_STATES).first()
    if found is None or not advance(replay=found, at=timezone.now()):
        return False
    wake_replay(replay, 1)
    return True
