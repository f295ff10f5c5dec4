"""The published JSON Schemas and the engine agree on what a document is."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from mandates.engine import METRICS, check_charter, check_mandate
from mandates.schemas import CHARTER_SCHEMA, MANDATE_SCHEMA
from tests.engine.generated import charters, mandates
from tests.factories import industry_document, public_document

VECTORS = Path(django_settings.BASE_DIR).parent / "shared" / "vectors"
MANDATES, CHARTERS = Draft202012Validator(MANDATE_SCHEMA), Draft202012Validator(CHARTER_SCHEMA)


@pytest.mark.parametrize("schema", [MANDATE_SCHEMA, CHARTER_SCHEMA])
def test_schema_is_a_schema(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    assert all(metric in json.dumps(schema) for metric in METRICS)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"scope": {"segment": ["a", "b"], "list_value": {"below": "10"}}},
        {"budgets": [{"per": "customer", "period": "validity", "amount": 5}]},
        {
            "limits": [
                {"metric": "deal_margin", "member": "any", "team": "any"},
                {"metric": "line_margin", "member": None},
            ]
        },
        {"limits": [{"metric": "line_discount", "when": {"charge": "monthly", "quantity": {"from": 3}}, "member": -3}]},
    ],
)
def test_what_the_engine_takes_fits_the_schema(changes: dict[str, Any]) -> None:
    document = public_document(2026, **changes)
    assert check_mandate(document) == []
    assert MANDATES.is_valid(document)
    assert MANDATES.is_valid({"mandate": document, "name": "n", "teams": ["a"]})


@pytest.mark.parametrize(
    "changes",
    [
        {"code": ""},
        {"version": "1"},
        {"currency": "EURO"},
        {"valid_from": "1 May"},
        {"consents": 0},
        {"capital_rate": "-1"},
        {"extra": 1},
        {"budgets": [{"per": "nobody", "period": "year", "amount": "1"}]},
        {"limits": [{"metric": "luck", "member": "1"}]},
        {"limits": [{"metric": "line_discount", "member": "1.12345"}]},
        {"limits": [{"metric": "line_discount", "member": 1.5}]},
        {"limits": [{"metric": "line_discount", "member": "1", "limit": "1"}]},
        {"limits": [{"metric": "deal_discount", "when": {"family": "a"}, "member": "1"}]},
        {"limits": [{"metric": "line_discount", "when": {"family": "a//b"}, "member": "1"}]},
        {"limits": [{"metric": "line_discount", "when": {"segment": []}, "member": "1"}]},
        {"limits": [{"metric": "line_discount", "when": {"quantity": {}}, "member": "1"}]},
        {"limits": [{"metric": "line_discount", "when": {"weather": "wet"}, "member": "1"}]},
    ],
)
def test_what_has_another_shape_is_refused_by_both(changes: dict[str, Any]) -> None:
    document = public_document(2026, **changes)
    assert check_mandate(document) != []
    assert not MANDATES.is_valid(document)


@given(mandates(), charters())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_generated_document_fits_its_schema(mandate: dict[str, Any], charter: dict[str, Any]) -> None:
    assert check_mandate(mandate, used_required=True) == [] and MANDATES.is_valid(mandate)
    assert check_charter(charter) == [] and CHARTERS.is_valid(charter)


def test_every_mandate_beside_the_project_fits_the_schema() -> None:
    path = VECTORS / "decisions.jsonl"
    rows = (
        path.read_text().splitlines()
        if path.exists()
        else [json.dumps({"case": {"mandates": [industry_document(2026)]}})]
    )
    for row in map(json.loads, rows):
        for mandate in row["case"].get("mandates", []):
            assert MANDATES.is_valid(mandate), mandate


@pytest.mark.parametrize(("name", "schema"), [("mandate", MANDATE_SCHEMA), ("charter", CHARTER_SCHEMA)])
@pytest.mark.django_db
def test_schema_is_published_and_printed(client: Client, name: str, schema: dict[str, Any]) -> None:
    answer = client.get(f"/schemas/{name}.json")
    assert answer.headers["Content-Type"] == "application/schema+json" and answer.json() == schema
    out = StringIO()
    call_command("mandate", "schema", *(["--charter"] if name == "charter" else []), stdout=out)
    assert json.loads(out.getvalue()) == schema
    assert client.get("/schemas/luck.json").status_code == 404
