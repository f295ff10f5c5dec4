"""An empty installation: whoever comes first makes it theirs, and invites the second person."""

import re

import pytest
from playwright.sync_api import expect

from teams.models import Invitation, OrganisationRole, User
from tests.browser.visiting import Visitor

pytestmark = pytest.mark.browser

FIRST = {
    "organisation_name": "Nieuwland",
    "name": "Eva First",
    "email": "eva@example.test",
    "password": "a long first password",
    "password_again": "a long first password",
    "second_name": "Finn Second",
    "second_email": "finn@example.test",
}


def test_first_use_makes_an_administrator_and_invites_the_second(transactional_db: None, window: Visitor) -> None:
    page = window.page
    window.go("/")
    if "/first-use/" not in page.url:
        page.get_by_role("link").filter(has_text=re.compile("begin|first", re.I)).first.click()
    expect(page).to_have_url(re.compile("/first-use/$"))
    for name, value in (FIRST | {"second_email": "eva@example.test"}).items():
        page.fill(f'[name="{name}"]', value)
    window.press("Begin")
    expect(page.locator("[data-error-summary]")).to_be_visible()
    expect(page.locator('[name="organisation_name"]')).to_have_value("Nieuwland")
    for name in ("second_email", "password", "password_again"):
        page.fill(f'[name="{name}"]', FIRST[name])
    window.press("Begin")
    window.reads("Finn Second")
    assert User.objects.count() == 2
    assert OrganisationRole.objects.filter(role="mandate_administrator").count() == 2
    assert Invitation.objects.get().user.email == "finn@example.test"
    window.go("/settings/")
    window.reads("Two people who can grant")
    window.go("/first-use/")
    window.reads("There is nothing here that you may see.")
