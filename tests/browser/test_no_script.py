"""The whole way of a deal where scripts are switched off: from the desk to a yes, and a vote."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from approvals.models import Case, Deal, DealState
from tests.approvals.countering import NEAR_PRICE, adopted, asked_of_desk
from tests.browser.visiting import DESK, Visitor, Watch
from tests.factories import World, submitted, terms

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(browser: Browser, live_server: LiveServer, world: World, watched: Watch) -> Iterator[Visitor]:
    """A window without scripts."""
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url, locale="en-GB")
    context.set_default_navigation_timeout(30_000)
    page = context.new_page()
    watched.over(page)
    yield Visitor(page, context, world.people, live_server.url)
    context.close()


def test_deal_without_scripts_is_written_checked_submitted_and_consented(plain: Visitor) -> None:
    page = plain.is_now("bram").page
    plain.go("/deals/new")
    plain.press("Gemeente Hoogveld")
    page.fill("#id_term_months", "24")
    plain.writes("1116")
    plain.press("Check")
    plain.reads("Yes: this is yours to agree.", DESK)
    plain.press("Add a line")
    page.fill("#id_lines-1-product", "RT-1")
    page.fill("#id_lines-1-quantity", "1")
    page.fill("#id_lines-1-discount", "40")
    plain.press("Check")
    plain.reads("would be asked", DESK)
    plain.press("Remove RT-1")
    plain.writes("1060")
    plain.press("Continue to submit")
    plain.press("Submit and ask")
    deal = Deal.objects.get()
    assert deal.state == DealState.PENDING
    page = plain.is_now("anke").page
    plain.go(f"/deals/{deal.reference}/")
    page.check('input[name="answer"][value="consent"]')
    plain.press("Send my answer")
    plain.reads("Approved with the consent of Anke Claes")


def test_vote_without_scripts_is_counted(plain: Visitor, world: World) -> None:
    deal = submitted(world, terms=terms(("TRAIN-1", "4", "800.00")))
    case = Case.objects.get(deal=deal)
    for key in ("ines", "joris"):
        plain.is_now(key).votes(case.pk, "approve")
    deal.refresh_from_db()
    assert deal.state == DealState.APPROVED


def test_limits_without_scripts_are_written_row_by_row(plain: Visitor) -> None:
    page = plain.is_now("nora").page
    plain.go("/mandates/new")
    page.fill("#id_limits-0-member", "10")
    page.select_option("#id_limits-0-metric", "line_discount")
    with page.expect_navigation():
        page.locator('button[name="row"][value="limits:add"]').click()
    page.select_option("#id_limits-1-metric", "payment_days")
    with page.expect_navigation():
        page.locator('button[name="row"][value="limits:up:1"]').click()
    assert page.locator("#id_limits-0-metric").input_value() == "payment_days"
    assert page.locator("#id_limits-1-member").input_value() == "10"


def test_counter_proposal_without_scripts_is_taken_up(plain: Visitor, world: World) -> None:
    deal = asked_of_desk(world)
    adopted(world, deal)
    plain.is_now("bram")
    plain.go(f"/deals/{deal.reference}/")
    plain.press("Take it up")
    plain.reads("Taken up")
    assert NEAR_PRICE in Deal.objects.get(pk=deal.pk).draft
