"""A deal that shows the difference: built in a region, then judged by the engine on both sides."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, product
from math import ceil, floor
from typing import Any, Final

from .authority import Budget, Held
from .document import parse_deal
from .facts import Case
from .judge import RANKS, judge
from .metrics import METRICS
from .openings import Opening, delay_cost, is_wider
from .problems import InvalidCase
from .regions import WHOLE, Apart, Box, Cell, Effort, figure_text, other_than, outside
from .sides import MEASURED_BY_RANGE, Pair, Piece, Side
from .sketches import Sketch, neutral, sketches
from .values import RATE_SCALE, Bound, read_amount
from .weighing import OUTSIDE_CHARTER, TEAM

_TRIES: Final = 96
_SETTLED: Final = 6
_TRY: Final = 100  # what judging a deal twice costs, in steps
_SIZES: Final = tuple(Fraction(size * WHOLE) for size in (1000, 100, 100_000, 10, 1_000_000))
_USUAL: Final = {"term_months": 12, "payment_days": 30, "quantity": 1}
_PLAIN: Final[dict[str, Any]] = {
    "kind": "new",
    "channel": None,
    "customer": "customer",
    "segment": None,
    "country": None,
    "product": "product",
    "family": "family",
    "charge": "one_off",
}


@dataclass(frozen=True, slots=True)
class Witness:
    """`case` is a case document without its charter and mandates; the outcomes are those of the two sides with it."""

    case: Mapping[str, Any]
    outcome_a: str
    outcome_b: str


class Witnesses:
    """Looks for deals that the wide side agrees at a level and the narrow side does not."""

    def __init__(self, pair: Pair, *, wide: Side, narrow: Side, level: str, on: str, narrow_in_force: bool) -> None:
        self.pair = pair
        self.wide = wide
        self.narrow = narrow
        self.level = level
        self.on = on
        self.effort = Effort(0)
        self._wide_held = _held(wide)
        self._narrow_held = _held(narrow) if narrow_in_force else None
        self._budgets = [read_amount(row["amount"]) or 0 for row in wide.document.raw.get("budgets", ())]

    def find(self, metric: str, opening: Opening | None, box: Box, bound: Bound, effort: Effort) -> Witness | None:
        """A deal in the box whose metric lies in the opening and stops the narrow side; None where none was found.

        Without an opening any deal will do that the wide side agrees and for which the narrow side has no mandate.
        Raises: Exhausted.
        """
        self.effort = effort
        drawn = "discount_amount" if metric == "budget" else metric
        others = [name for name in self.wide.metrics if name != metric]
        settled = self._settled(box, others, {} if metric == "budget" else {metric: bound})
        for inner, bounds in islice(settled, _SETTLED):
            for deal, rates in islice(self._deals(drawn, opening, inner, bounds), _TRIES):
                self.effort.spend(_TRY)
                witness = self._confirmed(metric if opening is not None else "mandate", deal, rates)
                if witness is not None:
                    return witness
        return None

    def _settled(
        self, box: Box, metrics: Sequence[str], bounds: Mapping[str, Bound]
    ) -> Iterator[tuple[Box, Mapping[str, Bound]]]:
        """Parts of the box in which one row of the wide side governs each metric, the widest rows first."""
        if not metrics:
            yield box, bounds
            return
        metric, minimum = metrics[0], METRICS[metrics[0]].is_minimum
        pieces = [piece for piece in self.wide.pieces(metric) if piece.bound(self.level) is not None]
        for piece in sorted(pieces, key=lambda one: _width(one.bound(self.level), minimum)):
            inner = self._within(box, metric, piece)
            if all(inner):
                parts = islice(outside(inner, piece.minus, self.effort), 2)
                for part in sorted(parts, key=self.pair.is_foreign):
                    yield from self._settled(part, metrics[1:], {**bounds, metric: piece.bound(self.level)})

    def _within(self, box: Box, metric: str, piece: Piece) -> Box:
        space, key, bound = self.wide.space, MEASURED_BY_RANGE.get(metric), piece.bound(self.level)
        common = tuple(map(int.__and__, box, piece.box))
        if key is None or not isinstance(bound, int):
            return common
        minimum = METRICS[metric].is_minimum
        cells = space.dimensions[space.place[key]].cells()
        bits = sum(1 << place for place, cell in cells if (cell.first >= bound if minimum else cell.first <= bound))
        return space.narrowed(common, key, bits)

    # --- deals ---

    def _deals(
        self, metric: str, opening: Opening | None, box: Box, bounds: Mapping[str, Bound]
    ) -> Iterator[tuple[dict[str, Any], dict[str, int]]]:
        point = Point(self.pair, box)
        if not point.weight:
            return
        missing = point.without_rate or (
            opening is not None and opening.sort == "unknown" and METRICS[metric].kind == "money"
        )
        eager = metric == "effective_discount" or "effective_discount" not in bounds
        for currency, days in product(point.currencies(missing), point.days(usual=eager)):
            if metric != "effective_discount" and days != point.days(usual=eager)[0]:
                continue
            delay = delay_cost(self.wide, days)
            drawn = neutral(bounds) if opening is None else sketches(metric, opening, bounds, delay)
            rates = self.pair.rates_for(currency, missing=missing)
            for sketch in drawn:
                for listed, up in product(self._sizes(sketch, bounds, point), (False, True)):
                    yield point.deal(sketch, listed, currency, days, rounded_up=up), rates

    def _sizes(self, sketch: Sketch, bounds: Mapping[str, Bound], point: "Point") -> list[Fraction]:
        """List values, in the space's currency, at which the deal as a whole keeps to the bounds in money."""
        if sketch.listed is not None:
            return [sketch.listed]
        factor = self.wide.factor or Fraction(1)
        price, given = sketch.price_share(), sketch.given_share()
        most = [amount * factor / given for amount in self._budgets if given]
        least: list[Fraction] = []
        for name, share in (("net_value", price), ("discount_amount", given), ("minimum_value", price)):
            bound = bounds.get(name)
            if isinstance(bound, int) and share:
                (least if name == "minimum_value" else most).append(bound * factor / share)
        found = []
        for start, end in point.listed():
            low = max([start, *least])
            high = min([*([end - Fraction(1, WHOLE)] if end is not None else []), *most], default=None)
            inside = [size for size in (*_SIZES, low) if low <= size and (high is None or size <= high)]
            found += inside[:3]
            if high is not None and low <= high:
                found += [high, (low + high) / 2]
        return found

    def _confirmed(self, metric: str, deal: dict[str, Any], rates: dict[str, int]) -> Witness | None:
        try:
            parsed = parse_deal(deal)
        except InvalidCase:  # a figure grew too long
            return None
        case = Case(self.on, True, "board", rates, None, (self._wide_held,) if self._wide_held else (), (), parsed)
        wide = judge(case)
        if RANKS[wide.outcome] > RANKS[self.level]:
            return None
        if self.narrow.is_charter:
            narrow = judge(replace(case, charter=self.narrow.rules))
            stopped = narrow.outcome == OUTSIDE_CHARTER
        else:
            narrow = judge(replace(case, mandates=(self._narrow_held,) if self._narrow_held else ()))
            stopped = RANKS[narrow.outcome] > RANKS[self.level]
        limit = RANKS[TEAM if self.narrow.is_charter else self.level]
        if not stopped or not any(f.metric == metric and RANKS[f.level] > limit for f in narrow.findings):
            return None
        outcomes = (narrow.outcome, wide.outcome)
        if self.narrow is self.pair.second:
            outcomes = (wide.outcome, narrow.outcome)
        texts = {code: _rate_text(rate) for code, rate in sorted(rates.items())}
        plain = {"on": self.on, "member_may_decide": True, "default_committee": "board", "rates": texts, "deal": deal}
        return Witness(plain, *outcomes)


