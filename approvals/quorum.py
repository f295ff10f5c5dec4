"""When a committee has decided: votes and a frozen rule in, the result out."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """Where a case stands by its votes. `stuck`: those who may still vote cannot decide it by its rule."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class Tally:
    """The count of votes; `missing` is how many more must vote before the quorum is reached."""

    result: Result
    approving: int
    declining: int
    abstaining: int
    missing: int

    @property
    def cast(self) -> int:
        return self.approving + self.declining + self.abstaining


def tally(rule: str, needed: int, quorum: int, electorate_size: int, votes: Iterable[str]) -> Tally:
    """Count votes (`approve`, `decline`, `abstain`) of one case.

    An abstention counts for the quorum and for no side. A case is decided by the votes that are there as soon as its
    quorum is reached: by `number`, `needed` approvals; by `majority`, more approvals than refusals or the reverse, a
    tie waiting for the next vote. It is declined too as soon as those who have not voted could not change that. What
    nobody declined is never declined by arithmetic alone, and what nobody approved is never approved.
    """
    cast = list(votes)
    approving, declining, abstaining = (cast.count(choice) for choice in ("approve", "decline", "abstain"))
    waiting = max(0, electorate_size - len(cast))
    result = _result(rule, needed, quorum, approving, declining, len(cast), waiting)
    return Tally(result, approving, declining, abstaining, max(0, quorum - len(cast)))


def _result(rule: str, needed: int, quorum: int, approving: int, declining: int, cast: int, waiting: int) -> Result:
    if cast + waiting < quorum:
        return Result.STUCK
    if rule == "number":
        return _by_number(needed, quorum, approving, declining, cast, waiting)
    return _by_majority(quorum, approving, declining, cast, waiting)


def _by_number(needed: int, quorum: int, approving: int, declining: int, cast: int, waiting: int) -> Result:
    if approving >= needed:
        return Result.APPROVED if cast >= quorum else Result.OPEN
    if approving + waiting >= needed:
        return Result.OPEN
    return Result.DECLINED if declining else Result.STUCK


def _by_majority(quorum: int, approving: int, declining: int, cast: int, waiting: int) -> Result:
    if cast >= quorum and approving != declining:
        return Result.APPROVED if approving > declining else Result.DECLINED
    if waiting:
        return Result.OPEN
    return Result.DECLINED if declining else Result.STUCK
