"""Write one event, and the messages it causes, into the transaction of the change that it tells of."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from journal import chain, waking
from journal.models import Channel, Event, EventSubject, JournalHead, Message

VERB = re.compile(r"[a-z_]+\.[a-z_]+")
LONGEST_TEXT = 200


def record(
    verb: str,
    *,
    subject: tuple[str, str],
    by: int | None,
    at: datetime,
    data: Mapping[str, object] | None = None,
    about: Iterable[tuple[str, str]] = (),
    tell: Iterable[int] = (),
    mail: bool = True,
    link: str = "",
) -> Event:
    """Append one event to the chain and write its messages; nothing of it stays if the transaction rolls back.

    `subject` and `about` are (kind, identifier) pairs whose timelines show the event; `by` is a user's id or None for
    the product itself; `data` holds ids and figures, never names or free text; `tell` are the users' ids that get an
    inbox message each and, with `mail`, one by e-mail; `link` is the path of the page where the event is to be seen.
    Locks the journal's head, which must be the last lock of the transaction.
    Raises: TransactionManagementError outside a transaction; ValueError or TypeError for what the journal cannot hold.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an event is recorded in the transaction of its change")
    _judge(verb, at, link, data or {})
    related = [pair for pair in dict.fromkeys(about) if pair != subject]
    event = _append(
        chain.Row(
            sequence=0,
            at=chain.at_text(at),
            actor_id=by,
            verb=verb,
            subject_kind=subject[0],
            subject_id=subject[1],
            about=chain.canonical(related),
            link=link,
            data=chain.canonical(data or {}),
            previous_hash="",
            hash="",
        ),
        at,
    )
    EventSubject.objects.bulk_create(
        EventSubject(event=event, kind=kind, identifier=identifier) for kind, identifier in [subject, *related]
    )
    _address(event, list(dict.fromkeys(tell)), mail)
    return event


def _judge(verb: str, at: datetime, link: str, data: Mapping[str, object]) -> None:
    """Refuse what would make an event unreadable, forgeable or impossible to erase a person from."""
    if not VERB.fullmatch(verb):
        raise ValueError(f"{verb!r} is no verb of the form 'deal.submitted'")
    if timezone.is_naive(at):
        raise ValueError("an event needs a time with its zone")
    if link and (not link.startswith("/") or link.startswith("//")):
        raise ValueError("an event's link is a path within the product")
    if any(len(text) > LONGEST_TEXT for text in _texts(data)):
        raise ValueError("an event holds ids and figures; keep the text in a row and refer to it by id and hash")


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)


def locked_head() -> JournalHead:
    """Return the head of the chain, locked until the transaction ends; the first call ever creates it."""
    head = JournalHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        JournalHead.objects.bulk_create([JournalHead(id=1, sequence=0, hash=chain.GENESIS)], ignore_conflicts=True)
        head = JournalHead.objects.select_for_update().get(pk=1)
    return head


def _append(row: chain.Row, at: datetime) -> Event:
    """Give `row` its place behind the head, insert it, and move the head on."""
    head = locked_head()
    row = row._replace(sequence=head.sequence + 1, previous_hash=head.hash)
    fields = row._asdict() | {"at": at, "hash": chain.hash_of(row)}
    event = Event.objects.create(**fields)
    JournalHead.objects.filter(pk=1).update(sequence=event.sequence, hash=event.hash)
    return event


def _address(event: Event, recipients: list[int], mail: bool) -> None:
    """Write the messages of an event: those to the inbox are delivered by being committed."""
    inbox = [
        Message(event=event, recipient_id=person, channel=Channel.INBOX, due_at=event.at, delivered_at=event.at)
        for person in recipients
    ]
    letters = [
        Message(event=event, recipient_id=person, channel=Channel.MAIL, due_at=event.at)
        for person in (recipients if mail else ())
    ]
    Message.objects.bulk_create([*inbox, *letters])
    if letters:
        transaction.on_commit(waking.wake_delivery, robust=True)
