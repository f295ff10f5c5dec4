"""What a deal comes to by one metric, as an exact fraction (`docs/decision.md`, metrics)."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

Document = Mapping[str, Any]
HUNDRED = 100
YEAR = 365


def of_line(metric: str, line: Document) -> Fraction | None:
    """Return a line's discount or margin in percent; None where there is no figure for it."""
    listed, price = Fraction(line["list_price"]), Fraction(line["unit_price"])
    cost = None if line["unit_cost"] is None else Fraction(line["unit_cost"])
    if metric == "line_margin":
        return _margin(price, cost)
    if listed:
        return HUNDRED * (listed - price) / listed
    return Fraction(0) if not price and cost == 0 else None


def _margin(price: Fraction, cost: Fraction | None) -> Fraction | None:
    return None if cost is None or not price else HUNDRED * (price - cost) / price


def of_deal(metric: str, deal: Document, *, capital_rate: str = "0", standard_days: int = 0) -> Fraction | None:
    """Return a deal metric in percent, months, days or the deal's own currency; None where it has no figure."""
    if metric in ("term_months", "minimum_term"):
        return Fraction(deal["term_months"])
    if metric == "payment_days":
        return Fraction(deal["payment_days"])
    net = total(deal, "unit_price") or Fraction(0)
    if metric in ("net_value", "minimum_value"):
        return net
    if metric == "deal_margin":
        return _margin(net, total(deal, "unit_cost"))
    given = given_away(deal)
    if given is None or metric == "discount_amount":
        return given
    listed = total(deal, "list_price")
    if metric == "effective_discount":
        delay = max(0, deal["payment_days"] - standard_days)
        given += net * Fraction(capital_rate) / HUNDRED * delay / YEAR
    return HUNDRED * given / listed if listed else Fraction(0)


def given_away(deal: Document) -> Fraction | None:
    """Return G, what is given away below list; None where a line has nothing to measure its discount by."""
    given = Fraction(0)
    for line in deal["lines"]:
        if of_line("line_discount", line) is None:
            return None
        below = Fraction(line["list_price"]) - Fraction(line["unit_price"])
        given += max(Fraction(0), below) * _weight(line, deal)
    return given


def total(deal: Document, figure: str) -> Fraction | None:
    """Return what a unit figure comes to over all lines; None where a line has none."""
    if any(line[figure] is None for line in deal["lines"]):
        return None
    return sum((Fraction(line[figure]) * _weight(line, deal) for line in deal["lines"]), Fraction(0))


def _weight(line: Document, deal: Document) -> Fraction:
    months = deal["term_months"] if line["charge"] == "monthly" else 1
    return Fraction(line["quantity"]) * months
