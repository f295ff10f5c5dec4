"""A mandate's life: row, event and outbox of each action, four eyes, and what a refusal leaves behind."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from journal import record as recording
from journal.models import Event, Message
from journal.refusals import Conflict, Invalid, NotAllowed, Refusal
from mandates.actions import (
    decline,
    draft_mandate,
    edit_draft,
    grant,
    propose,
    resume,
    revoke,
    suspend,
    take_back,
)
from mandates.checking import findings_of
from mandates.documents import document_of
from mandates.drafters import aims_of
from mandates.models import Budget, Mandate, MandateVersion, VersionPeriod, VersionState
from mandates.snapshots import authority
from mandates.ticking import settle_due
from teams.models import Membership, Organisation
from tests.factories import World, public_document

RETAIL: dict[str, Any] = {
    "currency": "EUR",
    "valid_from": "2026-01-01",
    "valid_until": "2027-12-31",
    "committee": "deal-desk",
    "limits": [{"metric": "line_discount", "member": "5", "team": "10"}],
}


def drafted(world: World, **changes: Any) -> MandateVersion:
    options: dict[str, Any] = {
        "by": world.nora,
        "at": world.at,
        "code": "retail-2026",
        "name": "Retail",
        "document": RETAIL,
        "teams": [world.teams["retail"]],
        "note": "Retail may decide small things itself.",
    }
    return draft_mandate(**(options | changes))


def proposed(world: World, **changes: Any) -> MandateVersion:
    return propose(version=drafted(world, **changes), by=world.nora, at=world.at)


def granted(world: World, **changes: Any) -> MandateVersion:
    return grant(version=proposed(world, **changes), by=world.olivier, at=world.at)


def next_version(world: World, **changes: Any) -> MandateVersion:
    """The next version of the public mandate, proposed."""
    options: dict[str, Any] = {"code": "public-2026", "document": public_document(2026), "note": "Wider."}
    options["teams"] = [world.teams["public"]]
    return proposed(world, **(options | changes))


def code_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.code


def judging(world: World, team: str, at: datetime) -> list[tuple[str, int]]:
    versions = authority(team=world.teams[team], at=at).versions
    return [(version.mandate.code, version.number) for version in versions]


# --- drafting ---


def test_draft_mandate_that_is_new_writes_row_holders_and_event(world: World) -> None:
    version = drafted(world)
    assert (version.number, version.state, version.drafted_by) == (1, "draft", world.nora)
    document = document_of(version)
    assert (document["code"], document["version"]) == ("retail-2026", 1)
    assert [holder.team.code for holder in version.holders.all()] == ["retail"]
    assert version.valid_until == date(2027, 12, 31)
    event = Event.objects.get()
    assert (event.verb, event.subject_id, event.actor_id) == ("mandate.drafted", "retail-2026", world.nora.pk)
    assert judging(world, "retail", world.at) == []


def test_draft_mandate_without_a_document_copies_the_version_in_force(world: World) -> None:
    version = draft_mandate(by=world.nora, at=world.at, code="public-2026")
    assert version.number == 2
    assert document_of(version) == document_of(world.mandates["public-2026"]) | {"version": 2}
    assert [holder.team.code for holder in version.holders.all()] == ["public"]


def test_draft_mandate_twice_is_refused(world: World) -> None:
    drafted(world)
    with pytest.raises(Conflict) as refused:
        drafted(world)
    assert code_of(refused) == "draft_exists"
    assert MandateVersion.objects.filter(mandate__code="retail-2026").count() == 1


@pytest.mark.parametrize("who", ["bram", "olivier", "petra", "quinten", "ines"])
def test_draft_mandate_by_somebody_else_than_an_administrator_is_refused(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        drafted(world, by=world.people[who])
    assert not Mandate.objects.filter(code="retail-2026").exists()


@pytest.mark.parametrize("code", ["No Code", "", "new", "import"])
def test_draft_mandate_with_a_code_that_is_none_is_refused(world: World, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        drafted(world, code=code)
    assert refused.value.path == "code"


def test_draft_mandate_keeps_no_use_of_budgets(world: World) -> None:
    rows = [{"per": "team", "period": "month", "amount": "10", "used": "5"}]
    assert document_of(drafted(world, document=RETAIL | {"budgets": rows}))["budgets"] == [
        {"per": "team", "period": "month", "amount": "10"}
    ]


def edit(world: World, version: MandateVersion, **changes: Any) -> MandateVersion:
    options: dict[str, Any] = {
        "version": version,
        "by": world.nora,
        "at": world.at,
        "edition": version.edition,
        "document": RETAIL | {"consents": 3},
        "teams": [world.teams["retail"], world.teams["industry"]],
        "note": "Two teams.",
        "goal": "Answer at the counter.",
    }
    return edit_draft(**(options | changes))


def test_edit_draft_replaces_document_and_holders(world: World) -> None:
    version = edit(world, drafted(world))
    assert (version.edition, document_of(version)["consents"], version.note) == (2, 3, "Two teams.")
    assert version.holders.count() == 2
    assert aims_of(version).goal == "Answer at the counter."
    assert Event.objects.order_by("-sequence")[0].verb == "mandate.edited"


def test_edit_draft_without_a_change_writes_nothing(world: World) -> None:
    version = edit(world, drafted(world))
    assert edit(world, version).edition == version.edition
    assert Event.objects.filter(verb="mandate.edited").count() == 1


def test_edit_draft_from_an_older_edition_is_refused(world: World) -> None:
    version = drafted(world)
    edit(world, version)
    with pytest.raises(Conflict) as refused:
        edit(world, version)
    assert code_of(refused) == "stale_edition"


def test_edit_draft_by_another_administrator_is_refused(world: World) -> None:
    """Whoever edits a version drafts it; two drafters could otherwise grant each other's words."""
    with pytest.raises(NotAllowed) as refused:
        edit(world, drafted(world), by=world.noud)
    assert code_of(refused) == "not_allowed_not_drafter"


def test_edit_draft_that_was_proposed_is_refused(world: World) -> None:
    with pytest.raises(Conflict) as refused:
        edit(world, proposed(world), edition=None)
    assert code_of(refused) == "illegal_move"


def test_edit_draft_with_a_float_is_refused(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        edit(world, drafted(world), document=RETAIL | {"capital_rate": 8.5})
    assert code_of(refused) == "not_exact"


# --- proposing ---


def test_propose_tells_those_who_may_grant(world: World) -> None:
    version = proposed(world)
    assert (version.state, version.proposed_by, version.proposed_at) == ("proposed", world.nora, world.at)
    told = set(Message.objects.filter(event__verb="mandate.proposed").values_list("recipient_id", flat=True))
    assert told == {world.noud.pk, world.olivier.pk, world.oda.pk}


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"document": RETAIL | {"limits": []}}, "discount_unbounded", "limits"),
        ({"document": RETAIL | {"committee": "nobody"}}, "unknown_committee", "committee"),
        (
            {"document": RETAIL | {"limits": [RETAIL["limits"][0] | {"committee": "nobody"}]}},
            "unknown_committee",
            "limits[0].committee",
        ),
        (
            {"document": RETAIL | {"budgets": [{"per": "team", "period": "year", "amount": "1"}] * 2}},
            "budget_twice",
            "budgets[1].period",
        ),
        ({"teams": []}, "no_team", "teams"),
        ({"note": " "}, "no_note", "note"),
    ],
)
def test_propose_of_an_incomplete_draft_is_refused(world: World, changes: Any, code: str, path: str) -> None:
    version = drafted(world, **changes)
    with pytest.raises(Invalid) as refused:
        propose(version=version, by=world.nora, at=world.at)
    assert (code_of(refused), refused.value.path) == (code, path)


