"""Metrics in columns: how the value of each line or deal stands to the bounds that govern it, exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .authority import Rules
from .classes import Ints
from .governed import BEYOND, LEAST_BEYOND, UNKNOWN, WITHIN_MEMBER, Bounds
from .metrics import Metric

Column = npt.NDArray[Any]
Stands = npt.NDArray[np.uint8]

MOST: Final = 2**63 - 1  # the greatest number that a column holds
CENTS: Final = 10_000
_YEAR: Final = 365


@dataclass(frozen=True, slots=True)
class Lines:
    """The figures of lines in 1/10000; `cost_known` None where every cost is, else it says of which lines."""

    listed: Ints
    asked: Ints
    cost: Ints
    cost_known: Column | None


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of deals in 1/100000000 as in `measures.Sums`, and what else their metrics need.

    `own` says for a currency which deals are in it, `rates` its rate in 1/1000000 on the day of each deal, `own_rate`
    that of the deal's own currency; a rate of 0 is not known.
    """

    listed: Ints
    asked: Ints
    cost: Ints
    given: Ints
    cost_known: Column
    given_known: Column
    term_months: Ints
    payment_days: Ints
    own: Mapping[str, Column]
    rates: Mapping[str, Ints]
    own_rate: Ints

    def money_known(self, amount: Ints, currency: str) -> Column:
        """Of which deals the amount can be said in the currency: its own, or nothing, or at a rate."""
        at_rate = (self.own_rate > 0) & (self.rates[currency] > 0)
        known: Column = self.own[currency] | (amount == 0) | at_rate
        return known

    def in_units(self, currency: str) -> tuple[Ints, Column]:
        """The list value in 1/10000 of the currency, rounded down, and of which deals it is known."""
        units = self.listed // CENTS
        other = ~self.own[currency] & (self.listed != 0)
        known = self.money_known(self.listed, currency)
        there = other & known
        if there.any():
            into, out_of = self.rates[currency][there].astype(object), self.own_rate[there].astype(object)
            found = self.listed[there].astype(object) * into // (CENTS * out_of)
            units[there] = np.minimum(found, MOST).astype(np.int64)
        return units, known


# --- lines ---


def line_stands(metric: Metric, lines: Lines, bounds: Bounds) -> Stands:
    """How each line stands in the metric."""
    if metric.is_minimum:
        stands = _compared((lines.asked - lines.cost) * bounds.unit, lines.asked, bounds, minimum=True)
        known = lines.cost_known
        return _without_price(stands, lines.listed, lines.asked, lines.cost, known)
    stands = _compared((lines.listed - lines.asked) * bounds.unit, lines.listed, bounds, minimum=False)
    return _without_list(stands, lines, bounds)


def _compared(left: Column, right: Any, bounds: Bounds, *, minimum: bool) -> Stands:
    return _against(left, right, bounds.member, bounds.team, minimum=minimum, same=bounds.same)


def _against(left: Column, right: Any, member: Any, team: Any, *, minimum: bool, same: bool) -> Stands:
    """How `left` stands to `right` x each bound: within the member's 0, the team's 1, beyond both 2."""
    than = np.less if minimum else np.greater
    beyond: Stands = than(left, right * team).astype(bool, copy=False).view(np.uint8)
    beyond_member = beyond if same else than(left, right * member).astype(bool, copy=False).view(np.uint8)
    stands: Stands = np.add(beyond, beyond_member)
    return stands


def _without_list(stands: Stands, lines: Lines, bounds: Bounds) -> Stands:
    """Where the list price is 0 there is no discount, or one that nobody can measure."""
    nothing = lines.listed == 0
    if not nothing.any():
        return stands
    known = (lines.asked == 0) & (lines.cost == 0)
    if lines.cost_known is not None:
        known &= lines.cost_known
    return np.where(nothing, np.where(known, _of_zero(bounds), UNKNOWN), stands).astype(np.uint8)


def _of_zero(bounds: Bounds) -> Column:
    """How 0 stands to the bounds of a maximum."""
    zero: Column = np.less(bounds.member, 0).astype(np.uint8) + np.less(bounds.team, 0).astype(np.uint8)
    return zero


def _without_price(stands: Stands, listed: Ints, asked: Ints, cost: Ints, cost_known: Column | None) -> Stands:
    """Where the price is 0, a cost is below every bound, and nothing sold for nothing is within each."""
    nothing = asked == 0
    if nothing.any():
        free = np.where(cost != 0, BEYOND, np.where(listed == 0, WITHIN_MEMBER, UNKNOWN))
        stands = np.where(nothing, free, stands).astype(np.uint8)
    return stands if cost_known is None else np.where(cost_known, stands, UNKNOWN).astype(np.uint8)


