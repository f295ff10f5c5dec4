"""Which e-mails make one letter, who may send it, and how a try ended: leases, pauses and waits in the rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from journal import letters
from journal.models import PENDING, Channel, LetterPause, Message

# A lease outlasts the slowest single sending (EMAIL_TIMEOUT is seconds); after a crash it is also the wait.
LEASE = timedelta(minutes=2)
# Waits after the first, second, ... failed try; when they are used up the letter has failed for good.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600, 600))
TRIES = len(WAITS) + 1
DEATH = "every try ended with the worker's death"
# a letter once tried keeps its messages; a message that was tried before it had one is a letter of its own
BEGUN = Q(letter__isnull=False) | Q(attempts__gt=0)


def waiting(at: datetime, limit: int) -> list[Message]:
    """Return e-mails that are due and leased by nobody, oldest first, without those whose reader is left in peace."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    # a clock that was set back makes nobody wait for longer than a pause
    pauses = LetterPause.objects.filter(until__gt=at, until__lte=at + settings.MAIL_PAUSE)
    resting = pauses.filter(recipient_id=OuterRef("recipient_id"))
    goes = BEGUN | Q(event__verb__in=letters.at_once()) | ~Exists(resting)
    due = Message.objects.filter(PENDING, free, goes, channel=Channel.MAIL, due_at__lte=at)
    return list(due.select_related("event").order_by("due_at", "id")[:limit])


@transaction.atomic
def take(message: Message, now: datetime) -> list[Message]:
    """Take the letter that carries this e-mail for this worker alone, and return its messages by id.

    The first time, a letter gathers everything that waits for its reader, and their pause begins; later it is what it
    was. Empty where another worker was quicker, the pause has begun meanwhile, or all tries ended with a death.
    Locks the reader's pause, which is the first lock of whoever takes a letter.
    """
    reader = message.recipient_id
    pause = _locked_pause(reader, now)
    pending = Message.objects.filter(PENDING, recipient_id=reader, channel=Channel.MAIL).select_related("event")
    if message.letter is not None:
        found = list(pending.filter(letter=message.letter, attempts=message.attempts).order_by("id"))
    elif message.attempts:
        found = list(pending.filter(pk=message.pk, letter=None, attempts=message.attempts))
    elif message.event.verb not in letters.at_once() and now < pause.until <= now + settings.MAIL_PAUSE:
        return []
    else:
        found = list(pending.filter(letter=None, attempts=0).order_by("id"))
        if message.pk not in {one.pk for one in found}:
            return []
        pause.until = now + settings.MAIL_PAUSE
        pause.save(update_fields=["until"])
    return _leased(found, now)


def _locked_pause(reader: int, now: datetime) -> LetterPause:
    """Return the reader's pause, locked until the transaction ends; the first letter ever creates it."""
    locked = LetterPause.objects.select_for_update().filter(pk=reader).first()
    if locked is None:
        LetterPause.objects.bulk_create([LetterPause(recipient_id=reader, until=now)], ignore_conflicts=True)
        locked = LetterPause.objects.select_for_update().get(pk=reader)
    return locked


def _leased(found: list[Message], now: datetime) -> list[Message]:
    """Lease the messages of one letter together; the count of tries is the fence against whoever had them before."""
    if found and found[0].attempts >= TRIES:
        _give_up_dead(found, now)
        return []
    letter = next((one.letter for one in found if one.letter is not None), None) or (found[0].pk if found else None)
    _mine(found).update(letter=letter, attempts=F("attempts") + 1, lease_until=now + LEASE)
    for one in found:
        one.letter, one.attempts = letter, one.attempts + 1
    return found


def _give_up_dead(found: list[Message], now: datetime) -> None:
    """Every earlier try ended with its worker's death: a message itself may be the cause, so each goes alone first."""
    if len(found) == 1:
        settle(found, failed_at=now, last_error=found[0].last_error or DEATH)
    else:
        _mine(found).update(letter=F("id"), attempts=0, lease_until=None, due_at=now, last_error=DEATH)


def _mine(messages: Sequence[Message]) -> QuerySet[Message]:
    """The rows of these messages, unless another worker has taken them over meanwhile."""
    attempts = messages[0].attempts if messages else 0
    return Message.objects.filter(PENDING, pk__in=[one.pk for one in messages], attempts=attempts)


def settle(messages: Sequence[Message], **fields: object) -> None:
    """Write down how a try of one letter ended, for all its messages in one statement."""
    _mine(messages).update(lease_until=None, **fields)


def postpone(messages: Sequence[Message], now: datetime, error: Exception) -> None:
    """Set the letter's next try, or give up visibly when all tries are used."""
    reason = f"{type(error).__name__}: {error}"[:500]
    attempts = messages[0].attempts
    if attempts >= TRIES:
        settle(messages, failed_at=now, last_error=reason)
    else:
        settle(messages, due_at=now + WAITS[attempts - 1], last_error=reason)


@transaction.atomic
def set_apart(broken: Message, others: Sequence[Message], now: datetime, error: Exception) -> None:
    """Make a message that cannot be written a letter of its own, with its own tries; the others go without it."""
    _mine([broken]).update(letter=broken.pk)
    postpone([broken], now, error)
    if others:
        _mine(others).update(letter=others[0].pk)
