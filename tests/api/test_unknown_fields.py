"""No address of the API takes a field that it does not know: whatever the table of answers sends, with one more.

Seen to fail before the serializers of customers, products and mandates were strict.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from journal.models import Event
from tests.access.asking import Row, filled, rows, undone
from tests.access.scene import COLUMNS, scene
from tests.factories import World

PEOPLE = list(COLUMNS.values())
WRITES = [row for row in rows("api.txt") if row.method != "GET" and row.sent.startswith("{")]
# a whole case is judged by the engine, which names what it does not know itself
UNTOLD = {"/api/v1/evaluate/"}


def allowed(row: Row) -> str:
    """Return somebody whom the address answers; a conflict tells that they might, at another moment."""
    answers = [(answer, who) for who, answer in zip(PEOPLE, row.answers, strict=False) if who]
    return next(who for kind in ("2+-", "9") for answer, who in answers if answer in kind)


def ask(client: Client, row: Row, body: dict[str, Any]) -> Any:
    headers = {"If-Match": "*"}
    return undone(
        lambda: client.generic(row.method, row.address, json.dumps(body), "application/json", headers=headers)
    )


@pytest.fixture
def names(made: World, settings: Any, tmp_path: Path) -> dict[str, Any]:
    settings.MEDIA_ROOT = tmp_path
    return scene(made).names


def test_field_that_nobody_knows_is_refused_by_its_name_everywhere(made: World, names: dict[str, Any]) -> None:
    assert len(WRITES) > 20
    before, wrong = Event.objects.count(), []
    for row in (filled(one, names) for one in WRITES):
        client = Client()
        client.force_login(made.people[allowed(row)])
        answer = ask(client, row, {**json.loads(row.sent), "surprise": True})
        errors = [(error["path"], error["code"]) for error in answer.json().get("errors", [])]
        if (answer.status_code, errors) != (422, [("surprise", "unknown_field")]):
            wrong.append((row.method, row.address, answer.status_code, errors))
    assert wrong == []
    assert Event.objects.count() == before


def test_description_says_that_nothing_else_is_taken() -> None:
    document = SchemaGenerator().get_schema(public=True)
    open_to_all = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            content = operation.get("requestBody", {}).get("content", {})
            for kind, sent in content.items():
                name = sent["schema"].get("$ref", "").rpartition("/")[2]
                schema = document["components"]["schemas"].get(name, sent["schema"])
                if schema.get("additionalProperties") is not False and path not in UNTOLD:
                    open_to_all.append((method, path, kind))
    assert open_to_all == []
