"""What apps say of letters: how their own things are told to one reader, and which events wait for no other letter."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string

if TYPE_CHECKING:  # `apps.py` reads this before any model is
    from journal.models import Event


@dataclass(frozen=True, slots=True)
class Told:
    """`ask` is one sentence, `facts` are labels with figures that this reader may see, `why` is said by the team.

    `note` says what has happened to it since; `query` is added to the link, as `?revision=2`; `over` says that nothing
    is asked of this reader any more, whatever the event asked.
    """

    ask: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    why: str = ""
    note: str = ""
    query: str = ""
    over: bool = False


Tell = Callable[["Event", Any], Told | None]
NOTHING = Told()
_tellers: dict[str, Tell | str] = {}
_at_once: set[str] = set()


def register(kind: str, tell: Tell | str) -> None:
    """Let letters about events of subjects of this kind say more; `tell` may be given by its dotted path."""
    _tellers[kind] = tell


def told(event: "Event", user: Any) -> Told:
    """Return what a letter to this user says of the event's subject; nothing where they may not see it any more."""
    tell = _tellers.get(event.subject_kind)
    if isinstance(tell, str):
        tell = import_string(tell)
    return NOTHING if tell is None else tell(event, user) or NOTHING


def send_at_once(verbs: Iterable[str]) -> None:
    """Let letters about these events leave at once, however short ago their reader had one."""
    _at_once.update(verbs)


def at_once() -> frozenset[str]:
    """Return the verbs of the events that wait for nothing."""
    return frozenset(_at_once)
