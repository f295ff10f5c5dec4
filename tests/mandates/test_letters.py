"""Letters about the charter: its bounds, with margins by right, and nothing asked where it was answered meanwhile."""

import pytest
from django.db import transaction

from journal.composing import part_of
from journal.letters import told
from journal.models import Event
from journal.record import record
from teams.models import Team
from tests.factories import World, charter_in_force, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> World:
    return world()


def proposed(made: World) -> Event:
    bounds = [{"metric": "line_discount", "limit": "45"}, {"metric": "line_margin", "limit": "8"}]
    version = charter_in_force(made, {"currency": "EUR", "limits": bounds}, since=made.at)
    with transaction.atomic():
        return record(
            "charter.proposed",
            subject=("charter", "1"),
            by=None,
            at=made.at,
            data={"version": version.number},
            tell=[made.bram.pk],
            link="/charter/",
        )


@pytest.mark.parametrize("sees", [True, False])
def test_letter_of_the_charter_shows_margins_by_right(made: World, sees: bool) -> None:
    """Seen to fail: with the document itself instead of as it is read."""
    Team.objects.update(cost_sight="team" if sees else "nobody")
    event = proposed(made)
    text = part_of(event.messages.get(channel="mail"), told(event, made.bram)).text
    hidden = "not shown to you"
    assert (hidden in text) is not sees
    assert "Margin on a line" in text and "Discount on a line" in text


def test_letter_of_a_charter_that_is_granted_meanwhile_asks_nothing(made: World) -> None:
    event = proposed(made)
    text = part_of(event.messages.get(channel="mail"), told(event, made.bram)).text
    assert "nothing is asked of you any more" in text
    assert "grant or decline" not in text
