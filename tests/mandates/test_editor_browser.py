"""The table of limits in a real browser: rows by mouse and keyboard, and the same without scripts."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from mandates.documents import document_of
from mandates.models import MandateVersion
from tests import factories
from tests.factories import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def signed_in(page: Page, world: World, who: str, url: str) -> Page:
    client = Client()
    client.force_login(world.people[who])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    return page


def families(code: str) -> list[str | None]:
    document = document_of(MandateVersion.objects.get(mandate__code=code))
    return [limit.get("when", {}).get("family") for limit in document["limits"]]


def fill_first_row(page: Page, code: str) -> None:
    page.fill("#id_code", code)
    page.fill("#id_name", "Retail")
    page.select_option("#id_limits-0-metric", "line_discount")
    page.fill("#id_limits-0-family", "network")
    page.fill("#id_limits-0-member", "8")


def test_editor_copies_moves_and_adds_rows(browser_page: Page, live_server: LiveServer) -> None:
    page = signed_in(browser_page, factories.world(), "nora", live_server.url)
    page.goto("/mandates/new")
    fill_first_row(page, "retail-1")
    page.locator("[data-row] [data-row-copy]").first.click()
    page.fill("#id_limits-1-family", "cloud")
    page.locator("#id_limits-1-family").press("Alt+ArrowUp")
    page.locator("[data-rows=limits] [data-row-add]").click()
    page.select_option("#id_limits-2-metric", "line_discount")
    page.fill("#id_limits-2-member", "3")
    page.locator("#id_limits-2-member").press("Enter")
    page.wait_for_url("**/mandates/retail-1/draft/")
    assert families("retail-1") == ["cloud", "network", None]
    assert "All other products: a member may give up to 3" in page.locator(".says").nth(2).inner_text().replace(
        "\xa0", " "
    )


def test_editor_without_scripts_does_the_same(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = signed_in(context.new_page(), factories.world(), "nora", live_server.url)
    page.goto("/mandates/new")
    fill_first_row(page, "retail-2")
    page.click('button[value="limits:copy:0"]')
    page.fill("#id_limits-1-family", "cloud")
    page.click('button[value="limits:up:1"]')
    assert page.input_value("#id_limits-0-family") == "cloud"
    page.click('button.primary[name="then"]')
    assert page.url.endswith("/mandates/retail-2/draft/")
    assert families("retail-2") == ["cloud", "network"]
    context.close()
