"""What every test stands on: a fixed time, no network, guards that let go only between tests, and a browser."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.utils import CursorWrapper
from django.test import SimpleTestCase
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.services import chromium
from tests.services.serving import Requests

# The live server and the browser are threads and processes of this test run; Playwright's own event loop
# makes Django think that its synchronous database calls were made from asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


DATABASE_FIXTURES = {"db", "transactional_db", "django_db_serialized_rollback", "live_server"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may not touch a database (pytest-django refuses it) is the same on each: `./test` runs it once."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        tests_rows = isinstance(getattr(item, "cls", None), type) and issubclass(item.cls, SimpleTestCase)
        if not (item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES or tests_rows):
            item.add_marker("once")


@pytest.fixture
def at() -> datetime:
    """Monday 23 November 2026, 09:00 UTC: the moment at which tests happen unless they say otherwise."""
    return datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


# --- no network ---


class NetworkBlockedError(RuntimeError):
    """A test tried to reach another machine."""


def _refuse_foreign(address: Any) -> None:
    if not isinstance(address, tuple):
        return  # a unix socket's path
    host = address[0]
    if host == "localhost":
        return
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise NetworkBlockedError(f"A test may not reach {host}.")


@pytest.fixture(autouse=True, scope="session")
def blocked_sockets() -> Iterator[None]:
    """Let sockets reach only this machine."""
    patch = pytest.MonkeyPatch()
    connect, connect_ex, lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse_foreign(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_foreign(address)
        return connect_ex(self, address)

    def guarded_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse_foreign((host.decode() if isinstance(host, bytes) else host or "localhost",))
        return lookup(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_lookup)
    yield
    patch.undo()


# --- rows between tests ---


@contextmanager
def _guards_let_go(cursor: CursorWrapper) -> Iterator[None]:
    """Take the append-only triggers away while rows are emptied between two tests, and put the same ones back."""
    if connection.vendor == "postgresql":
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        return
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    for name, _ in triggers:
        cursor.execute(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in triggers:
        cursor.execute(sql)


@pytest.fixture(autouse=True, scope="session")
def emptied_tables_despite_guards() -> Iterator[None]:
    """Make Django's emptying of tables after a transactional test pass the triggers that refuse it."""
    patch = pytest.MonkeyPatch()
    execute = BaseDatabaseOperations.execute_sql_flush

    def execute_without_guards(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        with _atomic_cursor() as cursor, _guards_let_go(cursor):
            execute(self, sql_list)

    patch.setattr(BaseDatabaseOperations, "execute_sql_flush", execute_without_guards)
    yield
    patch.undo()


@contextmanager
def _atomic_cursor() -> Iterator[CursorWrapper]:
    with transaction.atomic(), connection.cursor() as cursor:
        yield cursor


@pytest.fixture(autouse=True)
def forgotten_cache() -> Iterator[None]:
    """Rate limits and other remembered things of one test are nothing to the next."""
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def answered(request: pytest.FixtureRequest) -> Iterator[None]:
    """No row is emptied while the live server still answers: a window that closes sends a last saving."""
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")  # its emptying of the tables then comes after this
    requests = Requests()
    yield
    requests.wait()
    requests.close()


# --- services of ./test ---


@pytest.fixture
def redis_url() -> str:
    """The address of the Redis that ./test started."""
    url = os.environ.get("TEST_REDIS_URL", "")
    if not url:
        pytest.fail("This test needs Redis. Run it with ./test, which starts one.")
    return url


@pytest.fixture
def process_environment(transactional_db: None) -> dict[str, str]:
    """The environment of a child process that works on this test's database."""
    parts = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{parts['NAME']}"
    else:
        login = f"{parts['USER']}:{parts['PASSWORD']}"
        url = f"postgres://{login}@{parts['HOST']}:{parts['PORT']}/{parts['NAME']}"
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}


# --- browser ---


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the machine's own Chromium where there is one, and let it talk to nobody."""
    return {**browser_type_launch_args, **chromium.launch_options()}


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], request: pytest.FixtureRequest) -> dict[str, Any]:
    """One window, one language; relative addresses (`page.goto("/deals/")`) lead to the live server."""
    arguments = {**browser_context_args, "locale": "en-GB", "viewport": {"width": 1280, "height": 900}}
    if "live_server" in request.fixturenames:
        arguments["base_url"] = request.getfixturevalue("live_server").url
    return arguments


@pytest.fixture
def browser_page(page: Page, live_server: LiveServer) -> Iterator[Page]:
    """A page whose relative addresses lead to the live server; an error in a script fails the story."""
    page.set_default_timeout(10_000)
    page.context.set_default_navigation_timeout(20_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []
