"""Actions on committees and the organisation."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from journal.models import Event, Message
from journal.refusals import Conflict, Invalid, NotAllowed
from journal.timeline import missing_sentences, sentence
from teams import actions, leaving
from teams.actions.settings import Settings
from teams.leaving import OpenMatter
from teams.models import Committee, CommitteeChange, CommitteeSeat, Organisation, OrganisationRole
from tests.factories import World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> World:
    return world()


def last_event() -> Event:
    event = Event.objects.order_by("-sequence").first()
    assert event is not None
    assert not missing_sentences([event.verb])
    assert sentence(event)
    return event


def told(event: Event) -> set[int]:
    return set(Message.objects.filter(event=event, channel="inbox").values_list("recipient_id", flat=True))


# --- committees ---

RULE = {"rule": "number", "approvals_needed": 2, "quorum": 2, "answer_hours": 4}


def proposed(made: World, at: datetime, code: str, kind: str, **values: Any) -> CommitteeChange:
    return actions.propose_change(committee=made.committees[code], by=made.nora, at=at, kind=kind, values=values)


def changed(made: World, at: datetime, code: str, kind: str, **values: Any) -> CommitteeChange:
    """Nora proposes, Olivier confirms."""
    return actions.confirm_change(change=proposed(made, at, code, kind, **values), by=made.olivier, at=at)


def seat_of(made: World, key: str, code: str = "finance") -> CommitteeSeat:
    return CommitteeSeat.objects.get(user=made.people[key], committee__code=code, ended_on=None)


def seated(made: World, code: str = "finance") -> set[tuple[str, bool]]:
    rows = CommitteeSeat.objects.filter(committee__code=code, ended_on=None)
    return set(rows.values_list("user__name", "is_chair"))


def test_create_committee_with_its_rule_writes_row_and_event(made: World, at: datetime) -> None:
    committee = actions.create_committee(by=made.nora, at=at, code="board", name="Board", **RULE)
    assert Committee.objects.get(code="board").approvals_needed == 2
    assert json.loads(last_event().data)["quorum"] == committee.quorum
    assert (committee.silence, committee.chair_casts) == ("remind", False)


@pytest.mark.parametrize("path", ["approvals_needed", "quorum", "answer_hours", "share"])
def test_create_committee_with_a_figure_below_one_is_refused(made: World, at: datetime, path: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.create_committee(by=made.nora, at=at, code="board", name="Board", **(RULE | {path: 0}))
    assert refused.value.path == path


def test_propose_change_leaves_the_committee_as_it_is_and_tells_who_may_confirm(made: World, at: datetime) -> None:
    row = proposed(made, at, "finance", "rule", **RULE)
    finance = Committee.objects.get(code="finance")
    assert (row.state, finance.approvals_needed, finance.edition) == ("proposed", 1, 1)
    assert made.olivier.pk in told(last_event()) and made.nora.pk not in told(last_event())


def test_confirm_change_of_the_rule_writes_it_and_tells_its_members(made: World, at: datetime) -> None:
    changed(made, at, "finance", "rule", **(RULE | {"rule": "share", "share": 66, "silence": "lapse"}))
    finance = Committee.objects.get(code="finance")
    assert (finance.rule, finance.share, finance.silence, finance.edition) == ("share", 66, "lapse", 2)
    assert told(last_event()) == {made.lien.pk, made.maarten.pk}


def test_confirm_change_by_whoever_proposed_it_is_refused(made: World, at: datetime) -> None:
    """Seen to fail with the proposer left out of `about_change`."""
    row = proposed(made, at, "finance", "rule", **RULE)
    with pytest.raises(NotAllowed) as refused:
        actions.confirm_change(change=row, by=made.nora, at=at)
    assert refused.value.code == "not_allowed_proposed_it"
    assert Committee.objects.get(code="finance").edition == 1


@pytest.mark.parametrize("kind", ["seat", "chair"])
def test_confirm_change_by_whoever_gains_by_it_is_refused(made: World, at: datetime, kind: str) -> None:
    if kind == "seat":
        row = proposed(made, at, "finance", "seat", user=made.olivier.pk)
    else:
        held = CommitteeSeat.objects.create(
            committee=made.committees["finance"], user=made.olivier, started_on=made.today
        )
        row = proposed(made, at, "finance", "chair", seat=held.pk)
    with pytest.raises(NotAllowed) as refused:
        actions.confirm_change(change=row, by=made.olivier, at=at)
    assert refused.value.code == "not_allowed_gains_by_it"


@pytest.mark.parametrize("by", ["bram", "lien", "quinten", "petra"])
def test_confirm_change_by_others_is_refused(made: World, at: datetime, by: str) -> None:
    row = proposed(made, at, "finance", "rule", **RULE)
    with pytest.raises(NotAllowed):
        actions.confirm_change(change=row, by=made.people[by], at=at)


def test_confirm_change_of_a_rule_that_changed_meanwhile_is_refused(made: World, at: datetime) -> None:
    row = proposed(made, at, "finance", "rule", **RULE)
    changed(made, at, "finance", "rule", **(RULE | {"quorum": 1}))
    with pytest.raises(Conflict) as refused:
        actions.confirm_change(change=row, by=made.olivier, at=at)
    assert refused.value.code == "stale_edition"
    row.refresh_from_db()
    assert row.state == "proposed"


def test_confirm_change_twice_or_after_it_was_taken_back_is_refused(made: World, at: datetime) -> None:
    row = proposed(made, at, "finance", "seat", user=made.ruth.pk)
    actions.take_back_change(change=row, by=made.nora, at=at)
    with pytest.raises(Conflict) as refused:
        actions.confirm_change(change=row, by=made.olivier, at=at)
    assert refused.value.code == "already_answered"
    assert last_event().verb == "committee.change_taken_back"


def test_take_back_change_of_somebody_else_is_refused(made: World, at: datetime) -> None:
    row = proposed(made, at, "finance", "seat", user=made.ruth.pk)
    with pytest.raises(NotAllowed) as refused:
        actions.take_back_change(change=row, by=made.olivier, at=at)
    assert refused.value.code == "not_allowed_proposed_by_another"


def test_decline_change_says_why_to_whoever_proposed_it(made: World, at: datetime) -> None:
    row = proposed(made, at, "finance", "seat", user=made.ruth.pk)
    with pytest.raises(Invalid):
        actions.decline_change(change=row, by=made.olivier, at=at, reason=" ")
    row = actions.decline_change(change=row, by=made.olivier, at=at, reason="Not now.")
    assert (row.state, row.answer_reason) == ("declined", "Not now.")
    assert told(last_event()) == {made.nora.pk}
    assert seated(made) == {("Lien Aerts", True), ("Maarten Smit", False)}


@pytest.mark.parametrize("kind", ["rule", "seat"])
def test_propose_change_twice_or_of_nothing_is_refused(made: World, at: datetime, kind: str) -> None:
    values = RULE if kind == "rule" else {"user": made.ruth.pk}
    proposed(made, at, "finance", kind, **values)
    with pytest.raises(Conflict) as refused:
        proposed(made, at, "finance", kind, **values)
    assert refused.value.code == "proposed_already"
    with pytest.raises(Conflict):
        proposed(made, at, "finance", kind, **({} if kind == "rule" else {"user": made.lien.pk}))


def test_propose_change_to_inactive_while_it_is_the_default_is_refused(made: World, at: datetime) -> None:
    with pytest.raises(Conflict) as refused:
        proposed(made, at, "deal-desk", "rule", is_active=False)
    assert refused.value.code == "default_committee"


def test_propose_change_to_inactive_while_a_case_waits_is_refused(
    made: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "committee_matters", [lambda pk: [OpenMatter("vote", "D-1001", "/cases/1/")]])
    with pytest.raises(Conflict) as refused:
        proposed(made, at, "finance", "rule", is_active=False)
    assert refused.value.code == "committee_in_use"


def test_seat_as_chair_makes_the_chair_before_a_member(made: World, at: datetime) -> None:
    changed(made, at, "finance", "seat", user=made.ruth.pk, is_chair=True)
    assert seated(made) == {("Ruth Schmit", True), ("Lien Aerts", False), ("Maarten Smit", False)}


def test_chair_moves(made: World, at: datetime) -> None:
    changed(made, at, "finance", "chair", seat=seat_of(made, "maarten").pk)
    assert seated(made) == {("Maarten Smit", True), ("Lien Aerts", False)}
    assert last_event().verb == "committee.chaired"


def test_unseat_ends_the_seat_today(made: World, at: datetime) -> None:
    held = seat_of(made, "maarten")
    changed(made, at, "finance", "unseat", seat=held.pk)
    held.refresh_from_db()
    assert held.ended_on == made.today
    assert told(last_event()) == {made.maarten.pk}


def test_seat_of_another_committee_is_refused(made: World, at: datetime) -> None:
    with pytest.raises(Conflict) as refused:
        proposed(made, at, "finance", "unseat", seat=seat_of(made, "ines", "deal-desk").pk)
    assert refused.value.code == "seat_ended"


def test_proposed_change_is_kept_as_it_was_written(made: World, at: datetime) -> None:
    row = proposed(made, at, "finance", "seat", user=made.ruth.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        CommitteeChange.objects.filter(pk=row.pk).update(document='{"user": 1}')
    with pytest.raises(DatabaseError), transaction.atomic():
        CommitteeChange.objects.filter(pk=row.pk).delete()


# --- a fresh organisation ---


def test_first_administrator_sets_up_a_committee_alone(made: World, at: datetime) -> None:
    OrganisationRole.objects.exclude(user=made.nora).delete()
    row = proposed(made, at, "finance", "seat", user=made.ruth.pk)
    assert row.state == "confirmed"
    assert ("Ruth Schmit", False) in seated(made)


def test_second_person_is_needed_for_good_once_there_was_one(made: World, at: datetime) -> None:
    """Whoever sends the others away gains nothing by it. Seen to fail with a count of today's roles only."""
    OrganisationRole.objects.exclude(user=made.nora).update(ended_on=made.today)
    row = proposed(made, at, "finance", "seat", user=made.ruth.pk)
    assert row.state == "proposed"
    with pytest.raises(NotAllowed):
        actions.confirm_change(change=row, by=made.nora, at=at)


