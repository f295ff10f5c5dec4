"""The metrics as columns: whether each is known and within a bound, in whole numbers of 128 bits."""

from collections.abc import Mapping
from functools import reduce
from operator import and_
from typing import Final

import polars as pl

from .authority import Range, Rules
from .metrics import METRICS

WIDE: Final = pl.Int128
_PERCENT: Final = 1_000_000
_YEAR: Final = 365
_LINE: Final = ("list_price", "unit_price", "unit_cost")
_LEAST_KNOWN: Final = ("deal_discount", "effective_discount", "discount_amount")


def wide(value: int) -> pl.Expr:
    return pl.lit(value, WIDE)


def money_known(amount: pl.Expr, rules: Rules, rates: Mapping[str, int]) -> pl.Expr:
    """Whether the amount can be said in the owner's currency: in its own, or nothing, or at a rate."""
    at_rate = pl.col("rate").is_not_null() if rules.currency in rates else pl.lit(False)
    return (pl.col("currency") == rules.currency) | (amount == 0) | at_rate


def _sides(amount: pl.Expr, bound: int, rules: Rules, rates: Mapping[str, int]) -> tuple[pl.Expr, pl.Expr]:
    """The amount and the bound multiplied by what makes them comparable; rates where the currencies differ."""
    same = pl.col("currency") == rules.currency
    into = wide(rates.get(rules.currency, 1))
    left = pl.when(same).then(amount).otherwise(amount * into)
    # An amount of 0 needs no rate; the sign of the bound is all that counts then.
    right = pl.when(same).then(wide(bound * 10_000)).otherwise(wide(bound * 10_000) * pl.col("rate").fill_null(1))
    return left, right


def scaled(amount: pl.Expr, asked: Range, rules: Rules, rates: Mapping[str, int]) -> pl.Expr:
    """Whether the amount lies in the range, where it is known."""
    parts = []
    if asked.start is not None:
        left, right = _sides(amount, asked.start, rules, rates)
        parts.append(left >= right)
    if asked.end is not None:
        left, right = _sides(amount, asked.end, rules, rates)
        parts.append(left < right)
    return reduce(and_, parts)


class Measures:
    """The metrics by the terms of one document; line metrics over lines, the others over summed deals."""

    def __init__(self, rules: Rules, rates: Mapping[str, int]) -> None:
        self._rules = rules
        self._rates = rates

    def within(self, metric: str, bound: int) -> pl.Expr:
        """Whether the metric is known and within the bound; never null."""
        if metric in ("line_discount", "line_margin"):
            listed, asked, cost = (pl.col(name) for name in _LINE)
            if metric == "line_discount":
                free = (asked == 0) & (cost == 0).fill_null(False) & pl.lit(bound >= 0)
                return ((listed > 0) & ((listed - asked) * _PERCENT <= listed * bound)) | ((listed == 0) & free)
            measured = (asked > 0) & ((asked - cost) * _PERCENT >= asked * bound)
            return (measured | ((asked == 0) & (cost == 0) & (listed == 0))).fill_null(False)
        if metric == "deal_margin":
            listed, asked, cost = pl.col("L"), pl.col("P"), pl.col("C")
            measured = (asked > 0) & ((asked - cost) * _PERCENT >= asked * wide(bound))
            return pl.col("cost known") & (measured | ((asked == 0) & (cost == 0) & (listed == 0)))
        if metric in ("deal_discount", "effective_discount"):
            nothing = (pl.col("L") == 0) & pl.lit(bound >= 0)
            return pl.col("known") & (((pl.col("L") > 0) & self._given_within(metric, bound)) | nothing)
        if METRICS[metric].kind == "money":
            return self.is_known(metric) & self._money_within(metric, bound)
        column = pl.col("payment_days" if metric == "payment_days" else "term_months")
        return column >= -(-bound // 10_000) if METRICS[metric].is_minimum else column <= bound // 10_000

    def is_known(self, metric: str) -> pl.Expr:
        """Whether the metric has a value or lies beyond every bound (a margin of a cost without a price)."""
        if metric == "line_discount":
            return (pl.col("list_price") > 0) | (
                (pl.col("unit_price") == 0) & (pl.col("unit_cost") == 0).fill_null(False)
            )
        if metric == "line_margin":
            listed, asked, cost = (pl.col(name) for name in _LINE)
            return cost.is_not_null() & ((asked > 0) | (cost != 0).fill_null(False) | (listed == 0))
        if metric == "deal_margin":
            return pl.col("cost known") & ((pl.col("P") > 0) | (pl.col("C") != 0) | (pl.col("L") == 0))
        if metric in ("deal_discount", "effective_discount"):
            return pl.col("known")
        if METRICS[metric].kind == "money":
            known = money_known(self._amount(metric), self._rules, self._rates)
            return known & pl.col("known") if metric == "discount_amount" else known
        return pl.lit(True)

    def least_is_beyond(self, metric: str, bound: int) -> pl.Expr:
        """Whether the least that an unknown discount can be is beyond the bound already."""
        if metric not in _LEAST_KNOWN:
            return pl.lit(False)
        some = ~pl.col("known") & (pl.col("L") > 0)
        if metric == "discount_amount":
            known = money_known(pl.col("G"), self._rules, self._rates)
            return some & known & ~self._money_within(metric, bound)
        return some & ~self._given_within(metric, bound)

    def _given_within(self, metric: str, bound: int) -> pl.Expr:
        given = pl.col("G") * _PERCENT
        if metric == "deal_discount":
            return given <= pl.col("L") * wide(bound)
        late = (pl.col("payment_days").cast(WIDE) - self._rules.standard_payment_days).clip(lower_bound=0)
        cost = pl.col("P") * wide(self._rules.capital_rate) * late
        return given * _YEAR + cost <= pl.col("L") * wide(bound * _YEAR)

    def _amount(self, metric: str) -> pl.Expr:
        return pl.col("G" if metric == "discount_amount" else "P")

    def _money_within(self, metric: str, bound: int) -> pl.Expr:
        left, right = _sides(self._amount(metric), bound, self._rules, self._rates)
        return left >= right if METRICS[metric].is_minimum else left <= right
