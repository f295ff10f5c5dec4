"""Who may do what: one table of predicates over plain values; what is not listed is denied."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from journal.refusals import NotAllowed
from teams.reasons import SENTENCES

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
    `owner_id` the owner of a token, who asked for a replay, an emergency or a point, who proposed or wrote something.
    """

    team_id: int | None = None
    cost_sight: str = "team"
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


def _yes(reason: str) -> Answer:
    return Answer(True, reason)


def _no(reason: str) -> Answer:
    return Answer(False, reason)


def _role_in_team(person: Person, about: About) -> str:
    return person.team_roles.get(about.team_id, "") if about.team_id is not None else ""


# --- who stands where ---


def _everybody(person: Person, about: About) -> Answer:
    return _yes("signed_in")


def _works_in_team(person: Person, about: About) -> Answer:
    """A member or the account lead; a coach advises and edits nothing."""
    role = _role_in_team(person, about)
    if role in (LEAD, MEMBER):
        return _yes(role)
    return _no("coach_only" if role == COACH else "not_in_team")


def _has(*roles: str) -> Predicate:
    def predicate(person: Person, about: About) -> Answer:
        held = next((role for role in roles if role in person.roles), None)
        return _yes(held) if held else _no("role_missing")

    return predicate


# --- deals ---


def _sees_deal(person: Person, about: About) -> Answer:
    if _role_in_team(person, about):
        return _yes("team")
    if about.supporting_team_ids & person.team_roles.keys():
        return _yes("supporting_team")
    if about.committee_ids & person.committees or person.user_id in about.stand_ins:
        return _yes("committee")
    return _yes("auditor") if AUDITOR in person.roles else _no("not_yours_to_see")


def _creates_deal(person: Person, about: About) -> Answer:
    if about.team_id is not None:
        return _works_in_team(person, about)
    works = any(role in (LEAD, MEMBER) for role in person.team_roles.values())
    return _yes("member") if works else _no("not_in_team")


def _reopens_deal(person: Person, about: About) -> Answer:
    if about.result_by_id == person.user_id:
        return _no("own_result")
    return _works_in_team(person, about)


def _not_a_party(person: Person, about: About) -> Answer:
    """The contact and everybody who edited or submitted a deal are parties to it."""
    if about.contact_id == person.user_id:
        return _no("is_contact")
    return _no("edited_it") if person.user_id in about.editor_ids else _yes("no_party")


def _consents(person: Person, about: About) -> Answer:
    if person.user_id not in about.seat_ids:
        return _no("not_asked")
    return _not_a_party(person, about) and _works_in_team(person, about)


def _votes(person: Person, about: About) -> Answer:
    if person.user_id not in about.elector_ids:
        return _no("not_in_electorate")
    if about.passed_to_id not in (None, person.user_id):
        return _no("passed_on")
    if (member := about.stand_ins.get(person.user_id)) is not None:
        if member in {about.contact_id, *about.editor_ids}:
            return _no("stands_in_for_party")
    elif not about.committee_ids & person.committees:
        return _no("left_committee")
    if person.user_id in about.recused_ids:
        return _no("recused")
    apart = _not_a_party(person, about)
    return _no("right_lost") if apart and person.user_id in about.lost_ids else apart


def _takes_back(person: Person, about: About) -> Answer:
    """What a committee member asked or proposed, by that member; the chair does so for someone who cannot."""
    if about.owner_id == person.user_id:
        return _yes("asked_it")
    if about.committee_ids & person.chairs:
        return _not_a_party(person, about)
    return _no("asked_by_another")


def _comments(person: Person, about: About) -> Answer:
    """Everybody who works on a deal or decides on it; an auditor reads."""
    answer = _sees_deal(person, about)
    return _no("reads_only") if answer.reason == "auditor" else answer


def _takes_back_comment(person: Person, about: About) -> Answer:
    return _yes("wrote_it") if about.owner_id == person.user_id else _no("written_by_another")


def _revokes_approval(person: Person, about: About) -> Answer:
    if not about.committee_ids & person.committees:
        return _no("not_on_committee")
    return _not_a_party(person, about)


# --- absence ---


def _speaks_for(person: Person, about: About) -> Answer:
    """Whoever is away says so, or the chair of a committee on which they sit."""
    if about.owner_id == person.user_id:
        return _yes("own")
    return _yes("chair") if about.committee_ids & person.chairs else _no("not_chair")


def _confirms_substitute(person: Person, about: About) -> Answer:
    """A third person: the chair for the committee, or an administrator, such as where the chair is away."""
    if person.user_id in {about.owner_id, *about.seat_ids}:
        return _no("own_substitute")
    if about.committee_ids & person.chairs:
        return _yes("chair")
    return _has(ADMINISTRATOR)(person, about)


def _ends_substitute(person: Person, about: About) -> Answer:
    if person.user_id in {about.owner_id, *about.seat_ids} or about.committee_ids & person.chairs:
        return _yes("own")
    return _has(ADMINISTRATOR)(person, about)


# --- authority ---


def _grants(person: Person, about: About) -> Answer:
    """A grantor is an administrator or executive who neither drafted the version nor belongs to a holding team."""
    if person.user_id in about.drafter_ids:
        return _no("drafted_it")
    if about.holder_team_ids & person.team_roles.keys():
        return _no("holds_it")
    return _has(ADMINISTRATOR, EXECUTIVE)(person, about)


def _confirms_emergency(person: Person, about: About) -> Answer:
    """An emergency takes two people: whoever asked for it does not confirm it."""
    if about.owner_id == person.user_id:
        return _no("asked_for_it")
    return _has(ADMINISTRATOR, EXECUTIVE)(person, about)


