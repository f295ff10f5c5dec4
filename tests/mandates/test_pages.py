"""Pages of mandates, charter, catalogue and rates: what they show, whom they let in, and the forms they take."""

from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from mandates import budgets
from mandates.actions import draft_charter, draft_mandate, propose
from mandates.documents import document_of
from mandates.models import CharterVersion, MandateVersion, Price, Product
from tests.factories import World, public_document

EDITOR: dict[str, str] = {
    "code": "retail-2026",
    "name": "Retail",
    "currency": "EUR",
    "valid_from": "2026-01-01",
    "valid_until": "2026-12-31",
    "committee": "deal-desk",
    "consents": "1",
    "capital_rate": "",
    "standard_payment_days": "",
    "note": "Retail decides small things.",
    "then": "stay",
    "limits-0-metric": "line_discount",
    "limits-0-family": "network, services/support",
    "limits-0-term_months_from": "24",
    "limits-0-member": "12,5",
    "limits-0-team": "18",
    "limits-0-committee": "finance",
    "limits-0-kind_new": "on",
    "limits-1-metric": "line_discount",
    "limits-1-member": "8",
    "limits-1-team": "any",
    "budgets-0-per": "team",
    "budgets-0-period": "quarter",
    "budgets-0-amount": "50 000",
    "scope-0-segment": "retail",
}


@pytest.fixture
def sign_in(world: World, client: Client) -> Any:
    """Sign somebody in and return the client."""

    def signed(who: str) -> Client:
        client.force_login(world.people[who])
        return client

    return signed


def posted(world: World, **changes: str) -> dict[str, Any]:
    return EDITOR | {"teams": str(world.teams["retail"].pk)} | changes


def draft_of(code: str) -> MandateVersion:
    return MandateVersion.objects.get(mandate__code=code, state="draft")


# --- every page answers ---


OPEN_PAGES = (
    "/mandates/",
    "/mandates/public-2026/",
    "/mandates/public-2026/budget/",
    "/mandates/public-2026/print/",
    "/mandates/public-2026/versions/1/",
    "/mandates/public-2026/versions/1/document.json",
    "/charter/",
    "/charter/versions/1/",
    "/charter/versions/1/document.json",
    "/products/",
    "/products/?q=sw&family=network",
    "/settings/rates/",
)


@pytest.mark.parametrize("who", ["bram", "nora", "olivier", "petra"])
def test_page_is_shown_to_everybody_signed_in(sign_in: Any, who: str) -> None:
    client = sign_in(who)
    assert [path for path in OPEN_PAGES if client.get(path).status_code != 200] == []


def test_page_without_signing_in_leads_to_the_sign_in(world: World, client: Client) -> None:
    answers = [client.get(path) for path in OPEN_PAGES]
    assert all(answer.status_code == 302 and "/accounts/login/" in answer["Location"] for answer in answers)


@pytest.mark.parametrize(
    "path", ["/mandates/new", "/mandates/import", "/mandates/public-2026/draft/", "/products/new", "/charter/draft/"]
)
def test_page_of_an_administrator_is_not_there_for_others(sign_in: Any, path: str) -> None:
    assert sign_in("bram").get(path).status_code == 404
    assert sign_in("nora").get(path).status_code == 200


def test_mandate_page_reads_as_sentences_and_shows_its_budget(world: World, sign_in: Any) -> None:
    budgets.hold(
        version=world.mandates["public-2026"],
        team=world.teams["public"],
        customer=world.customers["C-17"],
        on=world.today,
        amount=Decimal(624),
        revision="D-1001/1",
        by=world.bram,
        at=world.at,
    )
    page = sign_in("bram").get("/mandates/public-2026/").content.decode()
    assert "Products of network on terms from 24\u00a0months" in page
    assert "beyond that Deal desk decides" in page
    ledger = sign_in("bram").get("/mandates/public-2026/budget/").content.decode()
    assert "D-1001/1" in ledger
    assert "624" in ledger


def test_draft_is_seen_by_those_who_answer_for_authority_only(world: World, sign_in: Any) -> None:
    draft_mandate(by=world.nora, at=world.at, code="secret-plan", name="Secret plan")
    for who, status in (("bram", 404), ("olivier", 200), ("petra", 200)):
        client = sign_in(who)
        assert client.get("/mandates/secret-plan/").status_code == status
        assert client.get("/mandates/secret-plan/versions/1/").status_code == status
        assert ("Secret plan" in client.get("/mandates/").content.decode()) == (status == 200)


