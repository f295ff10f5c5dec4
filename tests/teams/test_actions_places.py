"""Actions on teams and customers: rows are ended and started anew."""

import json
from datetime import datetime
from typing import Any

import pytest

from journal.models import Event, Message
from journal.refusals import Conflict, Invalid, NotAllowed
from journal.timeline import missing_sentences, sentence
from teams import actions, leaving
from teams.leaving import OpenMatter
from teams.models import Customer, CustomerTeam, Membership, Team, User
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


def place(user: User, team: Team) -> Membership:
    return Membership.objects.get(user=user, team=team, ended_on=None)


# --- teams ---


def test_create_team_with_a_new_code_writes_row_and_event(made: World, at: datetime) -> None:
    team = actions.create_team(by=made.nora, at=at, code="north", name=" North ", cost_sight="lead")
    assert (team.name, team.cost_sight, team.edition) == ("North", "lead", 1)
    assert last_event().verb == "team.created"


@pytest.mark.parametrize(
    ("values", "code", "path"),
    [
        ({"code": "public"}, "code_taken", "code"),
        ({"code": "Not a code"}, "invalid", "code"),
        ({"name": " "}, "invalid", "name"),
        ({"cost_sight": "all"}, "invalid", "cost_sight"),
    ],
)
def test_create_team_with_unusable_values_is_refused(
    made: World, at: datetime, values: dict[str, str], code: str, path: str
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.create_team(by=made.nora, at=at, **({"code": "north", "name": "North"} | values))
    assert (refused.value.code, refused.value.path) == (code, path)
    assert not Event.objects.exists()


def change_team(made: World, at: datetime, **values: Any) -> Team:
    team = made.teams["public"]
    facts = {"name": team.name, "group": "", "cost_sight": "team", "is_active": True, "edition": 1} | values
    return actions.change_team(team=team, by=made.nora, at=at, **facts)


def test_change_team_of_its_cost_sight_tells_before_and_after(made: World, at: datetime) -> None:
    team = change_team(made, at, cost_sight="nobody", name="Public")
    assert (team.cost_sight, team.edition) == ("nobody", 2)
    data = json.loads(last_event().data)
    assert (data["cost_sight_before"], data["cost_sight"]) == ("team", "nobody")
    assert data["fields"] == ["cost_sight", "name"]
    assert "Public" not in last_event().data


def test_change_team_of_a_stale_edition_is_refused(made: World, at: datetime) -> None:
    change_team(made, at, name="Public")
    with pytest.raises(Conflict) as refused:
        change_team(made, at, name="Sector")
    assert refused.value.code == "stale_edition"


def test_change_team_to_inactive_while_it_has_customers_is_refused(made: World, at: datetime) -> None:
    with pytest.raises(Conflict) as refused:
        change_team(made, at, is_active=False)
    assert refused.value.code == "team_has_customers"


def test_change_team_to_inactive_while_deals_are_open_is_refused(
    made: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    CustomerTeam.objects.filter(team=made.teams["public"]).update(ended_on=made.today)
    monkeypatch.setattr(leaving, "team_matters", [lambda pk: [OpenMatter("deal", "D-1001", "/deals/D-1001/")]])
    with pytest.raises(Conflict) as refused:
        change_team(made, at, is_active=False)
    assert refused.value.code == "team_has_open_deals"
    monkeypatch.setattr(leaving, "team_matters", [])
    assert not change_team(made, at, is_active=False).is_active


# --- members ---


def test_add_member_as_lead_makes_the_lead_before_a_member(made: World, at: datetime) -> None:
    retail = made.teams["retail"]
    actions.add_member(team=retail, by=made.nora, at=at, user=made.ruth, role="lead")
    assert place(made.ruth, retail).role == "lead"
    assert place(made.sofie, retail).role == "member"
    ended = Membership.objects.get(user=made.sofie, team=retail, role="lead")
    assert ended.ended_on == made.today
    verbs = list(Event.objects.order_by("sequence").values_list("verb", flat=True))
    assert verbs == ["team.role_changed", "team.member_added"]
    assert told(last_event()) == {made.ruth.pk}


def test_add_member_who_is_in_the_team_is_refused(made: World, at: datetime) -> None:
    with pytest.raises(Conflict):
        actions.add_member(team=made.teams["public"], by=made.nora, at=at, user=made.bram, role="member")


def test_add_member_of_oneself_is_refused(made: World, at: datetime) -> None:
    with pytest.raises(NotAllowed) as refused:
        actions.add_member(team=made.teams["public"], by=made.nora, at=at, user=made.nora, role="member")
    assert refused.value.code == "own_right"


def test_add_member_who_is_deactivated_is_refused(made: World, at: datetime) -> None:
    actions.deactivate_user(user=made.ruth, by=made.nora, at=at)
    with pytest.raises(Invalid) as refused:
        actions.add_member(team=made.teams["public"], by=made.nora, at=at, user=made.ruth, role="member")
    assert refused.value.code == "person_inactive"


def test_change_role_ends_the_row_and_starts_another(made: World, at: datetime) -> None:
    public = made.teams["public"]
    before = place(made.anke, public)
    fresh = actions.change_role(membership=before, by=made.nora, at=at, role="member", may_decide=False)
    before.refresh_from_db()
    assert before.ended_on == made.today
    assert (fresh.started_on, fresh.role, fresh.may_decide) == (made.today, "member", False)
    with pytest.raises(Conflict) as refused:
        actions.change_role(membership=before, by=made.nora, at=at, role="member", may_decide=True)
    assert refused.value.code == "membership_ended"


def test_change_role_of_a_contact_to_coach_is_refused(made: World, at: datetime) -> None:
    membership = place(made.bram, made.teams["public"])
    with pytest.raises(Conflict) as refused:
        actions.change_role(membership=membership, by=made.nora, at=at, role="coach", may_decide=False)
    assert refused.value.code == "hand_over_first"


def test_end_membership_of_a_contact_without_a_successor_is_refused(made: World, at: datetime) -> None:
    with pytest.raises(Conflict) as refused:
        actions.end_membership(membership=place(made.bram, made.teams["public"]), by=made.nora, at=at)
    assert refused.value.code == "hand_over_first"
    assert place(made.bram, made.teams["public"])


def test_end_membership_with_a_successor_hands_customers_and_deals_over(
    made: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(leaving, "hand_overs", [lambda **values: calls.append(values)])
    public = made.teams["public"]
    actions.end_membership(membership=place(made.bram, public), by=made.nora, at=at, new_contact=made.chloe)
    row = CustomerTeam.objects.get(customer=made.customers["C-17"], ended_on=None)
    assert (row.contact, row.team) == (made.chloe, public)
    assert calls == [{"user_id": made.bram.pk, "team_id": public.pk, "to": made.chloe, "by": made.nora, "at": at}]
    assert not Membership.objects.filter(user=made.bram, ended_on=None).exists()
    verbs = list(Event.objects.order_by("sequence").values_list("verb", flat=True))
    assert verbs == ["customer.handed_over", "team.member_ended"]


def test_end_membership_while_another_app_holds_something_is_refused(
    made: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = OpenMatter("deal", "D-1001", "/deals/D-1001/", blocking=True)
    monkeypatch.setattr(leaving, "open_matters", [lambda user_id, team_id: [matter]])
    with pytest.raises(Conflict):
        actions.end_membership(membership=place(made.dirk, made.teams["public"]), by=made.nora, at=at)


@pytest.mark.parametrize("who", ["femke", "els", "bram"])
def test_end_membership_with_a_successor_who_cannot_be_contact_is_refused(made: World, at: datetime, who: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.end_membership(
            membership=place(made.bram, made.teams["public"]), by=made.nora, at=at, new_contact=made.people[who]
        )
    assert refused.value.path == "new_contact"


# --- customers ---


def test_create_customer_with_team_and_contact_assigns_it(made: World, at: datetime) -> None:
    customer = actions.create_customer(
        by=made.nora,
        at=at,
        reference="C-99",
        name="Nieuw",
        segment="public",
        country="nl",
        team=made.teams["public"],
        contact=made.anke,
    )
    assert customer.country == "NL"
    assert CustomerTeam.objects.get(customer=customer).contact == made.anke
    assert told(last_event()) == {made.anke.pk}


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"reference": "C-17"}, "reference"),
        ({"reference": "a/b"}, "reference"),
        ({"reference": " "}, "reference"),
        ({"country": "Belgium"}, "country"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_create_customer_with_unusable_values_is_refused(
    made: World, at: datetime, values: dict[str, str], path: str
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.create_customer(by=made.nora, at=at, **({"reference": "C-99", "name": "N"} | values))
    assert refused.value.path == path
    assert not Customer.objects.filter(reference="C-99").exists()


def test_create_customer_with_a_contact_outside_the_team_keeps_nothing(made: World, at: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        actions.create_customer(
            by=made.nora, at=at, reference="C-99", name="N", team=made.teams["public"], contact=made.femke
        )
    assert refused.value.code == "not_in_team"
    assert not Customer.objects.filter(reference="C-99").exists()


def test_change_customer_of_its_segment_tells_before_and_after(made: World, at: datetime) -> None:
    changed = actions.change_customer(
        customer=made.customers["C-17"],
        by=made.nora,
        at=at,
        edition=1,
        name="Gemeente Hoogveld",
        segment="care",
        country="BE",
        is_active=True,
    )
    assert (changed.segment, changed.edition) == ("care", 2)
    data = json.loads(last_event().data)
    assert (data["segment_before"], data["segment"], data["fields"]) == ("public", "care", ["segment"])


def test_assign_customer_to_another_team_ends_the_row_and_tells_both(made: World, at: datetime) -> None:
    customer = made.customers["C-17"]
    row = actions.assign_customer(
        customer=customer, by=made.nora, at=at, team=made.teams["industry"], contact=made.femke, note="moved"
    )
    assert (row.team, row.contact, row.note) == (made.teams["industry"], made.femke, "moved")
    assert CustomerTeam.objects.get(customer=customer, team=made.teams["public"]).ended_on == made.today
    event = last_event()
    assert told(event) == {made.bram.pk, made.femke.pk}
    assert {("team", "public"), ("team", "industry")} <= set(event.subjects.values_list("kind", "identifier"))


def test_assign_customer_to_its_own_team_is_refused(made: World, at: datetime) -> None:
    with pytest.raises(Conflict) as refused:
        actions.assign_customer(
            customer=made.customers["C-17"], by=made.nora, at=at, team=made.teams["public"], contact=made.anke
        )
    assert refused.value.code == "same_team"


@pytest.mark.parametrize("who", ["bram", "anke", "nora"])
def test_hand_over_by_contact_lead_or_administrator_passes_the_baton(made: World, at: datetime, who: str) -> None:
    customer = made.customers["C-17"]
    row = actions.hand_over(
        customer=customer, by=made.people[who], at=at, contact=made.chloe, note="They dislike calls."
    )
    assert (row.contact, row.note) == (made.chloe, "They dislike calls.")
    assert CustomerTeam.objects.filter(customer=customer, ended_on=made.today, contact=made.bram).exists()
    assert told(last_event()) == {made.bram.pk, made.chloe.pk} - {made.people[who].pk}
    assert "dislike" not in last_event().data


@pytest.mark.parametrize("who", ["chloe", "els", "femke", "petra", "ines", "quinten"])
def test_hand_over_by_somebody_else_is_refused(made: World, at: datetime, who: str) -> None:
    with pytest.raises(NotAllowed):
        actions.hand_over(customer=made.customers["C-17"], by=made.people[who], at=at, contact=made.anke, note="")


@pytest.mark.parametrize("who", ["els", "femke", "ruth"])
def test_hand_over_to_somebody_who_does_not_work_in_the_team_is_refused(made: World, at: datetime, who: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.hand_over(customer=made.customers["C-17"], by=made.bram, at=at, contact=made.people[who], note="")
    assert refused.value.code == "not_in_team"


def test_hand_over_twice_on_one_day_keeps_the_history(made: World, at: datetime) -> None:
    customer = made.customers["C-17"]
    actions.hand_over(customer=customer, by=made.bram, at=at, contact=made.anke, note="")
    actions.hand_over(customer=customer, by=made.anke, at=at, contact=made.bram, note="")
    assert CustomerTeam.objects.filter(customer=customer).count() == 3
    assert CustomerTeam.objects.get(customer=customer, ended_on=None).contact == made.bram
