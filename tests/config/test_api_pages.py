"""The API's own page works in a browser under the site's strict policy."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer


@pytest.mark.browser
def test_api_page_shows_the_operations_and_breaks_no_policy(browser_page: Page, live_server: LiveServer) -> None:
    client = Client()
    client.force_login(get_user_model().objects.create(email="someone@example.org"))
    session = client.cookies["sessionid"].value
    browser_page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    said: list[str] = []
    browser_page.on("console", lambda message: said.append(message.text))
    browser_page.goto("/api/v1/docs/")
    expect(browser_page.locator("#swagger-ui")).to_contain_text("/api/v1/customers/", timeout=30_000)
    assert said == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/docs/", "/api/v1/schema/"])
def test_api_description_is_for_who_is_signed_in(client: Client, path: str) -> None:
    assert client.get(path).status_code in {302, 401, 403}
