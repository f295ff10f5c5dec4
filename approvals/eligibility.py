"""Who may consent and who may vote: people in, people out, with nothing but plain values."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Involved:
    """Whose deal it is: nobody of them consents or votes on it."""

    contact_id: int
    submitter_id: int | None
    editor_ids: frozenset[int]

    @property
    def barred(self) -> frozenset[int]:
        """Everyone whose own deal this is."""
        own = {self.contact_id} if self.submitter_id is None else {self.contact_id, self.submitter_id}
        return self.editor_ids | own


def colleagues(team: Iterable[tuple[int, str]], involved: Involved) -> tuple[int, ...]:
    """Return those of the team, given as (person, role), who may consent: members and the lead, never a coach."""
    return tuple(sorted({user for user, role in team if role in ("lead", "member")} - involved.barred))


def electors(seated: Iterable[int], involved: Involved) -> tuple[int, ...]:
    """Return those who sit on the committee and may vote."""
    return tuple(sorted(set(seated) - involved.barred))


@dataclass(frozen=True, slots=True)
class Elected:
    """A person who may vote on a case, and the one they stand in for."""

    user_id: int
    stands_in_for: int | None = None


def with_substitutes(
    seated: Iterable[int], away: Collection[int], substitutes: Iterable[tuple[int, int]], involved: Involved
) -> tuple[Elected, ...]:
    """Return the electorate: for a member who is away the substitute, given as (member, substitute), else the member.

    INVARIANT: nobody stands in for a party to the deal, no party stands in, nobody votes twice, and a substitute who is
    away is not replaced: such a member stays in the electorate.
    """
    members = electors(seated, involved)
    taken = set(seated) | set(away) | involved.barred
    found: dict[int, int] = {}
    for member, substitute in substitutes:
        if member in away and member in members and member not in found and substitute not in taken:
            found[member] = substitute
            taken.add(substitute)
    chosen = [Elected(found[one], one) if one in found else Elected(one) for one in members]
    return tuple(sorted(chosen, key=lambda one: one.user_id))


def counting(given: Iterable[tuple[int, Given]], involved: Involved) -> list[Given]:
    """Return the answers that count: those of people who did not take the deal into their own hands afterwards."""
    return [answer for user, answer in given if user not in involved.barred]


def too_few(eligible: Collection[int], consents: int) -> bool:
    """Say whether the team itself cannot give the consents that its mandate asks for."""
    return len(eligible) < consents
