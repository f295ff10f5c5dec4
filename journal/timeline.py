"""Tell events as sentences, one by one or as the timeline of what they are about."""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.template import Context, Engine, TemplateDoesNotExist
from django.utils.formats import date_format

from journal.models import Event
from journal.people import name_of, names_of

PAGE_SIZE = 50
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# how many savings one shown sitting may have on average
_SAVINGS = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, ready to be shown."""

    sequence: int
    at: datetime
    actor_id: int | None
    actor_name: str
    verb: str
    subject: tuple[str, str]
    sentence: str
    data: dict[str, Any]
    url: str


def timeline(
    kind: str, identifier: str, *, after: int | None = None, limit: int = PAGE_SIZE, once: Collection[str] = ()
) -> list[Entry]:
    """Return what happened to one thing, newest first, in two queries.

    `after` is the sequence of the last entry already shown: what follows it is older. Of events in a row with a verb
    of `once`, by the same person, only the last is told: a draft that is kept while one types is one sitting.
    """
    events = Event.objects.filter(subjects__kind=kind, subjects__identifier=identifier).order_by("-sequence")
    if after is not None:
        events = events.filter(sequence__lt=after)
    if not once:
        return entries(events[:limit])
    return entries(_told_once(events[: limit * _SAVINGS], once)[:limit])


def _told_once(events: Iterable[Event], verbs: Collection[str]) -> list[Event]:
    """Leave out each event that the one after it, by the same person and with the same verb, tells again."""
    told: list[Event] = []
    for event in events:
        same = told and (told[-1].verb, told[-1].actor_id) == (event.verb, event.actor_id)
        if not (same and event.verb in verbs):
            told.append(event)
    return told


def entries(events: Iterable[Event]) -> list[Entry]:
    """Return events as entries in the order given; all names come from one query."""
    listed = list(events)
    names = names_of(event.actor_id for event in listed)
    return [_entry(event, name_of(event.actor_id, names)) for event in listed]


def _entry(event: Event, actor_name: str) -> Entry:
    data = json.loads(event.data)
    return Entry(
        sequence=event.sequence,
        at=event.at,
        actor_id=event.actor_id,
        actor_name=actor_name,
        verb=event.verb,
        subject=(event.subject_kind, event.subject_id),
        sentence=_render(f"events/{event.verb}.txt", event, data, actor_name) or event.verb,
        data=data,
        url=event.link,
    )


def sentence(event: Event, actor_name: str | None = None) -> str:
    """Return the event as one plain sentence in the active language, from `templates/events/<verb>.txt`.

    The template sees `event`, `actor` (a name), `data`, and each value of `data` under its own name. It gives plain
    text, so a page escapes it as usual. A verb without a template is shown as it is.
    """
    name = name_of(event.actor_id, names_of([event.actor_id])) if actor_name is None else actor_name
    return _render(f"events/{event.verb}.txt", event, json.loads(event.data), name) or event.verb


def next_step(event: Event) -> str:
    """Return what the person told is asked to do, from `templates/events/<verb>.next.txt`; empty where nothing is."""
    return _render(f"events/{event.verb}.next.txt", event, json.loads(event.data), "")


def _render(template_name: str, event: Event, data: dict[str, Any], actor: str) -> str:
    try:
        template = Engine.get_default().get_template(template_name)
    except TemplateDoesNotExist:
        return ""
    # Plain text: what escapes it is the page or the mail that shows it.
    shown = {key: _shown(value) for key, value in data.items()}
    context = Context({**shown, "event": event, "data": shown, "actor": actor}, autoescape=False)
    return " ".join(template.render(context).split())


def _shown(value: Any) -> Any:
    """A day is stored as ISO 8601 writes it and read as the reader's language does."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return value
    try:
        return date_format(date.fromisoformat(value))
    except ValueError:  # no day of any month: somebody's own words
        return value


def missing_sentences(verbs: Iterable[str]) -> list[str]:
    """Return the verbs for which no sentence is written, sorted."""
    return sorted(verb for verb in set(verbs) if not _is_written(verb))


def _is_written(verb: str) -> bool:
    try:
        Engine.get_default().get_template(f"events/{verb}.txt")
    except TemplateDoesNotExist:
        return False
    return True


def known_verbs() -> list[str]:
    """Return the verbs for which a sentence is written, sorted; the list that filters offer."""
    folders = (Path(folder) / "events" for folder in Engine.get_default().dirs)
    names = {path.name.removesuffix(".txt") for folder in folders for path in folder.glob("*.txt")}
    return sorted(name for name in names if name.count(".") == 1)
