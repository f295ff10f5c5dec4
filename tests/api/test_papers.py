"""Quotes, proofs and a committee's calendar over the API: what the pages give, and nothing more."""

import json

import pytest
import time_machine

from approvals.models import Decision, Revision
from approvals.proof import flaws
from journal import pdf
from teams.models import Calendar, Committee, Team
from tests.api.asking import Program, code_of
from tests.factories import MEMBER_PRICE, World, draft, submitted, terms
from tests.insights.test_precedents import as_

pytestmark = pytest.mark.django_db
INTERNAL = ("610", "cost", "margin", "mandate", "public-2026", "committee", "deal-desk", "They ask for it")


def test_quote_has_prices_and_terms_and_nothing_internal(made: World) -> None:
    """Seen to fail: with the cost among the fields of a line."""
    deal = submitted(made, terms=terms(("SW-24P", "4", MEMBER_PRICE), ("SUP-M", "2", "90.00"), why="They ask for it."))
    answer = Program(made.bram).get(f"deals/{deal.reference}/quote/")
    text, told = answer.content.decode(), answer.json()
    assert not [word for word in INTERNAL if word in text]
    assert (told["number"], told["once"], told["monthly"], told["whole"]) == (
        f"{deal.reference}/1",
        "4464.00",
        "180.00",
        "8784.00",
    )
    assert told["lines"][0] | {"name": ""} == {
        "product": "SW-24P",
        "name": "",
        "charge": "one_off",
        "quantity": "4",
        "unit_price": "1116.00",
        "net": "4464.00",
        "list_price": None,
        "discount": None,
    }
    listed = Program(made.bram).get(f"deals/{deal.reference}/quote/?list=true").json()
    assert [(one["list_price"], one["discount"]) for one in listed["lines"]] == [("1200.00", "7"), ("90.00", None)]


def test_quote_is_the_same_whatever_the_cost(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte, also for whoever sees costs. Seen to fail: with the cost among the fields of a line."""
    deal = submitted(made, price=MEMBER_PRICE)
    paths = (f"deals/{deal.reference}/quote/?list=1", f"deals/{deal.reference}/quote/pdf/?list=1")
    before = [Program(made.anke).get(path).content for path in paths]
    facts = json.loads(Revision.objects.get(deal=deal).document)
    facts["deal"]["lines"][0]["unit_cost"] = "1.00"
    monkeypatch.setattr("approvals.quoting.json.loads", lambda _text: facts)
    assert [Program(made.anke).get(path).content for path in paths] == before


def test_quote_of_what_is_not_agreed_is_refused(made: World) -> None:
    deal = draft(made)
    for path in ("quote/", "quote/pdf/"):
        assert code_of(Program(made.bram).get(f"deals/{deal.reference}/{path}")) == (409, "not_agreed")
        assert Program(made.gilles).get(f"deals/{deal.reference}/{path}").status_code == 404


def test_quote_on_paper_is_the_page_s_own(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    deal = submitted(made, price=MEMBER_PRICE)
    paper = Program(made.bram).get(f"deals/{deal.reference}/quote/pdf/?language=nl")
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert paper.content == as_(made.bram).get(f"/deals/{deal.reference}/quote.pdf?language=nl").content
    monkeypatch.setattr(pdf, "made", lambda *_args, **_named: None)
    assert code_of(Program(made.bram).get(f"deals/{deal.reference}/quote/pdf/")) == (501, "no_pdf")


def test_proof_is_the_page_s_own_and_sound(made: World) -> None:
    deal = submitted(made, price=MEMBER_PRICE)
    decision = Decision.objects.get(revision__deal=deal)
    with time_machine.travel(made.at, tick=False):
        answer = Program(made.bram).get(f"decisions/{decision.pk}/proof/")
        assert answer.content == as_(made.bram).get(f"/decisions/{decision.pk}/receipt.json").content
    assert answer["Content-Disposition"].endswith('-receipt.json"')
    assert flaws(answer.content) == []
    assert Program(made.gilles).get(f"decisions/{decision.pk}/proof/").status_code == 404


def test_proof_without_sight_of_cost_tells_none(made: World) -> None:
    """Seen to fail: with the case of the record itself in the proof."""
    Team.objects.update(cost_sight=Team.CostSight.LEAD)
    deal = submitted(made, price=MEMBER_PRICE)
    decision = Decision.objects.get(revision__deal=deal)
    answer = Program(made.bram).get(f"decisions/{decision.pk}/proof/")
    assert answer.json()["sees_cost"] is False
    assert "610" not in answer.content.decode()
    assert flaws(answer.content) == []


def test_committee_works_by_a_calendar_that_an_administrator_chooses(made: World) -> None:
    nora, path = Program(made.nora), "committees/finance/calendar/"
    committee = Committee.objects.get(code="finance")
    calendar = Calendar.objects.create(code="benelux", name="Benelux")
    assert code_of(nora.post(path, {"calendar": None})) == (428, "precondition_required")
    assert code_of(nora.move(path, {"calendar": "nowhere"}))[0] == 422
    assert code_of(nora.move(path, {"calendar": "benelux"})) == (422, "calendar_not_in_force")
    assert code_of(Program(made.bram).move(path, {"calendar": None}))[0] == 403
    assert code_of(Program(made.nora, "deals", "read").move(path, {"calendar": None}))[0] == 403
    Committee.objects.filter(pk=committee.pk).update(calendar=calendar)
    answer = nora.post(path, {"calendar": None}, if_match=f'"{committee.edition}"', key="k")
    assert (answer.status_code, answer.json()["calendar"]) == (200, None)
    assert answer["ETag"] == f'"{committee.edition + 1}"'
