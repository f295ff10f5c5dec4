"""The permission table: every permission against every relation, so that an unlisted pair fails here."""

import pytest

from journal.refusals import NotAllowed
from teams.permissions import NOBODY, PERMISSIONS, About, Person, may, require
from teams.reasons import SENTENCES

ME, OTHER = 1, 2
OURS, THEIRS = 10, 20
ASKED, NOT_ASKED = 100, 200

PEOPLE: dict[str, Person] = {
    "nobody": NOBODY,
    "stranger": Person(ME),
    "operator": Person(
        ME,
        is_operator=True,
        roles=frozenset({"mandate_administrator", "executive", "auditor"}),
        team_roles={OURS: "lead"},
        committees=frozenset({ASKED}),
    ),
    "member": Person(ME, team_roles={OURS: "member"}),
    "lead": Person(ME, team_roles={OURS: "lead"}),
    "coach": Person(ME, team_roles={OURS: "coach"}),
    "member elsewhere": Person(ME, team_roles={99: "lead"}),
    "supporter": Person(ME, team_roles={THEIRS: "member"}),
    "committee": Person(ME, committees=frozenset({ASKED})),
    "other committee": Person(ME, committees=frozenset({NOT_ASKED}), chairs=frozenset({NOT_ASKED})),
    "administrator": Person(ME, roles=frozenset({"mandate_administrator"})),
    "executive": Person(ME, roles=frozenset({"executive"})),
    "auditor": Person(ME, roles=frozenset({"auditor"})),
}

DEAL = About(
    team_id=OURS,
    supporting_team_ids=frozenset({THEIRS}),
    committee_ids=frozenset({ASKED}),
    contact_id=OTHER,
    editor_ids=frozenset({OTHER}),
    elector_ids=frozenset({ME, 3}),
    seat_ids=frozenset({ME, 3}),
    drafter_ids=frozenset({OTHER}),
    holder_team_ids=frozenset({OURS}),
    result_by_id=OTHER,
    owner_id=OTHER,
)

WORKERS = {"member", "lead"}
SEEING = {"member", "lead", "coach", "supporter", "committee", "auditor"}
GRANTORS = {"administrator", "executive"}
ALLOWED: dict[str, set[str]] = {
    "deal.create": WORKERS,
    "deal.see": SEEING,
    "deal.edit": WORKERS,
    "deal.submit": WORKERS,
    "deal.withdraw": WORKERS,
    "deal.close": WORKERS,
    "deal.reopen": WORKERS,
    "deal.copy": WORKERS,
    "deal.support": WORKERS,
    "consent.give": WORKERS,
    "consent.reply": WORKERS,
    "consent.talk": {"member", "lead", "coach", "supporter"},
    "advice.ask": {"member", "lead", "coach"},
    "advice.answer": set(),
    "advice.thank": {"member", "lead", "coach"},
    "advice.see": SEEING,
    "objection.escalate": WORKERS,
    "consent.nudge": WORKERS,
    "case.nudge": WORKERS,
    "case.see": SEEING,
    "case.vote": {"committee"},
    "case.request": {"committee"},
    "case.propose": {"committee"},
    "request.take_back": set(),
    "point.answer": WORKERS,
    "counter.vote": {"committee"},
    "counter.take_back": set(),
    "counter.accept": WORKERS,
    "counter.go_on": WORKERS,
    "comment.write": SEEING - {"auditor"},
    "comment.take_back": set(),
    "case.recuse": {"committee"},
    "approval.revoke": {"committee"},
    "mandate.see": set(PEOPLE) - {"nobody"},
    "mandate.ask": WORKERS,
    "mandate.draft": {"administrator"},
    "mandate.propose": {"administrator"},
    "mandate.grant": GRANTORS,
    "mandate.decline": GRANTORS,
    "mandate.counter": GRANTORS,
    "mandate.accept": WORKERS,
    "mandate.revoke": GRANTORS,
    "mandate.confirm_emergency": GRANTORS,
    "mandate.suspend": GRANTORS,
    "mandate.resume": GRANTORS,
    "widening.put_off": GRANTORS | {"lead"},
    "widening.draft": WORKERS | {"administrator"},
    "charter.draft": GRANTORS,
    "charter.propose": GRANTORS,
    "charter.grant": {"executive"},
    "charter.decline": {"executive"},
    "cost.rate": set(),
    "precedent.see": set(PEOPLE) - {"nobody"},
    "precedent.publish": {"committee", "lead"},
    "precedent.withdraw": {"lead"},
    "lookback.see": set(PEOPLE) - {"nobody"},
    "lookback.plan": WORKERS,
    "lookback.answer": {"lead"},
    "cost.see": {"member", "lead", "coach", "committee", "administrator", "executive", "auditor"},
    "team.manage": {"administrator"},
    "user.manage": {"administrator"},
    "competence.declare": set(),
    "customer.manage": {"administrator"},
    "customer.hand_over": {"lead", "administrator"},
    "product.manage": {"administrator"},
    "committee.manage": {"administrator"},
    "committee.confirm": set(),  # the person of this table gains by it
    "committee.take_back": set(),
    "calendar.manage": {"administrator"},
    "absence.set": set(),
    "substitute.name": set(),
    "substitute.confirm": set(),
    "substitute.end": set(PEOPLE) - {"nobody", "operator"},
    "duty.plan": {"administrator"},
    "duty.end": {"administrator"},
    "organisation.manage": {"administrator"},
    "budget.open": {"administrator"},
    "import.run": {"administrator"},
    "journal.read": {"auditor"},
    "replay.ask": set(PEOPLE) - {"nobody", "operator"},
    "replay.cancel": {"administrator"},
    "token.manage": {"administrator"},
}


