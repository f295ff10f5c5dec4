"""Letters: what is asked, the figures that their reader may see, a link that decides nothing, and what is newer."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from approvals.actions.comments import comment, take_back_comment
from approvals.actions.consent import give_consent
from approvals.models import Case, Comment, Deal
from journal.composing import part_of
from journal.delivery import deliver_due
from journal.letters import told
from journal.models import Message
from journal.record import record
from mandates.models import MandateVersion
from tests.approvals_pages.conftest import SignIn
from tests.approvals_pages.posting import text_of
from tests.factories import TEAM_PRICE, World, leave, revised, seat_of, submitted, terms, vote

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


def test_letter_of_an_ask_says_until_when_in_the_readers_own_zone(world: World, mailoutbox: list[Any]) -> None:
    type(world.ines).objects.filter(pk=world.ines.pk).update(time_zone="America/New_York")
    case = Case.objects.get(deal=submitted(world, terms=ASKING))
    (mail,) = letters(world, mailoutbox, "ines", "case.opened")
    local = case.due_at.astimezone(ZoneInfo("America/New_York"))
    assert f"Answer by: {local:%a} {local.day} {local:%b}, {local:%H:%M}" in mail.body


def test_letter_about_what_is_answered_meanwhile_asks_nothing(world: World, mailoutbox: list[Any]) -> None:
    """Seen to fail: with the figures and the ask of the moment at which it was asked."""
    case = Case.objects.get(deal=submitted(world, terms=ASKING))
    vote(world, case, "ines")
    (mail,) = letters(world, mailoutbox, "ines", "case.opened")
    assert "You have voted since." in mail.body
    assert "Read the case and vote." not in mail.body + mail.alternatives[0][0] and "Answer by" not in mail.body


def test_letter_about_a_consent_that_is_given_meanwhile_asks_nothing(world: World, mailoutbox: list[Any]) -> None:
    deal = submitted(world, price=TEAM_PRICE)
    give_consent(seat=seat_of(world, deal, "anke"), by=world.anke, at=world.at)
    (mail,) = letters(world, mailoutbox, "anke", "deal.asked_colleagues")
    assert "Consent, or object with your reason." not in mail.body
    assert "not asked any more" in mail.body or "You have answered since." in mail.body


def test_letter_of_a_comment_carries_what_was_said_until_it_is_taken_back(world: World, mailoutbox: list[Any]) -> None:
    deal = submitted(world, price=TEAM_PRICE)
    said = comment(deal=deal, by=world.anke, at=world.at, text="They <b>pay</b> late.")
    Message.objects.filter(channel="mail").exclude(event__verb="deal.commented").delete()
    html = told_html(world, said)
    assert "They &lt;b&gt;pay&lt;/b&gt; late." in html
    take_back_comment(comment=said, by=world.anke, at=world.at)
    assert "late." not in told_html(world, said)


def told_html(world: World, said: Comment) -> str:
    message = Message.objects.filter(channel="mail", event__verb="deal.commented").select_related("event")[0]
    reader = type(world.bram).objects.get(pk=message.recipient_id)
    return str(part_of(message, told(message.event, reader)).html)


def test_letter_of_a_proposed_mandate_tells_what_it_allows_with_margins_by_right(
    world: World, mailoutbox: list[Any]
) -> None:
    """Seen to fail: with the document itself instead of as it is read."""
    version = MandateVersion.objects.filter(state="granted").order_by("pk")[0]
    with transaction.atomic():
        event = record(
            "mandate.granted",
            subject=("mandate", version.mandate.code),
            by=None,
            at=world.at,
            data={"code": version.mandate.code, "version": version.number},
            tell=[world.anke.pk],
            link="/mandates/",
        )
    team = version.holders.get().team
    bodies = {}
    for sees in (True, False):
        type(team).objects.filter(pk=team.pk).update(cost_sight="team" if sees else "nobody")
        bodies[sees] = part_of(event.messages.get(channel="mail"), told(event, world.anke)).text.replace("\u00a0", " ")
    assert "Margin on a line: 45" in bodies[True]
    assert "not shown to you" in bodies[False] and "not shown to you" not in bodies[True]
    assert "holds this mandate from" in bodies[True]


@pytest.mark.parametrize(("key", "margins"), [("ines", 2), ("anke", 2), ("chloe", 0)])
def test_letter_of_several_shows_in_each_part_what_its_reader_may_see(
    key: str, margins: int, world: World, mailoutbox: list[Any]
) -> None:
    """Seen to fail: with `sees_cost` true for everybody. The lead and the committee see margins, a member does not."""
    type(world.teams["public"]).objects.filter(pk=world.teams["public"].pk).update(cost_sight="lead")
    for _ in range(2):
        submitted(world, terms=ASKING) if key == "ines" else submitted(world, price=TEAM_PRICE)
    deliver_due(at=world.at)
    (mail,) = [mail for mail in mailoutbox if mail.to == [world.people[key].email]]
    assert mail.subject.startswith("2 things wait for you: ")
    html = mail.alternatives[0][0]
    assert (mail.body.count("Net value:"), html.count(">Net value<")) == (2, 2)
    assert (mail.body.count("Margin:"), html.count(">Margin<")) == (margins, margins)
