"""The inbox in a real browser: by keyboard to a vote that nobody gives by accident, and without scripts.

Seen to fail when the key for yes was bound to nothing, and when the preview stayed as it was.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from approvals.models import Vote
from tests.approvals.asking import case_of
from tests.approvals.countering import asked_of_desk
from tests.browser.visiting import Visitor, Watch, cookie_of
from tests.factories import World

pytestmark = pytest.mark.browser


def test_member_by_keyboard_reads_opens_and_votes(sits: Callable[[str], Visitor], world: World) -> None:
    """Down the list, read beside it, open with a yes filled in: nothing is decided until the vote is sent."""
    case = case_of(asked_of_desk(world))
    ines = sits("ines")
    ines.go("/inbox/")
    page = ines.page
    page.keyboard.press("j")
    expect(page.locator("aside").filter(has_text="3,200.00")).to_have_count(1)
    with page.expect_navigation():
        page.keyboard.press("a")
    page.wait_for_load_state("load")
    assert f"/cases/{case.pk}/" in page.url
    expect(page.locator('input[name="choice"][value="approve"]')).to_be_checked()
    assert not Vote.objects.exists()
    page.fill('#vote textarea[name="reason"]', "Fair for both.")
    ines.press("Vote")
    assert Vote.objects.get().user == world.ines
    ines.go("/inbox/")
    expect(page.locator("main").filter(has_text="asks Deal desk")).to_have_count(0)


def test_inbox_without_scripts_leads_to_the_case(
    world: World, browser: Browser, live_server: LiveServer, watched: Watch
) -> None:
    case = case_of(asked_of_desk(world))
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": cookie_of(world.people["ines"]), "url": live_server.url}])
    page = context.new_page()
    watched.over(page)
    page.goto(live_server.url + "/inbox/")
    page.get_by_role("link", name="asks Deal desk").first.click()
    page.wait_for_load_state("load")
    assert f"/cases/{case.pk}/" in page.url
    context.close()
