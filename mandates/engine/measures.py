"""What a deal comes to: the metrics of `docs/decision.md`, as exact fractions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from .authority import Terms
from .facts import Deal, Line
from .values import ANY, Bound, Ratio

NOTHING_SOLD: Final[Ratio] = (0, 0)
BELOW_EVERY_BOUND: Final[Ratio] = (-1, 0)
_NO_DISCOUNT: Final[Ratio] = (0, 1)
_PERCENT: Final = 1_000_000
_YEAR: Final = 365
_LEAST_KNOWN: Final = frozenset({"deal_discount", "effective_discount", "discount_amount"})


@dataclass(slots=True)
class Sums:
    """A deal's sums over its lines in 1/100000000, and what else its metrics need.

    `cost` is None where a cost is unknown. Where `discount_known` is false, `discount` is the least it can be.
    """

    list_value: int
    price: int
    cost: int | None
    discount: int
    discount_known: bool
    currency: str
    term_months: int
    payment_days: int
    rates: Mapping[str, int]


def sum_up(deal: Deal, rates: Mapping[str, int]) -> Sums:
    """The sums of section 3: list, price, cost, and G, what is given away below list."""
    list_value = price = discount = 0
    cost: int | None = 0
    known = True
    term = deal.term_months
    for line in deal.lines:
        weight = line.quantity * term if line.charge == "monthly" else line.quantity
        listed = line.list_price
        asked = line.unit_price
        price += asked * weight
        if listed:
            list_value += listed * weight
            if asked < listed:
                discount += (listed - asked) * weight
        elif asked or line.unit_cost != 0:
            known = False
        if cost is not None:
            cost = None if line.unit_cost is None else cost + line.unit_cost * weight
    return Sums(list_value, price, cost, discount, known, deal.currency, term, deal.payment_days, rates)


def line_discounts(lines: Sequence[Line]) -> list[Ratio | None]:
    """100 (list - price) / list of each line."""
    return [
        (_PERCENT * (listed - line.unit_price), listed) if (listed := line.list_price) else _discount_off_nothing(line)
        for line in lines
    ]


def _discount_off_nothing(line: Line) -> Ratio | None:
    return None if line.unit_price or line.unit_cost != 0 else _NO_DISCOUNT


def line_margins(lines: Sequence[Line]) -> list[Ratio | None]:
    """100 (price - cost) / price of each line."""
    return [
        (_PERCENT * (price - cost), price)
        if (cost := line.unit_cost) is not None and (price := line.unit_price)
        else _margin(line.unit_price, cost, line.list_price)
        for line in lines
    ]


def _margin(price: int, cost: int | None, listed: int) -> Ratio | None:
    if cost is None:
        return None
    if price:
        return _PERCENT * (price - cost), price
    if cost:
        return BELOW_EVERY_BOUND
    return None if listed else NOTHING_SOLD


def money(sums: Sums, amount: int, currency: str) -> Ratio | None:
    """The amount in that currency; None where it takes a rate that is missing."""
    if currency == sums.currency:
        return amount, 10_000
    into = sums.rates.get(currency)
    out_of = sums.rates.get(sums.currency)
    if into is not None and out_of is not None:
        return amount * into, 10_000 * out_of
    return None if amount else (0, 10_000)


def _deal_discount(sums: Sums, terms: Terms) -> Ratio | None:
    if not sums.discount_known:
        return None
    return (_PERCENT * sums.discount, sums.list_value) if sums.list_value else _NO_DISCOUNT


def _deal_margin(sums: Sums, terms: Terms) -> Ratio | None:
    return _margin(sums.price, sums.cost, sums.list_value)


def _effective_discount(sums: Sums, terms: Terms) -> Ratio | None:
    if not sums.discount_known:
        return None
    if not sums.list_value:
        return _NO_DISCOUNT
    delay = max(0, sums.payment_days - terms.standard_payment_days)
    given = sums.discount * _YEAR * _PERCENT + sums.price * terms.capital_rate * delay
    return given, sums.list_value * _YEAR


def _discount_amount(sums: Sums, terms: Terms) -> Ratio | None:
    return money(sums, sums.discount, terms.currency) if sums.discount_known else None


def _net_value(sums: Sums, terms: Terms) -> Ratio | None:
    return money(sums, sums.price, terms.currency)


def _term_months(sums: Sums, terms: Terms) -> Ratio | None:
    return sums.term_months * 10_000, 1


def _payment_days(sums: Sums, terms: Terms) -> Ratio | None:
    return sums.payment_days * 10_000, 1


LINE_MEASURES: Final[dict[str, Callable[[Sequence[Line]], list[Ratio | None]]]] = {
    "line_discount": line_discounts,
    "line_margin": line_margins,
}
DEAL_MEASURES: Final[dict[str, Callable[[Sums, Terms], Ratio | None]]] = {
    "deal_discount": _deal_discount,
    "deal_margin": _deal_margin,
    "effective_discount": _effective_discount,
    "discount_amount": _discount_amount,
    "net_value": _net_value,
    "minimum_value": _net_value,
    "term_months": _term_months,
    "minimum_term": _term_months,
    "payment_days": _payment_days,
}


def least_of(metric: str, sums: Sums, terms: Terms) -> Ratio | None:
    """The least that an unknown discount can be; None where that says nothing."""
    if sums.discount_known or not sums.list_value or metric not in _LEAST_KNOWN:
        return None
    return DEAL_MEASURES[metric](replace(sums, discount_known=True), terms)


def is_within(bound: Bound, value: Ratio | None, minimum: bool) -> bool:
    """Whether the value lies within the bound: at least it where it is a minimum, else at most."""
    if bound is ANY:
        return True
    if bound is None or value is None:
        return False
    numerator, denominator = value
    return numerator >= bound * denominator if minimum else numerator <= bound * denominator
