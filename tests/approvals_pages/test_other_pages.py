"""Lists, receipts, today and Can I?"""

import csv
import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest

from approvals.models import Case, ConsentSeat, Deal
from approvals.spreadsheets import FORMULA_STARTS, harmless
from mandates.actions import draft_charter, draft_mandate, propose, propose_charter
from teams.models import Customer, Organisation
from tests.approvals_pages.conftest import SignIn
from tests.approvals_pages.posting import text_of
from tests.factories import World

Make = Callable[..., Deal]


# --- the list ---


def test_deals_shows_what_the_reader_may_see(sign_in: SignIn, submitted: Make) -> None:
    deal = submitted()
    for key in ("bram", "els", "petra"):
        assert deal.reference in text_of(sign_in(key).get("/deals/"))
    for key in ("femke", "ines", "nora", "quinten"):
        answer = sign_in(key).get("/deals/")
        assert deal.reference not in text_of(answer)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("?state=draft", 1),
        ("?state=pending", 1),
        ("?q=hoogveld", 2),
        ("?q=C-17", 2),
        ("?q=nobody", 0),
        ("?team=public", 2),
        ("?team=industry", 0),
        ("?contact=me", 2),
        ("?state=nonsense", 2),
    ],
)
def test_deals_filters_live_in_the_address(
    query: str, count: int, sign_in: SignIn, submitted: Make, draft: Make
) -> None:
    submitted()
    draft()
    assert text_of(sign_in("bram").get(f"/deals/{query}")).count("Gemeente Hoogveld") == count


def test_deals_of_many_pages_are_walked_by_links(sign_in: SignIn, world: World) -> None:
    Deal.objects.bulk_create(
        Deal(
            reference=f"D-{2000 + number}",
            team=world.teams["public"],
            customer=world.customers["C-17"],
            contact=world.bram,
            currency="EUR",
            draft="{}",
            created_by=world.bram,
            created_at=world.at,
        )
        for number in range(60)
    )
    bram = sign_in("bram")
    first = bram.get("/deals/?state=draft")
    assert text_of(first).count("Gemeente Hoogveld") == 50
    following = first.context["page"].next_url
    assert "state=draft" in following
    assert text_of(bram.get(f"/deals/{following}")).count("Gemeente Hoogveld") == 10


