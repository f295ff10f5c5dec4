"""Two stories of a team in a real browser: a colleague and a coach, by mouse, by keyboard, and without scripts.

Seen to fail when the answer's form was left off the question's page.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from approvals.models import Advice, ConsentRound, Remark
from teams.actions import declare_competence
from tests.browser.visiting import Visitor, Watch, cookie_of
from tests.factories import TEAM_PRICE, World, submitted

pytestmark = pytest.mark.browser


def test_colleague_talks_objects_and_is_convinced(sits: Callable[[str], Visitor], world: World) -> None:
    """Chloé asks in the talk, objects, reads the reply, withdraws, and consents."""
    deal = submitted(world, price=TEAM_PRICE)
    page = f"/deals/{deal.reference}/"
    chloe = sits("chloe")
    chloe.go(page)
    chloe.page.fill('textarea[name="remark"]', "What do they give back?")
    chloe.press("Say it")
    chloe.reads("What do they give back?")
    chloe.page.check('input[name="answer"][value="objection"]')
    chloe.page.fill('textarea[name="reason"]', "Nothing comes back.")
    chloe.press("Send my answer")
    bram = sits("bram")
    bram.go(page)
    bram.page.fill('textarea[name="remark"]', "Three more sites next year.")
    bram.press("Say it")
    bram.page.click("summary:has-text('Reply to')")
    bram.page.fill('textarea[name="text"]', "They sign for two years.")
    bram.press("Send the reply")
    again = sits("chloe")
    again.go(page)
    again.reads("They sign for two years.")
    again.press("Withdraw my objection")
    again.page.check('input[name="answer"][value="consent"]')
    again.press("Send my answer")
    again.reads("Approved with the consent of Chloé Lambert.")
    assert [one.text for one in Remark.objects.order_by("id")] == [
        "What do they give back?",
        "Three more sites next year.",
    ]
    assert ConsentRound.objects.get().state == "consented"


def test_coach_is_asked_by_whoever_knows_and_thanked(sits: Callable[[str], Visitor], world: World) -> None:
    """Bram looks for somebody who knows about leasing and finds Els, who answers from the coach's page."""
    declare_competence(by=world.els, at=world.at, kind="topic", name="Leasing")
    deal = submitted(world, price=TEAM_PRICE)
    bram = sits("bram")
    bram.go(f"/deals/{deal.reference}/")
    bram.press("Ask for advice")
    bram.page.fill('input[name="q"]', "leasing")
    bram.press("Look")
    bram.reads("says to know about Leasing")
    bram.page.fill('textarea[name="question"]', "Would leasing be a way?")
    bram.page.check(f'input[name="people"][value="{world.els.pk}"]')
    bram.press("Put the question")
    bram.reads("Would leasing be a way?")
    els = sits("els")
    els.go("/coaching/")
    els.reads("Would leasing be a way?")
    els.page.click("text=Bram Wouters asks for your advice")
    els.page.wait_for_url("**/advice/*/")
    els.page.keyboard.press("Tab")
    els.page.focus('textarea[name="text"]')
    els.page.keyboard.type("Yes, over four years.")
    els.page.keyboard.press("Tab")
    with els.page.expect_navigation():
        els.page.keyboard.press("Enter")
    els.reads("Your advice is on record", "body")
    thankful = sits("bram")
    thankful.go(f"/advice/{Advice.objects.get().pk}/")
    thankful.page.fill('textarea[name="thanks"]', "They took it.")
    thankful.press("Thank you")
    assert Advice.objects.get().state == "thanked"


def test_advice_without_scripts(world: World, browser: Browser, live_server: LiveServer, watched: Watch) -> None:
    """Every step is a form of its own. Seen to fail when the question had to be put by htmx."""
    deal = submitted(world, price=TEAM_PRICE)
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url, locale="en-GB")
    context.add_cookies([{"name": "sessionid", "value": cookie_of(world.bram), "url": live_server.url}])
    page = context.new_page()
    watched.over(page)
    page.goto(f"/deals/{deal.reference}/advice/new")
    page.fill('textarea[name="question"]', "Is that fair?")
    page.check(f'input[name="people"][value="{world.els.pk}"]')
    page.click("text=Put the question")
    page.wait_for_url(f"**/deals/{deal.reference}/")
    assert Advice.objects.get().asked_of == world.els
    context.close()
