"""Rows of limits and budgets between a document and the fields of a table; nothing typed is ever lost.

What cannot be understood goes into the document as it was typed: the engine then says what is wrong, and where.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from mandates.advice import Check
from mandates.engine import CHARGES, CONDITIONS, KINDS
from mandates.forms.figures import plain, typed
from mandates.forms.lists import listed_words, words_text
from mandates.phrases import conditions_text

RANGES: Final = tuple(name for name, condition in CONDITIONS.items() if condition.kind == "range")
CHOICES: Final = {"kind": KINDS, "charge": CHARGES}
LISTS: Final = tuple(name for name in CONDITIONS if name not in RANGES and name not in CHOICES)
COUNTS: Final = ("term_months", "payment_days")
# Shown in the row itself; the others wait behind “more conditions”.
OFTEN: Final = ("family", "term_months")
DEAL_CONDITIONS: Final = tuple(name for name, condition in CONDITIONS.items() if condition.level == "deal")
ANY: Final = "any"

Fields = Mapping[str, str]


@dataclass(slots=True)
class Row:
    """One row of a table as it is shown: what stands in its fields, what is wrong, and how it reads."""

    prefix: str
    number: int | str
    values: dict[str, str]
    checks: dict[str, list[Check]] = field(default_factory=dict)
    sentence: str = ""
    conditions: str = ""
    more: bool = False

    @property
    def name(self) -> str:
        """The beginning of the row's field names."""
        return f"{self.prefix}-{self.number}"

    @property
    def has_stops(self) -> bool:
        """Whether anything in the row keeps the draft from being proposed."""
        return any(check.stops for checks in self.checks.values() for check in checks)

    @property
    def said(self) -> list[tuple[str, Check]]:
        """What is to be said about the row: the name of the field, and the check."""
        return [(name, check) for name, checks in self.checks.items() for check in checks]

    @property
    def place(self) -> int:
        """The row's number as people count."""
        return int(self.number) + 1 if isinstance(self.number, int) else 0


# --- from the form ---


def posted_rows(data: Mapping[str, Any], prefix: str) -> list[dict[str, str]]:
    """Return the fields of each row that was sent, in the order of the row numbers; empty rows are left out."""
    return list(numbered_rows(data, prefix).values())


def numbered_rows(data: Mapping[str, Any], prefix: str) -> dict[int, dict[str, str]]:
    """Return the fields of each row that was sent by the row's number; empty rows are left out."""
    pattern = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,4}})-([a-z_]+)")
    rows: dict[int, dict[str, str]] = {}
    for key in data:
        if match := pattern.fullmatch(key):
            rows.setdefault(int(match[1]), {})[match[2]] = str(data[key]).strip()
    return {number: rows[number] for number in sorted(rows) if any(rows[number].values())}


def limit_of(fields: Fields, *, charter: bool = False) -> dict[str, Any]:
    """Return a limit of a document from a row's fields."""
    limit: dict[str, Any] = {"metric": fields.get("metric", "")}
    if when := conditions_of(fields):
        limit["when"] = when
    if charter:
        limit["limit"] = bound_of(fields.get("limit", ""))
        return limit
    limit["member"] = bound_of(fields.get("member", ""))
    if fields.get("team") or limit["member"] is None:
        # A blank team bound beside a member's figure says "the same": leave it out.
        limit["team"] = bound_of(fields.get("team", ""))
    if fields.get("committee"):
        limit["committee"] = fields["committee"]
    return limit


def bound_of(text: str) -> str | None:
    """Return a bound: none where the field is blank, "any" in English or the reader's language, else the figure."""
    if not text:
        return None
    return ANY if text.lower() in (ANY, _("any").lower()) else plain(text.removesuffix("%"))


def conditions_of(fields: Fields, names: Sequence[str] = tuple(CONDITIONS)) -> dict[str, Any]:
    """Return the conditions that a row's fields state."""
    when: dict[str, Any] = {}
    for name in names:
        if name in RANGES:
            if found := _range_of(fields, name):
                when[name] = found
        elif name in CHOICES:
            ticked = [choice for choice in CHOICES[name] if fields.get(f"{name}_{choice}")]
            ticked += listed_words(fields.get(name, ""))  # pasted words that are none of them
            if ticked:
                when[name] = ticked
        elif words := listed_words(fields.get(name, "")):
            when[name] = words[0] if len(words) == 1 else words
    return when


