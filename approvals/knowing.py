"""Who is likely to know: people named with the reasons for it, and never by what their deals brought.

A reason is something that a person declared, deals that the person has done, or advice that somebody thanked for. How
often counts for reading only: whoever has done one deal with a family stands where whoever has done fifty does.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

SHORTEST_WORD = 4
SHORTEST_STEM = 5


class Sign(StrEnum):
    """How it is known that somebody knows."""

    DECLARED = "declared"
    DONE = "done"
    THANKED = "thanked"


class Field(StrEnum):
    """What somebody knows about."""

    CUSTOMER = "customer"
    CLAUSE = "clause"
    FAMILY = "family"
    SEGMENT = "segment"
    TOPIC = "topic"


# An answer that helped says more than what somebody says of themselves, or has merely been through.
WEIGHTS = {Sign.DECLARED: 2, Sign.DONE: 2, Sign.THANKED: 3}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is named; `count` says how many deals, or thanks."""

    sign: Sign
    field: Field
    value: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Sought:
    """What a question is about: the customer's reference and segment, the products' families, metrics, and words."""

    customer: str = ""
    segment: str = ""
    families: frozenset[str] = frozenset()
    clauses: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody to ask, with every reason that fits."""

    person_id: int
    reasons: tuple[Reason, ...]

    @property
    def strength(self) -> int:
        """How much fits: each way of knowing counts once for each thing known, however often it happened."""
        return sum(WEIGHTS[sign] for sign, _field in {(reason.sign, reason.field) for reason in self.reasons})


def whoever_knows(
    known: Mapping[int, Collection[Reason]],
    sought: Sought,
    *,
    names: Mapping[int, str],
    without: Collection[int] = (),
    most: int | None = None,
) -> list[Named]:
    """Return those for whom something fits: the most that fits first, then by name; only people who are in `names`."""
    found = []
    for person, reasons in known.items():
        fitting = tuple(sorted({one for one in reasons if fits(one, sought)}, key=_order))
        if fitting and person in names and person not in without:
            found.append(Named(person, fitting))
    found.sort(key=lambda one: (-one.strength, names[one.person_id].casefold(), one.person_id))
    return found[:most]


def _order(reason: Reason) -> tuple[int, int, str]:
    """Reasons are read in one order: what was thanked for, declared, done; customer, clause, family, segment, topic."""
    signs = (Sign.THANKED, Sign.DECLARED, Sign.DONE)
    return signs.index(reason.sign), list(Field).index(reason.field), reason.value


def fits(reason: Reason, sought: Sought) -> bool:
    """Say whether what is known is what is sought; a family covers those beneath it, as `network` does for switches."""
    value = reason.value
    match reason.field:
        case Field.CUSTOMER:
            return bool(value) and value == sought.customer
        case Field.SEGMENT:
            return bool(value) and value.casefold() == sought.segment.casefold()
        case Field.CLAUSE:
            return value in sought.clauses
        case Field.FAMILY:
            return any(family == value or family.startswith(f"{value}/") for family in sought.families)
    return any(_same_word(one, other) for one in words_of(value) for other in sought.words)


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text that say something, in small letters."""
    spelled = "".join(letter if letter.isalnum() else " " for letter in text.casefold())
    return frozenset(word for word in spelled.split() if len(word) >= SHORTEST_WORD)


def _same_word(one: str, other: str) -> bool:
    """Say whether two words are the same, or one only has another ending: tender, tenders."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= SHORTEST_STEM and long.startswith(short))


# --- kept with a question, so that it can be read later why somebody was asked ---


def as_document(reasons: Iterable[Reason]) -> str:
    """Return reasons as JSON."""
    return json.dumps([[one.sign, one.field, one.value, one.count] for one in reasons], separators=(",", ":"))


def from_document(document: str) -> tuple[Reason, ...]:
    """Return the reasons that `as_document` wrote."""
    return tuple(Reason(Sign(sign), Field(field), value, count) for sign, field, value, count in json.loads(document))