def test_table_of_this_test_names_every_permission() -> None:
    assert set(ALLOWED) == set(PERMISSIONS)


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
@pytest.mark.parametrize("who", sorted(PEOPLE))
def test_may_for_every_permission_and_relation_answers_as_the_table_says(permission: str, who: str) -> None:
    answer = may(permission, PEOPLE[who], DEAL)
    assert answer.allowed is (who in ALLOWED[permission])
    assert answer.reason
    assert answer.allowed or answer.reason in SENTENCES


def with_(**changes: object) -> About:
    values = {name: getattr(DEAL, name) for name in DEAL.__dataclass_fields__} | changes
    return About(**values)  # type: ignore[arg-type]


MINE = frozenset({ME})
OTHERS = frozenset({OTHER})
REASONS = [
    # permission, who, about, allowed, reason
    ("consent.give", "member", with_(contact_id=ME), False, "is_contact"),
    ("consent.give", "member", with_(editor_ids=MINE), False, "edited_it"),
    ("consent.give", "member", with_(seat_ids=OTHERS), False, "not_asked"),
    ("consent.give", "coach", DEAL, False, "coach_only"),
    ("consent.give", "member elsewhere", DEAL, False, "not_in_team"),
    ("case.vote", "committee", with_(contact_id=ME), False, "is_contact"),
    ("case.vote", "committee", with_(editor_ids=MINE), False, "edited_it"),
    ("case.vote", "committee", with_(elector_ids=OTHERS), False, "not_in_electorate"),
    ("case.vote", "other committee", DEAL, False, "left_committee"),
    ("case.vote", "committee", with_(lost_ids=MINE), False, "right_lost"),
    ("committee.confirm", "administrator", with_(owner_id=ME), False, "proposed_it"),
    ("committee.confirm", "administrator", with_(seat_ids=OTHERS), True, "mandate_administrator"),
    ("committee.confirm", "executive", with_(seat_ids=OTHERS), True, "executive"),
    ("committee.confirm", "executive", with_(owner_id=NOT_ASKED, seat_ids=MINE), False, "gains_by_it"),
    ("committee.take_back", "administrator", with_(owner_id=ME), True, "mandate_administrator"),
    ("committee.take_back", "executive", with_(owner_id=ME), False, "role_missing"),
    ("case.vote", "committee", with_(recused_ids=MINE), False, "recused"),
    ("case.recuse", "committee", with_(recused_ids=MINE), False, "recused"),
    ("case.recuse", "committee", with_(contact_id=ME), False, "is_contact"),
    ("approval.revoke", "committee", with_(editor_ids=MINE), False, "edited_it"),
    ("approval.revoke", "other committee", DEAL, False, "not_on_committee"),
    ("mandate.grant", "administrator", with_(drafter_ids=frozenset({ME})), False, "drafted_it"),
    ("mandate.resume", "executive", with_(drafter_ids=frozenset({ME})), False, "drafted_it"),
    ("charter.grant", "executive", with_(drafter_ids=frozenset({ME})), False, "drafted_it"),
    ("case.propose", "committee", with_(editor_ids=MINE), False, "edited_it"),
    ("case.request", "other committee", DEAL, False, "left_committee"),
    ("counter.vote", "committee", with_(contact_id=ME), False, "is_contact"),
    ("counter.accept", "coach", DEAL, False, "coach_only"),
    ("request.take_back", "committee", with_(owner_id=ME), True, "asked_it"),
    ("request.take_back", "committee", DEAL, False, "asked_by_another"),
    ("counter.take_back", "other committee", with_(committee_ids=frozenset({NOT_ASKED})), True, "no_party"),
    ("comment.write", "auditor", DEAL, False, "reads_only"),
    ("comment.take_back", "member", with_(owner_id=ME), True, "wrote_it"),
    ("comment.take_back", "lead", DEAL, False, "written_by_another"),
    ("advice.answer", "stranger", with_(owner_id=ME), True, "asked"),
    ("advice.answer", "operator", with_(owner_id=ME), False, "operator"),
    ("advice.see", "stranger", with_(owner_id=ME), True, "asked"),
    ("advice.thank", "member", with_(owner_id=ME), False, "own_advice"),
    ("competence.declare", "stranger", with_(owner_id=ME), True, "owner"),
    ("consent.talk", "auditor", DEAL, False, "not_with_the_team"),
    ("deal.reopen", "lead", with_(result_by_id=ME), False, "own_result"),
    ("cost.see", "member", with_(cost_sight="lead"), False, "cost_hidden"),
    ("cost.see", "coach", with_(cost_sight="lead"), False, "cost_hidden"),
    ("cost.see", "lead", with_(cost_sight="lead"), True, "cost_sight"),
    ("cost.see", "lead", with_(cost_sight="nobody"), False, "cost_hidden"),
    ("cost.see", "supporter", DEAL, False, "not_in_team"),
    ("precedent.publish", "other committee", DEAL, False, "not_yours_to_publish"),
    ("precedent.withdraw", "stranger", with_(owner_id=ME), True, "published_it"),
    ("precedent.withdraw", "other committee", with_(committee_ids=frozenset({NOT_ASKED})), True, "chair"),
    ("precedent.withdraw", "committee", DEAL, False, "published_by_another"),
    ("lookback.answer", "member", with_(contact_id=ME), True, "took_part"),
    ("lookback.answer", "member", with_(editor_ids=frozenset({ME})), True, "took_part"),
    ("lookback.answer", "member", DEAL, False, "took_no_part"),
    ("lookback.answer", "coach", with_(contact_id=ME), False, "coach_only"),
    ("cost.rate", "member", with_(cost_rating=True), True, "cost_rating"),
    ("cost.rate", "coach", with_(cost_rating=True), True, "cost_rating"),
    ("cost.rate", "member", DEAL, False, "cost_hidden"),
    ("cost.rate", "supporter", with_(cost_rating=True), False, "not_in_team"),
    ("cost.see", "committee", with_(cost_sight="nobody"), True, "committee"),
    ("customer.hand_over", "member", with_(contact_id=ME), True, "contact"),
    ("customer.hand_over", "member elsewhere", with_(contact_id=ME), False, "not_contact"),
    ("token.manage", "stranger", with_(owner_id=ME), True, "owner"),
    ("deal.see", "operator", DEAL, False, "operator"),
    ("deal.see", "nobody", DEAL, False, "not_signed_in"),
    ("deal.shred", "lead", DEAL, False, "unlisted"),
    ("deal.create", "member", About(), True, "member"),
    ("deal.create", "coach", About(), False, "not_in_team"),
]


