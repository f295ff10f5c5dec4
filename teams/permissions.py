"""Who may do what: one table of predicates over plain values; what is not listed is denied."""

from journal.refusals import NotAllowed
from teams.learning_rules import answers_look_back, publishes, withdraws_precedent
from teams.reasons import SENTENCES
from teams.relations import (
    ADMINISTRATOR,
    AUDITOR,
    COACH,
    EXECUTIVE,
    LEAD,
    MEMBER,
    NOBODY,
    NOTHING,
    About,
    Answer,
    Person,
    Predicate,
)
from teams.relations import everybody as _everybody
from teams.relations import has as _has
from teams.relations import no as _no
from teams.relations import role_in_team as _role_in_team
from teams.relations import works_in_team as _works_in_team
from teams.relations import yes as _yes
from teams.seat_rules import confirms_substitute, ends_duty, ends_substitute, plans_duty, speaks_for

__all__ = [
    "ADMINISTRATOR",
    "AUDITOR",
    "COACH",
    "EXECUTIVE",
    "LEAD",
    "MEMBER",
    "NOBODY",
    "NOTHING",
    "PERMISSIONS",
    "About",
    "Answer",
    "Person",
    "may",
    "require",
]


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


# --- advice ---


def _talks(person: Person, about: About) -> Answer:
    """Whoever is of the deal's team or supports it, coaches included: those who see and advise."""
    if role := _role_in_team(person, about):
        return _yes(role)
    if about.supporting_team_ids & person.team_roles.keys():
        return _yes("supporting_team")
    return _no("not_with_the_team")


def _asks_advice(person: Person, about: About) -> Answer:
    """Members and the account lead ask; a coach may, too: asking is helping."""
    return _yes(COACH) if _role_in_team(person, about) == COACH else _works_in_team(person, about)


def _answers_advice(person: Person, about: About) -> Answer:
    return _yes("asked") if about.owner_id == person.user_id else _no("not_asked_for_advice")


def _thanks(person: Person, about: About) -> Answer:
    """The team that asked says thank you, but nobody to themselves."""
    if about.owner_id == person.user_id:
        return _no("own_advice")
    return _asks_advice(person, about)


def _sees_advice(person: Person, about: About) -> Answer:
    """Whoever was asked sees the question, and the deal only where it is theirs to see anyway."""
    return _answers_advice(person, about) or _sees_deal(person, about)


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


def _puts_off(person: Person, about: About) -> Answer:
    """ "Not now" to a wider mandate: the account lead of a team that holds it, or somebody who may grant it."""
    if LEAD in {person.team_roles.get(team_id) for team_id in about.holder_team_ids}:
        return _yes(LEAD)
    return _grants(person, about)


def _drafts_earned(person: Person, about: About) -> Answer:
    """What a record has earned is drafted by an administrator, or asked for by one of the team."""
    if {LEAD, MEMBER} & {person.team_roles.get(team_id) for team_id in about.holder_team_ids}:
        return _yes("member")
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


def _rates_cost(person: Person, about: About) -> Answer:
    """Whoever is of a team that shows margins as a rating to those who may not see them."""
    if not _role_in_team(person, about):
        return _no("not_in_team")
    return _yes("cost_rating") if about.cost_rating else _no("cost_hidden")


# --- replays ---


def _asks_replay(person: Person, about: About) -> Answer:
    """Whoever reads a mandate may ask what it would have answered."""
    return _yes("signed_in")


def _cancels_replay(person: Person, about: About) -> Answer:
    if about.owner_id == person.user_id:
        return _yes("asked_it")
    return _has(ADMINISTRATOR)(person, about)


# --- people and customers ---


def _confirms_change(person: Person, about: About) -> Answer:
    """A second administrator or executive, who neither proposed the change of a committee nor gains a right by it."""
    if about.owner_id == person.user_id:
        return _no("proposed_it")
    if person.user_id in about.seat_ids:
        return _no("gains_by_it")
    return _has(ADMINISTRATOR, EXECUTIVE)(person, about)


def _takes_back_change(person: Person, about: About) -> Answer:
    return _administers(person, about) if about.owner_id == person.user_id else _no("proposed_by_another")


def _hands_over(person: Person, about: About) -> Answer:
    """The contact passes the baton; the account lead or an administrator does so for someone who cannot."""
    if ADMINISTRATOR in person.roles:
        return _yes(ADMINISTRATOR)
    role = _role_in_team(person, about)
    if role == LEAD:
        return _yes(LEAD)
    return _yes("contact") if role == MEMBER and about.contact_id == person.user_id else _no("not_contact")


def _declares(person: Person, about: About) -> Answer:
    """What a person knows, that person says."""
    return _yes("owner") if about.owner_id == person.user_id else _no("not_yours_to_say")


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
    "consent.talk": _talks,
    "consent.nudge": _works_in_team,
    "objection.escalate": _works_in_team,
    "advice.ask": _asks_advice,
    "advice.answer": _answers_advice,
    "advice.thank": _thanks,
    "advice.see": _sees_advice,
    "case.see": _sees_deal,
    "case.vote": _votes,
    "case.request": _votes,
    "case.propose": _votes,
    "case.nudge": _works_in_team,
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
    "widening.put_off": _puts_off,
    "widening.draft": _drafts_earned,
    "charter.draft": _directs,
    "charter.propose": _directs,
    "charter.grant": _grants_charter,
    "charter.decline": _grants_charter,
    "cost.see": _sees_cost,
    "cost.rate": _rates_cost,
    "team.manage": _administers,
    "user.manage": _administers,
    "competence.declare": _declares,
    # a customer's segment and country choose the limits that judge its deals: no team sets them for itself
    "customer.manage": _administers,
    "customer.hand_over": _hands_over,
    "product.manage": _administers,
    "committee.manage": _administers,
    "committee.confirm": _confirms_change,
    "committee.take_back": _takes_back_change,
    "calendar.manage": _administers,
    "absence.set": speaks_for,
    "substitute.name": speaks_for,
    "substitute.confirm": confirms_substitute,
    "substitute.end": ends_substitute,
    "duty.plan": plans_duty,
    "duty.end": ends_duty,
    "organisation.manage": _administers,
    "budget.open": _administers,
    "import.run": _administers,
    "journal.read": _has(AUDITOR),
    "replay.ask": _asks_replay,
    "precedent.see": _everybody,
    "precedent.publish": publishes,
    "precedent.withdraw": withdraws_precedent,
    "lookback.see": _everybody,
    "lookback.plan": _works_in_team,
    "lookback.answer": answers_look_back,
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
