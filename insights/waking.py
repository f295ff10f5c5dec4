"""Wake Celery workers up for the parts of a replay; without a broker the embedded worker finds them by itself."""

import structlog
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)
PART_TASK = "insights.replay_part"
# So many parts of one replay are in the broker at once; each that is done calls for the next.
AT_ONCE = 16


def wake_replay(replay: int, parts: int) -> int:
    """Ask the broker for that many parts of a replay, and return how many were asked for.

    A broker that is down costs a warning and no more: the next tick asks again.
    """
    if not settings.REDIS_URL:
        return 0
    asked = min(parts, AT_ONCE)
    try:
        for _ in range(asked):
            current_app.send_task(PART_TASK, args=[replay], ignore_result=True, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker_unreachable", error=str(error))
        return 0
    return asked
