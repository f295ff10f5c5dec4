"""Write events, and the messages they cause, into the transaction of the change that they tell of."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from journal import chain, waking
from journal.models import Channel, Event, EventSubject, JournalHead, Message

VERB = re.compile(r"[a-z_]+\.[a-z_]+")
LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to be recorded; its fields are those of `record`, and `followers`, who get no mail of it."""

    verb: str
    subject: tuple[str, str]
    by: int | None
    at: datetime
    data: Mapping[str, object] = field(default_factory=dict)
    about: Sequence[tuple[str, str]] = ()
    tell: Sequence[int] = ()
    mail: bool = True
    link: str = ""
    followers: Sequence[int] = ()

    @property
    def related(self) -> list[tuple[str, str]]:
        """What else the event is about, each once."""
        return [pair for pair in dict.fromkeys(self.about) if pair != self.subject]


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
    return record_all([Entry(verb, subject, by, at, data or {}, tuple(about), tuple(tell), mail, link)])[0]


def record_all(entries: Sequence[Entry]) -> list[Event]:
    """Append events in this order, as `record` does each, with one lock of the head and few statements."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an event is recorded in the transaction of its change")
    for entry in entries:
        _judge(entry.verb, entry.at, entry.link, entry.data)
    events = _append(entries) if entries else []
    EventSubject.objects.bulk_create(
        EventSubject(event=event, kind=kind, identifier=identifier)
        for event, entry in zip(events, entries, strict=True)
        for kind, identifier in [entry.subject, *entry.related]
    )
    _address(list(zip(events, entries, strict=True)))
    return events


def _row_of(entry: Entry) -> chain.Row:
    return chain.Row(
        sequence=0,
        at=chain.at_text(entry.at),
        actor_id=entry.by,
        verb=entry.verb,
        subject_kind=entry.subject[0],
        subject_id=entry.subject[1],
        about=chain.canonical(entry.related),
        link=entry.link,
        data=chain.canonical(entry.data),
        previous_hash="",
        hash="",
    )


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


def _append(entries: Sequence[Entry]) -> list[Event]:
    """Give each its place behind the head, insert them, and move the head on."""
    head = locked_head()
    events = []
    for entry in entries:  # the database lets the head go one event at a time
        row = _row_of(entry)._replace(sequence=head.sequence + 1, previous_hash=head.hash)
        head.sequence, head.hash = row.sequence, chain.hash_of(row)
        events.append(Event.objects.create(**(row._asdict() | {"at": entry.at, "hash": head.hash})))
        JournalHead.objects.filter(pk=1).update(sequence=head.sequence, hash=head.hash)
    return events


def _address(told: Sequence[tuple[Event, Entry]]) -> None:
    """Write the messages of the events: those to the inbox are delivered by being committed."""
    messages: list[Message] = []
    for event, entry in told:
        for person in dict.fromkeys([*entry.tell, *entry.followers]):
            known = {"event": event, "recipient_id": person, "due_at": event.at}
            messages.append(Message(channel=Channel.INBOX, delivered_at=event.at, **known))
            if entry.mail and person in entry.tell:
                messages.append(Message(channel=Channel.MAIL, **known))
    Message.objects.bulk_create(messages)
    if any(message.channel == Channel.MAIL for message in messages):
        transaction.on_commit(waking.wake_delivery, robust=True)
