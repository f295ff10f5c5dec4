"""Asking, countering and taking up, as people do it in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from approvals.models import Case, CounterProposal, Vote
from tests.approvals.asking import case_of
from tests.approvals.countering import asked_of_desk
from tests.browser.visiting import Visitor
from tests.factories import World

pytestmark = pytest.mark.browser
Sits = Callable[[str], Visitor]


def test_story_counter_proposal_taken_up(sits: Sits, world: World) -> None:
    """Ines proposes a bounded yes, Joris votes for it, and Bram takes it up with one click."""
    deal = asked_of_desk(world)
    case = case_of(deal)
    ines = sits("ines")
    ines.go(f"/cases/{case.pk}/")
    ines.page.get_by_role("link", name="Make a counter-proposal").click()
    ines.page.fill("#id_figures-line_discount_0", "13")
    ines.page.fill("#id_figures-reason", "Up to there it carries itself.")
    ines.press("Preview")
    ines.reads("The team could then agree at once")
    ines.reads("826.50")
    ines.press("Propose it")
    ines.reads("If: a discount of at most 13")
    joris = sits("joris")
    joris.go(f"/cases/{case.pk}/")
    joris.page.locator('input[name="counter-choice"][value="approve"]').check()
    joris.page.fill("#id_counter-reason", "With this figure.")
    joris.press("Vote on it")
    joris.reads("the team may take it up")
    bram = sits("bram")
    bram.go(f"/deals/{deal.reference}/")
    bram.reads("Deal desk would say yes")
    bram.press("Take it up")
    bram.reads("Taken up")
    deal.refresh_from_db()
    assert (deal.state, CounterProposal.objects.get().state) == ("approved", "accepted")


def test_story_points_asked_and_ticked_off(sits: Sits, world: World) -> None:
    deal = asked_of_desk(world)
    case = case_of(deal)
    ines = sits("ines")
    ines.go(f"/cases/{case.pk}/")
    ines.page.get_by_text("Ask for changes or information").click()
    ines.page.fill("#id_request-points", "Who else offers?\nUntil when?")
    ines.page.fill("#id_request-reason", "Before I vote.")
    ines.press("Ask the team")
    ines.reads("the clock stands still")
    bram = sits("bram")
    bram.go(f"/deals/{deal.reference}/")
    bram.page.get_by_role("link", name="To the points").click()
    for answer in ("Two others.", "Until Friday."):
        bram.page.locator('textarea[name="answer"]').first.fill(answer)
        bram.page.get_by_role("button", name="Tick it off").first.click()
        bram.page.wait_for_load_state("load")
    bram.reads("Every point is answered")
    assert Case.objects.get(pk=case.pk).paused_at is None


def test_story_by_keyboard_alone_a_member_binds_a_yes(sits: Sits, world: World) -> None:
    case = case_of(asked_of_desk(world))
    ines = sits("ines")
    ines.go(f"/cases/{case.pk}/")
    page = ines.page
    page.locator('input[name="choice"][value="approve"]').focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#id_conditions-minimum_value").focus()
    page.keyboard.type("3100")
    page.locator("#vote textarea").focus()
    page.keyboard.type("If it stays this large.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_load_state("load")
    ines.reads("Your vote is counted")
    vote = Vote.objects.get()
    assert (vote.choice, "3100" in vote.figures) == ("conditions", True)


def test_story_comment_that_mentions_a_colleague(sits: Sits, world: World) -> None:
    deal = asked_of_desk(world)
    bram = sits("bram")
    bram.go(f"/deals/{deal.reference}/")
    bram.page.fill("#id_comment-text", "@Anke Claes, **do** we know them? <script>alert(1)</script>")
    bram.press("Comment")
    bram.reads("Anke Claes is told")
    expect(bram.page.locator(".comment .mention")).to_have_text("@Anke Claes")
    anke = sits("anke")
    anke.go("/inbox/?view=following")
    anke.page.get_by_role("button", name="commented on").first.click()
    anke.page.wait_for_load_state("load")
    expect(anke.page.locator(".comment strong")).to_have_text("do")