# --- the editor ---


def test_editor_saves_a_new_mandate_with_all_that_was_typed(world: World, sign_in: Any) -> None:
    answer = sign_in("nora").post("/mandates/new", posted(world))
    assert (answer.status_code, answer["Location"]) == (302, "/mandates/retail-2026/draft/")
    version = draft_of("retail-2026")
    assert document_of(version) == {
        "code": "retail-2026",
        "version": 1,
        "currency": "EUR",
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
        "committee": "deal-desk",
        "consents": 1,
        "scope": {"segment": "retail"},
        "budgets": [{"per": "team", "period": "quarter", "amount": "50000"}],
        "limits": [
            {
                "metric": "line_discount",
                "when": {"family": ["network", "services/support"], "term_months": {"from": 24}, "kind": ["new"]},
                "member": "12.5",
                "team": "18",
                "committee": "finance",
            },
            {"metric": "line_discount", "member": "8", "team": "any"},
        ],
    }
    assert [holder.team.code for holder in version.holders.all()] == ["retail"]


def test_editor_shows_what_was_saved_and_saving_it_again_changes_nothing(world: World, sign_in: Any) -> None:
    client = sign_in("nora")
    draft = draft_mandate(by=world.nora, at=world.at, code="public-2026", note="Wider.")
    form = _fields(client.get("/mandates/public-2026/draft/").content.decode())
    assert form["limits-0-family"] == ["network"]
    assert client.post("/mandates/public-2026/draft/", form).status_code == 302
    saved = draft_of("public-2026")
    changed = document_of(saved)
    assert changed["limits"] == document_of(draft)["limits"]
    assert changed["budgets"] == [{"per": "team", "period": "quarter", "amount": "50000.00"}]
    assert changed["scope"] == {"segment": "public"}


def _fields(page: str) -> dict[str, list[str]]:
    """The fields of the page's editor as a browser would send them."""
    found: dict[str, list[str]] = {}

    class Reader(HTMLParser):
        inside = False
        template = 0
        select = ""
        area = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            had = dict(attrs)
            if tag == "form":
                self.inside = "novalidate" in had
            self.template += tag == "template"
            if not self.inside or self.template:
                return
            name = had.get("name") or ""
            if tag == "input" and name and (had.get("type") not in ("checkbox", "radio") or "checked" in had):
                found.setdefault(name, []).append(had.get("value") or "")
            elif tag == "select":
                self.select = name
            elif tag == "option" and "selected" in had and self.select:
                found.setdefault(self.select, []).append(had.get("value") or "")
            elif tag == "textarea":
                self.area = name

        def handle_data(self, data: str) -> None:
            if self.area:
                found.setdefault(self.area, []).append(data.strip())

        def handle_endtag(self, tag: str) -> None:
            self.template -= tag == "template"
            self.select = "" if tag == "select" else self.select
            self.area = "" if tag == "textarea" else self.area

    Reader().feed(page)
    return found


def test_editor_with_something_wrong_saves_it_and_says_so_at_the_row(world: World, sign_in: Any) -> None:
    client = sign_in("nora")
    changes = {"limits-0-member": "a lot", "limits-1-term_months_from": "x", "budgets-0-amount": "-1", "committee": ""}
    client.post("/mandates/new", posted(world, **changes))
    page = client.get("/mandates/retail-2026/draft/").content.decode()
    assert 'value="a lot"' in page
    for anchor in ("limits-0-member", "limits-1-term_months_from", "budgets-0-amount"):
        assert f'href="#id_{anchor}"' in page
        assert f'aria-describedby="{anchor}-said"' in page
    assert "Before it can be proposed" in page


