"""Every part in a real browser: accessible in both themes, no wider than a phone; and what the scripts do."""

import mimetypes
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.contrib.staticfiles import finders
from django.template import engines
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
ORIGIN = "http://parts.test"
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'"
ANSWER = '<div id="_verdict"><p data-say>This is yours to agree.</p></div>'
STATES = ("draft", "pending", "approved", "declined", "refused", "withdrawn", "lapsed", "won", "lost")


class FilterForm(forms.Form):
    q = forms.CharField(label="Search", help_text="A name or a reference.")
    mine = forms.BooleanField(label="Mine only")


class Reader:
    """Somebody signed in, without a database."""

    is_authenticated = True
    email = "anouk@example.com"

    def get_full_name(self) -> str:
        return "Anouk Peeters"


def links() -> list[dict[str, Any]]:
    return [
        {"url": f"/{name}/", "label": name.title(), "current": name == "deals", "badge": "3", "more": name == "journal"}
        for name in ("today", "ask", "deals", "cases", "mandates", "teams", "inbox", "journal")
    ]


def gallery() -> str:
    engine = engines["django"]
    return engine.from_string((HERE / "gallery.html").read_text()).render(
        {
            "row": engine.from_string((HERE / "gallery_row.html").read_text()).template,
            "user": Reader(),
            "navigation": links(),
            "links": links(),
            "scripts": ["rows.js", "grid.js", "live.js", "keys.js"],
            "sentences": ["Say why this price."],
            "form": FilterForm({}, auto_id="deal_%s"),
            "filters": FilterForm(),
            "outcomes": ["member", "team", "committee", "outside_charter"],
            "states": STATES,
            "kinds": ["info", "warn", "error", "success"],
            "buttons": [{"label": "Back", "url": "#"}],
            "facts": [{"label": "Customer", "value": "Stad Mechelen", "note": "C-17", "url": "#"}] * 3,
            "columns": [{"label": "Deal"}, {"label": "Value", "num": True}],
            "rows": [{"cells": [{"text": "D-1", "url": "#", "sub": "Sub"}, {"text": "1.00", "num": True}]}],
            "changes": [{"label": "Term", "before": "12", "after": "24", "turn": "better", "turn_text": "longer"}],
            "floors": [{"label": "Yours from", "text": "1,056.00 EUR"}],
            "asked": [
                {"label": "Colleagues of the team", "people": "Anke or Bram", "lines": ["Usually 2 hours."]},
                {"label": "Deal desk", "when": "Only where a colleague objects."},
            ],
            "moves": [{"label": "Pay sooner", "name": "apply", "value": "x", "outcome": "member"}],
            "people": [{"name": "Bram", "role": "chair", "vote": "approve", "vote_text": "Approve", "say": "Good."}],
            "entries": [{"at": datetime(2026, 11, 23, tzinfo=UTC), "who": "Bram", "text": "objected", "say": "Why?"}],
            "keys": [{"key": "j", "label": "next"}, {"key": "d", "label": "decline"}],
        }
    )


@pytest.fixture
def asked() -> list[str]:
    """The bodies of what the live verdict asked."""
    return []


