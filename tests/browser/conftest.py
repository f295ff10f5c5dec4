"""A served world at its moment, and a window in which people of it take turns."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.visiting import Visitor, Watch
from tests.factories import AT, World
from tests.factories import world as make_world


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    """The small world in committed rows, with the clock going on from its moment."""
    with time_machine.travel(AT, tick=True):
        yield make_world()


@pytest.fixture
def watched(live_server: LiveServer) -> Iterator[Watch]:
    """Nothing may go wrong in the browser, nor ask anything of another host."""
    watch = Watch(live_server.url)
    yield watch
    assert watch.problems == []


@pytest.fixture
def window(page: Page, context: BrowserContext, live_server: LiveServer, watched: Watch) -> Visitor:
    """A window before which nobody sits yet; nobody is known to it."""
    page.set_default_timeout(15_000)
    context.set_default_navigation_timeout(30_000)
    watched.over(page)
    return Visitor(page, context, {}, live_server.url)


@pytest.fixture
def visitor(world: World, window: Visitor) -> Visitor:
    """A window for the people of the small world."""
    window.people.update(world.people)
    return window


@pytest.fixture
def sits(visitor: Visitor) -> Callable[[str], Visitor]:
    """Let somebody sit down before the window."""
    return visitor.is_now
