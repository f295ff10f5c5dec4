"""When a committee has decided: a frozen rule and one ballot for each elector in, the result out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

APPROVE, DECLINE, ABSTAIN, RECUSED, WAITING = "approve", "decline", "abstain", "recused", ""
WHOLE = 100  # percent


class Result(StrEnum):
    """Where a case stands by its votes. `stuck`: those who may still vote cannot decide it by its rule."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class Rule:
    """How a committee decides, as it was when the case opened.

    `kind`: `number` of approvals (`needed`), `majority` of the votes cast, `share` in percent of those who may vote,
    or `unanimity` of them. A majority alone can end in a tie, which the chair's vote decides where `chair_casts`.
    """

    kind: str
    needed: int = 1
    share: int = 50
    quorum: int = 1
    chair_casts: bool = False
    decline_closes: bool = False


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one elector who holds the right said: a choice, `recused`, or nothing yet (`WAITING`)."""

    choice: str = WAITING
    is_chair: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """The count: `missing` more answers make the quorum, `wanted` more approvals a yes that the others cannot change.

    `wanted` is None where no number of them would do.
    """

    result: Result
    approving: int
    declining: int
    abstaining: int
    recused: int
    waiting: int
    missing: int
    wanted: int | None

    @property
    def cast(self) -> int:
        """How many count for the quorum."""
        return self.approving + self.declining + self.abstaining + self.recused


def tally(rule: Rule, ballots: Iterable[Ballot], *, time_is_over: bool = False) -> Tally:
    """Count one case by its rule; the order of the ballots changes nothing.

    An abstention and a recusal count for the quorum and for no side; whoever recused is none of those whose share or
    unanimity is asked. A case is decided as soon as the rest cannot change it: approved when its quorum is reached
    and it would be a yes even if everybody who waits declined; declined when somebody declined and it would be no yes
    even if they all approved, or at once where the rule says so. What nobody declined is never declined by
    arithmetic (it is stuck), and what nobody approved is never approved.

    `time_is_over`: the answer time has ended. A majority is then read from the votes that were cast, if the quorum is
    there and they are no tie; whoever is silent is on no side.
    """
    given = list(ballots)
    counts = [
        sum(ballot.choice == choice for ballot in given) for choice in (APPROVE, DECLINE, ABSTAIN, RECUSED, WAITING)
    ]
    approving, declining, abstaining, recused, waiting = counts
    result = _result(rule, given, declining, waiting)
    if result is Result.OPEN and time_is_over and rule.kind == "majority":
        result = _by_those_who_voted(rule, given)
    missing = max(0, rule.quorum - (len(given) - waiting))
    return Tally(result, approving, declining, abstaining, recused, waiting, missing, _wanted(rule, given))


def _result(rule: Rule, ballots: Sequence[Ballot], declining: int, waiting: int) -> Result:
    if declining and rule.decline_closes:
        return Result.DECLINED
    if len(ballots) < rule.quorum:
        return Result.STUCK
    if len(ballots) - waiting >= rule.quorum and _is_yes(rule, _if_rest(ballots, DECLINE)):
        return Result.APPROVED
    if _is_yes(rule, _if_rest(ballots, APPROVE)):
        return Result.OPEN
    return Result.DECLINED if declining else Result.STUCK


def _by_those_who_voted(rule: Rule, ballots: Sequence[Ballot]) -> Result:
    voted = [ballot for ballot in ballots if ballot.choice != WAITING]
    if len(voted) < rule.quorum:
        return Result.OPEN
    if _is_yes(rule, voted):
        return Result.APPROVED
    sides = [ballot.choice for ballot in voted]
    tied = sides.count(APPROVE) == sides.count(DECLINE)
    chair_declined = rule.chair_casts and any(ballot.is_chair and ballot.choice == DECLINE for ballot in voted)
    return Result.OPEN if tied and not chair_declined else Result.DECLINED


def _if_rest(ballots: Sequence[Ballot], choice: str) -> list[Ballot]:
    """Return the ballots as they would be if everybody who waits chose this."""
    return [Ballot(choice, one.is_chair) if one.choice == WAITING else one for one in ballots]


def _is_yes(rule: Rule, ballots: Sequence[Ballot]) -> bool:
    """Say whether these ballots, all of them given, are a yes; the quorum is somebody else's question."""
    approving = sum(ballot.choice == APPROVE for ballot in ballots)
    declining = sum(ballot.choice == DECLINE for ballot in ballots)
    voters = sum(ballot.choice != RECUSED for ballot in ballots)
    if not approving:
        return False
    if rule.kind == "number":
        return approving >= rule.needed
    if rule.kind == "share":
        return approving * WHOLE >= rule.share * voters
    if rule.kind == "unanimity":
        return approving == voters
    chair_approves = any(ballot.is_chair and ballot.choice == APPROVE for ballot in ballots)
    return approving > declining or (approving == declining and rule.chair_casts and chair_approves)


def _wanted(rule: Rule, ballots: Sequence[Ballot]) -> int | None:
    """Return how many of those who wait must approve, the chair last, for a yes that the others cannot change."""
    waiting = sorted((one for one in ballots if one.choice == WAITING), key=lambda one: one.is_chair)
    given = [one for one in ballots if one.choice != WAITING]
    if len(ballots) < rule.quorum or (rule.decline_closes and any(one.choice == DECLINE for one in given)):
        return None
    for count in range(len(waiting) + 1):
        approved = [Ballot(APPROVE, one.is_chair) for one in waiting[:count]]
        rest = [Ballot(DECLINE, one.is_chair) for one in waiting[count:]]
        if _is_yes(rule, [*given, *approved, *rest]):
            return count
    return None
