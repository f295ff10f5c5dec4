"""Exact numbers: how they are read, compared as whole numbers, and written for reading."""

import hashlib
import json
import re
from enum import Enum
from typing import Any, Final

SCALE: Final = 10_000
RATE_SCALE: Final = 1_000_000
MOST: Final = 10**15

# A measured value as an exact fraction of 1/10000 units: numerator and denominator, the latter never negative. A
# denominator of 0 is a value that lies within every bound (numerator 0) or, for a margin, below every one (-1).
Ratio = tuple[int, int]

_AMOUNT: Final = re.compile(r"(-?)(0|[1-9][0-9]{0,14})(?:\.([0-9]{1,4}))?")
_RATE: Final = re.compile(r"(-?)(0|[1-9][0-9]{0,14})(?:\.([0-9]{1,6}))?")


class Unbounded(Enum):
    """The bound that everything is within."""

    ANY = "any"


ANY: Final = Unbounded.ANY
Bound = int | Unbounded | None


def read_amount(raw: object) -> int | None:
    """In 1/10000, or None where it is not an exact number of the allowed form."""
    return _read(raw, _AMOUNT, 4)


def read_rate(raw: object) -> int | None:
    """In 1/1000000, or None where it is not an exact number of the allowed form."""
    return _read(raw, _RATE, 6)


def _read(raw: object, form: re.Pattern[str], decimals: int) -> int | None:
    if isinstance(raw, str):
        match = form.fullmatch(raw)
        if match is None:
            return None
        sign, whole, fraction = match.groups()
        units = int(whole + (fraction or "").ljust(decimals, "0"))
        return -units if sign else units
    count = read_count(raw)
    return None if count is None else count * 10**decimals


def read_count(raw: object) -> int | None:
    """A JSON integer of at most 15 digits, else None. (In Python a bool is an int; in JSON it is not.)"""
    if isinstance(raw, int) and not isinstance(raw, bool) and -MOST < raw < MOST:
        return raw
    return None


def half_even(numerator: int, denominator: int) -> int:
    """The whole number nearest to the fraction, the even one where two are."""
    whole, rest = divmod(numerator, denominator)
    rest *= 2
    if rest > denominator or (rest == denominator and whole & 1):
        whole += 1
    return whole


def decimals(units: int) -> str:
    """1/10000 units written with all four decimals."""
    if units < 0:
        return f"-{-units // SCALE}.{-units % SCALE:04d}"
    return f"{units // SCALE}.{units % SCALE:04d}"


def ratio_text(ratio: Ratio | None) -> str | None:
    """The value for reading, rounded half-even to four decimals; None where there is none to read."""
    if ratio is None:
        return None
    numerator, denominator = ratio
    if not denominator:
        return None
    units, rest = divmod(numerator, denominator)
    rest += rest
    if rest > denominator or (rest == denominator and units & 1):
        units += 1
    if units < SCALE:
        return decimals(units)
    text = str(units)
    return f"{text[:-4]}.{text[-4:]}"


def price_text(units: int, exponent: int) -> str:
    """A price with the decimals of its currency, or with as many as it needs."""
    text = decimals(units)
    needed = len(text.rstrip("0").partition(".")[2])
    kept = max(exponent, needed)
    return text[: len(text) - 4 + kept] if kept else text[:-5]


def canonical(value: Any) -> str:
    """The one way to write a JSON value: keys sorted, nothing between, ASCII only.

    Raises: TypeError where a float or anything else that is not exact JSON is inside.
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(value: Any) -> str:
    """The SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key must be a text, not {key!r}")
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)
    elif isinstance(value, float):
        raise TypeError("a float is not exact; write the number as a string")
