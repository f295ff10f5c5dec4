"""Rows pasted from a spreadsheet into the table of limits; what cannot be understood stays in its field as it was."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from mandates.engine import CHARGES, KINDS, METRICS
from mandates.forms.lists import words_text
from mandates.phrases import CHOICES, CONDITION_LABELS, PHRASES

MOST_ROWS: Final = 500
# without a header: what a column is by its place
PLAIN: Final = ("metric", "family", "member", "team", "committee")
PLAIN_CHARTER: Final = ("metric", "family", "limit")
RANGES: Final = ("term_months", "quantity", "payment_days", "list_value")
TICKED: Final = {"kind": KINDS, "charge": CHARGES}
# what people write above a column, beside the words of the page; compared without case, spaces and signs
USUAL: Final[dict[str, str]] = {
    "what": "metric",
    "limit on": "metric",
    "measure": "metric",
    "where": "family",
    "product family": "family",
    "families": "family",
    "product code": "product",
    "product codes": "product",
    "products": "product",
    "sku": "product",
    "segments": "segment",
    "countries": "country",
    "customers": "customer",
    "channels": "channel",
    "currencies": "currency",
    "member bound": "member",
    "team bound": "team",
    "bound": "limit",
    "maximum": "limit",
    "charter": "limit",
    "beyond it": "committee",
    "beyond": "committee",
    "term": "term_months",
    "months": "term_months",
    "payment": "payment_days",
    "days": "payment_days",
    "term from": "term_months_from",
    "term below": "term_months_below",
    "quantity from": "quantity_from",
    "quantity below": "quantity_below",
    "payment days from": "payment_days_from",
    "payment days below": "payment_days_below",
    "list value from": "list_value_from",
    "list value below": "list_value_below",
}
SHORT: Final = {"discount": "line_discount", "margin": "line_margin", "value": "net_value"}


@dataclass(frozen=True, slots=True)
class Pasted:
    """The rows that were read, and the headings of columns that nothing here is called."""

    rows: list[dict[str, str]]
    unknown: list[str]
    left_out: int = 0


def read_pasted(text: str, committees: Mapping[str, str], *, charter: bool = False) -> Pasted:
    """Return the rows of a pasted block: cells apart by tabs or semicolons, with or without a header.

    `committees` maps codes to names: either is understood.
    """
    lines = [line for line in _cells(text) if any(cell.strip() for cell in line)]
    if not lines:
        return Pasted([], [])
    names = _names()
    header = [names.get(_plain(cell)) for cell in lines[0]]
    columns: Sequence[str | None] = header
    unknown: list[str] = []
    if _is_header(lines[0], header):
        unknown = [cell.strip() for cell, name in zip(lines[0], header, strict=True) if name is None and cell.strip()]
        lines = lines[1:]
    else:
        columns = PLAIN_CHARTER if charter else PLAIN
    by_name = {_plain(name): code for code, name in committees.items()} | {_plain(code): code for code in committees}
    rows = [_row(columns, line, by_name) for line in lines[:MOST_ROWS]]
    return Pasted([row for row in rows if row], unknown, max(0, len(lines) - MOST_ROWS))


def _cells(text: str) -> list[list[str]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    mark = next((mark for mark in "\t;" if mark in lines), "\t")
    return list(csv.reader(lines.split("\n"), delimiter=mark))


def _plain(text: str) -> str:
    """A heading or name as it is compared: small letters, without signs."""
    return " ".join(re.findall(r"\w+", text.casefold().replace("_", " ")))


def _is_header(cells: Sequence[str], header: Sequence[str | None]) -> bool:
    """Whether the first line names columns: what is limited must be one of them, and no cell has a digit."""
    return "metric" in header and not any(re.search(r"\d", cell) for cell in cells)


def _names() -> dict[str, str]:
    """Every name of a column, in English and in the reader's language."""
    found = dict(USUAL)
    fields = ("metric", "member", "team", "committee", "limit", *CONDITION_LABELS)
    for name in fields:
        found[_plain(name)] = name
    for name, label in CONDITION_LABELS.items():
        found[_plain(str(label))] = name
    words = {"metric": _("What"), "family": _("Family"), "member": _("Member"), "team": _("Team"), "limit": _("Bound")}
    words |= {"committee": _("Beyond it"), "term_months_from": _("Term from"), "product": _("Product codes")}
    words |= {"segment": _("Segments"), "country": _("Countries"), "channel": _("Channels")}
    return found | {_plain(word): name for name, word in words.items()}


def metric_of(text: str) -> str:
    """Return the metric that a text names by its code or label, in English or the reader's language; else empty."""
    wanted = _plain(text)
    if not wanted:
        return ""
    for language in (None, "en"):
        labels = _labels() if language is None else _labels_in(language)
        if wanted in labels:
            return labels[wanted]
    return SHORT.get(wanted, "")


def _labels_in(language: str) -> dict[str, str]:
    with override(language):
        return _labels()


def _labels() -> dict[str, str]:
    return {_plain(str(PHRASES[name].label)): name for name in METRICS} | {_plain(name): name for name in METRICS}


def _row(columns: Sequence[str | None], cells: Sequence[str], committees: Mapping[str, str]) -> dict[str, str]:
    row: dict[str, str] = {}
    for name, cell in zip(columns, cells, strict=False):
        value = cell.strip()
        if not name or not value:
            continue
        if name == "metric":
            row[name] = metric_of(value) or value
        elif name == "committee":
            row[name] = committees.get(_plain(value), value)
        elif name in RANGES:
            row |= _range(name, value)
        elif name in TICKED:
            row |= _ticks(name, value)
        else:
            row[name] = value.removesuffix("%").strip() if name in ("member", "team", "limit") else value
    return row


def _range(name: str, value: str) -> dict[str, str]:
    """Return the ends of “24+”, “from 24”, “>= 24”, “< 12”; what says neither is kept as the lower end."""
    number = re.search(r"\d[\d.,\s]*", value)
    if number is None:
        return {f"{name}_from": value}
    figure, rest = number[0].strip(), (value[: number.start()] + value[number.end() :]).strip().casefold()
    if rest in ("<", "below", "under", "less than", _("below").casefold()):
        return {f"{name}_below": figure}
    if rest in ("", "+", ">=", "≥", "from", "at least", _("from").casefold()):
        return {f"{name}_from": figure}
    return {f"{name}_from": value}


def _ticks(name: str, value: str) -> dict[str, str]:
    """Return the boxes of a condition with few values; what it does not have is kept as typed."""
    said = {_plain(choice): choice for choice in TICKED[name]}
    said |= {_plain(str(CHOICES[choice])): choice for choice in TICKED[name]}
    words = [word.strip() for word in re.split(r"[,/|]", value) if word.strip()]
    found = {f"{name}_{said[_plain(word)]}": "on" for word in words if _plain(word) in said}
    strange = [word for word in words if _plain(word) not in said]
    return found | ({name: words_text(strange)} if strange else {})
