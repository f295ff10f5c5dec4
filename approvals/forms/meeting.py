"""A deal's draft as a state that can be merged with another one, and back; and how such a merge reads."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import Deal
from approvals.readings import figures
from approvals.terms import DraftLine, DraftTerms, written
from journal.refusals import Invalid
from journal.threeway import FieldMerge, Merge, RowMerge, TableMerge, merge
from mandates.phrases import figure

State = Mapping[str, Any]
TABLE: Final = "lines"
HEAD: Final = ("kind", "channel", "currency")
TERMS: Final = ("term_months", "payment_days", "why")
# lines and their currency as one thing, where the sides price in different currencies
OFFER: Final = "offer"
LABELS: Final[dict[str, str | Promise]] = {
    "kind": gettext_lazy("Kind"),
    "channel": gettext_lazy("Channel"),
    "currency": gettext_lazy("Currency"),
    "term_months": gettext_lazy("Term"),
    "payment_days": gettext_lazy("Payment days"),
    "why": gettext_lazy("Why"),
    "product": gettext_lazy("Product"),
    "quantity": gettext_lazy("Quantity"),
    "unit_price": gettext_lazy("Price"),
    OFFER: gettext_lazy("Currency and lines"),
}


# --- to a state and back ---


def state_of(terms: DraftTerms, *, kind: str, channel: str, currency: str) -> dict[str, Any]:
    """Return a draft and its deal's head as one state; what is empty is left out."""
    document = json.loads(written(terms, currency))
    plain = {"kind": kind, "channel": channel, "currency": currency} | {name: document[name] for name in TERMS}
    return {name: value for name, value in plain.items() if value != ""} | {TABLE: document["lines"]}


def read_state(text: str) -> dict[str, Any]:
    """Return the state that a page carried; an empty one where it carries none that can be read."""
    try:
        state = json.loads(text)
    except (ValueError, RecursionError):
        return {TABLE: []}
    if not isinstance(state, dict) or not isinstance(state.get(TABLE), list):
        return {TABLE: []}
    plain = {name: state[name] for name in (*HEAD, *TERMS) if isinstance(state.get(name), str | int)}
    rows = [row for row in state[TABLE] if isinstance(row, dict)]
    return plain | {TABLE: [{name: str(row[name]) for name in _LINE if name in row} for row in rows]}


_LINE: Final = ("product", "quantity", "unit_price")


def state_text(state: State) -> str:
    """Return a state as the text that a page carries."""
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


def terms_of(state: State) -> DraftTerms:
    """Return the terms of a state. Raises: Invalid `unreadable` for what no page of ours has carried."""
    try:
        lines = tuple(
            DraftLine(str(row["product"]), Decimal(row["quantity"]), Decimal(row["unit_price"]))
            for row in state.get(TABLE, [])
        )
        why = str(state.get("why", ""))
        return DraftTerms(int(state["term_months"]), int(state["payment_days"]), why, lines)
    except (KeyError, TypeError, ValueError, InvalidOperation):
        raise Invalid("unreadable", _("What was merged cannot be read. Load the draft and type it again.")) from None


# --- merging ---


def merged(base: State, theirs: State, mine: State) -> Merge:
    """Merge three states. A price means nothing without its currency: where they differ, lines are taken as a whole."""
    if base.get("currency", theirs.get("currency")) == theirs.get("currency") == mine.get("currency"):
        return merge(base, theirs, mine, [TABLE])
    return merge(*(_folded(state) for state in (base, theirs, mine)))


def _folded(state: State) -> dict[str, Any]:
    kept = {name: value for name, value in state.items() if name not in (TABLE, "currency")}
    return kept | {OFFER: {"currency": state.get("currency", ""), TABLE: state.get(TABLE, [])}}


def settled(found: Merge, choices: Mapping[str, str]) -> dict[str, Any]:
    """Return the state in the end, its lines and their currency apart again."""
    state = found.settled(choices)
    offer = state.pop(OFFER, None)
    return state | offer if offer is not None else state


# --- how a merge reads ---


class Reading:
    """Puts a merge of a deal's draft into words, as `components/three_way.html` takes them."""

    def __init__(self, found: Merge, *, currency: str, names: Mapping[str, str]) -> None:
        self.found, self.currency, self.names = found, currency, names

    def shown(self, choices: Mapping[str, str], missing: Sequence[str]) -> dict[str, Any]:
        """Return what differs, field by field and line by line."""
        tables = (self._table(one, choices) for one in self.found.tables)
        return {
            "fields": [self._field(one, one.key, choices) for one in self.found.fields if one.kind != "same"],
            "tables": [table for table in tables if table["rows"] or table["order"]],
            "missing": missing,
        }

    def _field(self, one: FieldMerge, key: str, choices: Mapping[str, str]) -> dict[str, Any]:
        said = {side: self._text(one.key, getattr(one, side)) for side in ("base", "theirs", "mine")}
        return {"key": key, "label": LABELS[one.key], "kind": one.kind, "chosen": choices.get(key, ""), **said}

    def _text(self, name: str, raw: Any) -> str:
        if raw is None:
            return "-"
        if name == OFFER:
            return "\n".join([raw["currency"], *(self._line(row, raw["currency"]) for row in raw[TABLE])])
        if name == "kind":
            return str(dict(Deal.Kind.choices).get(raw, raw))
        if name == "product":
            return self._product(raw)
        if name == "unit_price":
            return _money(raw, self.currency)
        units = {"term_months": "months", "payment_days": "days", "quantity": "number"}
        return figure(raw, units[name]) if name in units else str(raw)

    def _product(self, code: str) -> str:
        return f"{code} {self.names[code]}" if code in self.names else code

    def _line(self, row: Mapping[str, Any] | None, currency: str) -> str:
        if row is None:
            return _("no such line")
        words = {
            "quantity": figure(row.get("quantity"), "number"),
            "product": self._product(str(row.get("product", ""))),
            "price": _money(row.get("unit_price"), currency),
        }
        return _("%(product)s: %(quantity)s at %(price)s") % words

    def _table(self, table: TableMerge, choices: Mapping[str, str]) -> dict[str, Any]:
        order = {"key": table.order_key, "chosen": choices.get(table.order_key, "")}
        return {
            "title": _("Lines"),
            "rows": [self._row(row, choices) for row in table.rows if row.kind != "same"],
            "moved": table.moved_by,
            "order": order if table.moved_by == "conflict" else None,
        }

    def _row(self, row: RowMerge, choices: Mapping[str, str]) -> dict[str, Any]:
        whole = row.theirs is None or row.mine is None
        conflicts = [] if whole else [one for one in row.fields if one.kind == "conflict"]
        return {
            "key": row.key,
            "kind": row.kind,
            "whole": whole,
            "chosen": choices.get(row.key, ""),
            "asks": [self._field(one, row.field_key(one), choices) for one in conflicts],
            **{side: self._line(getattr(row, side), self.currency) for side in ("base", "theirs", "mine")},
        }


def _money(raw: Any, currency: str) -> str:
    try:
        return figures.money(Decimal(str(raw)), currency)
    except InvalidOperation:
        return str(raw)
