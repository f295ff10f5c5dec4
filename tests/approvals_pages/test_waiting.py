"""Today names what a committee wants of the contact: points to answer, and an offer to take up.

Seen to fail without the look at cases whose clock stands still.
"""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from approvals.actions.asking import request
from tests.approvals.asking import case_of
from tests.approvals.countering import adopted, asked_of_desk
from tests.factories import AT, World
from tests.factories import world as make_world


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with time_machine.travel(AT, tick=False):
        yield make_world()


def read_by(world: World, key: str) -> str:
    client = Client()
    client.force_login(world.people[key])
    return client.get("/").content.decode()


def test_today_of_the_contact_names_points_that_are_asked(world: World) -> None:
    case = case_of(asked_of_desk(world))
    assert "waits for your team" not in read_by(world, "bram")
    request(case=case, by=world.ines, at=world.at, kind="information", points=["Until when?"], reason="Before I vote.")
    assert "Deal desk waits for your team&#x27;s answer: Gemeente Hoogveld" in read_by(world, "bram")
    assert "waits for your team" not in read_by(world, "chloe")


def test_today_of_the_contact_names_an_offer(world: World) -> None:
    adopted(world, asked_of_desk(world))
    assert "Deal desk waits for your team&#x27;s answer: Gemeente Hoogveld" in read_by(world, "bram")
