"""The page that shows the API works under the strict policy, in a real browser."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.factories import AT, world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_docs_page_lists_operations_and_breaks_no_policy(browser_page: Page, live_server: object) -> None:
    """Seen to fail with `img-src` left as it is elsewhere: Swagger's pictures are refused."""
    made = world(AT)
    client = Client()
    client.force_login(made.bram)
    said: list[str] = []
    browser_page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    address = str(getattr(live_server, "url", ""))
    browser_page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}]
    )
    browser_page.goto("/api/v1/docs/")
    expect(browser_page.get_by_text("Ask what may be agreed", exact=False).first).to_be_visible()
    browser_page.get_by_text("Submit a deal", exact=True).click()
    expect(browser_page.get_by_text("Freezes the draft as a revision", exact=False)).to_be_visible()
    assert said == []
