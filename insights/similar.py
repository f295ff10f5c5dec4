"""How similar a precedent is to what is at hand, and why: pure, and the same beside the deal desk and a case."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final


class Sign(enum.StrEnum):
    """What two deals can have in common."""

    METRIC = "metric"
    CUSTOMER = "customer"
    FAMILY = "family"
    SEGMENT = "segment"
    SIZE = "size"


# what a question turns on weighs most; size alone says little
WEIGHTS: Final[Mapping[Sign, int]] = {
    Sign.METRIC: 40,
    Sign.CUSTOMER: 25,
    Sign.FAMILY: 20,
    Sign.SEGMENT: 10,
    Sign.SIZE: 5,
}
# of like size: no more than twice, no less than half
LIKE: Final = 2
MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """What is compared: the limits that a deal is beyond, what it sells to whom, and how much of it."""

    metrics: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    segment: str = ""
    customer_id: int | None = None
    currency: str = ""
    net_value: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two subjects have in common, 0 to 100, and what: each sign with the values that are shared."""

    score: int
    shared: Mapping[Sign, tuple[str, ...]]


def likeness(one: Subject, other: Subject) -> Likeness | None:
    """Return what the two have in common; None where neither limit, family nor customer is the same."""
    shared: dict[Sign, tuple[str, ...]] = {}
    if metrics := tuple(sorted(one.metrics & other.metrics)):
        shared[Sign.METRIC] = metrics
    if one.customer_id is not None and one.customer_id == other.customer_id:
        shared[Sign.CUSTOMER] = ()
    if families := _common(one.families, other.families):
        shared[Sign.FAMILY] = families
    if not shared:
        return None
    if one.segment and one.segment.casefold() == other.segment.casefold():
        shared[Sign.SEGMENT] = (one.segment,)
    if _alike(one, other):
        shared[Sign.SIZE] = ()
    return Likeness(sum(WEIGHTS[sign] for sign in shared), shared)


def _common(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    """Return the families that both sell, or the nearest family above them that is not the whole catalogue's root."""
    found = set()
    for first in one:
        for second in other:
            parts = [a for a, b in zip(first.split("/"), second.split("/"), strict=False) if a == b]
            common = "/".join(parts)
            if common and (first + "/").startswith(common + "/") and (second + "/").startswith(common + "/"):
                found.add(common)
    return tuple(sorted(name for name in found if not any(other.startswith(f"{name}/") for other in found)))


def _alike(one: Subject, other: Subject) -> bool:
    if one.currency != other.currency or one.net_value <= 0 or other.net_value <= 0:
        return False
    return one.net_value <= LIKE * other.net_value and other.net_value <= LIKE * one.net_value
