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


def counting(given: Iterable[tuple[int, Given]], involved: Involved) -> list[Given]:
    """Return the answers that count: those of people who did not take the deal into their own hands afterwards."""
    return [answer for user, answer in given if user not in involved.barred]


def too_few(eligible: Collection[int], consents: int) -> bool:
    """Say whether the team itself cannot give the consents that its mandate asks for."""
    return len(eligible) < consents