@pytest.mark.parametrize(("permission", "who", "about", "allowed", "reason"), REASONS)
def test_may_in_a_special_case_says_why(permission: str, who: str, about: About, allowed: bool, reason: str) -> None:
    answer = may(permission, PEOPLE[who], about)
    assert (answer.allowed, answer.reason) == (allowed, reason)


def test_grant_by_an_administrator_of_a_holding_team_is_denied() -> None:
    person = Person(ME, roles=frozenset({"mandate_administrator"}), team_roles={OURS: "coach"})
    assert may("mandate.grant", person, DEAL).reason == "holds_it"


def test_require_what_is_denied_raises_not_allowed_with_the_reason() -> None:
    with pytest.raises(NotAllowed) as refused:
        require("deal.edit", PEOPLE["coach"], DEAL)
    assert refused.value.code == "not_allowed_coach_only"


def test_whoever_asks_for_an_emergency_or_drafts_for_a_team_is_told_apart() -> None:
    """Seen to fail: with the owner not asked; with any team's drafter taken for one of the holding team."""
    asked = About(owner_id=ME, holder_team_ids=frozenset({OURS}), drafter_ids=frozenset({ME}))
    assert may("mandate.confirm_emergency", PEOPLE["executive"], asked).reason == "asked_for_it"
    assert may("mandate.draft", PEOPLE["member"], asked).allowed
    assert not may("mandate.draft", PEOPLE["coach"], asked)
    assert not may("mandate.draft", PEOPLE["member elsewhere"], asked)
    assert not may("mandate.grant", PEOPLE["executive"], asked)