def _range_of(fields: Fields, name: str) -> dict[str, Any]:
    ends = {"from": fields.get(f"{name}_from", ""), "below": fields.get(f"{name}_below", "")}
    return {end: _range_end(name, plain(text)) for end, text in ends.items() if text}


def _range_end(name: str, text: str) -> Any:
    return int(text) if name in COUNTS and re.fullmatch(r"[0-9]{1,15}", text) else text


def budget_of(fields: Fields) -> dict[str, Any]:
    """Return a budget of a document from a row's fields."""
    return {
        "per": fields.get("per", ""),
        "period": fields.get("period", ""),
        "amount": plain(fields.get("amount", "")),
    }


# --- to the form ---


def limit_row(prefix: str, number: int, limit: Mapping[str, Any]) -> Row:
    """Return the row that shows a limit of a mandate or of the charter."""
    when = limit.get("when") if isinstance(limit.get("when"), Mapping) else {}
    values = {"metric": str(limit.get("metric", "")), **condition_fields(when or {})}
    for name in ("member", "team", "limit"):
        if limit.get(name) is not None:
            values[name] = _("any") if limit[name] == ANY else typed(limit[name])
    if limit.get("committee"):
        values["committee"] = str(limit["committee"])
    return Row(prefix, number, values)


def said_conditions(limit: Mapping[str, Any], currency: str) -> str:
    """Return in words the conditions that wait behind “more conditions”; empty where they cannot be read."""
    when = limit.get("when")
    rare = {name: raw for name, raw in when.items() if name not in OFTEN} if isinstance(when, Mapping) else {}
    try:
        return conditions_text(rare, currency) if rare else ""
    except (TypeError, ValueError, AttributeError, ArithmeticError):
        return ""


def condition_fields(when: Mapping[str, Any]) -> dict[str, str]:
    """Return what the fields of a row show for its conditions."""
    values: dict[str, str] = {}
    for name, raw in when.items():
        if name in RANGES and isinstance(raw, Mapping):
            for end in ("from", "below"):
                if end in raw:
                    values[f"{name}_{end}"] = typed(raw[end])
        elif name in CHOICES:
            words = [str(word) for word in (raw if isinstance(raw, list) else [raw])]
            values |= {f"{name}_{word}": "on" for word in words if word in CHOICES[name]}
            if strange := [word for word in words if word not in CHOICES[name]]:
                values[name] = words_text(strange)
        else:
            values[name] = words_text([str(word) for word in (raw if isinstance(raw, list) else [raw])])
    return values


def budget_row(prefix: str, number: int, budget: Mapping[str, Any]) -> Row:
    """Return the row that shows a budget."""
    values = {name: str(budget.get(name, "")) for name in ("per", "period")}
    return Row(prefix, number, values | {"amount": typed(budget.get("amount", ""))})


# --- what is wrong ---


def place_checks(checks: Sequence[Check], rows: Mapping[str, Sequence[Row]], scope: Row | None) -> None:
    """Put each check at the field of the row that its path names."""
    for check in checks:
        match = re.match(r"([a-z]+)\[([0-9]+)\](?:\.(.*))?$", check.path)
        if match and match[1] in rows and int(match[2]) < len(rows[match[1]]):
            _at(rows[match[1]][int(match[2])], match[3] or "", check)
        elif scope is not None and check.path.startswith("scope"):
            _at(scope, check.path.removeprefix("scope").lstrip("."), check)


def _at(row: Row, path: str, check: Check) -> None:
    name = field_of(path)
    row.checks.setdefault(name, []).append(check)
    condition = condition_of(name)
    row.more = row.more or (condition in CONDITIONS and condition not in OFTEN)


def condition_of(name: str) -> str:
    """Return the condition that a field belongs to: `term_months_from` -> `term_months`."""
    return re.sub(r"_(from|below|new|renewal|expansion|one_off|monthly)$", "", name)


def field_of(path: str) -> str:
    """Return the name of the field that a path inside a row means: `when.term_months.from` -> `term_months_from`."""
    parts = re.sub(r"\[[0-9]+\]", "", path).removeprefix("when").lstrip(".").split(".")
    name = parts[0]
    if name in RANGES:
        return f"{name}_{parts[1]}" if len(parts) > 1 else f"{name}_from"
    if name in CHOICES:
        return f"{name}_{CHOICES[name][0]}"
    return name or "metric"
