"""Letters about a proposed change of a committee: what would be different, and only for those who may see it."""

from typing import Any

import pytest

from journal.composing import part_of
from journal.letters import told
from journal.models import Message
from teams import actions
from teams.models import CommitteeChange, User
from tests.factories import World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> World:
    return world()


def proposed(made: World, kind: str, **values: Any) -> CommitteeChange:
    committee = made.committees["deal-desk"]
    return actions.propose_change(
        committee=committee, by=made.nora, at=made.at, kind=kind, values=values, reason="Two are too few."
    )


def text_for(user: User, verb: str = "committee.change_proposed") -> str:
    message = Message.objects.filter(event__verb=verb, channel="mail").select_related("event")[0]
    return part_of(message, told(message.event, user)).text


def test_letter_of_a_proposed_change_tells_what_would_be_different_and_why(made: World) -> None:
    before = made.committees["deal-desk"].answer_hours
    proposed(made, "rule", answer_hours=before + 3)
    text = text_for(made.olivier)
    assert f"{before} → {before + 3}" in text and "Two are too few." in text
    assert "Read what would change, and confirm or decline it." in text


def test_letter_of_a_change_that_is_answered_meanwhile_asks_nothing(made: World) -> None:
    change = proposed(made, "seat", user=made.chloe.pk, is_chair=False)
    assert "Chloé Lambert becomes member of" in text_for(made.olivier)
    actions.confirm_change(change=change, by=made.olivier, at=made.at)
    text = text_for(made.olivier)
    assert "nothing is asked of you any more" in text and "confirm or decline" not in text


def test_letter_of_a_proposed_change_tells_somebody_who_may_not_see_it_nothing_of_it(made: World) -> None:
    """Seen to fail: without the two permissions."""
    proposed(made, "seat", user=made.chloe.pk, is_chair=False)
    assert "Two are too few." not in text_for(made.bram) and "Chloé" not in text_for(made.bram)
