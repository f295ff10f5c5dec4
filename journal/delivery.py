"""Send what is due to the outside world: the only module that talks to another machine."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from journal.letters import NOTHING, Told, told
from journal.models import PENDING, Event, Message
from journal.people import reachable
from journal.timeline import next_step, sentence

log = structlog.get_logger(__name__)

# A lease outlasts the slowest single sending (EMAIL_TIMEOUT is seconds); after a crash it is also the wait.
LEASE = timedelta(minutes=2)
# Waits after the first, second, ... failed try; when they are used up the message has failed for good.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600, 600))
TRIES = len(WAITS) + 1
LONGEST_SUBJECT = 150


class Undeliverable(Exception):
    """Trying again cannot help: there is nobody to write to."""


def deliver_due(*, at: datetime, limit: int = 100, going_on: Callable[[], bool] = lambda: True) -> int:
    """Send the messages that are due at `at`, oldest first; return how many arrived.

    Each message is leased by compare-and-set before it is sent, so that several workers never send it at once, and a
    worker that dies leaves a lease that runs out. Must not run inside a transaction: the lease has to be seen.
    `going_on` is asked before each message, so that a worker told to stop does so soon.
    """
    started = time.monotonic()
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    due = Message.objects.filter(PENDING, free, due_at__lte=at).order_by("due_at", "id")
    delivered = 0
    for message in list(due.select_related("event")[:limit]):
        if not going_on():
            break
        now = at + timedelta(seconds=time.monotonic() - started)
        if _lease(message, now):
            delivered += _try(message, now)
    return delivered


def _lease(message: Message, now: datetime) -> bool:
    """Take the message for this worker alone; false where another was quicker. The count of tries is the fence."""
    if message.attempts >= TRIES:
        # every earlier try ended with its worker's death: the message itself may be the cause
        _settle(message, failed_at=now, last_error=message.last_error or "every try ended with the worker's death")
        return False
    unchanged = Message.objects.filter(PENDING, pk=message.pk, attempts=message.attempts)
    taken = unchanged.update(attempts=F("attempts") + 1, lease_until=now + LEASE)
    message.attempts += 1
    return bool(taken)


def _settle(message: Message, **fields: object) -> None:
    """Write down how a try ended, unless another worker has taken the message over meanwhile."""
    mine = Message.objects.filter(PENDING, pk=message.pk, attempts=message.attempts)
    mine.update(lease_until=None, **fields)


def _try(message: Message, now: datetime) -> int:
    try:
        _send_mail(message)
    except Undeliverable as error:
        _settle(message, failed_at=now, last_error=str(error))
        return 0
    except Exception as error:  # one message that cannot be sent, for whatever reason, must not hold up the others
        log.warning("message_not_sent", message=message.pk, attempt=message.attempts, error=repr(error))
        _postpone(message, now, error)
        return 0
    _settle(message, delivered_at=now, last_error="")
    return 1


def _postpone(message: Message, now: datetime, error: Exception) -> None:
    """Set the next try, or give up visibly when all tries are used."""
    reason = f"{type(error).__name__}: {error}"[:500]
    if message.attempts >= TRIES:
        _settle(message, failed_at=now, last_error=reason)
    else:
        _settle(message, due_at=now + WAITS[message.attempts - 1], last_error=reason)


def _send_mail(message: Message) -> None:
    """Send one e-mail in the language of its reader.

    Raises: Undeliverable where there is no address; whatever the mail backend raises.
    """
    user = reachable(message.recipient_id)
    if user is None:
        raise Undeliverable("no active person with an address")
    with translation.override(getattr(user, "language", "") or settings.LANGUAGE_CODE):
        letter(message, user.email, told(message.event, user)).send()


def letter(message: Message, address: str, says: Told = NOTHING) -> EmailMultiAlternatives:
    """Return the e-mail for a message; its id and date are the same however often it is sent.

    `says` is what it tells of the event's subject to this reader.
    """
    event = message.event
    said = sentence(event)
    context = {
        "sentence": said,
        "next_step": next_step(event) or gettext("Open it to see what is asked of you."),
        "url": f"{settings.SITE_URL}{event.link or '/inbox/'}{says.query if event.link else ''}",
        "told": says,
        "inbox_url": f"{settings.SITE_URL}/inbox/",
    }
    headers = {
        "Message-ID": message_id(message),
        "Date": format_datetime(event.at),
        "Auto-Submitted": "auto-generated",
    }
    subject = said if len(said) <= LONGEST_SUBJECT else f"{said[: LONGEST_SUBJECT - 1]}…"
    mail = EmailMultiAlternatives(subject, render_to_string("mail/message.txt", context), to=[address], headers=headers)
    mail.attach_alternative(render_to_string("mail/message.html", context), "text/html")
    return mail


def message_id(message: Message) -> str:
    """Return the e-mail's id, made of what never changes about it: event, recipient and channel."""
    event: Event = message.event
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<{event.sequence}.{event.hash[:16]}.{message.recipient_id}.{message.channel}@{host}>"
