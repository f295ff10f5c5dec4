"""The plain values that the permission table reads: a person, what a question is about, and how the two relate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

LEAD, MEMBER, COACH = "lead", "member", "coach"
ADMINISTRATOR, EXECUTIVE, AUDITOR = "mandate_administrator", "executive", "auditor"


@dataclass(frozen=True, slots=True)
class Person:
    """A person's standing on one day. `team_roles` maps a team's id to `lead`, `member` or `coach`."""

    user_id: int
    name: str = ""
    is_operator: bool = False
    roles: frozenset[str] = frozenset()
    team_roles: Mapping[int, str] = field(default_factory=dict)
    deciding_teams: frozenset[int] = frozenset()
    committees: frozenset[int] = frozenset()
    chairs: frozenset[int] = frozenset()


NOBODY = Person(user_id=0)


@dataclass(frozen=True, slots=True)
class About:
    """What a question of permission is about; what does not apply stays empty.

    `team_id` is the deal's or the customer's team, `committee_ids` are the committees asked, `seat_ids` and
    `elector_ids` the people asked for consent or a vote (`lost_ids` lost that right, `recused_ids` stepped back),
    `drafter_ids` everybody who wrote a part of the version, `holder_team_ids` the teams that hold the mandate,
    `owner_id` the owner of a token or competence, who asked for a replay, an emergency or a point, who proposed or
    wrote something, who is asked for advice.
    """

    team_id: int | None = None
    cost_sight: str = "team"
    cost_rating: bool = False
    supporting_team_ids: frozenset[int] = frozenset()
    committee_ids: frozenset[int] = frozenset()
    contact_id: int | None = None
    editor_ids: frozenset[int] = frozenset()
    elector_ids: frozenset[int] = frozenset()
    lost_ids: frozenset[int] = frozenset()
    stand_ins: Mapping[int, int] = field(default_factory=dict)
    passed_to_id: int | None = None
    recused_ids: frozenset[int] = frozenset()
    seat_ids: frozenset[int] = frozenset()
    drafter_ids: frozenset[int] = frozenset()
    holder_team_ids: frozenset[int] = frozenset()
    result_by_id: int | None = None
    owner_id: int | None = None


NOTHING = About()


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no, and the stable code of the reason."""

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed


Predicate = Callable[[Person, About], Answer]


def yes(reason: str) -> Answer:
    return Answer(True, reason)


def no(reason: str) -> Answer:
    return Answer(False, reason)


def role_in_team(person: Person, about: About) -> str:
    return person.team_roles.get(about.team_id, "") if about.team_id is not None else ""


# --- who stands where ---


def everybody(person: Person, about: About) -> Answer:
    return yes("signed_in")


def works_in_team(person: Person, about: About) -> Answer:
    """A member or the account lead; a coach advises and edits nothing."""
    role = role_in_team(person, about)
    if role in (LEAD, MEMBER):
        return yes(role)
    return no("coach_only" if role == COACH else "not_in_team")


def has(*roles: str) -> Predicate:
    def predicate(person: Person, about: About) -> Answer:
        held = next((role for role in roles if role in person.roles), None)
        return yes(held) if held else no("role_missing")

    return predicate
