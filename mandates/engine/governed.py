"""The bounds that govern each row of a column, and what follows from how a value stands to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .authority import Limit, Rules
from .classes import Classes
from .values import ANY

# How a value stands to a pair of bounds, before it is said what follows from it.
WITHIN_MEMBER: Final = 0
WITHIN_TEAM: Final = 1
BEYOND: Final = 2
UNKNOWN: Final = 3
LEAST_BEYOND: Final = 4  # not known, but what it is at the least is beyond the team's bound
_STANDS: Final = 5

# What follows, as bits that all findings of a deal add up to.
OF_TEAM: Final = 1
OF_COMMITTEE: Final = 2
OUTSIDE: Final = 4
NOT_MEASURED: Final = 8  # a finding whose reason is `unknown`
_BLIND: Final = OF_COMMITTEE | NOT_MEASURED

PERCENT: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """What governs one metric: `member` and `team` for each row, or one number for all, to be compared in `unit`s."""

    member: Any
    team: Any
    unit: int
    codes: npt.NDArray[Any] | None
    follows: npt.NDArray[np.uint8]
    same: bool
    longest: int

    def follow(self, stands: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """What follows where a value stands so."""
        followed: npt.NDArray[np.uint8] = self.follows[stands if self.codes is None else self.codes + stands]
        return followed

    def of(self, chosen: npt.NDArray[Any]) -> tuple[Any, Any]:
        """Both bounds of some rows, as numbers of any length."""
        some = [one if one.ndim == 0 else one[chosen] for one in (self.member, self.team)]
        return some[0].astype(object), some[1].astype(object)


@dataclass(frozen=True, slots=True)
class Governing:
    """What governs one metric in each class of rows."""

    member: npt.NDArray[np.int64]
    team: npt.NDArray[np.int64]
    unit: int
    follows: npt.NDArray[np.uint8]
    places: npt.NDArray[Any]
    same: bool
    longest: int

    def rows(self, codes: npt.NDArray[Any] | None) -> Bounds:
        """The same for rows of these classes."""
        if codes is None:
            member, team = self.member[0], self.team[0]
            return Bounds(member, team, self.unit, None, self.follows, self.same, self.longest)
        team = self.team[codes]
        member = team if self.same else self.member[codes]
        return Bounds(member, team, self.unit, self.places[codes], self.follows, self.same, self.longest)


def percents(classes: Classes, rules: Rules, rows: int, *, charter: bool, shortened_with: int = 0) -> Governing:
    """What governs a percentage: bounds shortened by what the hundred and all of them can be divided by."""
    limits = _limits(classes, rules, rows)
    pairs = [_numbers(limit) for limit in limits]
    by = gcd(PERCENT, shortened_with, *(bound for pair in pairs for bound in pair))
    return _governing(limits, [(member // by, team // by) for member, team in pairs], PERCENT // by, charter=charter)


def amounts(classes: Classes, rules: Rules, rows: int, *, charter: bool, unit: int) -> Governing:
    """What governs money, months or days: bounds multiplied by `unit`."""
    limits = _limits(classes, rules, rows)
    pairs = [_numbers(limit) for limit in limits]
    return _governing(limits, [(member * unit, team * unit) for member, team in pairs], unit, charter=charter)


def one_bound(bound: int, unit: int) -> Governing:
    """A bound of money that is the same for all rows, and beyond which a committee is asked."""
    pair = np.array([bound], dtype=np.int64)
    follows = np.array([0, 0, OF_COMMITTEE, _BLIND, OF_COMMITTEE], dtype=np.uint8)
    return Governing(pair, pair, unit, follows, np.zeros(1, dtype=np.uint8), True, max(unit, abs(bound)))


def _governing(
    limits: Sequence[Limit | None], pairs: Sequence[tuple[int, int]], unit: int, *, charter: bool
) -> Governing:
    follows = [byte for limit in limits for byte in _follows(limit, charter=charter)]
    kind = np.uint8 if len(follows) <= 1 << 8 else np.uint16 if len(follows) <= 1 << 16 else np.int64
    return Governing(
        np.array([member for member, _team in pairs], dtype=np.int64),
        np.array([team for _member, team in pairs], dtype=np.int64),
        unit,
        np.array(follows, dtype=np.uint8),
        np.arange(0, len(follows), _STANDS).astype(kind),
        all(member == team for member, team in pairs),
        max(unit, *(abs(bound) for pair in pairs for bound in pair)),
    )


def _limits(classes: Classes, rules: Rules, rows: int) -> list[Limit | None]:
    """Of each class the first of the metric's `rows` that stands."""
    return [_first(standing & rows, unmeasured, rules) for standing, unmeasured in classes.found]


def _first(standing: int, unmeasured: int, rules: Rules) -> Limit | None:
    limit = rules.rows[(standing & -standing).bit_length() - 1]
    return limit.unmeasured() if limit is not None and unmeasured >> limit.index & 1 else limit


def _numbers(limit: Limit | None) -> tuple[int, int]:
    """Both bounds as numbers; where one is none, the other stands in for it, and `_follows` knows."""
    if limit is None:
        return 0, 0
    member = limit.member if isinstance(limit.member, int) else limit.team if isinstance(limit.team, int) else 0
    return member, limit.team if isinstance(limit.team, int) else member


def _follows(limit: Limit | None, *, charter: bool) -> Sequence[int]:
    """What follows from each way a value may stand (`decision.md` section 5)."""
    if charter:
        return _by_charter(limit)
    if limit is None:
        return (OF_COMMITTEE,) * _STANDS
    if not limit.measured:
        return (_BLIND,) * _STANDS
    if limit.member is ANY:
        return (0,) * _STANDS
    if limit.team is ANY:
        return 0 if limit.member is not None else OF_TEAM, OF_TEAM, OF_TEAM, OF_TEAM, OF_TEAM
    if limit.team is None:
        return (OF_COMMITTEE,) * 3 + (_BLIND, _BLIND)
    return 0 if limit.member is not None else OF_TEAM, OF_TEAM, OF_COMMITTEE, _BLIND, OF_COMMITTEE


def _by_charter(limit: Limit | None) -> Sequence[int]:
    if limit is None:
        return (0,) * _STANDS
    if limit.team is None:
        return (OUTSIDE,) * _STANDS
    if not limit.measured:
        return (_BLIND,) * _STANDS
    if limit.team is ANY:
        return (0,) * _STANDS
    return 0, 0, OUTSIDE, _BLIND, OUTSIDE