def _drafts(person: Person, about: About) -> Answer:
    """An administrator, or whoever asked for the team's own mandate while still one of the team."""
    if person.user_id in about.drafter_ids and any(
        person.team_roles.get(team_id) in (LEAD, MEMBER) for team_id in about.holder_team_ids
    ):
        return _yes("asked_for_it")
    return _has(ADMINISTRATOR)(person, about)


def _grants_charter(person: Person, about: About) -> Answer:
    if person.user_id in about.drafter_ids:
        return _no("drafted_it")
    return _has(EXECUTIVE)(person, about)


def _sees_cost(person: Person, about: About) -> Answer:
    """By the team's own setting; committees asked and those who answer for the whole see it always."""
    if about.committee_ids & person.committees or person.user_id in about.stand_ins:
        return _yes("committee")
    if held := person.roles & {ADMINISTRATOR, EXECUTIVE, AUDITOR}:
        return _yes(min(held))
    role = _role_in_team(person, about)
    if not role:
        return _no("not_in_team")
    if about.cost_sight == "team" or (about.cost_sight == "lead" and role == LEAD):
        return _yes("cost_sight")
    return _no("cost_hidden")


# --- replays ---


def _asks_replay(person: Person, about: About) -> Answer:
    """Whoever reads a mandate may ask what it would have answered."""
    return _yes("signed_in")


def _cancels_replay(person: Person, about: About) -> Answer:
    if about.owner_id == person.user_id:
        return _yes("asked_it")
    return _has(ADMINISTRATOR)(person, about)


# --- people and customers ---


def _hands_over(person: Person, about: About) -> Answer:
    """The contact passes the baton; the account lead or an administrator does so for someone who cannot."""
    if ADMINISTRATOR in person.roles:
        return _yes(ADMINISTRATOR)
    role = _role_in_team(person, about)
    if role == LEAD:
        return _yes(LEAD)
    return _yes("contact") if role == MEMBER and about.contact_id == person.user_id else _no("not_contact")


def _manages_token(person: Person, about: About) -> Answer:
    if about.owner_id == person.user_id:
        return _yes("owner")
    return _has(ADMINISTRATOR)(person, about)


_administers = _has(ADMINISTRATOR)
_directs = _has(ADMINISTRATOR, EXECUTIVE)

PERMISSIONS: dict[str, Predicate] = {
    "deal.create": _creates_deal,
    "deal.see": _sees_deal,
    "deal.edit": _works_in_team,
    "deal.submit": _works_in_team,
    "deal.withdraw": _works_in_team,
    "deal.close": _works_in_team,
    "deal.reopen": _reopens_deal,
    "deal.copy": _works_in_team,
    "deal.support": _works_in_team,
    "consent.give": _consents,
    "consent.reply": _works_in_team,
    "objection.escalate": _works_in_team,
    "case.see": _sees_deal,
    "case.vote": _votes,
    "case.request": _votes,
    "case.propose": _votes,
    "request.take_back": _takes_back,
    "point.answer": _works_in_team,
    "counter.vote": _votes,
    "counter.take_back": _takes_back,
    "counter.accept": _works_in_team,
    "counter.go_on": _works_in_team,
    "comment.write": _comments,
    "comment.take_back": _takes_back_comment,
    "case.recuse": _votes,
    "approval.revoke": _revokes_approval,
    "mandate.see": _everybody,
    "mandate.ask": _works_in_team,
    "mandate.draft": _drafts,
    "mandate.propose": _drafts,
    "mandate.grant": _grants,
    "mandate.decline": _grants,
    "mandate.counter": _grants,
    "mandate.accept": _works_in_team,
    "mandate.revoke": _directs,
    "mandate.confirm_emergency": _confirms_emergency,
    "mandate.suspend": _directs,
    # resuming gives authority back, so it is a grantor's to do
    "mandate.resume": _grants,
    "charter.draft": _directs,
    "charter.propose": _directs,
    "charter.grant": _grants_charter,
    "charter.decline": _grants_charter,
    "cost.see": _sees_cost,
    "team.manage": _administers,
    "user.manage": _administers,
    # a customer's segment and country choose the limits that judge its deals: no team sets them for itself
    "customer.manage": _administers,
    "customer.hand_over": _hands_over,
    "product.manage": _administers,
    "committee.manage": _administers,
    "calendar.manage": _administers,
    "absence.set": _speaks_for,
    "substitute.name": _speaks_for,
    "substitute.confirm": _confirms_substitute,
    "substitute.end": _ends_substitute,
    "organisation.manage": _administers,
    "import.run": _administers,
    "journal.read": _has(AUDITOR),
    "replay.ask": _asks_replay,
    "replay.cancel": _cancels_replay,
    "token.manage": _manages_token,
}


def may(permission: str, person: Person, about: About = NOTHING) -> Answer:
    """Say whether `person` may do this, and why; operators and unlisted permissions are denied."""
    predicate = PERMISSIONS.get(permission)
    if predicate is None:
        return _no("unlisted")
    if not person.user_id:
        return _no("not_signed_in")
    if person.is_operator and predicate is not _everybody:
        return _no("operator")
    return predicate(person, about)


def require(permission: str, person: Person, about: About = NOTHING) -> None:
    """Raises: NotAllowed with the code `not_allowed_<reason>` unless `may` says yes."""
    answer = may(permission, person, about)
    if not answer:
        raise NotAllowed(f"not_allowed_{answer.reason}", SENTENCES[answer.reason])
