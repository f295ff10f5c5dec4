"""What a yes would do to the deal's margin: as asked, at the team's own bounds, and at list prices."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from approvals.bounding import BOUNDABLE, Figure, nearest
from approvals.measuring import HUNDRED, total
from approvals.readings import figures

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Effect:
    """One state of the deal: what it brings, and what of that is left after its cost."""

    label: str
    net: str
    kept: str
    margin: str
    less: str


def effect(case: Document, answer: Document, committee: str) -> list[Effect]:
    """Return the rows, the ask first; nothing where a cost is unknown. For readers with sight of cost only."""
    deal = case["deal"]
    kept = _kept(deal)
    if kept is None:
        return []
    found = [(_("As asked"), deal)]
    bounds = _bounds(case, answer, committee)
    own = nearest(deal, bounds) if bounds else None
    if own is not None:
        found.append((_("At the team's own bounds"), own))
    found.append((_("At list prices"), {**deal, "lines": [_at_list(line) for line in deal["lines"]]}))
    return [_row(label, state, kept) for label, state in found]


def _at_list(line: Document) -> dict[str, Any]:
    dearer = Fraction(line["list_price"]) > Fraction(line["unit_price"])
    return {**line, "unit_price": line["list_price"] if dearer else line["unit_price"]}


def _bounds(case: Document, answer: Document, committee: str) -> list[Figure]:
    """Return the team's bounds that the ask is beyond, as figures."""
    mandate = next((one for one in case["mandates"] if one["code"] == answer["mandate"]), None)
    found: list[Figure] = []
    for finding in answer["findings"]:
        if finding["source"] == "charter" or finding["committee"] != committee or finding["limit"] is None:
            continue
        if mandate is None or finding["metric"] not in BOUNDABLE or finding["reason"] != "beyond_team":
            continue
        row = mandate["limits"][finding["limit"]]
        bound = row.get("team", row["member"])
        if bound in (None, "any") or mandate["currency"] != case["deal"]["currency"]:
            continue
        product = None if finding["line"] is None else case["deal"]["lines"][finding["line"]]["product"]
        found.append({"metric": finding["metric"], "bound": str(bound), "product": product})
    return found


def _kept(deal: Document) -> Fraction | None:
    net, cost = total(deal, "unit_price"), total(deal, "unit_cost")
    return None if net is None or cost is None else net - cost


def _row(label: str, deal: Document, asked: Fraction) -> Effect:
    net, kept = total(deal, "unit_price") or Fraction(0), _kept(deal) or Fraction(0)
    currency = deal["currency"]
    return Effect(
        label=label,
        net=_money(net, currency),
        kept=_money(kept, currency),
        margin=figures.percent(decimal_of(HUNDRED * kept / net)) if net else "",
        less=_money(kept - asked, currency) if kept != asked else "",
    )


def _money(value: Fraction, currency: str) -> str:
    return figures.money(round(decimal_of(value), figures.places(currency)), currency)


def decimal_of(value: Fraction) -> Decimal:
    """Return an exact figure as a decimal for reading."""
    return Decimal(value.numerator) / Decimal(value.denominator)
