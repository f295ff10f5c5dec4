"""Stored documents of versions as values, and values as the numbers and texts that documents hold."""

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

from mandates.engine.currencies import EXPONENTS


class Stored(Protocol):
    """Anything with a canonical document and its hash: a version of a mandate or of the charter."""

    document: str
    sha256: str


def document_of(version: Stored) -> dict[str, Any]:
    """Return a version's document as values. Shared between callers: never change it."""
    return _parsed(version.sha256, version.document)


@lru_cache(maxsize=2048)
def _parsed(sha256: str, document: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(document)
    return value


def number_text(value: Decimal) -> str:
    """Return a number as `decision.md` section 1 writes it, without idle zeros."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def money_text(value: Decimal, currency: str) -> str:
    """Return an amount with at least the decimals of its currency."""
    whole, _point, fraction = number_text(value).partition(".")
    fraction = fraction.ljust(EXPONENTS[currency], "0")
    return f"{whole}.{fraction}" if fraction else whole
