"""Which values of a metric tell two bounds apart: within the wide one, beyond the narrow one."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from .metrics import METRICS
from .regions import WHOLE, Box, Cell
from .sides import MEASURED_BY_RANGE, Side
from .values import ANY, Bound

HUNDRED: Final = Fraction(100 * WHOLE)
_YEAR: Final = 365 * 100 * WHOLE
_NEVER_UNKNOWN: Final = frozenset(MEASURED_BY_RANGE)
_AT_MOST_HUNDRED: Final = frozenset({"line_discount", "line_margin", "deal_discount", "deal_margin"})
_NEVER_NEGATIVE: Final = frozenset(
    {"deal_discount", "effective_discount", "discount_amount", "net_value", "minimum_value"}
)

Sort = Literal["number", "range", "unknown", "nothing", "any"]


@dataclass(frozen=True, slots=True)
class Opening:
    """Values of one sort, in the boxes' part `within`; ends in 1/10000 of the space's unit, None where open.

    Of a maximum the values are above `low` and at most `high`; of a minimum at least `low` and below `high`.
    """

    sort: Sort
    low: Fraction | None
    high: Fraction | None
    within: Box


def is_wider(bound: Bound, other: Bound, minimum: bool) -> bool:
    """Whether the bound allows more than the other: null is the narrowest, “any” the widest."""
    if bound is None or other is ANY:
        return False
    if bound is ANY or other is None:
        return True
    return bound < other if minimum else bound > other


def openings(metric: str, wide: Bound, narrow: Bound, level_of: tuple[Side, Side]) -> Iterator[Opening]:
    """Every sort of value that is within `wide` of the first side and not within `narrow` of the second one."""
    wide_side, narrow_side = level_of
    space = wide_side.space
    if wide is None or narrow is ANY:
        return
    if metric in MEASURED_BY_RANGE:
        yield from _by_range(metric, wide, narrow, wide_side)
        return
    if metric == "effective_discount" and not _same_terms(wide_side, narrow_side):
        yield from _with_other_terms(wide, narrow, wide_side, narrow_side)
    elif METRICS[metric].kind == "money" and not (wide_side.factor and narrow_side.factor):
        yield Opening("any", None, None, space.every)
    else:
        yield from _numbers(metric, wide, narrow, wide_side, narrow_side)
    if wide is ANY and not (narrow_side.is_charter and narrow is not None):
        yield Opening("unknown", None, None, space.every)
    if METRICS[metric].is_minimum and narrow is None and isinstance(wide, int) and wide > HUNDRED:
        yield Opening("nothing", None, None, space.every)


def _within(bound: Bound, figure: Fraction, minimum: bool) -> bool:
    if bound is None or bound is ANY:
        return bound is ANY
    return figure >= bound if minimum else figure <= bound


def _by_range(metric: str, wide: Bound, narrow: Bound, side: Side) -> Iterator[Opening]:
    key, minimum, space = MEASURED_BY_RANGE[metric], METRICS[metric].is_minimum, side.space
    if key not in space.place:  # neither bound is a number, or it would be cut there
        yield Opening("range", None, None, space.every)
        return
    bits = sum(
        1 << place
        for place, cell in space.dimensions[space.place[key]].cells()
        if _within(wide, cell.first, minimum) and not _within(narrow, cell.first, minimum)
    )
    if bits:
        yield Opening("range", None, None, space.narrowed(space.every, key, bits))


def _scaled(bound: Bound, side: Side, metric: str) -> Fraction | None:
    if not isinstance(bound, int):
        return None
    return bound * (side.factor or Fraction(1)) if METRICS[metric].kind == "money" else Fraction(bound)


def _numbers(metric: str, wide: Bound, narrow: Bound, wide_side: Side, narrow_side: Side) -> Iterator[Opening]:
    """The numbers between the bounds that the metric can come to, and the cells where it can."""
    minimum = METRICS[metric].is_minimum
    most, least = _scaled(wide, wide_side, metric), _scaled(narrow, narrow_side, metric)
    if minimum:
        low, high = most, least
        if metric in _NEVER_NEGATIVE:
            low = max(low, Fraction(0)) if low is not None else Fraction(0)
        possible = (low is None or high is None or low < high) and not (
            metric in _AT_MOST_HUNDRED and low is not None and low > HUNDRED
        )
    else:
        low, high = least, most
        if metric in _AT_MOST_HUNDRED:
            high = min(high, HUNDRED) if high is not None else HUNDRED
        possible = (low is None or high is None or low < high) and not (
            metric in _NEVER_NEGATIVE and high is not None and high < 0
        )
    if possible:
        within = _reaching(metric, low, high, wide_side)
        if all(within):
            yield Opening("number", low, high, within)


def _reaching(metric: str, low: Fraction | None, high: Fraction | None, side: Side) -> Box:
    """The cells where the metric can lie between these ends."""
    space = side.space
    if METRICS[metric].kind == "money" and "list_value" in space.place:
        listed = space.dimensions[space.place["list_value"]]
        zero = (high is None or high > 0) if METRICS[metric].is_minimum else (low is None or low < 0)
        zero = zero and not (METRICS[metric].is_minimum and low is not None and low > 0)
        bits = listed.unknown if zero else 0  # without a rate only nothing at all is measured
        for place, cell in listed.cells():
            if metric != "discount_amount" or low is None or cell.end is None or cell.end > low:
                bits |= 1 << place
        return space.narrowed(space.every, "list_value", bits)
    if metric == "effective_discount" and "payment_days" in space.place:
        days = space.dimensions[space.place["payment_days"]]
        bits = sum(1 << place for place, cell in days.cells() if _effective_reaches(cell, low, high, side))
        return space.narrowed(space.every, "payment_days", bits)
    return space.every


def delay_cost(side: Side, days: Fraction) -> Fraction:
    """What a delay of payment to so many days (in 1/10000) costs, as a share of the price."""
    late = max(Fraction(0), days / WHOLE - side.rules.standard_payment_days)
    return side.rules.capital_rate * late / _YEAR


def _effective_reaches(cell: Cell, low: Fraction | None, high: Fraction | None, side: Side) -> bool:
    """Whether a deal with payment in the cell can come to such an effective discount.

    With a list value of 0 it is 0. Else each unit of list price comes to at least the lesser of 1 and the cost of
    delay, and without delay to at most 1.
    """
    if high is not None and high < 0:
        return False
    if low is None or low < 0:
        return True
    cost = delay_cost(side, cell.first)
    last = cell.last()
    delayed = side.rules.capital_rate > 0 and (last is None or delay_cost(side, last) > 0)
    if not delayed and low >= HUNDRED:
        return False
    return high is None or high >= HUNDRED * min(Fraction(1), cost)


def _same_terms(first: Side, second: Side) -> bool:
    if first.rules.capital_rate == second.rules.capital_rate == 0:
        return True
    return (first.rules.capital_rate, first.rules.standard_payment_days) == (
        second.rules.capital_rate,
        second.rules.standard_payment_days,
    )


def _with_other_terms(wide: Bound, narrow: Bound, wide_side: Side, narrow_side: Side) -> Iterator[Opening]:
    """The same deal comes to two figures: there is an opening wherever the wide side's delay may cost less."""
    space = wide_side.space
    if isinstance(wide, int) and wide < 0:
        return
    if is_wider(wide, narrow, False):
        yield Opening("any", None, None, space.every)
        return
    if "payment_days" not in space.place:
        yield Opening("any", None, None, space.every)
        return
    bits = 0
    for place, cell in space.dimensions[space.place["payment_days"]].cells():
        last = cell.last() or cell.first + 1_000_000 * WHOLE
        if any(delay_cost(wide_side, day) < delay_cost(narrow_side, day) for day in (cell.first, last)):
            bits |= 1 << place
    if bits:
        yield Opening("any", None, None, space.narrowed(space.every, "payment_days", bits))