def test_confirm_change_where_the_event_cannot_be_written_keeps_nothing(
    made: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = proposed(made, at, "finance", "seat", user=made.ruth.pk)

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("no journal")

    monkeypatch.setattr("teams.actions.committees.record", broken)
    with pytest.raises(RuntimeError):
        actions.confirm_change(change=row, by=made.olivier, at=at)
    row.refresh_from_db()
    assert row.state == "proposed"
    assert ("Ruth Schmit", False) not in seated(made)


# --- organisation ---


def facts(made: World, **changes: Any) -> Settings:
    values = {
        "name": "Meridian Networks",
        "time_zone": "Europe/Amsterdam",
        "calendar": None,
        "currency": "EUR",
        "default_committee": made.committees["finance"],
        "approval_days": 45,
        "tolerance": 10_000,
        "consent_days": 3,
        "notice_days": 0,
    }
    return Settings(**(values | changes))


def test_change_organisation_writes_row_and_event(made: World, at: datetime) -> None:
    actions.change_organisation(by=made.nora, at=at, edition=1, to=facts(made))
    row = Organisation.objects.get()
    assert (row.time_zone, row.default_committee, row.edition) == ("Europe/Amsterdam", made.committees["finance"], 2)
    data = json.loads(last_event().data)
    assert (data["approval_days_before"], data["approval_days"]) == (30, 45)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"time_zone": "Europe/Atlantis"}, "time_zone"),
        ({"currency": "euro"}, "currency"),
        ({"consent_days": 0}, "consent_days"),
        ({"approval_days": 0}, "approval_days"),
        ({"name": ""}, "name"),
    ],
)
def test_change_organisation_to_what_cannot_work_is_refused(
    made: World, at: datetime, values: dict[str, Any], path: str
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.change_organisation(by=made.nora, at=at, edition=1, to=facts(made, **values))
    assert refused.value.path == path
    assert not Event.objects.exists()