@pytest.fixture
def parts(page: Page, asked: list[str]) -> Iterator[Page]:
    """The gallery under the product's policy, served from the templates and static files of this tree."""
    html = gallery()

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).split("#")[0]
        if path == "/verdict":
            asked.append(route.request.post_data or "")
            route.fulfill(body=ANSWER, content_type="text/html")
        elif path.startswith("/static/"):
            file = str(finders.find(path.removeprefix("/static/")))
            route.fulfill(path=file, content_type=mimetypes.guess_type(file)[0] or "text/plain")
        else:
            route.fulfill(body=html, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.route("**/*", serve)
    page.goto(f"{ORIGIN}/")
    yield page
    assert problems == []


def value(page: Page, name: str) -> str:
    return page.locator(f'[name="lines-{name}"]').input_value()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_parts_in_either_theme_and_width_are_accessible(parts: Page, scheme: Any, width: int) -> None:
    """Failed when --ink-3 was made as light as --edge."""
    parts.set_viewport_size({"width": width, "height": 900})
    parts.emulate_media(color_scheme=scheme)
    parts.wait_for_timeout(300)
    found = Axe().run(parts).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_parts_on_the_narrowest_phone_do_not_scroll_sideways(parts: Page) -> None:
    parts.set_viewport_size({"width": 320, "height": 700})
    assert parts.evaluate("document.documentElement.scrollWidth") == 320


def test_theme_chosen_is_kept_in_the_cookie(parts: Page) -> None:
    parts.click(".user-menu summary")
    parts.click('.user-menu [data-theme-set="dark"]')
    assert parts.evaluate("document.documentElement.dataset.theme") == "dark"
    assert "theme=dark" in parts.evaluate("document.cookie")


def test_discount_typed_gives_the_price_and_back(parts: Page) -> None:
    parts.fill('[name="lines-0-discount"]', "12,5")
    assert value(parts, "0-unit_price") == "1050.00"
    parts.fill('[name="lines-0-unit_price"]', "1 080")
    assert value(parts, "0-discount") == "10"


def test_enter_on_the_last_row_adds_one(parts: Page) -> None:
    parts.focus('[name="lines-0-quantity"]')
    parts.keyboard.press("Enter")
    assert value(parts, "TOTAL_FORMS") == "2"
    assert parts.evaluate("document.activeElement.name") == "lines-1-quantity"


PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const how = {clipboardData: data, bubbles: true, cancelable: true};
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", how));
}"""


def test_rows_pasted_from_a_spreadsheet_fill_the_grid(parts: Page) -> None:
    parts.focus('[name="lines-0-product"]')
    parts.evaluate(PASTE, "SW-24P\t4\t1,080.00\nrouter\t2\t€ 845.50\n")
    assert value(parts, "TOTAL_FORMS") == "2"
    assert [value(parts, f"0-{name}") for name in ("product", "unit_price", "discount")] == ["SW-24P", "1080.00", "10"]
    assert [value(parts, f"1-{name}") for name in ("product", "quantity", "unit_price")] == ["RT-1", "2", "845.50"]


def test_rows_pasted_with_a_header_follow_its_order(parts: Page) -> None:
    parts.focus('[name="lines-0-quantity"]')
    parts.evaluate(PASTE, "Discount\tQuantity\tProduct\n20\t7\tRT-1\n")
    assert [value(parts, f"0-{name}") for name in ("product", "quantity", "unit_price")] == ["RT-1", "7", "712.00"]


def test_row_removed_is_brought_back_where_it_was(parts: Page) -> None:
    parts.fill('[name="lines-0-quantity"]', "5")
    parts.click("[data-row-copy]")
    parts.fill('[name="lines-1-quantity"]', "6")
    parts.locator("[data-row-remove]").first.click()
    assert (value(parts, "TOTAL_FORMS"), value(parts, "0-quantity")) == ("1", "6")
    parts.click("[data-row-undo]")
    assert (value(parts, "TOTAL_FORMS"), value(parts, "0-quantity"), value(parts, "1-quantity")) == ("2", "5", "6")


def test_row_moved_by_keyboard_is_numbered_anew_and_keeps_the_focus(parts: Page) -> None:
    parts.click("[data-row-copy]")
    parts.fill('[name="lines-1-quantity"]', "9")
    parts.keyboard.press("Alt+ArrowUp")
    assert value(parts, "0-quantity") == "9"
    assert parts.evaluate("document.activeElement.name") == "lines-0-quantity"


def test_verdict_asked_after_the_last_key_once_and_said_aloud(parts: Page, asked: list[str]) -> None:
    parts.locator('[name="lines-0-quantity"]').press_sequentially("123", delay=30)
    expect(parts.locator("#announcer")).to_have_text("This is yours to agree.")
    assert len(asked) == 1
    assert "lines-0-quantity=123" in asked[0]
    assert parts.evaluate("document.activeElement.name") == "lines-0-quantity"


def test_keys_walk_but_never_decide(parts: Page) -> None:
    parts.evaluate("document.activeElement.blur()")
    parts.keyboard.press("j")
    parts.keyboard.press("j")
    assert parts.evaluate("document.activeElement.textContent") == "Second"
    parts.keyboard.press("d")
    assert parts.evaluate("document.activeElement.textContent") == "Decline"
    assert parts.url == f"{ORIGIN}/"
    parts.keyboard.press("?")
    assert parts.locator("dialog[open]").count() == 1
