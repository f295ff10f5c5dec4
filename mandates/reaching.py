"""Where one document allows more or less than another, in one sentence each, with a deal that shows it."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from mandates.engine import METRICS
from mandates.engine.compare import Difference, compare
from mandates.engine.witness import Witness
from mandates.phrases import figure, listed, metric_label

_LABELS: Final[dict[str, str | Promise]] = {
    "scope": gettext_lazy("which deals it covers"),
    "budget": gettext_lazy("budgets"),
    "validity": gettext_lazy("validity"),
    "consents": pgettext_lazy("what differs", "consents"),
}
_OUTCOMES: Final[dict[str, str | Promise]] = {
    "member": gettext_lazy("a member decides"),
    "team": gettext_lazy("the team decides together"),
    "committee": gettext_lazy("a committee decides"),
    "outside_charter": gettext_lazy("nobody may agree it"),
}
_SAID: Final[dict[str, str | Promise]] = {
    "wider": gettext_lazy("Wider: %(metrics)s."),
    "narrower": gettext_lazy("Narrower: %(metrics)s."),
    "undecided": gettext_lazy("Perhaps wider, for no example was found: %(metrics)s."),
}

_ORDER: Final = {name: place for place, name in enumerate((*METRICS, *_LABELS))}

Rates = tuple[tuple[str, str], ...]


def reach_sentences(before: str, after: str, rates: Mapping[str, str]) -> list[str]:
    """Return one sentence on what the later of two mandates, both as JSON text, allows more, one on what less."""
    found = differences(before, after, rates)
    groups = {
        "wider": [one for one in found if one.kind == "wider"],
        "narrower": [one for one in found if one.kind == "narrower"],
        "undecided": [one for one in found if one.kind == "undecided" and one.toward == "wider"],
    }
    shown = {one.metric for one in groups["wider"]}
    groups["undecided"] = [one for one in groups["undecided"] if one.metric not in shown]
    return [_sentence(kind, group) for kind, group in groups.items() if group]


def differences(before: str, after: str, rates: Mapping[str, str]) -> tuple[Difference, ...]:
    """Return in what the later of two mandates, both as JSON text, allows more or less; kept for the next asker."""
    return _compared(before, after, tuple(sorted(rates.items())))


@lru_cache(maxsize=256)
def _compared(before: str, after: str, rates: Rates) -> tuple[Difference, ...]:
    return tuple(compare(json.loads(before), json.loads(after), dict(rates)))


def difference_label(metric: str) -> str:
    """Return what a difference is about."""
    return str(_LABELS[metric]) if metric in _LABELS else metric_label(metric)


def difference_text(one: Difference) -> str:
    """Return one difference for the terminal, with the rows that govern before and after, counted from 1."""
    way = one.kind if one.kind != "undecided" else f"undecided, perhaps {one.toward}"
    return _with_example(f"{way}: {_place(one)}", one, ("before", "now"))


def beyond_text(one: Difference) -> str:
    """Return for the terminal where a mandate goes beyond the charter."""
    way = "beyond the charter" if one.kind == "wider" else "perhaps beyond the charter"
    return _with_example(f"{way}: {_place(one, 'charter row', 'row')}", one, ("by the charter", "by the mandate"))


def _place(one: Difference, first: str = "row before", second: str = "row now") -> str:
    parts = [one.metric, *([f"{one.level} level"] if one.level else [])]
    places = ((first, one.limit_a), (second, one.limit_b))
    if one.limit_a is not None or one.limit_b is not None:
        parts += [f"{label} {index + 1 if index is not None else 'none'}" for label, index in places]
    return ", ".join(parts)


def _with_example(text: str, one: Difference, sides: tuple[str, str]) -> str:
    if one.witness is None:
        return text
    outcomes = f"{sides[0]} {one.witness.outcome_a}, {sides[1]} {one.witness.outcome_b}"
    return f"{text}; for example {deal_text(one.witness)}: {outcomes}"


def _sentence(kind: str, found: Sequence[Difference]) -> str:
    found = sorted(found, key=lambda one: _ORDER[one.metric])
    metrics = listed([difference_label(metric) for metric in dict.fromkeys(one.metric for one in found)])
    said = str(_SAID[kind]) % {"metrics": metrics}
    witness = next((one.witness for one in found if one.witness is not None), None)
    if witness is None:
        return said
    example = _("For example %(deal)s: before, %(before)s; now, %(after)s.") % {
        "deal": deal_text(witness),
        "before": _OUTCOMES[witness.outcome_a],
        "after": _OUTCOMES[witness.outcome_b],
    }
    return f"{said} {example}"


def deal_text(witness: Witness) -> str:
    """Return a witness for reading: its lines, its term and its payment days."""
    deal = witness.case["deal"]
    term, days = deal["term_months"], deal["payment_days"]
    return _("%(lines)s, over %(term)s, payment within %(days)s") % {
        "lines": listed([_line_text(line, deal["currency"]) for line in deal["lines"]]),
        "term": ngettext("%(count)s month", "%(count)s months", term) % {"count": term},
        "days": ngettext("%(count)s day", "%(count)s days", days) % {"count": days},
    }


def _line_text(line: Mapping[str, Any], currency: str) -> str:
    values = {
        "quantity": figure(line["quantity"], "number"),
        "product": _named(line),
        "list": figure(line["list_price"], "money", currency),
        "price": figure(line["unit_price"], "money", currency),
    }
    if line["unit_cost"] is not None and Decimal(line["unit_cost"]):
        values["cost"] = figure(line["unit_cost"], "money", currency)
        return _("%(quantity)s of %(product)s at %(price)s instead of %(list)s, at a cost of %(cost)s") % values
    return _("%(quantity)s of %(product)s at %(price)s instead of %(list)s") % values


def _named(line: Mapping[str, Any]) -> str:
    """Return the product or family that the documents name; any other one will do where they name none."""
    named = [line[key] for key in ("product", "family") if line[key] not in (key, "other")]
    return str(named[0]) if named else _("any other product")
