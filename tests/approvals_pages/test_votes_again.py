"""A vote on a deal above the organisation's figure asks to sign in again where the session is older than 15 minutes.

Seen to fail without the look at the figure, and when a value in another currency was compared as it stood.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from approvals.models import Case, CounterVote, Vote
from mandates.models import Rate
from teams.models import Organisation
from tests.approvals.asking import case_of
from tests.approvals.countering import asked_of_desk, proposed
from tests.factories import AT, PASSWORD, World
from tests.factories import world as make_world

LATER = timedelta(minutes=15, seconds=1)
TYPED = {"choice": "approve", "reason": "Fair for both."}


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(clock: Any, db: None) -> World:
    return make_world()


def votes_late(case: Case, world: World, clock: Any, **more: str) -> Any:
    client = Client()
    client.force_login(world.people["ines"])
    clock.move_to(AT + LATER)
    return client.post(f"/cases/{case.pk}/vote", TYPED | {"edition": str(case.edition)} | more)


def limit(figure: int | None, currency: str = "EUR") -> None:
    Organisation.objects.update(vote_again_above=figure, currency=currency)


def test_vote_above_the_figure_asks_and_the_password_lets_it_count(world: World, clock: Any) -> None:
    limit(3_199)  # the deal is one of 3,200.00
    case = case_of(asked_of_desk(world))
    asked = votes_late(case, world, clock)
    assert (asked.status_code, asked.templates[0].name) == (403, "teams/sign_in_again.html")
    assert ("reason", "Fair for both.") in asked.context["kept"]
    assert not Vote.objects.exists()
    assert votes_late(case, world, clock, **{"again-password": PASSWORD}).status_code == 302
    assert Vote.objects.get().user == world.ines


@pytest.mark.parametrize("figure", [3_200, None])
def test_vote_on_what_is_not_above_the_figure_asks_nothing(world: World, clock: Any, figure: int | None) -> None:
    limit(figure)
    assert votes_late(case_of(asked_of_desk(world)), world, clock).status_code == 302
    assert Vote.objects.exists()


@pytest.mark.parametrize(("figure", "status"), [(6_399, 403), (6_400, 302)])
def test_figure_is_in_the_currency_of_the_organisation(world: World, clock: Any, figure: int, status: int) -> None:
    """3,200 euro are 6,400 dollars at two to the euro."""
    Rate.objects.create(on=world.today, currency="USD", per_euro="2")
    case = case_of(asked_of_desk(world))
    limit(figure, "USD")
    assert votes_late(case, world, clock).status_code == status


def test_value_that_cannot_be_converted_counts_as_above(world: World, clock: Any) -> None:
    case = case_of(asked_of_desk(world))
    limit(10**9, "JPY")
    assert votes_late(case, world, clock).status_code == 403


def test_vote_on_a_counter_proposal_asks_too(world: World, clock: Any) -> None:
    limit(3_199)
    deal = asked_of_desk(world)
    own = proposed(world, case_of(deal))
    client = Client()
    client.force_login(world.people["joris"])
    clock.move_to(AT + LATER)
    address = f"/cases/{case_of(deal).pk}/counter/{own.number}/vote"
    sent = {"counter-choice": "approve", "counter-reason": "With this figure."}
    assert client.post(address, sent).status_code == 403
    assert not CounterVote.objects.filter(user=world.joris).exists()
    assert client.post(address, sent | {"again-password": PASSWORD}).status_code == 302
    assert CounterVote.objects.filter(user=world.joris).exists()
