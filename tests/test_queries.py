"""Query budgets: what each page may ask of the database, and that more rows never make it ask more.

Seen to fail when the cases of a deal read their votes one by one.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals.actions.consent import object_to
from approvals.actions.draft import create_deal, edit_draft
from approvals.actions.submit import submit
from approvals.actions.vote import cast_vote
from approvals.models import Case, ConsentSeat, Deal, Decision
from approvals.terms import DraftLine, DraftTerms
from tests.factories import AT, World
from tests.factories import world as make_world
from tests.pdfs import kept

# page: (who, address, queries); an address may name {deal}, {case} and {decision} of the newest of each
PAGES = {
    "today of a seller": ("bram", "/", 28),
    "today of a committee member": ("lien", "/", 18),
    "can I": ("bram", "/ask/?customer=C-17&product=SW-24P&quantity=1&term_months=24&payment_days=30&price=1044", 31),
    "deals": ("bram", "/deals/", 10),
    "choose a customer": ("bram", "/deals/new", 10),
    "desk of a new deal": ("bram", "/deals/new?customer=C-17", 19),
    "desk of a draft": ("bram", "/deals/{deal}/edit", 39),
    "check": ("bram", "/deals/{deal}/check", 34),
    "deal": ("bram", "/deals/{deal}/", 38),
    "cases": ("lien", "/cases/?show=open", 12),
    "case": ("lien", "/cases/{case}/", 42),
    "receipt": ("bram", "/decisions/{decision}/", 24),
    "receipt as PDF": ("bram", "/decisions/{decision}/receipt.pdf", 23),
}


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with time_machine.travel(AT, tick=False):
        yield make_world()


def terms(price: str, lines: int) -> DraftTerms:
    codes = ["SW-24P", "RT-1", "SW-48P", "TRAIN-1", "SUP-M"][:lines]
    prices = {"SW-24P": Decimal(price), "RT-1": Decimal(790), "SW-48P": Decimal(2090), "TRAIN-1": Decimal(940)}
    return DraftTerms(
        24, 30, "Why", tuple(DraftLine(code, Decimal(2), prices.get(code, Decimal(89))) for code in codes)
    )


def deal_with_history(world: World, *, lines: int, revisions: int, votes: int) -> Deal:
    """A deal whose revisions were asked of colleagues and of committees."""
    deal = create_deal(
        by=world.bram,
        at=AT,
        customer=world.customers["C-17"],
        kind="new",
        channel="",
        currency="EUR",
        terms=terms("1100", lines),
    )
    for number in range(revisions):
        terms_now = terms(str(900 - number), lines)
        deal = edit_draft(deal=deal, by=world.bram, at=AT, edition=deal.edition, terms=terms_now)
        submit(deal=deal, by=world.bram, at=AT, edition=deal.edition)
        deal.refresh_from_db()
    case = Case.objects.get(deal=deal, state="open", committee__code="deal-desk")
    for key in ("ines", "joris")[:votes]:
        choice = {"ines": "approve", "joris": "abstain"}[key]
        cast_vote(case=case, by=world.people[key], at=AT, choice=choice, reason="Fair.")
    return deal


def asked_of_colleagues(world: World) -> None:
    deal = create_deal(
        by=world.bram,
        at=AT,
        customer=world.customers["C-17"],
        kind="new",
        channel="",
        currency="EUR",
        terms=terms("1100", 1),
    )
    submit(deal=deal, by=world.bram, at=AT, edition=deal.edition)
    seat = ConsentSeat.objects.get(round__revision__deal=deal, user=world.anke)
    object_to(seat=seat, by=world.anke, at=AT, reason="They pay late.")


def addresses() -> dict[str, Any]:
    return {
        "deal": Deal.objects.filter(cases__isnull=False).order_by("-id").values_list("reference", flat=True)[0],
        "case": Case.objects.filter(committee__code="finance", state="open").latest("id").pk,
        "decision": Decision.objects.filter(revision__cases__isnull=False).latest("id").pk,
    }


def queries_of(world: World, key: str, address: str) -> int:
    client = Client()
    client.force_login(world.people[key])
    url = address.format(**addresses())
    assert client.get(url).status_code == 200, url
    with CaptureQueriesContext(connection) as seen:
        client.get(url)
    return len(seen)


@pytest.mark.parametrize("name", PAGES)
def test_page_asks_no_more_for_more_rows(name: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(monkeypatch)  # the queries behind a PDF, without Pango
    key, address, budget = PAGES[name]
    asked_of_colleagues(world)
    deal_with_history(world, lines=2, revisions=2, votes=1)
    few = queries_of(world, key, address)
    for _ in range(4):
        asked_of_colleagues(world)
        deal_with_history(world, lines=5, revisions=4, votes=1)
    many = queries_of(world, key, address)
    assert many <= few, f"{few} queries for few rows, {many} for many"
    assert many <= budget, f"{many} queries"


VERDICT_BUDGET = 27


def test_verdict_asks_no_more_for_more_lines(world: World) -> None:
    client = Client()
    client.force_login(world.bram)

    def asked(codes: list[str]) -> int:
        data = {"customer": "C-17", "kind": "new", "currency": "EUR", "term_months": "24", "payment_days": "30"}
        data |= {"lines-TOTAL_FORMS": str(len(codes)), "lines-INITIAL_FORMS": "0"}
        data |= {f"lines-{number}-product": code for number, code in enumerate(codes)}
        data |= {f"lines-{number}-discount": "25" for number in range(len(codes))}
        with CaptureQueriesContext(connection) as seen:
            assert client.post("/deals/verdict", data).status_code == 200
        return len(seen)

    asked(["SW-24P"])
    one, five = asked(["SW-24P"]), asked(["SW-24P", "RT-1", "SW-48P", "TRAIN-1", "SUP-M"])
    assert five <= one <= VERDICT_BUDGET
