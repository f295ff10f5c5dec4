"""The in-app messages of one person."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from journal.models import Channel, Message


def messages_of(user_id: int, *, unread_only: bool = False) -> QuerySet[Message]:
    """Return a person's messages with their events; a partial index serves either kind, newest first."""
    mine = Message.objects.filter(recipient_id=user_id, channel=Channel.INBOX).select_related("event")
    return mine.filter(read_at__isnull=True) if unread_only else mine


def unread_count(user_id: int) -> int:
    """Return how many messages a person has not read."""
    return messages_of(user_id, unread_only=True).count()


def mark_read(*, message: Message, at: datetime) -> None:
    """Note that its recipient has seen a message; the first time stays. No event: nothing but a mark changes."""
    Message.objects.filter(pk=message.pk, read_at__isnull=True).update(read_at=at)


def mark_all_read(*, user_id: int, up_to: int, at: datetime) -> int:
    """Note that a person has seen all messages up to the one with id `up_to`; later ones stay unread."""
    return messages_of(user_id, unread_only=True).filter(pk__lte=up_to).update(read_at=at)


def mark_these_read(*, user_id: int, ids: Collection[int], at: datetime) -> int:
    """Note that a person has seen these of their own messages; what is somebody else's stays as it is."""
    wanted = [one for one in ids if one < 2**63]
    return messages_of(user_id, unread_only=True).filter(pk__in=wanted).update(read_at=at)