def exported(client: Any, query: str = "") -> list[list[str]]:
    answer = client.get(f"/deals/export.csv{query}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_export_holds_the_filtered_deals_and_no_formula(sign_in: SignIn, submitted: Make, world: World) -> None:
    Customer.objects.filter(reference="C-17").update(name='=HYPERLINK("http://x","y")')
    deal = submitted("1100")
    heading, row = exported(sign_in("bram"))
    assert heading[:3] == ["Reference", "Customer", "Customer's reference"]
    assert row[0] == deal.reference
    assert row[1].startswith("'=")
    assert row[7:10] == ["4800.00", "4400.00", "400.00"]
    assert exported(sign_in("femke")) == [heading]
    assert exported(sign_in("bram"), "?state=won") == [heading]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_cell_that_looks_like_a_formula_is_text(start: str) -> None:
    assert harmless(f"{start}1+1") == f"'{start}1+1"
    assert harmless(f"  {start}1+1").startswith("'")
    assert harmless("plain") == "plain"


# --- the receipt ---


def test_receipt_proves_what_was_decided(sign_in: SignIn, submitted: Make) -> None:
    decision = submitted("1150").revisions.get().decisions.get()
    bram = sign_in("bram")
    said = text_of(bram.get(f"/decisions/{decision.pk}/"))
    assert "Yes: the team may agree this at once." in said
    assert "version 1, granted by Olivier Lemaire" in said
    case = bram.get(f"/decisions/{decision.pk}/case.json")
    assert hashlib.sha256(case.content).hexdigest() == decision.case_sha256
    assert decision.case_sha256 in said and decision.answer_sha256 in said
    assert bram.get(f"/decisions/{decision.pk}/other.json").status_code == 404


def test_receipt_of_a_judgement_that_was_made_again_says_so(sign_in: SignIn, submitted: Make) -> None:
    deal = submitted()
    first = deal.revisions.get().decisions.get()
    sign_in("anke").post(f"/deals/{deal.reference}/consent", {"answer": "consent", "reason": ""})
    said = text_of(sign_in("bram").get(f"/decisions/{first.pk}/"))
    assert "The same revision was judged again: decision 2." in said
    assert "Anke Claes" in said


def test_receipt_of_a_deal_one_may_not_see_is_not_there(sign_in: SignIn, submitted: Make) -> None:
    decision = submitted().revisions.get().decisions.get()
    for key in ("femke", "ines", "nora", "quinten"):
        assert sign_in(key).get(f"/decisions/{decision.pk}/").status_code == 404
        assert sign_in(key).get(f"/decisions/{decision.pk}/case.json").status_code == 404


# --- today ---


def test_today_of_a_newcomer_shows_the_way(sign_in: SignIn) -> None:
    assert "Start a deal" in text_of(sign_in("bram").get("/"))
    assert "When a deal or a case needs you" in text_of(sign_in("ines").get("/"))


def test_today_shows_what_waits_with_the_time_left(sign_in: SignIn, submitted: Make) -> None:
    submitted()
    submitted("1044")
    assert "Bram Wouters asks for your consent: Gemeente Hoogveld" in text_of(sign_in("anke").get("/"))
    assert "16 working hours left, until " in text_of(sign_in("anke").get("/"))
    assert "Public sector asks Finance committee: Gemeente Hoogveld" in text_of(sign_in("lien").get("/"))
    assert "Nothing waits for you." in text_of(sign_in("ines").get("/"))


def test_today_tells_of_an_objection_until_it_was_replied_to(sign_in: SignIn, submitted: Make) -> None:
    deal = submitted()
    sign_in("anke").post(f"/deals/{deal.reference}/consent", {"answer": "objection", "reason": "No."})
    assert "A colleague objected: Gemeente Hoogveld" in text_of(sign_in("bram").get("/"))
    assert "asks for your consent" not in text_of(sign_in("anke").get("/"))
    assert "replied to the objection" not in text_of(sign_in("anke").get("/"))
    seat = ConsentSeat.objects.get(answer="objection")
    sign_in("bram").post(f"/deals/{deal.reference}/objection/{seat.pk}/reply", {"text": "They buy four."})
    assert "replied to the objection of Anke Claes" in text_of(sign_in("anke").get("/"))
    assert "Withdraw your objection, or let it stand." in text_of(sign_in("anke").get(f"/deals/{deal.reference}/"))


def test_today_of_who_may_grant_shows_the_proposed_version(sign_in: SignIn, world: World) -> None:
    version = draft_mandate(by=world.nora, at=world.at, code="public-2026", note="A better year.")
    propose(version=version, by=world.nora, at=world.at, edition=version.edition, confirmed=())
    charter = draft_charter(by=world.nora, at=world.at, note="Look again.")
    propose_charter(version=charter, by=world.nora, at=world.at)
    said = "Nora Declercq proposed version 2 of mandate public-2026"
    assert "Nora Declercq proposed version 2 of the charter" in text_of(sign_in("olivier").get("/"))
    assert said in text_of(sign_in("olivier").get("/"))
    for key in ("nora", "bram", "petra"):
        assert said not in text_of(sign_in(key).get("/"))


def test_today_of_an_administrator_leads_to_what_is_missing(sign_in: SignIn, world: World) -> None:
    assert "Go on setting up" not in text_of(sign_in("bram").get("/"))
    Organisation.objects.update(default_committee=None)
    assert "Go on setting up" in text_of(sign_in("nora").get("/"))
    assert "Go on setting up" not in text_of(sign_in("bram").get("/"))


def test_today_shows_what_is_left_of_the_team_budget(sign_in: SignIn, submitted: Make) -> None:
    submitted("1150")
    said = text_of(sign_in("bram").get("/"))
    assert "49,800.00 EUR left" in said and "200.00 EUR held" in said


# --- Can I? ---


def ask(client: Any, **query: str) -> str:
    asked = {"customer": "C-17", "product": "SW-24P", "quantity": "4", "term_months": "24", "payment_days": "30"}
    return text_of(client.get("/ask/", asked | query))


def test_ask_answers_at_once_with_the_lowest_yes(sign_in: SignIn) -> None:
    said = ask(sign_in("bram"), price="1.044,00")
    assert "Finance committee would be asked." in said
    assert "Lowest price that is yours 1,109.10 EUR" in said
    assert "4 of Product SW-24P at 1,044.00 EUR (list 1,200.00 EUR), 24 months, payment within 30 days" in said
    assert not Deal.objects.exists()


def test_ask_takes_a_discount_instead_of_a_price(sign_in: SignIn) -> None:
    assert "at 1,152.00 EUR" in ask(sign_in("bram"), discount="4")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"product": "nothing"}, "is not in the catalogue"),
        ({"customer": "C-31", "price": "1"}, "Customer"),
        ({"price": "cheap"}, "Unit price: Write this as a number"),
        ({"quantity": "0"}, "Quantity: This must be more than 0."),
    ],
)
def test_ask_says_what_is_wrong(query: dict[str, str], problem: str, sign_in: SignIn) -> None:
    assert problem in ask(sign_in("bram"), **query)