def test_propose_beyond_the_charter_needs_a_confirmation(world: World) -> None:
    limits = [{"metric": "line_discount", "member": "5", "team": "50"}]
    version = drafted(world, document=RETAIL | {"limits": limits})
    with pytest.raises(Conflict) as refused:
        propose(version=version, by=world.nora, at=world.at)
    assert code_of(refused) == "unconfirmed"
    keys = [finding.key for finding in findings_of(version, world.at)]
    assert propose(version=version, by=world.nora, at=world.at, confirmed=keys).state == "proposed"


def test_propose_in_another_currency_than_the_budgets_kept_is_refused(world: World) -> None:
    Budget.objects.create(
        mandate=world.mandates["public-2026"].mandate,
        per="team",
        team=world.teams["public"],
        period="quarter",
        starts_on=date(2026, 10, 1),
        ends_on=date(2026, 12, 31),
        currency="EUR",
        amount=1,
    )
    version = drafted(world, code="public-2026", document=public_document(2026, currency="USD"))
    with pytest.raises(Invalid) as refused:
        propose(version=version, by=world.nora, at=world.at)
    assert (code_of(refused), refused.value.path) == ("currency_kept", "currency")


def test_take_back_of_a_proposed_version_makes_room_for_another_draft(world: World) -> None:
    version = take_back(version=proposed(world), by=world.nora, at=world.at)
    assert (version.state, version.answered_by) == ("declined", None)
    assert drafted(world).number == 2


# --- granting ---


def test_grant_puts_the_version_in_force_now_and_tells_the_team(world: World) -> None:
    version = granted(world)
    assert (version.state, version.answered_by) == ("granted", world.olivier)
    assert judging(world, "retail", world.at) == [("retail-2026", 1)]
    assert judging(world, "retail", datetime(2027, 12, 31, 22, 59, tzinfo=UTC)) == [("retail-2026", 1)]
    assert judging(world, "retail", datetime(2027, 12, 31, 23, 0, tzinfo=UTC)) == []
    told = set(Message.objects.filter(event__verb="mandate.granted").values_list("recipient_id", flat=True))
    assert told == {world.nora.pk, world.sofie.pk, world.tom.pk}


@pytest.mark.parametrize("who", ["nora", "bram", "petra", "quinten"])
def test_grant_by_its_drafter_or_without_the_role_is_refused(world: World, who: str) -> None:
    version = proposed(world)
    with pytest.raises(NotAllowed):
        grant(version=version, by=world.people[who], at=world.at)
    assert judging(world, "retail", world.at) == []


def test_grant_by_somebody_of_a_holding_team_is_refused(world: World) -> None:
    Membership.objects.create(team=world.teams["retail"], user=world.olivier, role="coach", started_on=date(2026, 1, 1))
    with pytest.raises(NotAllowed) as refused:
        granted(world)
    assert code_of(refused) == "not_allowed_holds_it"


def test_grant_supersedes_the_version_in_force(world: World) -> None:
    first = world.mandates["public-2026"]
    second = grant(version=next_version(world), by=world.olivier, at=world.at)
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "granted")
    assert judging(world, "public", world.at) == [("public-2026", 2)]
    assert judging(world, "public", world.at - timedelta(seconds=1)) == [("public-2026", 1)]
    verbs = list(Event.objects.order_by("sequence").values_list("verb", flat=True))
    assert verbs[-2:] == ["mandate.granted", "mandate.superseded"]


def test_grant_from_a_later_day_leaves_the_version_in_force_until_then(world: World) -> None:
    later = world.today + timedelta(days=7)
    grant(version=next_version(world), by=world.olivier, at=world.at, from_on=later)
    begins = datetime(2026, 11, 29, 23, 0, tzinfo=UTC)
    assert judging(world, "public", begins - timedelta(seconds=1)) == [("public-2026", 1)]
    assert judging(world, "public", begins) == [("public-2026", 2)]
    assert world.mandates["public-2026"].mandate.versions.get(number=1).state == "granted"
    assert settle_due(begins - timedelta(seconds=1)) == 0
    assert settle_due(begins) == 1
    assert world.mandates["public-2026"].mandate.versions.get(number=1).state == "superseded"
    assert settle_due(begins) == 0


