"""How a committee works in a real browser: a substitute, a chair, a member who steps back, and a change by two people.

Seen to fail when a substitute was let into no electorate, when the chair's vote decided no tie, and when whoever
proposed a change of the committee could confirm it.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from approvals.models import Case, Deal, PastVote, Vote
from teams.models import Committee, CommitteeChange, CommitteeSeat
from tests.approvals.asking import case_of
from tests.approvals.countering import asked_of_desk
from tests.browser.visiting import Visitor, Watch, cookie_of
from tests.factories import World

pytestmark = pytest.mark.browser
Sits = Callable[[str], Visitor]


def chooses(visitor: Visitor, label: str, name: str) -> None:
    """Choose somebody in a list by the beginning of their name."""
    box = visitor.page.get_by_label(label)
    box.select_option(label=box.locator("option", has_text=name).first.inner_text())


def test_story_substitute_votes_while_a_member_is_away(sits: Sits, world: World) -> None:
    """Joris goes away and names Ruth, Ines confirms her, and Ruth's vote on the next case decides it."""
    joris = sits("joris")
    joris.go("/settings/absence/")
    joris.page.fill("#id_first_on", world.today.isoformat())
    joris.page.fill("#id_last_on", (world.today + timedelta(days=7)).isoformat())
    chooses(joris, "Stands in for me on Deal desk", "Ruth Schmit")
    joris.press("Note my absence")
    joris.reads("waits to be confirmed")
    ines = sits("ines")
    ines.go("/settings/committees/deal-desk/")
    ines.press("Confirm Ruth Schmit")
    case = case_of(asked_of_desk(world))
    ines = sits("ines")
    ines.votes(case.pk, "approve")
    assert case_of(Deal.objects.get()).state == "open"
    ruth = sits("ruth")
    ruth.go("/")
    ruth.page.get_by_role("link", name="asks Deal desk").first.click()
    ruth.page.wait_for_load_state("load")
    ruth.page.check('input[name="choice"][value="approve"]')
    ruth.page.fill('#vote textarea[name="reason"]', "In Joris's place: fair.")
    ruth.press("Vote")
    ruth.reads("Your vote decided it: the case is approved.")
    assert Deal.objects.get().state == "approved"
    joris = sits("joris")
    joris.go(f"/cases/{case.pk}/")
    expect(joris.page.locator("#vote")).to_have_count(0)


def test_story_chair_decides_a_tie(sits: Sits, world: World) -> None:
    """One approves, one steps back, the chair declines: with a tie at the end the chair's vote counts."""
    Committee.objects.filter(code="deal-desk").update(rule="majority", quorum=2, chair_casts=True)
    case = case_of(asked_of_desk(world))
    sits("joris").votes(case.pk, "approve")
    karim = sits("karim")
    karim.votes(case.pk, "abstain", "I do not know them.")
    ines = sits("ines")
    ines.votes(case.pk, "decline", "Not at this term.")
    ines.reads("Your vote decided it: the case is declined.")
    assert Case.objects.get(pk=case.pk).state == "declined"
    bram = sits("bram")
    bram.go(f"/deals/{case.deal.reference}/")
    bram.reads("Not at this term.")


def test_story_member_changes_a_vote_and_another_steps_back(sits: Sits, world: World) -> None:
    case = case_of(asked_of_desk(world))
    joris = sits("joris")
    joris.votes(case.pk, "decline", "Too low.")
    joris.page.fill('#vote textarea[name="reason"]', "I read the tender now.")
    joris.page.check('input[name="choice"][value="approve"]')
    joris.press("Change my vote")
    karim = sits("karim")
    karim.go(f"/cases/{case.pk}/")
    karim.page.get_by_text("Recuse yourself from this case").click()
    karim.page.locator("#_recuse textarea").fill("I sold to them last year.")
    karim.press("Recuse yourself")
    expect(karim.page.locator("aside").filter(has_text="1 recused")).to_have_count(1)
    sits("ines").votes(case.pk, "approve")
    case.refresh_from_db()
    assert case.state == "approved"
    vote = Vote.objects.get(user=world.joris)
    assert [past.choice for past in PastVote.objects.filter(vote=vote)] + [vote.choice] == ["decline", "approve"]


def test_story_committee_is_changed_by_two(sits: Sits, world: World) -> None:
    """Nora proposes a seat for Ruth; she cannot confirm it herself; Noud does."""
    nora = sits("nora")
    nora.go("/settings/committees/deal-desk/")
    nora.press("Propose a member")
    chooses(nora, "Person", "Ruth Schmit")
    nora.page.get_by_label("Why").fill("She knows the buyers.")
    nora.press("Propose this person")
    expect(nora.page.get_by_role("button", name="Confirm the change")).to_have_count(0)
    assert CommitteeChange.objects.get().state == "proposed"
    noud = sits("noud")
    noud.go("/settings/committees/deal-desk/")
    noud.page.locator("main").get_by_role("link", name="Ruth Schmit").first.click()
    noud.page.wait_for_load_state("load")
    noud.reads("She knows the buyers.")
    noud.press("Confirm the change")
    assert CommitteeSeat.objects.filter(user=world.ruth, ended_on=None).exists()


def test_absence_and_vote_by_keyboard_without_scripts(
    world: World, browser: Browser, live_server: LiveServer, watched: Watch
) -> None:
    """Joris notes his absence and comes back, Ines votes: with the Tab key, and with scripts turned off."""
    case = case_of(asked_of_desk(world))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    watched.over(page)
    for key, address in (("joris", "/settings/absence/"), ("ines", f"/cases/{case.pk}/")):
        context.add_cookies([{"name": "sessionid", "value": cookie_of(world.people[key]), "url": live_server.url}])
        page.goto(live_server.url + address)
        page.wait_for_load_state("load")
        if key == "joris":
            page.fill("#id_first_on", world.today.isoformat())
            page.get_by_role("button", name="Note my absence").press("Enter")
            page.wait_for_load_state("load")
            page.get_by_role("button", name="I am back").press("Enter")
        else:
            page.locator('input[name="choice"][value="approve"]').press("Space")
            page.locator('#vote textarea[name="reason"]').press_sequentially("Fair for both.")
            page.get_by_role("button", name="Vote", exact=True).press("Enter")
        page.wait_for_load_state("load")
    expect(page.locator("main").filter(has_text="Your vote is counted")).to_have_count(1)
    context.close()
    assert Vote.objects.get().choice == "approve"
