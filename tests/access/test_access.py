"""Every route, by every method, asked by everybody: the tables say what each is answered, and no route is missing.

Seen to fail when a route's line was taken out, and when `reader` let everybody in. The tables are asked on one
database: who may do what is decided in Python, and each page is asked on PostgreSQL by the tests of query budgets.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from journal.models import Event
from tests.access.asking import Row, all_routes, asked, filled, letter, route_of, rows, undone
from tests.access.scene import COLUMNS, Scene, scene
from tests.api.asking import Program
from tests.factories import AT, world

WRITING = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def made(db: None, settings: Any, tmp_path: Path) -> Iterator[Scene]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(AT, tick=False):
        yield scene(world())


def sessions(made: Scene) -> list[Client]:
    """One client for each column of the tables, signed in unless the column is nobody."""
    found = []
    for key in COLUMNS.values():
        client = Client()
        if key:
            client.force_login(made.world.people[key])
        found.append(client)
    return found


def programs(made: Scene) -> list[Client]:
    return [Program(made.world.bram, scope).client for scope in ("read", "evaluate")]


def wrong(found: list[Row], clients: list[Client]) -> list[str]:
    """Ask every line as every person and return the lines whose answers are others."""
    said = []
    for row in found:
        answers = "".join(asked(client, row) for client in clients)
        if answers != row.answers:
            said.append(f"{row.method} {row.address}: {answers} instead of {row.answers}")
    return said


def parts(name: str, count: int) -> list[list[Row]]:
    found = rows(name)
    return [found[start::count] for start in range(count)]


@pytest.mark.once
@pytest.mark.parametrize("part", parts("pages.txt", 4))
def test_page_answers_each_person_as_the_table_says(part: list[Row], made: Scene) -> None:
    assert wrong([filled(row, made.names) for row in part], sessions(made)) == []


@pytest.mark.once
@pytest.mark.parametrize("part", parts("api.txt", 2))
def test_api_answers_each_person_and_token_as_the_table_says(part: list[Row], made: Scene) -> None:
    clients = [*sessions(made), *programs(made)]
    assert wrong([filled(row, made.names) for row in part], clients) == []


def is_admin(route: str) -> bool:
    return route.startswith("admin/")


def listed(made: Scene) -> dict[str, set[str]]:
    """Return the methods that the tables name for each route."""
    found: dict[str, set[str]] = {}
    for row in [*rows("pages.txt"), *rows("api.txt")]:
        whole = filled(row, made.names)
        found.setdefault(route_of(whole.address), set()).add(row.method)
    return found


def test_no_route_is_missing_from_the_tables(made: Scene) -> None:
    known = set(listed(made))
    assert [route for route, _ in all_routes() if route not in known and not is_admin(route)] == []


@pytest.mark.once
def test_method_that_no_line_names_is_not_taken(made: Scene) -> None:
    """Ask each address by every other method, as one who may do everything with it that its page offers."""
    named = listed(made)
    clients = [Client(), Client(), Client()]
    clients[1].force_login(made.world.bram)
    clients[2].force_login(made.world.nora)
    before, taken = Event.objects.count(), []
    for route, address in sorted({(route_of(one), one) for one in addresses(made)}):
        for method in {"GET", *WRITING} - named[route]:
            if route.startswith(("accounts/", "i18n/")):
                continue  # what others wrote, and what concerns only oneself
            answers = {undone(lambda c=c, m=method, a=address: letter(c.generic(m, a))) for c in clients}  # type: ignore[misc]
            if not answers <= {"5", "L", "U", "F", "0"}:
                taken.append(f"{method} {address}: {answers}")
    assert taken == []
    assert Event.objects.count() == before


def addresses(made: Scene) -> list[str]:
    return [filled(row, made.names).address for row in [*rows("pages.txt"), *rows("api.txt")]]


# --- the site's own administration ---


def admin_addresses() -> Iterator[tuple[str, str]]:
    """Yield the name and an address of every page of the admin that belongs to a model."""
    for route, pattern in all_routes():
        if is_admin(route) and pattern.name and pattern.name.endswith(("_changelist", "_add", "_change", "_delete")):
            yield pattern.name, f"/{route}".replace("<path:object_id>", "1")


def test_admin_shows_operators_and_changes_nothing(made: Scene) -> None:
    operator = Client()
    operator.force_login(made.world.quinten)
    wrong, before = [], Event.objects.count()
    for name, address in admin_addresses():
        shown, sent = letter(operator.get(address)), undone(lambda a=address: letter(operator.post(a)))  # type: ignore[misc]
        allowed = {"F"} if name.endswith(("_add", "_delete")) else {"2", ">", "F"}
        if shown not in allowed or sent not in {"F", ">", "2"}:
            wrong.append((name, shown, sent))
    assert (wrong, Event.objects.count()) == ([], before)


@pytest.mark.parametrize("key", ["", "bram", "nora", "olivier", "petra"])
def test_admin_is_closed_to_everybody_else(key: str, made: Scene) -> None:
    client = Client()
    if key:
        client.force_login(made.world.people[key])
    open_to = [name for name, address in admin_addresses() if letter(client.get(address)) != "S"]
    assert open_to == []


# --- no vote and no consent without a person's own session ---


def test_no_address_of_the_api_takes_a_vote_a_consent_or_a_grant() -> None:
    routes = [route for route, _ in all_routes() if route.startswith("api/")]
    assert routes
    assert [route for route in routes if any(word in route for word in ("vote", "consent/", "grant", "revoke"))] == []


def test_token_opens_no_page(made: Scene) -> None:
    program = Program(made.world.ines).client
    assert letter(program.get(f"/cases/{made.names['case']}/")) == "L"
    sent = program.post(f"/cases/{made.names['case']}/vote", {"choice": "approve", "reason": "By token"})
    assert letter(sent) == "L"
