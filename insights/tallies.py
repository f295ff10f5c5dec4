"""The sums of a replay: whole numbers that are added up chunk by chunk, and what they come to for reading."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

OUTCOMES = ("member", "team", "committee", "outside_charter")
UNKNOWN = "unknown"
UNITS = 10_000

# Whole numbers in a tree: counts, seconds, and amounts in 1/10000 of their currency's unit.
Tally = dict[str, Any]


def bump(tally: Tally, amount: int, *path: str) -> None:
    """Add `amount` at a place of the tree."""
    *above, last = path
    for name in above:
        tally = tally.setdefault(name, {})
    tally[last] = tally.get(last, 0) + amount


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> Tally:
    """Return the sum of two trees."""
    found: Tally = dict(first)
    for name, value in second.items():
        if isinstance(value, Mapping):
            found[name] = merged(found.get(name, {}), value)
        else:
            found[name] = found.get(name, 0) + value
    return found


@dataclass(frozen=True, slots=True)
class Money:
    """What deals of one currency came to. `unmeasured` counts those whose discount nobody can measure."""

    currency: str
    deals: int
    net_value: Decimal
    discount_amount: Decimal
    unmeasured: int


@dataclass(frozen=True, slots=True)
class Sides:
    """Of one month, team or currency, what each outcome comes to: by what is in force, and by the replayed version.

    Deals are counted; of a currency it is their net value.
    """

    name: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a replay found. `then` also counts `unknown`: imported history, whose answer of that time is not known.

    `gained` are the deals that become an immediate yes, `lost` those that no longer are one. `waited` counts the
    deals that waited for colleagues or a committee and would be an immediate yes, with the time that this took;
    `waited_unknown` counts those that would be so too, but whose answer time is not known.
    `unmeasured` deals go to a committee with something that could not be measured; `unreadable` ones could not be
    judged at all.
    """

    deals: int
    then: dict[str, int]
    before: dict[str, int]
    after: dict[str, int]
    wider: int
    narrower: int
    moves: dict[str, int]
    gained: tuple[Money, ...]
    lost: tuple[Money, ...]
    waited: int
    waited_unknown: int
    wall_seconds: int
    working_seconds: int
    unmeasured: int
    unreadable: int
    value: tuple[Sides, ...] = ()
    months: tuple[Sides, ...] = ()
    teams: tuple[Sides, ...] = ()

    @property
    def changed(self) -> int:
        """How many deals the two answer differently."""
        return self.wider + self.narrower

    def as_document(self) -> dict[str, Any]:
        """Return the summary as values that JSON can write; amounts are texts."""
        document: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return document


def summary(tally: Mapping[str, Any]) -> Summary:
    """Return what the sums come to."""
    before = _counts(tally.get("before", {}), OUTCOMES)
    waited = tally.get("waited", {})
    return Summary(
        deals=sum(before.values()),
        then=_counts(tally.get("then", {}), (*OUTCOMES, UNKNOWN)),
        before=before,
        after=_counts(tally.get("after", {}), OUTCOMES),
        wider=tally.get("wider", 0),
        narrower=tally.get("narrower", 0),
        moves=dict(sorted(tally.get("moves", {}).items())),
        gained=_money(tally.get("gained", {})),
        lost=_money(tally.get("lost", {})),
        waited=waited.get("deals", 0),
        waited_unknown=waited.get("unknown", 0),
        wall_seconds=waited.get("wall", 0),
        working_seconds=waited.get("working", 0),
        unmeasured=tally.get("unmeasured", 0),
        unreadable=tally.get("unreadable", 0),
        value=_sides(tally.get("value", {}), lambda sum_: Decimal(sum_) / UNITS),
        months=_sides(tally.get("months", {}), int),
        teams=_sides(tally.get("teams", {}), int),
    )


def _sides(found: Mapping[str, Mapping[str, Mapping[str, int]]], read: Callable[[int], Any]) -> tuple[Sides, ...]:
    return tuple(
        Sides(name, *({one: read(sides.get(side, {}).get(one, 0)) for one in OUTCOMES} for side in ("before", "after")))
        for name, sides in sorted(found.items())
    )


def _counts(found: Mapping[str, int], names: tuple[str, ...]) -> dict[str, int]:
    return {name: found.get(name, 0) for name in names}


def _money(found: Mapping[str, Mapping[str, int]]) -> tuple[Money, ...]:
    return tuple(
        Money(
            currency,
            sums.get("deals", 0),
            Decimal(sums.get("net", 0)) / UNITS,
            Decimal(sums.get("discount", 0)) / UNITS,
            sums.get("unmeasured", 0),
        )
        for currency, sums in sorted(found.items())
    )
