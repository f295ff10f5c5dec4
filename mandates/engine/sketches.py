"""Deals in outline: which discounts, costs and sizes bring a metric to a wanted value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from .metrics import METRICS
from .openings import HUNDRED, Opening
from .regions import WHOLE
from .values import Bound

_SHARES: Final = (Fraction(1), Fraction(1, 2), Fraction(1, 10), Fraction(1, 1000))
_POINT: Final = Fraction(WHOLE)

Bounds = Mapping[str, Bound]


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line: its share of the deal's list value, its discount as a share of list, its cost as a share of price.

    `cost` None is an unknown cost; `unlisted` a line with a price but no list price.
    """

    share: Fraction = Fraction(1)
    discount: Fraction = Fraction(0)
    cost: Fraction | None = Fraction(0)
    unlisted: bool = False


@dataclass(frozen=True, slots=True)
class Sketch:
    """The lines, the first of them the one that matters; `listed` the deal's list value in 1/10000 where it must be."""

    strokes: tuple[Stroke, ...]
    listed: Fraction | None = None

    def price_share(self) -> Fraction:
        return sum((one.share * (1 - one.discount) for one in self.strokes), Fraction(0))

    def given_share(self) -> Fraction:
        return sum((one.share * max(Fraction(0), one.discount) for one in self.strokes), Fraction(0))


def sketches(metric: str, opening: Opening, bounds: Bounds, delay: Fraction) -> Iterator[Sketch]:
    """Deals whose metric lies in the opening and that keep to the bounds as well as one can tell.

    `delay` is what the days of payment cost, as a share of the price.
    """
    if opening.sort == "unknown":
        yield from _unknown(metric)
    elif opening.sort == "nothing":
        yield Sketch((Stroke(),), Fraction(0))
        yield from _beside(Stroke(share=Fraction(0)), ())
    elif opening.sort == "range":
        yield from neutral(bounds)
    else:
        for target in _targets(metric, opening):
            yield from _at(metric, target, bounds, delay)


def neutral(bounds: Bounds) -> Iterator[Sketch]:
    """Deals that give nothing away, or are priced above list where a bound asks for that."""
    for discount in _harmless(bounds):
        yield Sketch((Stroke(discount=discount),))


def _harmless(bounds: Bounds) -> list[Fraction]:
    bound = bounds.get("line_discount")
    return [bound / (100 * _POINT)] if isinstance(bound, int) and bound < 0 else [Fraction(0)]


def _unknown(metric: str) -> Iterator[Sketch]:
    if metric in ("line_margin", "deal_margin"):
        yield Sketch((Stroke(cost=None),))
        yield from _beside(Stroke(cost=None), ())
    elif METRICS[metric].kind == "money" and metric != "discount_amount":
        yield Sketch((Stroke(),))
    else:
        yield Sketch((Stroke(unlisted=True),))
        yield Sketch((Stroke(unlisted=True), Stroke()))
        yield Sketch((Stroke(discount=Fraction(1, 100)),))


def _targets(metric: str, opening: Opening) -> list[Fraction]:
    """Some values in the opening, the telling ones first: the wide bound itself, just beyond the narrow one."""
    low, high = opening.low, opening.high
    minimum = METRICS[metric].is_minimum
    if low is None and high is None:
        return [Fraction(0), 10 * _POINT]
    if low is None or high is None:
        end = (high if low is None else low) or Fraction(0)
        steps = (-_POINT, -10 * _POINT, Fraction(-1)) if low is None else (_POINT, 10 * _POINT, Fraction(1))
        inclusive = [end] if (low is not None) == minimum else []
        zero = [Fraction(0)] if (low is None and end > 0) or (high is None and end < 0) else []
        return [*inclusive, *zero, *(end + step for step in steps)]
    middle = (low + high) / 2
    whole = Fraction(round(middle / _POINT)) * _POINT
    ends = [low] if minimum else [high]
    near = high - 1 if minimum else low + 1
    return [*ends, *([whole] if low < whole < high else []), middle, near]


def _at(metric: str, target: Fraction, bounds: Bounds, delay: Fraction) -> Iterator[Sketch]:
    share = target / HUNDRED
    if metric == "line_discount":
        yield from _beside(Stroke(discount=share), _room(share, bounds))
    elif metric == "line_margin":
        for discount in _harmless(bounds):
            yield from _beside(Stroke(discount=discount, cost=1 - share), ())
    elif metric == "deal_discount":
        yield Sketch((Stroke(discount=share),))
    elif metric == "deal_margin":
        for discount in _harmless(bounds):
            yield Sketch((Stroke(discount=discount, cost=1 - share),))
    elif metric == "effective_discount":
        yield from _effective(share, delay)
    elif metric == "discount_amount":
        yield from _given(target, bounds)
    else:
        yield from _priced(target, bounds)


def _room(discount: Fraction, bounds: Bounds) -> tuple[Fraction, ...]:
    """The share of such a line at which the deal's own discount just fits."""
    numbers = [bounds.get(name) for name in ("deal_discount", "effective_discount")]
    least = min((one for one in numbers if isinstance(one, int)), default=None)
    if least is None or discount <= 0 or least <= 0:
        return ()
    return (min(Fraction(1), least / HUNDRED / discount),)


def _beside(stroke: Stroke, more: tuple[Fraction, ...]) -> Iterator[Sketch]:
    """The line alone, and with another one beside it that gives nothing away."""
    for share in (*_SHARES[:3], *more, *_SHARES[3:]):
        line = Stroke(share, stroke.discount, stroke.cost) if stroke.share else stroke
        rest = 1 - line.share
        yield Sketch((line, Stroke(rest)) if rest else (line,))


def _effective(share: Fraction, delay: Fraction) -> Iterator[Sketch]:
    if delay != 1:
        discount = (share - delay) / (1 - delay)
        if 0 <= discount <= 1:
            yield Sketch((Stroke(discount=discount),))
    if delay and share >= delay:
        yield Sketch((Stroke(discount=1 - share / delay),))


def _given(target: Fraction, bounds: Bounds) -> Iterator[Sketch]:
    if target <= 0:
        yield Sketch((Stroke(),))
        return
    caps = [bounds.get(name) for name in ("line_discount", "deal_discount", "effective_discount")]
    cap = min((Fraction(one) / HUNDRED for one in caps if isinstance(one, int)), default=Fraction(1, 2))
    for discount in (min(cap, Fraction(1, 2)), Fraction(1, 10), Fraction(1, 100), cap):
        if 0 < discount <= 1:
            yield Sketch((Stroke(discount=discount),), target / discount)


def _priced(target: Fraction, bounds: Bounds) -> Iterator[Sketch]:
    if target <= 0:
        yield Sketch((Stroke(),), Fraction(0))
        yield Sketch((Stroke(discount=Fraction(1)),))
        return
    for discount in (*_harmless(bounds), Fraction(1, 20), Fraction(1, 2), Fraction(-1), Fraction(-99)):
        yield Sketch((Stroke(discount=discount),), target / (1 - discount))
