"""A rota in which each member has a week in turn; pure: no database, no clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WEEK = timedelta(days=7)
# how many weeks are looked at beyond those needed, before somebody who is always away is left out
PATIENCE = 26


@dataclass(frozen=True, slots=True)
class Week:
    """One member's week, from its first day until the day after its last."""

    user_id: int
    first_on: date
    ended_on: date


def by_turns(
    members: Sequence[int], first_on: date, rounds: int, is_away: Callable[[int, date, date], bool]
) -> tuple[list[Week], list[int]]:
    """Give each member a week in turn, `rounds` times, and return the weeks and who could be given none.

    Whoever is away on a day of their week (`is_away(member, first day, day after the last)`) changes places with the
    next one who is not. A week in which everybody who is still to come is away stays free.
    """
    queue = [member for _round in range(rounds) for member in members]
    weeks: list[Week] = []
    patience = len(queue) + PATIENCE
    while queue and patience:
        end = first_on + WEEK
        index = next((at for at, member in enumerate(queue) if not is_away(member, first_on, end)), None)
        if index is not None:
            weeks.append(Week(queue.pop(index), first_on, end))
        first_on, patience = end, patience - 1
    given = {week.user_id for week in weeks}
    return weeks, sorted(set(queue) - given)
