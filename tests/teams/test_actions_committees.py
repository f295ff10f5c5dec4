"""Actions on committees and the organisation."""

import json
from datetime import datetime
from typing import Any

import pytest

from journal.models import Event, Message
from journal.refusals import Conflict, Invalid, NotAllowed
from journal.timeline import missing_sentences, sentence
from teams import actions, leaving
from teams.actions.settings import Settings
from teams.leaving import OpenMatter
from teams.models import Committee, CommitteeSeat, Organisation
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


def test_create_committee_with_its_rule_writes_row_and_event(made: World, at: datetime) -> None:
    committee = actions.create_committee(by=made.nora, at=at, code="board", name="Board", **RULE)
    assert Committee.objects.get(code="board").approvals_needed == 2
    assert json.loads(last_event().data)["quorum"] == committee.quorum


@pytest.mark.parametrize("path", ["approvals_needed", "quorum", "answer_hours"])
def test_create_committee_with_a_figure_below_one_is_refused(made: World, at: datetime, path: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.create_committee(by=made.nora, at=at, code="board", name="Board", **(RULE | {path: 0}))
    assert refused.value.path == path


def test_change_committee_of_its_rule_tells_its_members(made: World, at: datetime) -> None:
    finance = made.committees["finance"]
    changed = actions.change_committee(
        committee=finance, by=made.nora, at=at, edition=1, name=finance.name, is_active=True, **RULE
    )
    assert changed.edition == 2
    assert told(last_event()) == {made.lien.pk, made.maarten.pk}


def test_change_committee_to_inactive_while_it_is_the_default_is_refused(made: World, at: datetime) -> None:
    with pytest.raises(Conflict) as refused:
        actions.change_committee(
            committee=made.committees["deal-desk"], by=made.nora, at=at, edition=1, name="D", is_active=False, **RULE
        )
    assert refused.value.code == "default_committee"


def test_change_committee_to_inactive_while_a_case_waits_is_refused(
    made: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "committee_matters", [lambda pk: [OpenMatter("vote", "D-1001", "/cases/1/")]])
    with pytest.raises(Conflict) as refused:
        actions.change_committee(
            committee=made.committees["finance"], by=made.nora, at=at, edition=1, name="F", is_active=False, **RULE
        )
    assert refused.value.code == "committee_in_use"


def test_seat_as_chair_makes_the_chair_before_a_member(made: World, at: datetime) -> None:
    finance = made.committees["finance"]
    actions.seat(committee=finance, by=made.nora, at=at, user=made.ruth, is_chair=True)
    open_seats = CommitteeSeat.objects.filter(committee=finance, ended_on=None)
    assert set(open_seats.values_list("user__name", "is_chair")) == {
        ("Ruth Schmit", True),
        ("Lien Aerts", False),
        ("Maarten Smit", False),
    }


def test_make_chair_moves_the_chair(made: World, at: datetime) -> None:
    held = CommitteeSeat.objects.get(user=made.maarten)
    actions.make_chair(held=held, by=made.nora, at=at)
    assert CommitteeSeat.objects.get(committee=made.committees["finance"], is_chair=True, ended_on=None).user == (
        made.maarten
    )
    assert last_event().verb == "committee.chaired"


def test_unseat_ends_the_seat_today(made: World, at: datetime) -> None:
    held = CommitteeSeat.objects.get(user=made.maarten)
    actions.unseat(held=held, by=made.nora, at=at)
    held.refresh_from_db()
    assert held.ended_on == made.today
    assert told(last_event()) == {made.maarten.pk}


@pytest.mark.parametrize("action", ["seat", "make_chair"])
def test_seat_or_chair_for_oneself_is_refused(made: World, at: datetime, action: str) -> None:
    finance = made.committees["finance"]
    with pytest.raises(NotAllowed) as refused:
        if action == "seat":
            actions.seat(committee=finance, by=made.nora, at=at, user=made.nora)
        else:
            row = CommitteeSeat.objects.create(committee=finance, user=made.nora, started_on=made.today)
            actions.make_chair(held=row, by=made.nora, at=at)
    assert refused.value.code == "own_right"


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
