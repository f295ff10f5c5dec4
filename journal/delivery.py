"""Send what is due to the outside world: the only module that talks to another machine."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import Error
from django.utils import translation

from journal import outbox
from journal.composing import TOLD_IN_FULL, Part, letter_of, part_of
from journal.letters import NOTHING, told
from journal.models import Message
from journal.people import reachable

log = structlog.get_logger(__name__)


def deliver_due(*, at: datetime, limit: int = 100, going_on: Callable[[], bool] = lambda: True) -> int:
    """Send the messages that are due at `at`, oldest first; return how many arrived.

    What waits for one person goes as one letter, and then nothing for `MAIL_PAUSE`. Each letter is leased before it is
    sent, so that several workers never send it at once, and a worker that dies leaves a lease that runs out. Must not
    run inside a transaction: the lease has to be seen. `going_on` is asked before each letter, so that a worker told to
    stop does so soon.
    """
    started = time.monotonic()
    delivered = 0
    seen: set[object] = set()
    for message in outbox.waiting(at, limit):
        if message.pk in seen:  # it left with a letter that an earlier message began
            continue
        if not going_on():
            break
        now = at + timedelta(seconds=time.monotonic() - started)
        messages = outbox.take(message, now)
        seen.update(one.pk for one in messages)
        if messages:
            delivered += _try(messages, now)
    return delivered


def _try(messages: Sequence[Message], now: datetime) -> int:
    """Send one letter in the language of its reader, and write down how that ended; return how many messages left."""
    try:
        user = reachable(messages[0].recipient_id)
        if user is None:  # trying again cannot help
            outbox.settle(messages, failed_at=now, last_error="no active person with an address")
            return 0
        with translation.override(getattr(user, "language", "") or settings.LANGUAGE_CODE):
            parts = _written(messages, user, now)
            messages = [part.message for part in parts]
            if parts:
                letter_of(parts, user.email).send()
    except Exception as error:  # one letter that cannot be sent, for whatever reason, must not hold up the others
        log.warning("letter_not_sent", letter=messages[0].letter, attempt=messages[0].attempts, error=repr(error))
        outbox.postpone(messages, now, error)
        return 0
    outbox.settle(messages, delivered_at=now, last_error="")
    return len(messages)


def _written(messages: Sequence[Message], user: Any, now: datetime) -> list[Part]:
    """Write the parts of a letter; one that cannot be written goes its own way and holds up none of the others."""
    parts: list[Part] = []
    broken: list[tuple[Message, Exception]] = []
    for number, message in enumerate(messages):
        try:
            says = told(message.event, user) if number < TOLD_IN_FULL else NOTHING
            parts.append(part_of(message, says, alone=len(messages) == 1))
        except Error:  # the database is away: that is no part's own fault
            raise
        except Exception as error:
            log.warning("part_not_written", message=message.pk, attempt=message.attempts, error=repr(error))
            broken.append((message, error))
    for message, fault in broken:
        outbox.set_apart(message, [part.message for part in parts], now, fault)
    return parts
