"""A replay as people walk through it: asked for by who drafts, watched, read by who grants, cancelled."""

from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from insights.actions import advance
from insights.models import Replay, ReplayState
from tests.browser.visiting import Visitor
from tests.factories import AT, TEAM_PRICE, World, submitted
from tests.insights.test_replay import imported, version_of, wider_document

pytestmark = pytest.mark.browser
VERSION = "/mandates/public-2026/versions/2/"


@pytest.fixture
def past(world: World) -> World:
    """Deals of three months, and a version that allows more with a budget that is soon used up."""
    submitted(world, price=TEAM_PRICE)
    for month in (8, 9, 10):
        for number in range(2):
            imported(world, f"H-{month}-{number}", TEAM_PRICE, on=date(AT.year, month, 3))
    version_of(world, wider_document(budgets=[{"per": "team", "period": "year", "amount": "1200"}]))
    return world


def faults(visitor: Visitor, scheme: Any, width: int) -> list[str]:
    visitor.page.set_viewport_size({"width": width, "height": 900})
    visitor.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = Axe().run(visitor.page).response["violations"]
    return [f"{scheme}, {width}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def test_story_replay_is_asked_for_watched_and_read(visitor: Visitor, past: World) -> None:
    visitor.is_now("nora").go(VERSION)
    visitor.reads("Not replayed yet")
    visitor.press("Replay")
    visitor.press("Replay past deals")
    visitor.reads("0 of 6 deals judged. It waits for its turn.")
    replay = Replay.objects.get()
    while advance(replay=replay, at=AT):
        pass
    # the page asks for its progress by itself, and shows what was found once it is over
    visitor.reads("Of 6 past deals, 6 would be answered more freely than by what is in force, 0 more strictly.")
    visitor.reads("4 deals that its limits allow would have found one used up", "#_budgets")
    table = visitor.page.locator("#_over_time table")
    expect(table).to_be_hidden()
    visitor.page.get_by_text("These figures as a table").click()
    expect(table).to_be_visible()
    expect(table.locator("tbody tr")).to_have_count(3)
    found = [fault for scheme in ("light", "dark") for width in (1280, 390) for fault in faults(visitor, scheme, width)]
    assert found == []
    visitor.is_now("petra").go(VERSION)
    visitor.reads("Of 6 past deals, 6 would be answered more freely than by what is in force, 0 more strictly.")


def test_story_replay_is_cancelled_by_who_asked(visitor: Visitor, past: World) -> None:
    visitor.is_now("bram").go(f"{VERSION}replay/")
    visitor.press("Replay past deals")
    visitor.press("Cancel the replay")
    visitor.reads("This replay was cancelled after 0 of 6 deals")
    assert Replay.objects.get().state == ReplayState.CANCELLED