def test_editor_without_a_name_keeps_what_was_typed_and_saves_nothing(world: World, sign_in: Any) -> None:
    answer = sign_in("nora").post("/mandates/new", posted(world, name="", code="No code"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "network, services/support" in page
    assert 'value="12,5"' in page or 'value="12.5"' in page
    assert not MandateVersion.objects.filter(mandate__name="Retail").exists()


@pytest.mark.parametrize(
    ("button", "families"),
    [
        ("limits:down:0", ["", "network, services/support"]),
        ("limits:up:1", ["", "network, services/support"]),
        ("limits:up:0", ["network, services/support", ""]),
        ("limits:copy:0", ["network, services/support", "network, services/support", ""]),
        ("limits:remove:0", [""]),
        ("limits:add", ["network, services/support", "", ""]),
        ("limits:remove:99", ["network, services/support", ""]),
    ],
)
def test_editor_without_scripts_moves_rows_and_saves_nothing(
    world: World, sign_in: Any, button: str, families: list[str]
) -> None:
    answer = sign_in("nora").post("/mandates/new", posted(world, row=button))
    fields = _fields(answer.content.decode())
    assert answer.status_code == 200
    assert [fields[f"limits-{n}-family"][0] for n in range(len(families))] == families
    assert f"limits-{len(families)}-family" not in fields
    assert not MandateVersion.objects.filter(mandate__code="retail-2026").exists()


def test_editor_from_an_older_edition_is_refused_and_keeps_what_was_typed(world: World, sign_in: Any) -> None:
    client = sign_in("nora")
    client.post("/mandates/new", posted(world))
    form = posted(world, edition="1", **{"limits-1-member": "7"})
    assert client.post("/mandates/retail-2026/draft/", form).status_code == 302
    answer = client.post("/mandates/retail-2026/draft/", form | {"limits-1-member": "6"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Two have changed this draft" in page
    assert "a member may give up to 6" in page.replace("\xa0", " ")
    assert document_of(draft_of("retail-2026"))["limits"][1]["member"] == "7"


def test_editor_of_the_charter_saves_its_bounds(world: World, sign_in: Any) -> None:
    client = sign_in("olivier")
    client.post("/charter/draft/begin")
    form = {"edition": "1", "currency": "eur", "note": "So.", "limits-0-metric": "net_value", "limits-0-limit": "1e6"}
    client.post("/charter/draft/", form)
    assert "limits-0-limit-said" in client.get("/charter/draft/").content.decode()
    form |= {"edition": "2", "limits-0-limit": "1 000 000", "limits-1-metric": "term_months", "then": "look"}
    answer = client.post("/charter/draft/", form)
    assert answer["Location"] == "/charter/versions/2/"
    assert document_of(CharterVersion.objects.get(number=2)) == {
        "currency": "EUR",
        "limits": [{"metric": "net_value", "limit": "1000000"}, {"metric": "term_months", "limit": None}],
    }


# --- moves ---


def test_moves_from_proposing_to_revoking_are_made_on_the_versions_page(world: World, sign_in: Any) -> None:
    client = sign_in("nora")
    client.post("/mandates/new", posted(world, **{"then": "look", "limits-1-team": "12"}))
    base = "/mandates/retail-2026/versions/1/"
    assert "Propose this version" in client.get(base).content.decode()
    assert client.post(f"{base}propose", {"edition": "1"}).status_code == 302
    assert "Grant this version" not in client.get(base).content.decode()
    client = sign_in("olivier")
    assert "Grant this version" in client.get(base).content.decode()
    assert client.post(f"{base}grant", {"edition": "2", "from_on": "", "note": "Go."}).status_code == 302
    assert "is in force until" in client.get("/mandates/retail-2026/").content.decode()
    assert client.post(f"{base}revoke", {"edition": "3", "reason": ""}).status_code == 422
    assert client.post(f"{base}revoke", {"edition": "3", "reason": "Enough."}).status_code == 302
    page = client.get(base).content.decode()
    assert "Enough." in page
    assert client.post(f"{base}nonsense", {"edition": "4"}).status_code == 404


def test_grant_page_asks_for_its_findings_to_be_confirmed(world: World, sign_in: Any) -> None:
    document = public_document(2026)
    document["limits"] = [{"metric": "line_discount", "when": {"family": "network"}, "member": "5", "team": "10"}]
    version = draft_mandate(by=world.nora, at=world.at, code="public-2026", document=document, note="Less.")
    propose(version=version, by=world.nora, at=world.at)
    client = sign_in("olivier")
    base = "/mandates/public-2026/versions/2/"
    page = client.get(base).content.decode()
    assert 'value="uncovered:line_discount"' in page
    assert "What changes against version 1" in page
    answer = client.post(f"{base}grant", {"edition": "2", "note": "Mine."})
    assert answer.status_code == 409
    assert "Mine." in answer.content.decode()
    assert "This version takes authority away." in page
    form = {"edition": "2", "confirmed": "uncovered:line_discount", "note": "Everything else is rare."}
    assert client.post(f"{base}grant", form).status_code == 302


def test_grant_by_its_drafter_is_refused_by_the_page_too(world: World, sign_in: Any) -> None:
    version = draft_mandate(by=world.nora, at=world.at, code="public-2026", note="Same.")
    propose(version=version, by=world.nora, at=world.at)
    assert sign_in("nora").post("/mandates/public-2026/versions/2/grant", {"edition": "2"}).status_code == 403


def test_charter_moves_are_made_on_its_page(world: World, sign_in: Any) -> None:
    draft_charter(by=world.olivier, at=world.at, note="As it is.")
    client = sign_in("olivier")
    assert client.post("/charter/versions/2/propose", {"edition": "1"}).status_code == 302
    assert client.post("/charter/versions/2/grant", {"edition": "2"}).status_code == 403
    client = sign_in("oda")
    assert client.post("/charter/versions/2/grant", {"edition": "2"}).status_code == 302
    assert CharterVersion.objects.get(number=2).state == "granted"


# --- documents ---


def test_import_page_takes_what_export_gives(world: World, sign_in: Any) -> None:
    client = sign_in("nora")
    text = client.get("/mandates/public-2026/versions/1/document.json").content.decode()
    answer = client.post("/mandates/import", {"text": text, "note": "From the repository."})
    assert answer["Location"] == "/mandates/public-2026/draft/"
    version = draft_of("public-2026")
    assert document_of(version) == document_of(world.mandates["public-2026"]) | {"version": 2}
    assert [holder.team.code for holder in version.holders.all()] == ["public"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not valid JSON"),
        ('{"mandate": {}}', "mandate.code"),
        ('{"code": "a", "code": "b"}', "twice"),
    ],
)
def test_import_page_names_what_is_wrong(sign_in: Any, text: str, said: str) -> None:
    answer = sign_in("nora").post("/mandates/import", {"text": text})
    assert answer.status_code == 422
    assert said in answer.content.decode()


# --- catalogue ---


def test_product_page_shows_costs_to_those_who_may_see_them_only(world: World, sign_in: Any) -> None:
    path = f"/products/{world.products['SW-24P'].pk}/"
    assert "610" not in sign_in("bram").get(path).content.decode()
    assert "610" in sign_in("petra").get(path).content.decode()


def test_product_is_made_changed_and_priced(world: World, sign_in: Any) -> None:
    client = sign_in("nora")
    client.post("/products/new", {"code": "NEW-1", "name": "New", "family": "network/new", "charge": "one_off"})
    product = Product.objects.get(code="NEW-1")
    path = f"/products/{product.pk}/"
    form = {"currency": "eur", "from_on": "2027-01-01", "list_price": "1 234,5", "unit_cost": ""}
    assert client.post(f"{path}prices", form).status_code == 302
    assert Price.objects.get(product=product).list_price == Decimal("1234.5")
    assert client.post(f"{path}prices", form).status_code == 409
    assert client.post(f"{path}prices", form | {"from_on": "2020-01-01"}).status_code == 422
    edit = {"name": "Newer", "family": "network/", "charge": "monthly", "edition": "2"}
    assert client.post(f"{path}edit", edit).status_code == 422
    assert client.post(f"{path}edit", edit | {"family": "network"}).status_code == 302
    assert client.post(f"{path}edit", edit | {"family": "cloud"}).status_code == 409
    product.refresh_from_db()
    assert (product.name, product.family, product.is_active) == ("Newer", "network", False)


@pytest.mark.parametrize("path", ["new", "1/edit", "1/prices"])
def test_product_forms_are_not_there_for_others(sign_in: Any, path: str) -> None:
    assert sign_in("bram").post(f"/products/{path}", {}).status_code == 404


def test_version_page_says_what_is_wider_and_what_narrower_with_an_example(world: World, sign_in: Any) -> None:
    document = public_document(2026, version=2)
    document["limits"] = [document["limits"][0] | {"team": "20"}, *document["limits"][1:3]]
    document["limits"][2] = document["limits"][2] | {"member": "50"}
    draft_mandate(
        by=world.nora,
        at=world.at,
        code="public-2026",
        name="Public",
        goal="",
        document=document,
        teams=[world.teams["public"]],
        note="More discount, less delay.",
    )
    page = sign_in("nora").get("/mandates/public-2026/versions/2/").content.decode()
    assert "Wider: discount on a line and payment days." in page
    assert "Narrower: margin on a line." in page
    assert "before, a committee decides; now, " in page