def test_ask_leads_to_a_deal_with_the_same_values(sign_in: SignIn) -> None:
    bram = sign_in("bram")
    query = {"customer": "C-17", "product": "SW-24P", "quantity": "4", "term_months": "24", "payment_days": "30"}
    answer = bram.get("/ask/", query | {"price": "1100"})
    page = bram.get(answer.context["deal_url"])
    assert 'value="1100.00"' in page.content.decode()


def test_ask_by_htmx_gives_the_answer_alone(sign_in: SignIn) -> None:
    query = {"customer": "C-17", "product": "SW-24P", "quantity": "4", "term_months": "24", "payment_days": "30"}
    answer = sign_in("bram").get("/ask/", query, headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<div id="_verdict"')


def test_ask_of_somebody_outside_every_team_says_what_that_means(sign_in: SignIn) -> None:
    assert "Only a team agrees prices" in ask(sign_in("petra"), price="1")


# --- sections of other pages ---


def test_sections_show_deals_of_team_and_customer_and_decisions_of_the_mandate(
    sign_in: SignIn, submitted: Make, world: World
) -> None:
    deal = submitted("1150")
    customer = world.customers["C-17"]
    bram, femke = sign_in("bram"), sign_in("femke")
    for url in ("/teams/public/", f"/customers/{customer.reference}/", "/mandates/public-2026/"):
        assert deal.reference in text_of(bram.get(url)), url
        assert deal.reference not in text_of(femke.get(url)), url


def test_pages_ask_for_a_sign_in(client: Any, submitted: Make) -> None:
    deal = submitted("900")
    case = Case.objects.first()
    assert case is not None
    urls = ["/", "/ask/", "/deals/", "/deals/new", f"/deals/{deal.reference}/", "/cases/", f"/cases/{case.pk}/"]
    for url in urls:
        assert client.get(url).headers["Location"].startswith("/accounts/login/")


def test_receipt_of_a_yes_that_others_gave_says_who(sign_in: SignIn, submitted: Make) -> None:
    deal = submitted()
    sign_in("anke").post(f"/deals/{deal.reference}/consent", {"answer": "consent", "reason": ""})
    other = submitted("1044")
    case = other.cases.get()
    sign_in("lien").post(f"/cases/{case.pk}/vote", {"choice": "approve", "reason": "Fair."})
    bram = sign_in("bram")
    for one, said in ((deal, "the colleagues who were needed consented"), (other, "every committee that was asked")):
        decision = one.revisions.get().decisions.latest("number")
        assert said in text_of(bram.get(f"/decisions/{decision.pk}/"))