def _held(side: Side) -> Held | None:
    """The mandate with nothing used of its budgets, in force on any day: its validity is compared by itself."""
    mandate = side.document.mandate
    if mandate is None:
        return None
    budgets = tuple(Budget(read_amount(row["amount"]) or 0, 0) for row in side.document.raw.get("budgets", ()))
    return Held(replace(mandate, valid_from="0001-01-01", valid_until="9999-12-31"), budgets)


def _width(bound: Bound, minimum: bool) -> tuple[int, int]:
    """Sorts the widest bound first."""
    if not isinstance(bound, int):
        return (0 if is_wider(bound, 0, minimum) else 2), 0
    return 1, bound if minimum else -bound


def _rate_text(rate: int) -> str:
    text = f"{rate // RATE_SCALE}.{rate % RATE_SCALE:06d}".rstrip("0").rstrip(".")
    return text


class Point:
    """One choice of what the conditions ask, out of a box."""

    def __init__(self, pair: Pair, box: Box) -> None:
        self.pair = pair
        self.box = box
        self.space = pair.space
        monthly = self.text("charge") == "monthly"
        self.quantity = self._whole("quantity", least=Fraction(1))
        self.term = self._whole("term_months", least=Fraction(WHOLE if monthly else 0))
        # what a unit price is multiplied by; nothing where monthly lines meet a term of no month: no deal lies there
        self.weight = self.quantity / WHOLE * (self.term / WHOLE if monthly else 1)
        self.without_rate = self._atoms("list_value") == [Apart.UNKNOWN]

    def _atoms(self, key: str) -> list[Any]:
        place = self.space.place.get(key)
        if place is None:
            return []
        atoms = self.space.dimensions[place].atoms
        return [atom for index, atom in enumerate(atoms) if self.box[place] >> index & 1]

    def text(self, name: str) -> Any:
        """The value of a text condition; a named one where the box holds one."""
        atoms = self._atoms(name)
        if not atoms:
            return _PLAIN[name]
        if atoms[0] is Apart.OTHER:
            return other_than(self.space.dimensions[self.space.place[name]])
        return None if atoms[0] is Apart.UNKNOWN else atoms[0]

    def _whole(self, key: str, least: Fraction) -> Fraction:
        """A figure in 1/10000 of the range: the usual one where the box holds it, else a small one that it can be."""
        usual = Fraction(_USUAL[key] * WHOLE)
        cells = [atom for atom in self._atoms(key) if isinstance(atom, Cell)]
        if not cells or any(cell.holds(usual) for cell in cells):
            return usual
        firsts = [cell.first for cell in cells]
        for cell in cells:  # a figure above nothing, where the range begins at nothing
            for figure in (Fraction(WHOLE), least):
                if cell.first == 0 and least and cell.holds(figure):
                    return figure
        return max(firsts[0], Fraction(0))

    def days(self, *, usual: bool) -> list[Fraction]:
        cells = [atom for atom in self._atoms("payment_days") if isinstance(atom, Cell)]
        if not cells:
            return [Fraction(30 * WHOLE)] if usual else [Fraction(0), Fraction(30 * WHOLE)]
        ends = [one for cell in cells for one in (cell.first, cell.last())]
        found = [one for one in ends if one is not None]
        found += [cells[-1].first + more * WHOLE for more in (30, 365) if cells[-1].end is None]
        thirty = Fraction(30 * WHOLE)
        return [thirty, *found] if usual and any(cell.holds(thirty) for cell in cells) else found

    def currencies(self, missing: bool) -> list[str]:
        """Deal currencies to try: that of the documents first, but for where a rate has to be missing."""
        own = [document.rules.currency for document in self.pair.documents]
        atoms = self._atoms("currency")
        dimension = self.space.dimensions[self.space.place["currency"]] if atoms else None
        named = [atom if isinstance(atom, str) else other_than(dimension) for atom in atoms] if dimension else own[:1]
        if missing:
            strangers = [code for code in named if code not in own]
            return strangers[:2] if dimension else [next(code for code in ("EUR", "USD", "GBP") if code not in own)]
        return sorted(named, key=lambda code: code not in own)[:2]

    def listed(self) -> list[tuple[Fraction, Fraction | None]]:
        """Between which figures the list value lies."""
        cells = [atom for atom in self._atoms("list_value") if isinstance(atom, Cell)]
        return [(cell.start, cell.end) for cell in cells[:4]] or [(Fraction(0), None)]

    def deal(
        self, sketch: Sketch, listed: Fraction, currency: str, days: Fraction, *, rounded_up: bool
    ) -> dict[str, Any]:
        """The deal document at a list value in the space's currency, its prices rounded up or down to 1/10000."""
        into = self.pair.rate_into(currency)
        rounding = ceil if rounded_up else floor
        lines = []
        for stroke in sketch.strokes:
            unit = rounding(stroke.share * listed * into / self.weight)
            asked = ceil(unit * (1 - stroke.discount)) if not rounded_up else floor(unit * (1 - stroke.discount))
            if stroke.unlisted:
                unit, asked = 0, WHOLE
            cost = None if stroke.cost is None else floor(asked * stroke.cost)
            lines.append(
                {
                    "product": self.text("product"),
                    "family": self.text("family"),
                    "charge": self.text("charge"),
                    "quantity": figure_text(self.quantity),
                    "list_price": figure_text(Fraction(unit)),
                    "unit_cost": None if cost is None else figure_text(Fraction(cost)),
                    "unit_price": figure_text(Fraction(asked)),
                }
            )
        customer = {"reference": self.text("customer"), "segment": self.text("segment")}
        return {
            "reference": "witness",
            "currency": currency,
            "kind": self.text("kind"),
            "channel": self.text("channel"),
            "term_months": int(self.term // WHOLE),
            "payment_days": int(days // WHOLE),
            "customer": customer | {"country": self.text("country")},
            "lines": lines,
        }
