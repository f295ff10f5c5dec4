"""The pocket mandate on a phone, as somebody at a customer's table uses it; with scripts, without, in both themes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.visiting import DESK, Visitor, faults
from tests.factories import World

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


def wrong(page: Page) -> list[str]:
    """What axe finds in both themes, and whether the page is wider than the phone."""
    found = faults(page)
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the phone")
    return found


def test_story_pocket_answers_while_typing_and_tells_the_mandate(sits: Callable[[str], Visitor]) -> None:
    """From the menu: the question, its answer while typing, then the bounds; nothing leaves the page."""
    bram = sits("bram")
    page = bram.page
    page.set_viewport_size(PHONE)
    bram.go("/")
    page.get_by_text("Menu", exact=True).click()
    page.get_by_label("All pages").get_by_role("link", name="Pocket mandate").click()
    page.wait_for_load_state("load")
    assert wrong(page) == []
    strip = page.locator(".strip")
    page.select_option("#id_customer", "C-17")
    page.fill("#id_product", "SW-24P")
    page.fill("#id_term_months", "24")
    page.fill("#id_price", "1060")
    bram.reads("Ask one colleague", DESK)
    page.fill("#id_price", "1116")
    bram.reads("Yes: this is yours to agree.", DESK)
    page.locator(".verdict").evaluate("one => one.scrollIntoView({block: 'center', behavior: 'instant'})")
    expect(strip).to_be_hidden()
    page.get_by_text("Who decides beyond it").evaluate("one => one.scrollIntoView({behavior: 'instant'})")
    expect(strip).to_be_visible()
    assert wrong(page) == []
    bram.reads("up to 12\u00a0%")
    bram.press("Make it a deal")
    expect(page.locator("#id_lines-0-price")).to_have_value("1116.00")


def test_story_coach_chooses_a_team(sits: Callable[[str], Visitor]) -> None:
    els = sits("els")
    els.page.set_viewport_size(PHONE)
    els.go("/pocket/")
    els.page.get_by_label("Your teams").get_by_role("link", name="Public sector").click()
    els.page.wait_for_load_state("load")
    expect(els.page.get_by_role("heading", level=1)).to_have_text("Public sector")
    els.reads("You coach this team")
    assert faults(els.page) == []


def test_pocket_without_scripts_answers_and_shows_the_answer(
    browser: Browser, live_server: LiveServer, world: World
) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url, locale="en-GB", viewport=PHONE)
    plain = Visitor(context.new_page(), context, world.people, live_server.url).is_now("bram")
    plain.go("/pocket/")
    plain.page.select_option("#id_customer", "C-17")
    plain.page.fill("#id_product", "SW-24P")
    plain.page.fill("#id_term_months", "24")
    plain.page.fill("#id_price", "1116")
    plain.press("Can I?")
    plain.reads("Yes: this is yours to agree.", DESK)
    expect(plain.page.locator(".verdict")).to_be_in_viewport()
    expect(plain.page.locator("#id_price")).to_have_value("1116")
    context.close()
