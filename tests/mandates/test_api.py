"""The API of mandates, the charter, products and rates: what it shows, takes and refuses."""

from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from mandates import budgets
from mandates.models import MandateVersion, Product
from tests.factories import World, public_document


@pytest.fixture
def api(world: World) -> Any:
    """Return a client that speaks for somebody."""

    def speaking(who: str) -> APIClient:
        client = APIClient()
        client.force_login(world.people[who])
        return client

    return speaking


def test_mandates_are_listed_and_read_with_their_sentences(world: World, api: Any) -> None:
    listed = api("bram").get("/api/v1/mandates/").json()["results"]
    assert {row["code"]: row["in_force"]["number"] for row in listed} == {"public-2026": 1, "industry-2026": 1}
    shown = api("bram").get("/api/v1/mandates/public-2026/").json()
    assert shown["document"] == public_document(2026)
    assert "The team Public sector holds this mandate" in shown["sentences"][0]
    versions = api("bram").get("/api/v1/mandates/public-2026/versions/").json()
    assert [(version["number"], version["state"]) for version in versions] == [(1, "granted")]
    assert api("bram").get("/api/v1/mandates/no-such/").status_code == 404


def test_usage_shows_what_is_held(world: World, api: Any) -> None:
    budgets.hold(
        version=world.mandates["public-2026"],
        team=world.teams["public"],
        customer=world.customers["C-17"],
        on=world.today,
        amount=Decimal(300),
        revision="D-1/1",
        by=world.bram,
        at=world.at,
    )
    (row,) = api("bram").get(f"/api/v1/mandates/public-2026/usage/?on={world.today}").json()
    assert (row["receiver"], row["held"], row["left"]) == ("Public sector", "300.0000", "49700.0000")
    (row,) = api("bram").get("/api/v1/mandates/industry-2026/usage/?customer=C-31").json()
    assert (row["per"], row["amount"]) == ("customer", "10000.0000")
    assert api("bram").get("/api/v1/mandates/public-2026/usage/?on=soon").status_code == 422


def draft(world: World, **changes: Any) -> dict[str, Any]:
    document = public_document(2026, code="retail-2026", scope={}) | changes
    return {"document": document, "name": "Retail", "teams": ["retail"], "note": "So."}


def test_draft_is_made_changed_and_proposed_but_never_granted(world: World, api: Any) -> None:
    client = api("nora")
    made = client.post("/api/v1/mandates/", draft(world), format="json", HTTP_IDEMPOTENCY_KEY="k-1")
    again = client.post("/api/v1/mandates/", draft(world), format="json", HTTP_IDEMPOTENCY_KEY="k-1")
    assert (made.status_code, made["Location"]) == (201, "/api/v1/mandates/retail-2026/versions/1/")
    assert again.json() == made.json()
    path = made["Location"]
    assert client.put(path, draft(world, consents=2), format="json").status_code == 428
    assert client.put(path, draft(world, consents=2), format="json", HTTP_IF_MATCH='"9"').status_code == 412
    changed = client.put(path, draft(world, consents=2), format="json", HTTP_IF_MATCH=made["ETag"])
    assert (changed.status_code, changed.json()["document"]["consents"], changed["ETag"]) == (200, 2, '"2"')
    assert client.post(f"{path}propose/", {}, format="json").status_code == 428
    assert client.post(f"{path}propose/", {}, format="json", HTTP_IF_MATCH='"1"').status_code == 412
    proposed = client.post(f"{path}propose/", {}, format="json", HTTP_IF_MATCH=changed["ETag"])
    assert (proposed.status_code, proposed.json()["state"]) == (200, "proposed")
    assert client.post(f"{path}grant/", {}, format="json").status_code == 404
    assert MandateVersion.objects.get(mandate__code="retail-2026").state == "proposed"


def test_draft_with_problems_names_each_of_them(world: World, api: Any) -> None:
    answer = api("nora").post("/api/v1/mandates/", draft(world, consents=0, currency="XXY"), format="json")
    assert answer.status_code == 422
    paths = {error["path"] for error in answer.json()["errors"]}
    assert {"document.consents", "document.currency"} <= paths


def test_draft_by_somebody_without_the_role_is_refused(world: World, api: Any) -> None:
    answer = api("bram").post("/api/v1/mandates/", draft(world), format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed_role_missing")


def test_charter_in_force_is_read(world: World, api: Any) -> None:
    shown = api("bram").get("/api/v1/charter/in-force/").json()
    assert shown["document"]["limits"] == [{"metric": "line_discount", "limit": "45"}]
    assert [row["number"] for row in api("bram").get("/api/v1/charter/").json()["results"]] == [1]
    assert api("bram").get("/api/v1/charter/1/").status_code == 200


def test_products_show_their_costs_to_those_who_may_see_them(world: World, api: Any) -> None:
    price = api("bram").get("/api/v1/products/RT-1/").json()["prices"][0]
    assert price == {"currency": "EUR", "from_on": "2025-01-01", "list_price": "800.00"}
    assert api("petra").get("/api/v1/products/RT-1/").json()["prices"][0]["unit_cost"] == "420.00"
    found = api("bram").get("/api/v1/products/?family=network&q=sw").json()["results"]
    assert {row["code"] for row in found} == {"SW-24P", "SW-48P"}


def test_product_is_made_changed_and_priced(world: World, api: Any) -> None:
    client = api("nora")
    facts = {"code": "NEW-1", "name": "New", "family": "network/new", "charge": "monthly"}
    made = client.post("/api/v1/products/", facts, format="json")
    assert (made.status_code, made["Location"]) == (201, "/api/v1/products/NEW-1/")
    assert client.post("/api/v1/products/", facts, format="json").json()["code"] == "code_taken"
    path = made["Location"]
    assert client.patch(path, {"name": "Newer"}, format="json").status_code == 428
    changed = client.patch(path, {"name": "Newer"}, format="json", HTTP_IF_MATCH=made["ETag"])
    assert (changed.json()["name"], changed["ETag"]) == ("Newer", '"2"')
    price = {"currency": "EUR", "from_on": "2030-01-01", "list_price": "12.5", "unit_cost": None}
    assert client.post(f"{path}prices/", price, format="json").status_code == 201
    assert Product.objects.get(code="NEW-1").prices.get().unit_cost is None
    assert api("bram").post("/api/v1/products/", facts, format="json").status_code == 403


def test_rates_of_a_day_are_exact_texts(world: World, api: Any) -> None:
    shown = api("bram").get(f"/api/v1/rates/?on={world.today}").json()
    assert shown == {"on": "2026-11-23", "rates": {"EUR": "1", "USD": "1.085", "GBP": "0.835"}}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["mandates/", "charter/", "products/", "rates/"])
def test_api_without_signing_in_is_refused(path: str) -> None:
    assert APIClient().get(f"/api/v1/{path}").status_code == 401
