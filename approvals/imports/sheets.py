"""Reading the six files row by row: columns, types, and a named reason for every cell that will not do."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TextIO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from approvals.models import Deal
from mandates.engine.currencies import EXPONENTS
from mandates.models import Product
from teams.models import CODE, Membership

MAX_AMOUNT = Decimal(10) ** 11
Cell = str | int | date | Decimal | None


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where; `line` counts the header as line 1."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.column}: {self.reason}" if self.column else f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row whose cells are all readable."""

    file: str
    line: int
    cells: Mapping[str, Cell]

    def text(self, column: str) -> str:
        return str(self.cells[column] or "")

    def fault(self, column: str, reason: str) -> Fault:
        return Fault(self.file, self.line, column, reason)


def _text(limit: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if len(cell) > limit:
            raise ValueError(f"longer than {limit} characters")
        return cell

    return read


def _code(cell: str) -> str:
    try:
        CODE(cell)
    except ValidationError as error:
        raise ValueError("only lower-case letters, digits and single hyphens") from error
    return _text(40)(cell)


def _email(cell: str) -> str:
    """An address in lower case; letters of any alphabet are welcome before the @ (RFC 6531)."""
    name, at, domain = cell.rpartition("@")
    try:
        validate_email("".join("a" if letter.isalpha() else letter for letter in name) + at + domain)
    except ValidationError as error:
        raise ValueError("not an e-mail address") from error
    return cell.lower()


def _one_of(choices: list[str]) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if cell not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return cell

    return read


def _currency(cell: str) -> str:
    if cell not in EXPONENTS:
        raise ValueError("not a currency that ISO 4217 knows")
    return cell


def _country(cell: str) -> str:
    if len(cell) != 2 or not cell.isascii() or not cell.isupper():
        raise ValueError("must be a country code of two capital letters")
    return cell


def _family(cell: str) -> str:
    if not all(cell.split("/")):
        raise ValueError("a family path has an empty part")
    return _text(200)(cell)


def _whole(cell: str) -> int:
    if not cell.isdecimal() or not cell.isascii():
        raise ValueError("must be a whole number, not negative")
    if int(cell) > 32767:
        raise ValueError("is larger than 32767")
    return int(cell)


def _amount(cell: str) -> Decimal:
    try:
        number = Decimal(cell)
    except InvalidOperation as error:
        raise ValueError("must be a number with a decimal point") from error
    if not number.is_finite() or "e" in cell.lower():
        raise ValueError("must be a plain number")
    if number < 0:
        raise ValueError("must not be negative")
    if number >= MAX_AMOUNT:
        raise ValueError("is too large")
    if number != number.quantize(Decimal("0.0001")):
        raise ValueError("has more than 4 decimals")
    return number


def _quantity(cell: str) -> Decimal:
    number = _amount(cell)
    if number <= 0:
        raise ValueError("must be above 0")
    return number


def _day(cell: str) -> date:
    try:
        return date.fromisoformat(cell)
    except ValueError as error:
        raise ValueError("must be a date such as 2026-11-23") from error


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is read, and whether its cell, or the column itself, may be missing."""

    read: Callable[[str], Cell]
    optional: bool = False


REFERENCE = Column(_text(60))
SHEETS: dict[str, dict[str, Column]] = {
    "teams.csv": {"code": Column(_code), "name": Column(_text(120)), "group": Column(_text(120), optional=True)},
    "members.csv": {
        "team": Column(_code),
        "email": Column(_email),
        "name": Column(_text(120)),
        "role": Column(_one_of(list(Membership.Role.values))),
    },
    "customers.csv": {
        "reference": REFERENCE,
        "name": Column(_text(200)),
        "team": Column(_code),
        "contact": Column(_email),
        "segment": Column(_text(60), optional=True),
        "country": Column(_country, optional=True),
    },
    "products.csv": {
        "code": REFERENCE,
        "name": Column(_text(200)),
        "family": Column(_family),
        "charge": Column(_one_of(list(Product.Charge.values))),
        "currency": Column(_currency),
        "list_price": Column(_amount),
        "unit_cost": Column(_amount, optional=True),
    },
    "deals.csv": {
        "reference": REFERENCE,
        "team": Column(_code),
        "customer": REFERENCE,
        "submitted_by": Column(_email),
        "kind": Column(_one_of(list(Deal.Kind.values))),
        "channel": Column(_text(60), optional=True),
        "currency": Column(_currency),
        "term_months": Column(_whole),
        "payment_days": Column(_whole),
        "submitted_on": Column(_day),
        "result": Column(_one_of(["won", "lost"]), optional=True),
        "closed_on": Column(_day, optional=True),
    },
    "lines.csv": {
        "deal": REFERENCE,
        "line": Column(_whole),
        "product": REFERENCE,
        "quantity": Column(_quantity),
        "list_price": Column(_amount),
        "unit_cost": Column(_amount, optional=True),
        "unit_price": Column(_amount),
    },
}


def _opened(path: Path) -> TextIO:
    return io.TextIOWrapper(path.open("rb"), encoding="utf-8-sig", newline="")


def read_sheet(path: Path, faults: list[Fault], spoiled: set[str]) -> Iterator[Row]:
    """The readable rows of one file, in order; what cannot be read is added to `faults`.

    The cells of a row that was left out are added to `spoiled`, so that what refers to it is not called unknown too.
    """
    columns = SHEETS[path.name]
    with _opened(path) as handle:
        try:
            first = handle.readline()
            delimiter = ";" if first.count(";") > first.count(",") else ","
            header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
            problems = _header_faults(path.name, header, columns)
            faults.extend(problems)
            if problems:
                return
            reader = csv.reader(handle, delimiter=delimiter)
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                row = _row(path.name, reader.line_num + 1, header, cells, columns, faults)
                if row:
                    yield row
                else:
                    spoiled.update(cell.strip() for cell in cells)
        except UnicodeDecodeError as error:
            faults.append(Fault(path.name, 0, "", f"is not UTF-8 text ({error.reason} at byte {error.start})"))
        except csv.Error as error:
            faults.append(Fault(path.name, 0, "", f"is not a readable table: {error}"))


def _header_faults(file: str, header: list[str], columns: Mapping[str, Column]) -> list[Fault]:
    missing = [name for name, column in columns.items() if name not in header and not column.optional]
    unknown = [name for name in header if name not in columns]
    twice = sorted({name for name in header if header.count(name) > 1})
    return [
        *(Fault(file, 1, name, "this column is missing") for name in missing),
        *(Fault(file, 1, name, "is not a column of this file") for name in unknown),
        *(Fault(file, 1, name, "stands twice in the header") for name in twice),
    ]


def _row(
    file: str, line: int, header: list[str], cells: list[str], columns: Mapping[str, Column], faults: list[Fault]
) -> Row | None:
    if len(cells) != len(header):
        faults.append(Fault(file, line, "", f"has {len(cells)} cells where the header has {len(header)}"))
        return None
    values: dict[str, Cell] = dict.fromkeys(columns)
    sound = True
    for name, cell in zip(header, cells, strict=True):
        text = cell.strip()
        if not text:
            if not columns[name].optional:
                faults.append(Fault(file, line, name, "must not be empty"))
                sound = False
            continue
        try:
            values[name] = columns[name].read(text)
        except ValueError as error:
            faults.append(Fault(file, line, name, f"{error}: {text[:60]!r}"))
            sound = False
    return Row(file, line, values) if sound else None
