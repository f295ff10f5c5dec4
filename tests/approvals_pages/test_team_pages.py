"""The coach's page, a customer's concessions, and how a team decides: figures of deals, never of people."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from approvals.actions.advise import ask_for_advice
from approvals.actions.consent import give_consent
from approvals.actions.outcome import lose, win
from approvals.coaching import near_limits, unused
from approvals.deciding import Asked, usual
from approvals.models import Deal
from teams import actions
from teams.calendars import calendars
from teams.models import Team, User
from teams.standing import person_of
from tests.factories import COMMITTEE_PRICE, TEAM_PRICE, World, draft, seat_of, submitted, terms, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> World:
    return world()


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def person(made: World, key: str) -> Any:
    return person_of(made.people[key], made.today)


# --- coach ---


def test_deals_near_a_limit_are_open_ones_that_use_most_of_it(made: World) -> None:
    near, small = submitted(made, price=TEAM_PRICE), submitted(made, price="1190.00")
    beyond = submitted(made, price=COMMITTEE_PRICE)
    win(deal=small, by=made.bram, at=made.at, closed_on=made.today)
    found = near_limits(made.teams["public"], person(made, "els"))
    assert [one.deal for one in found] == [beyond, near]


def test_coach_who_may_not_see_costs_is_shown_no_margin(made: World) -> None:
    """Seen to fail with the findings of the whole answer: the margin is what lies closest to its bound."""
    submitted(made, price="1010.00")
    coach = person(made, "els")
    assert {one.reading.metric for one in near_limits(made.teams["public"], coach)} == {"line_margin"}
    Team.objects.filter(code="public").update(cost_sight="nobody")
    blind = Team.objects.get(code="public")
    assert {one.reading.metric for one in near_limits(blind, coach)} == {"line_discount"}


def test_unused_authority_names_the_limits_of_which_nobody_used_half(made: World) -> None:
    version, team, coach = made.mandates["public-2026"], made.teams["public"], person(made, "els")
    for _ in range(4):
        submitted(made, price="1190.00")
    assert unused(version, team, coach, at=made.at) == []  # too few deals say anything
    submitted(made, terms=terms(("SW-24P", "1", "1190.00"), payment_days=60))
    found = {one.sentence: one.most for one in unused(version, team, coach, at=made.at)}
    assert len(found) == 2
    assert sorted(found.values()) == ["", "5\u00a0%"]  # 0.83 % of 18 %; nothing outside the network family
    Team.objects.filter(code="public").update(cost_sight="nobody")
    assert len(unused(version, Team.objects.get(code="public"), coach, at=made.at)) == 2
    assert unused(version, team, coach, at=made.at + timedelta(days=200)) == []


def test_coach_page_has_questions_and_no_button_that_refuses(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    ask_for_advice(deal=deal, by=made.bram, at=made.at, people=[made.els], question="Is that fair?")
    answer = as_(made.els).get("/coaching/")
    text = answer.content.decode()
    assert "Is that fair?" in text
    assert deal.reference in text
    assert [one["team"].code for one in answer.context["teams"]] == ["industry", "public"]
    main = text[text.index("<main") : text.index("</main>")]
    assert "<form" not in main
    assert "<button" not in main
    assert "/coaching/" in as_(made.els).get("/").content.decode()
    assert "/coaching/" not in as_(made.bram).get("/").content.decode()


# --- concessions ---


def test_history_of_concessions_spans_teams_for_whoever_looks_after_the_customer(made: World) -> None:
    """What the public team gave is known to the industry team once the customer is theirs, and not before."""
    won = submitted(made, terms=terms(("SW-24P", "4", "1116.00"), why="Three more sites."))
    win(deal=won, by=made.bram, at=made.at, closed_on=made.today)
    lost = submitted(made)
    lose(deal=lost, by=made.bram, at=made.at, closed_on=made.today)
    draft(made)
    submitted(made, price=COMMITTEE_PRICE)
    assert "concessions" not in {one.name for one in _sections(made, "gilles")}
    actions.assign_customer(
        customer=made.customers["C-17"], by=made.nora, at=made.at, team=made.teams["industry"], contact=made.gilles
    )
    html = next(one.html for one in _sections(made, "gilles") if one.name == "concessions")
    for said in (won.reference, lost.reference, "Public sector", "336.00", "7", "24 months", "Three more sites."):
        assert said in html, said
    assert Deal.objects.exclude(state__in=("won", "lost")).count() == 2
    assert html.count("/deals/") == 2


def test_margin_of_a_concession_is_shown_by_right(made: World) -> None:
    submitted(made)
    assert "Margin" in next(one.html for one in _sections(made, "bram") if one.name == "concessions")
    Team.objects.filter(code="public").update(cost_sight="lead")
    assert "Margin" not in next(one.html for one in _sections(made, "bram") if one.name == "concessions")
    assert "Margin" in next(one.html for one in _sections(made, "anke") if one.name == "concessions")


def _sections(made: World, key: str) -> list[Any]:
    return list(as_(made.people[key]).get("/customers/C-17/").context["sections"])


# --- how a team decides ---


def test_team_page_says_how_much_it_decides_itself_and_how_long_answers_take(made: World) -> None:
    submitted(made)
    pending = submitted(made, price=TEAM_PRICE)
    submitted(made, price=COMMITTEE_PRICE)
    submitted(made, by="bram", price=TEAM_PRICE)
    give_consent(seat=seat_of(made, pending, "anke"), by=made.anke, at=made.at + timedelta(hours=2))
    html = {one.name: one.html for one in as_(made.tom).get("/teams/public/").context["sections"]}["deciding"]
    assert "75" in html  # three of four
    assert "2 working hours" in html
    assert "nobody was asked" in html


def test_usual_answer_time_is_the_median_of_answered_ones(made: World) -> None:
    calendar = calendars(made.at).of(None)
    hours = [1, 9, 3]
    asked = [Asked("team", made.at, made.at + timedelta(hours=count)) for count in hours]
    asked += [Asked("team", made.at, None), Asked("committee", made.at, made.at)]
    found = usual(asked, "team", calendar)
    assert found is not None
    assert found.wall == timedelta(hours=3)
    assert usual([Asked("team", made.at, None)], "team", calendar) is None
