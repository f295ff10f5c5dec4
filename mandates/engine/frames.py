"""The tables of past deals and their lines as columns of numbers, each read once."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from .authority import Rules, Table
from .classes import Classes, Coded, Ints, coded, of_ranges, of_texts, together
from .columns import CENTS, MOST, Column, Lines, Sums
from .governed import PERCENT

_BLOCK: Final = 1 << 16  # lines that are worked on together: their columns stay in the processor's cache


class Facts:
    """What deals and lines say, each column read once and only where it is asked for."""

    def __init__(self, deals: pl.DataFrame, lines: pl.DataFrame) -> None:
        self._deals, self._lines = deals, lines
        self._coded: dict[str, Coded] = {}
        self._seen: dict[str, Ints] = {}
        self.sums: Sums | None = None

    @property
    def has_rates(self) -> bool:
        """Whether the deals bring their own rates."""
        return "own rate" in self._deals.columns

    def figures(self) -> Lines:
        """The prices and costs of the lines."""
        cost = self._lines["unit_cost"]
        known = cost.is_not_null().to_numpy() if cost.null_count() else None
        return Lines(self.of_line("list_price"), self.of_line("unit_price"), self.of_line("unit_cost"), known)

    def weights(self, counts: Ints) -> Ints:
        """What the figures of each line are multiplied with."""
        quantity = self.of_line("quantity")
        charges = self.texts_of_lines("charge")
        monthly = charges.codes == place_of(charges, "monthly")
        if not monthly.any():
            return quantity
        return np.where(monthly, quantity * np.repeat(self.of_deal("term_months"), counts), quantity)

    def of_deals(self, table: Table, rules: Rules, rows: int) -> Classes:
        """Classes by the conditions on a deal that some of these rows ask."""
        return together(self._parts_of_deals(table, rules, rows), table, rows)

    def of_lines(self, table: Table, rows: int) -> Classes:
        """Classes by the conditions on a line that some of these rows ask."""
        return together(self._parts_of_lines(table, rows), table, rows)

    def _parts_of_deals(self, table: Table, rules: Rules, rows: int) -> Iterator[Classes]:
        for texts in table.deal_texts:
            if texts.asking & rows:
                yield of_texts(self.texts_of_deals(texts.name), texts, rows, _itself)
        for ranges in table.deal_ranges:
            if ranges.asking & rows:
                yield of_ranges(self.of_deal(ranges.name) * CENTS, ranges, rows)
        if table.list_value is not None and table.list_value.asking & rows and self.sums is not None:
            units, known = self.sums.in_units(rules.currency)
            yield of_ranges(units, table.list_value, rows, known)

    def _parts_of_lines(self, table: Table, rows: int) -> Iterator[Classes]:
        for name, texts in (("product", table.product), ("family", table.family), ("charge", table.charge)):
            if texts is not None and texts.asking & rows:
                named = families_of if name == "family" else _itself
                yield of_texts(self.texts_of_lines(name), texts, rows, named)
        if table.quantity is not None and table.quantity.asking & rows:
            yield of_ranges(self.of_line("quantity"), table.quantity, rows)

    def texts_of_deals(self, name: str) -> Coded:
        """A text of each deal as small numbers."""
        return self._texts(self._deals, name)

    def texts_of_lines(self, name: str) -> Coded:
        """A text of each line as small numbers."""
        return self._texts(self._lines, name)

    def of_deal(self, name: str) -> Ints:
        """A whole number of each deal."""
        return self._numbers(self._deals, name)

    def of_line(self, name: str) -> Ints:
        """A whole number of each line."""
        return self._numbers(self._lines, name)

    def _texts(self, frame: pl.DataFrame, name: str) -> Coded:
        if name not in self._coded:
            self._coded[name] = coded(frame[name])
        return self._coded[name]

    def _numbers(self, frame: pl.DataFrame, name: str) -> Ints:
        if name not in self._seen:
            self._seen[name] = whole(frame, name)
        return self._seen[name]


def aligned(deals: pl.DataFrame, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, Ints]:
    """Deals that have lines, their lines in the same order, and how many each has."""
    runs = lines["deal"].rle().struct.unnest()
    if runs["value"].len() != len(deals) or not runs["value"].equals(deals["deal"]):
        known = deals.select("deal").with_row_index("place")
        placed = lines.join(known, on="deal", how="inner").sort("place", maintain_order=True)
        deals = deals[placed["place"].unique().sort()]
        lines = placed.drop("place")
        runs = placed["place"].rle().struct.unnest()
    return deals, lines, runs["len"].to_numpy().astype(np.int64)


def whole(frame: pl.DataFrame, name: str) -> Ints:
    """A column of whole numbers; 0 where there is none."""
    column = frame[name]
    numbers: Ints = (column.fill_null(0) if column.null_count() else column).to_numpy()
    return numbers.astype(np.int64, copy=False)


def given_known(figures: Lines, starts: Ints, every: Column) -> Column:
    nothing = figures.listed == 0
    if not nothing.any():
        return every
    free = nothing & ((figures.asked != 0) | (figures.cost != 0))
    if figures.cost_known is not None:
        free |= nothing & ~figures.cost_known
    return ~np.logical_or.reduceat(free, starts)


def place_of(codes: Coded, text: str) -> int:
    return codes.texts.index(text) if text in codes.texts else len(codes.texts) + 1


def starts_of(counts: Ints) -> Ints:
    return np.cumsum(counts) - counts


def blocks(starts: Ints, many: int) -> Iterator[tuple[slice, int, int]]:
    """Whole deals with about `_BLOCK` lines: which deals, and the first line and that behind the last."""
    edges = [*np.searchsorted(starts, np.arange(0, max(many, 1), _BLOCK)).tolist(), len(starts)]
    for begin, end in pairwise(edges):
        if begin < end:
            yield slice(begin, end), int(starts[begin]), int(starts[end]) if end < len(starts) else many


def greatest(frame: pl.DataFrame, column: str) -> int:
    found = frame[column].max()
    return int(found) if isinstance(found, int) else 0


def too_long(deals: pl.DataFrame, lines: pl.DataFrame, counts: Ints, bound: int) -> npt.NDArray[np.bool_] | None:
    """Which deals have a figure that might not fit its column, or None where all fit even at the greatest of each."""
    names = ("list_price", "unit_price", "unit_cost")
    price = max(greatest(lines, name) for name in names)
    factor = max(bound, PERCENT)
    weight = greatest(lines, "quantity") * max(1, greatest(deals, "term_months"))
    if price * weight * int(counts.max(initial=1)) < MOST and 2 * price * factor < MOST:
        return None
    dearest = np.maximum.reduce([whole(lines, name).astype(np.float64) for name in names])
    term = np.repeat(np.maximum(whole(deals, "term_months"), 1).astype(np.float64), counts)
    starts = starts_of(counts)
    size = np.add.reduceat(dearest * whole(lines, "quantity").astype(np.float64) * term, starts)
    # A float is near enough: what lies within a tenth of the limit goes through the engine too.
    long = (size > 0.9 * MOST) | (np.maximum.reduceat(dearest, starts) * (2.0 * factor) > 0.9 * MOST)
    return long if long.any() else None


def _itself(text: str) -> tuple[str]:
    return (text,)


def families_of(family: str) -> tuple[str, ...]:
    """The family and those that it lies below, the widest first."""
    parts = family.split("/")
    return tuple("/".join(parts[: depth + 1]) for depth in range(len(parts)))
