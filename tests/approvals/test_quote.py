"""The quote of an agreed deal: what a customer reads, and what never stands on it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from approvals.actions.comments import comment
from approvals.actions.outcome import lose, win
from approvals.models import Deal
from mandates.models import Price
from teams.models import Team, User
from tests.approvals_pages.posting import text_of
from tests.factories import COMMITTEE_PRICE, MEMBER_PRICE, TEAM_PRICE, World, draft, submitted, terms, vote
from tests.pdfs import inflated, kept, needs_pango


@pytest.fixture
def typeset(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep what was given to be typeset instead of typesetting it."""
    return kept(monkeypatch)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def approved_by_committees(made: World) -> Deal:
    """A deal that two committees said yes to, with everything internal that can hang on one."""
    deal = submitted(made, price=COMMITTEE_PRICE)
    comment(deal=deal, case=None, by=made.els, at=made.at, text="They would pay more.")
    for case in deal.cases.all():
        vote(made, case, *(("ines", "joris") if case.committee.code == "deal-desk" else ("lien",)))
    deal.refresh_from_db()
    assert deal.state == "approved"
    return deal


def article_of(content: str) -> str:
    found = re.search(r'<article class="receipt quote".*?</article>', content, re.DOTALL)
    assert found
    return found[0]


def test_quote_shows_prices_terms_and_the_contact(made: World) -> None:
    deal = submitted(made, price=MEMBER_PRICE)
    page = text_of(as_(made.bram).get(f"/deals/{deal.reference}/quote/"))
    for said in (f"Quote {deal.reference}/1", "Gemeente Hoogveld", "C-17", "Good until", "SW-24P", "1,116.00"):
        assert said in page
    assert made.bram.name in page and made.bram.email in page
    assert "All prices are without VAT." in page and "24 months" in page and "within 30 days" in page


def test_quote_shows_nothing_that_is_only_ours_to_know(made: World, typeset: list[str]) -> None:
    """Seen to fail with the product's family on a line, and with the page's address at the foot of the PDF."""
    deal = approved_by_committees(made)
    revision = deal.latest
    assert revision is not None
    client = as_(made.bram)
    page = article_of(client.get(f"/deals/{deal.reference}/quote/").content.decode())
    assert client.get(f"/deals/{deal.reference}/quote.pdf").status_code == 200
    cost = Price.objects.get(product__code="SW-24P", currency="EUR").unit_cost
    colleagues = [one.name for one in User.objects.exclude(pk=made.bram.pk)]
    internal = [
        f"{cost:.2f}",
        "1,200.00",  # the list price
        "cost",
        "margin",
        "discount",
        "%",
        "network/switches",  # the family
        "mandate",
        "limit",
        "approved",
        "committee",
        "revision",
        "receipt.pdf",
        "They would pay more",
        revision.why or "no reason",
        revision.sha256,
        deal.channel or "no channel",
        "127.0.0.1",
        *colleagues,
        *Team.objects.values_list("name", flat=True),
        *(case.committee.name for case in deal.cases.select_related("committee")),
        *(decision.answer_sha256 for decision in revision.decisions.all()),
    ]
    for paper in (page, typeset[0]):
        words = re.sub(r"<[^>]+>", " ", paper).lower()
        assert [one for one in internal if one.lower() in words] == []
        assert "/deals/" not in paper and "/customers/" not in paper


def test_quote_tells_list_prices_only_where_the_seller_asks_for_it(made: World) -> None:
    deal = submitted(made, price=MEMBER_PRICE)
    client = as_(made.bram)
    assert "1,200.00" not in text_of(client.get(f"/deals/{deal.reference}/quote/"))
    shown = text_of(client.get(f"/deals/{deal.reference}/quote/?list=1"))
    assert "1,200.00" in shown and "7 %" in shown.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("language", "said"), [("nl", "Offerte"), ("fr", "Devis"), ("de", "Angebot"), ("en", "Quote"), ("xx", "Quote")]
)
def test_quote_is_in_the_language_that_is_chosen(made: World, typeset: list[str], language: str, said: str) -> None:
    deal = submitted(made, price=MEMBER_PRICE)
    client = as_(made.bram)
    page = article_of(client.get(f"/deals/{deal.reference}/quote/?language={language}").content.decode())
    client.get(f"/deals/{deal.reference}/quote.pdf?language={language}")
    for paper in (page, typeset[0]):
        assert f"{said} {deal.reference}/1" in paper
    assert ("1,116.00" in page) is (said == "Quote")


def test_quote_of_what_is_not_agreed_says_that_it_is_none(made: World, typeset: list[str]) -> None:
    lost = submitted(made, price=MEMBER_PRICE)
    lose(deal=lost, by=made.bram, at=made.at, closed_on=made.today)
    over = submitted(made, price=MEMBER_PRICE)
    Deal.objects.filter(pk=over.pk).update(good_until=made.today - timedelta(days=1))
    client = as_(made.bram)
    for deal in (draft(made), submitted(made, price=TEAM_PRICE), lost, over):
        page = client.get(f"/deals/{deal.reference}/quote/")
        assert "This is no quote." in text_of(page)
        assert '<article class="receipt quote"' not in page.content.decode()
        answer = client.get(f"/deals/{deal.reference}/quote.pdf")
        assert answer.status_code == 409
    assert typeset == []


def test_quote_of_a_won_deal_says_when_it_was_agreed(made: World) -> None:
    deal = submitted(made, terms=terms(("SW-24P", "2", "1150.00"), ("SUP-M", "3", "88.00")))
    win(deal=deal, by=made.bram, at=made.at, closed_on=made.today)
    page = text_of(as_(made.bram).get(f"/deals/{deal.reference}/quote/"))
    assert "Agreed on" in page and "Good until" not in page


def test_quote_sums_what_is_paid_once_and_each_month(made: World) -> None:
    deal = submitted(made, terms=terms(("SW-24P", "2", "1150.00"), ("SUP-M", "3", "88.00")))
    page = text_of(as_(made.bram).get(f"/deals/{deal.reference}/quote/")).replace("\xa0", " ")
    for said in ("Once 2,300.00 EUR", "Each month 264.00 EUR", "In all, over 24 months 8,636.00 EUR"):
        assert said in page


@needs_pango
def test_quote_as_pdf_is_tagged_and_named_by_its_number(made: World) -> None:
    deal = submitted(made, price=MEMBER_PRICE)
    answer = as_(made.bram).get(f"/deals/{deal.reference}/quote.pdf?language=fr")
    assert answer["Content-Disposition"] == f'attachment; filename="devis-{deal.reference}-1.pdf"'
    assert b"pdfuaid:part" in inflated(answer.content)


def test_quote_of_another_teams_deal_is_not_there(made: World, typeset: list[str]) -> None:
    deal: Any = submitted(made, price=MEMBER_PRICE)
    assert as_(made.gilles).get(f"/deals/{deal.reference}/quote/").status_code == 404
    assert as_(made.gilles).get(f"/deals/{deal.reference}/quote.pdf").status_code == 404
