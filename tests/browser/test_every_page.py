"""Every page that a person opens: accessible in both themes, on a phone and on a desk, light, and from one host.

Which pages these are stands in the table of access: a GET that shows something to somebody.
Seen to fail when `main` was given 900 pixels and the page no language, and against a tenth of the weight.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.access.asking import rows
from tests.access.scene import COLUMNS, scene
from tests.browser.visiting import Visitor
from tests.factories import AT
from tests.factories import world as make_world

pytestmark = pytest.mark.browser

HEAVIEST = 60 * 1024
NO_PAGE = (".csv", ".json", ".pdf", "/files/", "healthz", "readyz", "metrics", "/deals/products")
PEOPLE = list(COLUMNS)


def pages() -> list[tuple[str, str]]:
    """Return each page with the first person whom it is shown to."""
    found = {}
    for row in rows("pages.txt"):
        if row.method == "GET" and "2" in row.answers and not any(word in row.address for word in NO_PAGE):
            found[row.address] = PEOPLE[row.answers.index("2")]
    return sorted(found.items())


@pytest.fixture
def served(
    transactional_db: None, live_server: LiveServer, window: Visitor, settings: Any, tmp_path: Path
) -> Iterator[tuple[Visitor, dict[str, Any]]]:
    """A window on the small world with one of everything."""
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(AT, tick=True):
        made = scene(make_world())
        window.people.update(made.world.people)
        yield window, made.names


def opened(visitor: Visitor, names: dict[str, Any], part: list[tuple[str, str]]) -> Iterator[str]:
    """Open one page after the other as whom it is for."""
    now = ""
    for template, column in part:
        if COLUMNS[column] != now:
            now = COLUMNS[column]
            visitor.context.clear_cookies()
            if now:
                visitor.is_now(now)
        address = template.format(**names)
        visitor.go(address)
        yield address


def parts(count: int) -> list[list[tuple[str, str]]]:
    by_person = sorted(pages(), key=lambda one: (one[1], one[0]))
    return [by_person[start::count] for start in range(count)]


def looked_at(page: Page, scheme: Any, width: int) -> list[str]:
    """Return what axe finds in this theme and width."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.evaluate("document.getAnimations().forEach(one => one.finish())")
    found = Axe().run(page).response["violations"]
    return [f"{scheme}, {width}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


WIDER = """() => {
  const most = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= most) return [];
  const scrolls = one => one.closest(".scroll *");
  const beyond = one => one.checkVisibility() && !scrolls(one) && one.getBoundingClientRect().right > most + 1;
  return [...document.querySelectorAll("main *, header *, dialog *")].filter(beyond).slice(0, 3)
    .map(one => one.outerHTML.slice(0, 120));
}"""


def weight_of(page: Page) -> int:
    """Return what the page's style sheets and scripts weigh when they are sent as gzip."""
    linked = page.evaluate(
        "[...document.querySelectorAll('link[rel=stylesheet], script[src]')].map(one => one.href || one.src)"
    )
    files = [finders.find(url.partition("/static/")[2].partition("?")[0]) for url in linked]
    return sum(len(gzip.compress(Path(str(path)).read_bytes())) for path in files)


@pytest.mark.parametrize("part", parts(6))
def test_page_is_accessible_narrow_and_light(
    part: list[tuple[str, str]], served: tuple[Visitor, dict[str, Any]]
) -> None:
    visitor, names = served
    page = visitor.page
    problems: dict[str, Any] = {}
    for address in opened(visitor, names, part):
        said = looked_at(page, "light", 1200) + looked_at(page, "dark", 360)
        page.set_viewport_size({"width": 320, "height": 700})
        if wider := page.evaluate(WIDER):
            said.append(f"wider than 320: {wider}")
        if "/api/v1/docs" not in address and (weight := weight_of(page)) > HEAVIEST:
            said.append(f"weighs {weight}")
        if said:
            problems[address] = said
    assert problems == {}


KEY_PAGES = ("/", "/deals/new?customer=C-17", "/deals/{pending}/", "/cases/{case}/", "/mandates/drafted/draft/")


def test_key_page_in_the_other_theme_at_each_width_is_accessible(served: tuple[Visitor, dict[str, Any]]) -> None:
    visitor, names = served
    who = {"/cases/{case}/": "asked", "/mandates/drafted/draft/": "administrator"}
    problems = {}
    for address in opened(visitor, names, [(one, who.get(one, "contact")) for one in KEY_PAGES]):
        if said := looked_at(visitor.page, "dark", 1200) + looked_at(visitor.page, "light", 360):
            problems[address] = said
    assert problems == {}
