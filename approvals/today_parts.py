"""What apps further left add to what waits for the reader, on Today and in the inbox."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from teams.permissions import Person

# returns items as `components/item.html` takes them, one for each thing that waits for this person
Waiting = Callable[[Person, datetime], Sequence[dict[str, Any]]]

waiting_parts: dict[str, Waiting] = {}


def more_waiting(person: Person, at: datetime) -> list[dict[str, Any]]:
    """Return the registered items, in the order of their registration."""
    return [item for part in waiting_parts.values() for item in part(person, at)]
