"""Frozen facts of past deals as the two tables that are judged in columns."""

from collections.abc import Iterable, Sequence

import polars as pl

from mandates.engine import Case

# Figures beyond this do not fit a column of the tables; the engine judges their deals one by one.
MOST = 2**60
_TEXTS = ("kind", "channel", "segment", "country", "customer")
_FIGURES = ("quantity", "list_price", "unit_price", "unit_cost")
_DEALS = {
    "deal": pl.Int64,
    "on": pl.String,
    "currency": pl.String,
    **dict.fromkeys(_TEXTS, pl.String),
    "term_months": pl.Int64,
    "payment_days": pl.Int64,
    "own rate": pl.Int64,
}
_LINES = {
    "deal": pl.Int64,
    "product": pl.String,
    "family": pl.String,
    "charge": pl.String,
    **dict.fromkeys(_FIGURES, pl.Int64),
}


def fits(case: Case) -> bool:
    """Whether every figure of the case can stand in a table."""
    figures = (getattr(line, name) for line in case.deal.lines for name in _FIGURES)
    return all(figure is None or figure < MOST for figure in figures) and all(
        rate < MOST for rate in case.rates.values()
    )


def tables_of(cases: Iterable[tuple[int, Case]], currencies: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return deals and lines as `mandates.engine.bulk.Bulk` takes them, with the rates of each deal's day."""
    heads, lines = [], []
    for key, case in cases:
        deal, rates = case.deal, case.rates
        texts = (deal.texts[name] for name in _TEXTS)
        known = (rates.get(code) for code in (deal.currency, *currencies))
        own, *others = known
        heads.append((key, case.on, deal.currency, *texts, deal.term_months, deal.payment_days, own, *others))
        lines += [
            (key, line.product, line.families[-1], line.charge, *(getattr(line, name) for name in _FIGURES))
            for line in deal.lines
        ]
    schema = _DEALS | {f"rate {code}": pl.Int64 for code in currencies}
    return pl.DataFrame(heads, schema=schema, orient="row"), pl.DataFrame(lines, schema=_LINES, orient="row")
