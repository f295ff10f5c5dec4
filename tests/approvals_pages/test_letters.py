"""Letters: what is asked, the figures that their reader may see, a link that decides nothing, and what is newer."""

from typing import Any

import pytest

from approvals.models import Case, Deal
from journal.delivery import deliver_due
from journal.models import Message
from tests.approvals_pages.conftest import SignIn
from tests.approvals_pages.posting import text_of
from tests.factories import TEAM_PRICE, World, leave, revised, submitted, terms

ASKING = terms(("TRAIN-1", "4", "800.00"), why="They train forty people.")


def letters(world: World, mailoutbox: list[Any], key: str, verb: str) -> list[Any]:
    """The letters to a person about events of this verb alone."""
    Message.objects.filter(channel="mail").exclude(event__verb=verb).delete()
    deliver_due(at=world.at)
    return [mail for mail in mailoutbox if mail.to == [world.people[key].email]]


def test_letter_of_a_case_carries_the_ask_the_figures_and_the_link(world: World, mailoutbox: list[Any]) -> None:
    case = Case.objects.get(deal=submitted(world, terms=ASKING))
    (mail,) = letters(world, mailoutbox, "ines", "case.opened")
    html = mail.alternatives[0][0]
    for said in ("Public sector asks for Gemeente Hoogveld", "3,200.00", "15.79", "They train forty people."):
        assert said in mail.body and said in html
    assert "Margin: 62.5" in mail.body
    assert f"/cases/{case.pk}/?revision=1" in mail.body
    assert 'name="viewport"' in html


@pytest.mark.parametrize(("key", "sees"), [("anke", False), ("els", False)])
def test_letter_hides_the_margin_from_whom_it_is_hidden(
    key: str, sees: bool, world: World, mailoutbox: list[Any]
) -> None:
    """Seen to fail: with `sees_cost` true for everybody."""
    world.teams["public"].cost_sight = sees
    world.teams["public"].save()
    submitted(world, price=TEAM_PRICE)
    for mail in letters(world, mailoutbox, "anke", "deal.asked_colleagues"):
        assert "4,240.00" in mail.body and "Margin" not in mail.body + mail.alternatives[0][0]


def test_letter_to_somebody_who_may_not_see_it_any_more_tells_no_figures(world: World, mailoutbox: list[Any]) -> None:
    submitted(world, price=TEAM_PRICE)
    leave(world.teams["public"], world.anke, world.today)
    (mail,) = letters(world, mailoutbox, "anke", "deal.asked_colleagues")
    assert "4,240.00" not in mail.body and "Hoogveld" not in mail.body


def test_letter_about_an_older_revision_says_so_and_its_link_shows_the_newer(
    world: World, mailoutbox: list[Any], sign_in: SignIn
) -> None:
    deal: Deal = submitted(world, price=TEAM_PRICE)
    revised(world, deal, terms(("SW-24P", "4", "1061.00")))
    mail = letters(world, mailoutbox, "anke", "deal.asked_colleagues")[0]
    assert "Revision 2 was submitted since; the link shows it." in mail.body
    said = text_of(sign_in("anke").get(f"/deals/{deal.reference}/?revision=1"))
    assert "The link was about revision 1. Revision 2 was submitted since, and is what you see." in said
    for fresh in ("2", "x", "", "9" * 30):
        assert "The link was about" not in text_of(sign_in("anke").get(f"/deals/{deal.reference}/?revision={fresh}"))


def test_link_of_a_letter_asks_to_sign_in_first(world: World, client: Any) -> None:
    case = Case.objects.get(deal=submitted(world, terms=ASKING))
    answer = client.get(f"/cases/{case.pk}/?revision=1&choice=approve")
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")
    case.refresh_from_db()
    assert case.state == "open" and not case.votes.exists()