def test_grant_before_the_validity_begins_waits_for_it(world: World) -> None:
    document = public_document(2027)
    grant(version=next_version(world, document=document), by=world.olivier, at=world.at)
    assert judging(world, "public", world.at) == [("public-2026", 1)]
    assert judging(world, "public", datetime(2026, 12, 31, 23, 0, tzinfo=UTC)) == [("public-2026", 2)]


def test_grant_earlier_than_one_that_was_to_come_supersedes_that_too(world: World) -> None:
    later = world.today + timedelta(days=7)
    grant(version=next_version(world), by=world.olivier, at=world.at, from_on=later)
    grant(version=next_version(world, note="Sooner."), by=world.olivier, at=world.at)
    assert judging(world, "public", world.at) == [("public-2026", 3)]
    assert judging(world, "public", world.at + timedelta(days=20)) == [("public-2026", 3)]


def test_grant_from_a_day_past_or_after_the_validity_is_refused(world: World) -> None:
    version = proposed(world)
    with pytest.raises(Invalid) as refused:
        grant(version=version, by=world.olivier, at=world.at, from_on=world.today - timedelta(days=1))
    assert refused.value.path == "from_on"
    with pytest.raises(Conflict) as over:
        grant(version=version, by=world.olivier, at=world.at, from_on=date(2028, 1, 1))
    assert code_of(over) == "validity_over"


def test_grant_shows_gaps_overlaps_and_the_charter_and_insists_on_their_confirmation(world: World) -> None:
    limits = [{"metric": "line_discount", "when": {"family": "network"}, "member": "5", "team": "50"}]
    document = RETAIL | {"limits": limits, "scope": {"segment": "public"}}
    version = drafted(world, document=document, teams=[world.teams["public"], world.teams["retail"]])
    findings = findings_of(version, world.at)
    assert [finding.code for finding in findings] == ["beyond_charter", "uncovered", "overlap"]
    keys = [finding.key for finding in findings]
    propose(version=version, by=world.nora, at=world.at, confirmed=keys)
    with pytest.raises(Conflict) as refused:
        grant(version=version, by=world.olivier, at=world.at, confirmed=keys[:2])
    assert code_of(refused) == "unconfirmed"
    assert grant(version=version, by=world.olivier, at=world.at, confirmed=keys).state == "granted"
    assert '"confirmed":["beyond_charter' in Event.objects.get(verb="mandate.granted").data


def test_decline_keeps_the_reason_and_what_is_in_force(world: World) -> None:
    version = decline(version=next_version(world), by=world.olivier, at=world.at, reason=" Too wide. ")
    assert (version.state, version.answer_note, version.answered_by) == ("declined", "Too wide.", world.olivier)
    assert judging(world, "public", world.at) == [("public-2026", 1)]
    assert "Too wide" not in Event.objects.get(verb="mandate.declined").data


