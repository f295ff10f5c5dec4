"""Wake a Celery worker up for messages that fell due; without a broker the embedded worker finds them by itself."""

import structlog
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)
DELIVER_TASK = "journal.deliver"


def wake_delivery() -> None:
    """Ask the broker for a delivery now; a broker that is down costs a warning and no more, beat comes round anyway."""
    if not settings.REDIS_URL:
        return
    try:
        current_app.send_task(DELIVER_TASK, ignore_result=True, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker_unreachable", error=str(error))