# --- deals ---


def deal_stands(metric: Metric, sums: Sums, rules: Rules, bounds: Bounds) -> Stands:
    """How each deal stands in the metric."""
    if metric.name == "deal_margin":
        stands = _exactly(sums.asked - sums.cost, sums.asked, bounds, minimum=True)
        return _without_price(stands, sums.listed, sums.asked, sums.cost, sums.cost_known)
    if metric.name == "deal_discount":
        return _off_list(_exactly(sums.given, sums.listed, bounds, minimum=False), sums, bounds)
    if metric.name == "effective_discount":
        return _off_list(_effectively(sums, rules, bounds), sums, bounds)
    if metric.kind == "money":
        amount = sums.given if metric.name == "discount_amount" else sums.asked
        stands = _money(amount, sums, rules.currency, bounds, minimum=metric.is_minimum)
        return _if_known(stands, sums) if metric.name == "discount_amount" else stands
    days = sums.payment_days if metric.kind == "days" else sums.term_months
    return _compared(days * CENTS, np.int64(1), bounds, minimum=metric.is_minimum)


def _exactly(left: Ints, right: Ints, bounds: Bounds, *, minimum: bool) -> Stands:
    """How `left` x the unit stands to `right` x each bound; what grows too long for a column, one by one."""
    stands = _compared(left * bounds.unit, right, bounds, minimum=minimum)
    longest = MOST // bounds.longest
    long = (np.abs(left) > longest) | (np.abs(right) > longest)
    if long.any():
        products = left[long].astype(object) * bounds.unit
        stands[long] = _wide(products, right[long].astype(object), bounds, long, minimum=minimum)
    return stands


def _wide(left: Column, right: Any, bounds: Bounds, rows: Column, *, minimum: bool) -> Stands:
    member, team = bounds.of(rows)
    return _against(left, right, member, team, minimum=minimum, same=bounds.same)


def _effectively(sums: Sums, rules: Rules, bounds: Bounds) -> Stands:
    """What is given and what late payment costs, against the list value."""
    rate = rules.capital_rate * bounds.unit // 1_000_000  # shortened as the bounds are
    late = np.maximum(sums.payment_days - rules.standard_payment_days, 0)
    given = sums.given * (_YEAR * bounds.unit) + sums.asked * (rate * late)
    stands = _compared(given, sums.listed * _YEAR, bounds, minimum=False)
    longest = MOST // (2 * max(_YEAR * bounds.longest, rate * int(late.max(initial=0))))
    long = (sums.given > longest) | (sums.asked > longest) | (sums.listed > longest)
    if long.any():
        parts = [one[long].astype(object) for one in (sums.given, sums.asked, sums.listed, late)]
        given = parts[0] * (_YEAR * bounds.unit) + parts[1] * rate * parts[3]
        stands[long] = _wide(given, parts[2] * _YEAR, bounds, long, minimum=False)
    return stands


def _off_list(stands: Stands, sums: Sums, bounds: Bounds) -> Stands:
    """Where the list value is 0 there is no discount, and nothing said by the least that it can be."""
    nothing = sums.listed == 0
    if nothing.any():
        stands = np.where(nothing, _of_zero(bounds), stands).astype(np.uint8)
    return _if_known(stands, sums)


def _if_known(stands: Stands, sums: Sums) -> Stands:
    """Where what is given is not known, it is the least that it can be: beyond with that is beyond."""
    if sums.given_known.all():
        return stands
    beyond = (stands == BEYOND) & (sums.listed > 0)
    return np.where(sums.given_known, stands, np.where(beyond, LEAST_BEYOND, UNKNOWN)).astype(np.uint8)


def _money(amount: Ints, sums: Sums, currency: str, bounds: Bounds, *, minimum: bool) -> Stands:
    """How an amount stands to bounds in a currency; an amount of 0 needs no rate."""
    stands = _compared(amount, np.int64(1), bounds, minimum=minimum)
    other = ~sums.own[currency] & (amount != 0)
    if not other.any():
        return stands
    known = sums.money_known(amount, currency)
    there = other & known
    if there.any():
        into, out_of = sums.rates[currency][there].astype(object), sums.own_rate[there].astype(object)
        stands[there] = _wide(amount[there].astype(object) * into, out_of, bounds, there, minimum=minimum)
    stands[other & ~known] = UNKNOWN
    return stands
