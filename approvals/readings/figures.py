"""Figures as people read them, with their unit, and figures as people type them."""

import re
from decimal import ROUND_HALF_EVEN, Decimal

from django.utils.formats import get_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mandates.engine.currencies import EXPONENTS
from mandates.engine.metrics import METRICS

MARGIN = frozenset({"line_margin", "deal_margin"})

FIXED_SPACE = "\u00a0"
TYPED = re.compile(r"-?\d+(?:[.,'\u2019 \u00a0\u202f]\d+)*")


def number(value: Decimal, places: int) -> str:
    """Return `value` in the reader's language with at least `places` decimals, more where it has more (up to 4)."""
    shown = max(places, min(4, -int(value.normalize().as_tuple().exponent)))
    return number_format(value.quantize(Decimal(1).scaleb(-shown)), decimal_pos=shown, force_grouping=True)


def cents(value: Decimal) -> Decimal:
    """Return an extended amount with no more decimals than a price can have."""
    return value.quantize(Decimal("0.0001"))


def plain(value: Decimal, places: int = 0) -> str:
    """Return `value` for a form field or an URL: no grouping, a point, at least `places` decimals."""
    shown = max(places, -int(value.normalize().as_tuple().exponent))
    return f"{value.quantize(Decimal(1).scaleb(-shown)):f}"


def for_field(value: Decimal, places: int = 0) -> str:
    """Return `value` as it stands in a form field: the reader's decimal mark, no grouping."""
    shown = max(places, min(4, -int(value.normalize().as_tuple().exponent)))
    return number_format(value.quantize(Decimal(1).scaleb(-shown)), decimal_pos=shown, force_grouping=False)


def money(value: Decimal, currency: str) -> str:
    return f"{number(value, EXPONENTS.get(currency, 2))}{FIXED_SPACE}{currency}"


def places(currency: str) -> int:
    """Return the digits after the point that amounts of a currency are told with."""
    return EXPONENTS.get(currency, 2)


def percent(value: Decimal, most_places: int = 2) -> str:
    """Return a percentage with up to `most_places` decimals and no idle zeros."""
    rounded = value.quantize(Decimal(1).scaleb(-most_places), rounding=ROUND_HALF_EVEN)
    return f"{number(rounded + 0, 0)}{FIXED_SPACE}%"


def points(value: Decimal) -> str:
    """Return a distance between two percentages."""
    rounded = value.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
    if rounded == 0 and value != 0:
        rounded = value
    if rounded == 1:
        return _("1 point")
    return _("%(number)s points") % {"number": number(rounded + 0, 0)}


def days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def months(count: int) -> str:
    return ngettext("%(count)s month", "%(count)s months", count) % {"count": count}


def kind(metric: str) -> str:
    """Return how a metric is counted: percent, money, months or days. A budget is money."""
    return METRICS[metric].kind if metric in METRICS else "money"


def is_minimum(metric: str) -> bool:
    """Return whether the bound of a metric is a floor: more is safer."""
    return metric in METRICS and METRICS[metric].is_minimum


def figure(metric: str, value: Decimal, currency: str) -> str:
    """Return the value of a metric, or a bound on it, with its unit."""
    match kind(metric):
        case "percent":
            return percent(value)
        case "money":
            return money(value, currency)
        case "months":
            return months(int(value))
    return days(int(value))


def figure_beside(metric: str, value: Decimal, bound: Decimal, currency: str) -> str:
    """Return a value that stands beside a bound it is not: with more decimals where rounding would hide that."""
    said = figure(metric, value, currency)
    if kind(metric) != "percent" or value == bound or said != percent(bound):
        return said
    return percent(value, most_places=4)


def distance(metric: str, value: Decimal, bound: Decimal, currency: str) -> str:
    """Return how far a value lies from a bound, always positive."""
    gap = abs(value - bound)
    return points(gap) if kind(metric) == "percent" else figure(metric, gap, currency)


def typed(text: str) -> Decimal:
    """Return the number that a person typed, with a decimal comma or point, grouped or not.

    Where a single separator could be either, the reader's own language decides.
    Raises: ValueError for anything else.
    """
    text = text.strip().rstrip("%").strip()
    if not TYPED.fullmatch(text):
        raise ValueError(text)
    bare = re.sub(r"['\u2019 \u00a0\u202f]", "", text)
    point = _decimal_mark(bare)
    whole, _mark, fraction = bare.rpartition(point) if point else (bare, "", "")
    whole = re.sub(r"[.,]", "", whole)
    return Decimal(f"{whole}.{fraction}" if fraction else whole)


def _decimal_mark(bare: str) -> str:
    """Return which of point and comma is the decimal mark in this number, or an empty text."""
    last = max(bare.rfind("."), bare.rfind(","))
    if last < 0:
        return ""
    mark = bare[last]
    other = "," if mark == "." else "."
    if bare.count(mark) > 1:
        return ""
    if other in bare or mark == get_format("DECIMAL_SEPARATOR"):
        return mark
    looks_grouped = len(bare) - last - 1 == 3 and bare[:last].lstrip("-") not in {"0", ""}
    return "" if looks_grouped else mark
