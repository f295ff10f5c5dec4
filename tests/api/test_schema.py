"""The OpenAPI description: complete, without warnings, and true for whatever is sent."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, not_a_server_error

from config.problems import CONTENT_TYPE
from teams.actions import create_token
from teams.models import User
from tests.api.asking import SCOPES, Program
from tests.factories import AT, COMMITTEE_PRICE, TEAM_PRICE, World, draft, submitted

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "put", "patch", "delete")
PERSONS_OWN = ("vote", "consent/", "grant", "decline")


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    document: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def test_description_is_generated_without_a_warning() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())


def test_every_operation_says_how_it_refuses(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described):
        wanted = {"400", "401", "403", "404", "422", "429"} | ({"409", "412", "428"} if method != "get" else set())
        assert wanted <= set(operation["responses"]), (method, path)
        for status in wanted:
            assert CONTENT_TYPE in operation["responses"][status]["content"], (method, path, status)


def test_every_operation_has_a_name_and_a_summary_of_its_own(described: dict[str, Any]) -> None:
    names = [operation["operationId"] for _path, _method, operation in operations(described)]
    assert len(names) == len(set(names))
    assert [path for path, _method, operation in operations(described) if not operation.get("summary")] == []


def test_every_creating_post_of_deals_takes_an_idempotency_key(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described):
        if method == "post" and path != "/api/v1/evaluate/":
            headers = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
            assert "Idempotency-Key" in headers, path


def test_every_change_of_a_deal_takes_the_edition(described: dict[str, Any]) -> None:
    changing = {"put", "patch"} | {"submit", "withdraw", "won", "lost", "reopen"}
    for path, method, operation in operations(described):
        if path.startswith("/api/v1/deals/{reference}/") and changing & {method, path.split("/")[-2]}:
            needed = {one["name"] for one in operation["parameters"] if one.get("required")}
            assert "If-Match" in needed, path


def test_no_operation_takes_a_vote_a_consent_or_a_grant(described: dict[str, Any]) -> None:
    for path, method, _operation in operations(described):
        assert method == "get" or not any(word in path for word in PERSONS_OWN), path


def test_description_and_its_page_are_served(made: World) -> None:
    client = Program(made.bram).client
    served = client.get("/api/v1/schema/?format=json")
    assert served.status_code == 200
    assert served.json()["openapi"].startswith("3.1")
    client.force_login(made.bram)
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "<script>" not in page.content.decode()
    assert "img-src 'self' data:" in page["Content-Security-Policy"]


# --- whatever is sent ---


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests leave the connection of the test alone, which holds its transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def generated(strategy: Any, examples: int, send: Callable[[Any], None]) -> None:
    """Send so many generated requests."""

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def run(case: Any) -> None:
        send(case)

    run()


def bombarded(user: User, examples: int) -> int:
    """Send generated requests to every operation as this person; no server error, no status or body undocumented."""
    key = create_token(by=user, at=AT, name="schemathesis", scopes=SCOPES, days=30).key
    headers = {"Authorization": f"Bearer {key}"}
    application = WSGIHandler()
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application, headers=headers)
    checks = [not_a_server_error, *CHECKS.get_by_names(CONFORMANCE)]
    sent = 0

    def send(case: Any) -> None:
        nonlocal sent
        sent += 1
        with undone():
            case.call_and_validate(headers=headers, checks=checks)

    for found in schema.get_all_operations():
        generated(found.ok().as_strategy(), examples, send)
    return sent


CONFORMANCE = ["status_code_conformance", "content_type_conformance", "response_schema_conformance"]


def a_busy_day(made: World) -> None:
    draft(made)
    for price in ("1116.00", TEAM_PRICE, COMMITTEE_PRICE):
        submitted(made, price=price)


@pytest.mark.parametrize("key", ["bram", "nora"])
def test_every_operation_keeps_to_its_description(made: World, unlimited: None, one_connection: None, key: str) -> None:
    a_busy_day(made)
    assert bombarded(made.people[key], 3) > 100


@pytest.mark.full
@pytest.mark.parametrize("key", ["anke", "bram", "els", "ines", "nora", "olivier", "petra"])
def test_every_operation_keeps_to_its_description_for_every_role(
    made: World, unlimited: None, one_connection: None, key: str
) -> None:
    a_busy_day(made)
    bombarded(made.people[key], 60)
