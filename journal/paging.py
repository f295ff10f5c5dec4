"""Pages of a long list by keyset: page 1,000 costs what page 1 costs, and the filters stay in the address."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.timezone import is_naive

Row = TypeVar("Row", bound=Model)
PARAMETER = "page"
SIZE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and the addresses of its neighbours (empty where there is none)."""

    items: list[Row]
    next_url: str
    previous_url: str


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A place in the list: right after (or before) the row with these two values."""

    value: Any
    key: Any
    backwards: bool


def page(rows: QuerySet[Row], query: QueryDict, *, order: str = "-pk", size: int = SIZE) -> Page[Row]:
    """Return the page of `rows` that the address asks for, as `?page=...` beside its filters.

    `order` is a column of the model that is never empty, with a minus for descending; the primary key breaks ties,
    so an index on both keeps it fast. A cursor that cannot be read gives the first page. One query.
    """
    cursor = _read(query.get(PARAMETER, ""), rows.model, order)
    backwards = cursor is not None and cursor.backwards
    descending = order.startswith("-") != backwards
    column = order.lstrip("-")
    sign = "-" if descending else ""
    if cursor is not None:
        rows = rows.filter(_beyond(column, cursor, "lt" if descending else "gt"))
    found = list(rows.order_by(f"{sign}{column}", *([] if column == "pk" else [f"{sign}pk"]))[: size + 1])
    more, items = len(found) > size, found[:size]
    if backwards:
        items.reverse()
    has_next = (cursor is not None and bool(items)) if backwards else more
    has_previous = more if backwards else cursor is not None and bool(items)
    return Page(
        items,
        next_url=_address(query, items[-1], column, backwards=False) if has_next else "",
        previous_url=_address(query, items[0], column, backwards=True) if has_previous else "",
    )


def _beyond(column: str, cursor: _Cursor, side: str) -> Q:
    """Return the condition for rows beyond the cursor, in a form for which an index on the column is used."""
    if column == "pk":
        return Q(**{f"pk__{side}": cursor.key})
    tie_broken = Q(**{f"{column}__{side}": cursor.value}) | Q(**{f"pk__{side}": cursor.key})
    return Q(**{f"{column}__{side}e": cursor.value}) & tie_broken


def _address(query: QueryDict, row: Model, column: str, *, backwards: bool) -> str:
    """Return the address of the page beyond `row`, with all the filters of this one."""
    place: Sequence[Any] = [getattr(row, column), row.pk, backwards]
    text = json.dumps(place, default=_exact, separators=(",", ":"))
    changed = query.copy()
    changed[PARAMETER] = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return f"?{changed.urlencode()}"


def _exact(value: Any) -> str:
    """Write a date or time with all its digits, because the page must not skip what lies between two of them."""
    return str(value.isoformat()) if isinstance(value, date) else str(value)


def _read(text: str, model: type[Model], order: str) -> _Cursor | None:
    """Return the cursor of an address, its values as the columns understand them, or None."""
    if not text:
        return None
    try:
        value, key, backwards = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        column = order.lstrip("-")
        field = model._meta.pk if column == "pk" else model._meta.get_field(column)
        return _Cursor(_understood(field, value), _understood(model._meta.pk, key), bool(backwards))
    except (ValueError, TypeError, binascii.Error, ValidationError, FieldDoesNotExist):
        return None


def _understood(field: Any, value: Any) -> Any:
    """Return a value as its column gives it. Raises: ValidationError, ValueError where it is none."""
    if value is None or isinstance(value, (list, dict)) or "\0" in str(value):
        raise ValueError("a place in a list has both its values")
    understood = field.to_python(value)
    if isinstance(understood, datetime) and is_naive(understood):
        raise ValueError("a time has its zone")
    return understood