def test_decline_without_a_reason_is_refused(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        decline(version=proposed(world), by=world.olivier, at=world.at, reason=" ")
    assert code_of(refused) == "reason_missing"


# --- ending ---


def test_revoke_where_no_notice_is_due_ends_the_authority_at_once_and_for_good(world: World) -> None:
    Organisation.objects.update(notice_days=0)
    version = revoke(version=granted(world), by=world.olivier, at=world.at + timedelta(hours=1), reason="Misused.")
    assert version.state == "revoked"
    assert judging(world, "retail", world.at + timedelta(minutes=59)) == [("retail-2026", 1)]
    assert judging(world, "retail", world.at + timedelta(hours=1)) == []
    assert (version.steps.get().reason, version.steps.get().by) == ("Misused.", world.olivier)
    with pytest.raises(Conflict):
        resume(version=version, by=world.olivier, at=world.at + timedelta(hours=2), reason="Again.")


def test_revoke_of_a_version_to_come_lets_the_one_before_it_go_on(world: World) -> None:
    later = world.today + timedelta(days=7)
    second = grant(version=next_version(world), by=world.olivier, at=world.at, from_on=later)
    revoke(version=second, by=world.olivier, at=world.at, reason="Not yet.")
    assert judging(world, "public", world.at + timedelta(days=20)) == [("public-2026", 1)]


def test_suspend_and_resume_stop_and_restore_the_authority(world: World) -> None:
    version = granted(world)
    suspend(version=version, by=world.noud, at=world.at + timedelta(hours=1), reason="To be looked at.")
    assert judging(world, "retail", world.at + timedelta(hours=1)) == []
    with pytest.raises(NotAllowed):
        resume(version=version, by=world.nora, at=world.at + timedelta(hours=2), reason="It is fine.")
    version = resume(version=version, by=world.olivier, at=world.at + timedelta(hours=2), reason="It is fine.")
    assert judging(world, "retail", world.at + timedelta(hours=2)) == [("retail-2026", 1)]
    assert [step.name for step in version.steps.order_by("id")] == ["suspend", "resume"]
    told = Message.objects.filter(event__verb="mandate.resumed").values_list("recipient_id", flat=True)
    assert world.tom.pk in told


def test_resume_while_another_version_is_in_force_is_refused(world: World) -> None:
    first = world.mandates["public-2026"]
    suspend(version=first, by=world.noud, at=world.at, reason="To be looked at.")
    grant(version=next_version(world), by=world.olivier, at=world.at)
    first.refresh_from_db()
    assert first.state == "superseded"
    with pytest.raises(Conflict):
        resume(version=first, by=world.olivier, at=world.at, reason="Again.")


def test_settle_after_the_last_day_names_the_version_expired(world: World) -> None:
    version = granted(world)
    assert settle_due(datetime(2027, 12, 31, 22, 0, tzinfo=UTC)) == 2  # the two mandates of 2026
    assert settle_due(datetime(2027, 12, 31, 23, 0, tzinfo=UTC)) == 1
    version.refresh_from_db()
    assert version.state == VersionState.EXPIRED
    assert VersionPeriod.objects.filter(ends_at=None).count() == 0


# --- nothing is kept of a refusal or a failure ---


CHANGES: dict[str, Callable[[World], tuple[Callable[..., Any], dict[str, Any]]]] = {
    "draft": lambda w: (draft_mandate, {"by": w.nora, "at": w.at, "code": "public-2026"}),
    "edit": lambda w: (
        edit_draft,
        {"version": drafted(w), "by": w.nora, "at": w.at, "edition": 1, "document": {}, "teams": []},
    ),
    "propose": lambda w: (propose, {"version": drafted(w), "by": w.nora, "at": w.at}),
    "take_back": lambda w: (take_back, {"version": drafted(w), "by": w.nora, "at": w.at}),
    "grant": lambda w: (grant, {"version": proposed(w), "by": w.olivier, "at": w.at}),
    "decline": lambda w: (decline, {"version": proposed(w), "by": w.olivier, "at": w.at, "reason": "No."}),
    "suspend": lambda w: (suspend, {"version": granted(w), "by": w.noud, "at": w.at, "reason": "Look."}),
    "revoke": lambda w: (revoke, {"version": granted(w), "by": w.noud, "at": w.at, "reason": "Look."}),
}


def everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Mandate, MandateVersion, VersionPeriod, Event, Message)
    ]


@pytest.mark.parametrize("name", CHANGES)
def test_action_whose_event_cannot_be_written_leaves_nothing(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    action, arguments = CHANGES[name](world)
    before = everything()

    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("the journal is out of order")

    monkeypatch.setattr(recording, "_append", broken)
    with pytest.raises(RuntimeError):
        action(**arguments)
    assert everything() == before


def test_version_answered_by_its_drafter_is_refused_by_the_database(world: World) -> None:
    version = proposed(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        MandateVersion.objects.filter(pk=version.pk).update(answered_by=world.nora, answered_at=world.at)


def test_grant_event_shows_in_the_timeline_of_the_team(world: World) -> None:
    granted(world)
    kinds = set(Event.objects.get(verb="mandate.granted").subjects.values_list("kind", "identifier"))
    assert kinds == {("mandate", "retail-2026"), ("team", "retail")}
