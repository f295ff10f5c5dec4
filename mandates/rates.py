"""The euro reference rates as the European Central Bank publishes them, line by line; no database here."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from mandates.engine.currencies import EXPONENTS

MISSING = ("", "N/A")
LARGEST = Decimal(10) ** 12


class RateRow(NamedTuple):
    """Units of a currency per euro on one day."""

    currency: str
    on: date
    per_euro: Decimal


class BadRates(ValueError):
    """The file cannot be read; the sentence names the line and the column."""


@dataclass(frozen=True, slots=True)
class Header:
    """The currencies by column; `left_out` are those that ISO 4217 no longer knows, so no deal can be in them."""

    columns: tuple[tuple[int, str], ...]
    left_out: tuple[str, ...]


def read_header(line: list[str]) -> Header:
    """Return what the columns are. Raises: BadRates."""
    names = [name.strip().upper() for name in line]
    if not names or names[0] != "DATE" or len(names) < 2:
        raise BadRates("Line 1: the first column must be “Date” and the others currencies.")
    known = [(index, name) for index, name in enumerate(names) if index and name]
    for _index, name in known:
        if len(name) != 3 or not name.isascii() or not name.isalpha():
            raise BadRates(f"Line 1: “{name}” is no currency.")
    codes = [name for _index, name in known]
    if twice := {name for name in codes if codes.count(name) > 1}:
        raise BadRates(f"Line 1: {', '.join(sorted(twice))} has two columns.")
    columns = tuple((index, name) for index, name in known if name in EXPONENTS and name != "EUR")
    return Header(columns, tuple(name for name in codes if name not in EXPONENTS))


def read_rates(lines: Iterable[str]) -> tuple[Header, Iterator[RateRow]]:
    """Return the header and the rates in the order of the file; what is marked N/A is left out.

    The rows are read while they are taken. Raises: BadRates.
    """
    rows = csv.reader(lines)
    header = read_header(next(rows, []))
    return header, _rates(rows, header)


def _rates(rows: Iterable[list[str]], header: Header) -> Iterator[RateRow]:
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            on = date.fromisoformat(row[0].strip())
        except ValueError:
            raise BadRates(f"Line {number}, column Date: “{row[0]}” is no day like 2026-04-13.") from None
        for index, currency in header.columns:
            text = row[index].strip() if index < len(row) else ""
            if text not in MISSING:
                yield RateRow(currency, on, _rate(text, number, currency))


def _rate(text: str, number: int, currency: str) -> Decimal:
    """Return a rate of at most 6 decimals. Raises: BadRates."""
    try:
        rate = Decimal(text)
    except InvalidOperation:
        rate = Decimal(0)
    if not rate.is_finite() or not 0 < rate < LARGEST or rate != round(rate, 6):
        raise BadRates(f"Line {number}, column {currency}: “{text}” is no rate above 0 with at most 6 decimals.")
    return rate
