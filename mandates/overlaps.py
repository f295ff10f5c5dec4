"""Whether two sets of conditions can hold for one deal or line at the same time; pure, and never wrongly "no"."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mandates.engine import CONDITIONS

Conditions = Mapping[str, Any]


def may_meet(first: Conditions, second: Conditions) -> bool:
    """Say whether some deal or line may meet both; conditions on different things never exclude one another."""
    return all(_values_meet(name, first[name], second[name]) for name in first.keys() & second.keys())


def _values_meet(name: str, first: Any, second: Any) -> bool:
    kind = CONDITIONS[name].kind if name in CONDITIONS else "text"
    if kind == "range":
        return _ranges_meet(first, second)
    pairs = ((a, b) for a in _texts(first) for b in _texts(second))
    if kind == "family":
        return any(_below(a, b) or _below(b, a) for a, b in pairs)
    return any(a == b for a, b in pairs)


def _below(family: str, above: str) -> bool:
    return family == above or family.startswith(f"{above}/")


def _ranges_meet(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    starts = [Decimal(str(r["from"])) for r in (first, second) if "from" in r]
    ends = [Decimal(str(r["below"])) for r in (first, second) if "below" in r]
    return not starts or not ends or max(starts) < min(ends)


def _texts(raw: Any) -> list[str]:
    return [str(value) for value in raw] if isinstance(raw, list | tuple) else [str(raw)]
