"""Granting asks to sign in again where the session is older than 15 minutes, and keeps what was typed.

Seen to fail when `is_recent` took any session, when the answer did not stamp the session, when the page dropped what
was typed, and when one's own password was not compared.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings as SettingsWrapper

from mandates.actions import draft_charter, draft_mandate, propose, propose_charter
from mandates.models import CharterVersion, MandateVersion
from tests.factories import AT, PASSWORD, World

MANDATE = "/mandates/public-2026/versions/2/grant"
CHARTER = "/charter/versions/2/grant"
LATER = timedelta(minutes=15, seconds=1)
TYPED = {"edition": "2", "note": 'Agreed on "Monday".'}


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def proposed(clock: Any, world: World) -> World:
    version = draft_mandate(by=world.nora, at=world.at, code="public-2026", note="Same.")
    propose(version=version, by=world.nora, at=world.at)
    charter = draft_charter(by=world.olivier, at=world.at, note="Same.")
    propose_charter(version=charter, by=world.olivier, at=world.at)
    return world


def old_session(world: World, clock: Any, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    clock.move_to(AT + LATER)
    return client


def granted() -> tuple[bool, bool]:
    return (
        MandateVersion.objects.get(mandate__code="public-2026", number=2).state == "granted",
        CharterVersion.objects.get(number=2).state == "granted",
    )


@pytest.mark.parametrize(("address", "who"), [(MANDATE, "olivier"), (CHARTER, "oda")])
def test_grant_in_an_old_session_asks_and_the_password_grants(
    address: str, who: str, proposed: World, clock: Any
) -> None:
    client = old_session(proposed, clock, who)
    asked = client.post(address, TYPED)
    assert asked.status_code == 403
    assert asked.templates[0].name == "teams/sign_in_again.html"
    assert asked.context["kept"] == [("edition", "2"), ("note", 'Agreed on "Monday".')]
    assert b"Agreed on &quot;Monday&quot;." in asked.content
    assert asked["Cache-Control"] == "no-store"
    assert granted() == (False, False)
    assert client.post(address, TYPED | {"again-password": PASSWORD}).status_code == 302
    assert granted() == (address == MANDATE, address == CHARTER)


def test_grant_within_the_quarter_of_an_hour_asks_nothing(proposed: World, clock: Any) -> None:
    client = old_session(proposed, clock, "olivier")
    clock.move_to(AT + timedelta(minutes=15))
    assert client.post(MANDATE, TYPED).status_code == 302
    assert granted() == (True, False)


@pytest.mark.parametrize("password", ["", "something else", f" {PASSWORD}"])
def test_grant_with_another_password_asks_once_more_and_grants_nothing(
    password: str, proposed: World, clock: Any
) -> None:
    client = old_session(proposed, clock, "olivier")
    asked = client.post(MANDATE, TYPED | {"again-password": password})
    assert asked.status_code == 403
    assert asked.context["form"].has_error("password")
    assert asked.context["kept"] == [("edition", "2"), ("note", 'Agreed on "Monday".')]
    assert granted() == (False, False)


def test_password_guessed_too_often_is_refused_even_when_right(proposed: World, clock: Any) -> None:
    client = old_session(proposed, clock, "olivier")
    for guess in range(10):
        client.post(MANDATE, TYPED | {"again-password": f"guess {guess}"})
    asked = client.post(MANDATE, TYPED | {"again-password": PASSWORD})
    assert asked.context["form"].has_error("password", "too_many_tries")
    assert granted() == (False, False)


def test_signing_in_again_serves_the_next_grant_too_under_a_new_session_key(proposed: World, clock: Any) -> None:
    client = old_session(proposed, clock, "oda")
    key = client.session.session_key
    client.post(MANDATE, TYPED | {"again-password": PASSWORD})
    assert client.session.session_key != key
    assert client.post(CHARTER, TYPED).status_code == 302
    assert granted() == (True, True)


def test_session_that_does_not_tell_when_it_began_is_old(proposed: World, clock: Any) -> None:
    client = Client()
    client.force_login(proposed.olivier)
    session = client.session
    del session["signed_in_at"]
    session.save()
    assert client.post(MANDATE, TYPED).status_code == 403
    assert granted() == (False, False)


def test_what_binds_nobody_else_asks_nothing(proposed: World, clock: Any) -> None:
    client = old_session(proposed, clock, "olivier")
    form = {"edition": "2", "reason": "Not yet."}
    assert client.post("/mandates/public-2026/versions/2/decline", form).status_code == 302


def test_faulty_form_is_shown_before_anybody_is_asked(proposed: World, clock: Any) -> None:
    client = old_session(proposed, clock, "olivier")
    assert client.post(MANDATE, TYPED | {"from_on": "soon"}).status_code == 422


# --- the demo ---


def test_demo_asks_for_a_click(proposed: World, clock: Any, settings: SettingsWrapper) -> None:
    settings.DEMO = True
    client = old_session(proposed, clock, "olivier")
    asked = client.post(MANDATE, TYPED)
    assert asked.status_code == 403
    assert f'name="again-person" value="{proposed.olivier.pk}"'.encode() in asked.content
    assert client.post(MANDATE, TYPED | {"again-person": str(proposed.bram.pk)}).status_code == 403
    assert granted() == (False, False)
    assert client.post(MANDATE, TYPED | {"again-person": str(proposed.olivier.pk)}).status_code == 302
    assert granted() == (True, False)


def test_click_of_the_demo_is_no_password_elsewhere(proposed: World, clock: Any) -> None:
    client = old_session(proposed, clock, "olivier")
    assert client.post(MANDATE, TYPED | {"again-person": str(proposed.olivier.pk)}).status_code == 403
    assert granted() == (False, False)
