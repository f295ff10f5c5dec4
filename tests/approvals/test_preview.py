"""A preview answers what submitting would."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from approvals.actions.draft import DraftLine, DraftTerms
from approvals.actions.submit import submit
from approvals.judging import Preview, preview
from approvals.models import Case, ConsentRound, Deal, Decision
from journal.models import Event
from journal.refusals import Invalid
from mandates.models import Budget
from teams.models import Committee
from teams.organisation import today
from teams.standing import person_of
from tests.factories import (
    COMMITTEE_PRICE,
    FORBIDDEN_PRICE,
    MEMBER_PRICE,
    PRODUCTS,
    TEAM_PRICE,
    World,
    draft,
    leave,
    terms,
    world,
)


def previewed(made: World, chosen: DraftTerms, by: str = "bram", deal: Deal | None = None, **fields: Any) -> Preview:
    """A preview for a customer of the public team."""
    customer = made.customers["C-17"]
    asked: dict[str, Any] = {"kind": "new", "channel": "direct", "currency": "EUR"} | fields
    return preview(
        team=made.teams["public"],
        customer=customer,
        terms=chosen,
        person=person_of(made.people[by], today(made.at)),
        at=made.at,
        deal=deal,
        **asked,
    )


def test_preview_names_the_colleagues_who_would_be_asked(made: World) -> None:
    shown = previewed(made, terms(("SW-24P", "4", TEAM_PRICE)))
    assert shown.answer is not None and shown.answer["outcome"] == "team"
    assert shown.colleagues == ("Anke Claes", "Chloé Lambert", "Dirk Peeters")
    assert shown.committees == {} and not shown.too_few
    assert "guide" in shown.answer


def test_preview_names_the_members_of_each_committee(made: World) -> None:
    shown = previewed(made, terms(("SW-24P", "4", COMMITTEE_PRICE)))
    assert shown.committees["finance"] == ("Lien Aerts", "Maarten Smit")
    assert set(shown.committees) == {"deal-desk", "finance"}


def test_preview_says_that_too_few_colleagues_could_consent(made: World) -> None:
    for key in ("anke", "chloe", "dirk"):
        leave(made.teams["public"], made.people[key], made.today)
    shown = previewed(made, terms(("SW-24P", "4", TEAM_PRICE)))
    assert shown.too_few and set(shown.committees) == {"deal-desk"}


def test_preview_warns_of_a_committee_that_cannot_decide(made: World) -> None:
    Committee.objects.filter(code="deal-desk").update(quorum=4)
    shown = previewed(made, terms(("SW-24P", "4", COMMITTEE_PRICE)))
    assert [problem.code for problem in shown.problems] == ["committee_too_small"]


def test_preview_of_an_unpriced_line_says_why(made: World) -> None:
    shown = previewed(made, terms(("NOWHERE", "1", "1.00")))
    assert shown.answer is None
    assert [(one.code, one.path) for one in shown.problems] == [("line_unpriced", "lines[0].product")]


def test_preview_writes_nothing(made: World) -> None:
    before = Event.objects.count()
    previewed(made, terms(("SW-24P", "4", TEAM_PRICE)))
    assert Event.objects.count() == before
    assert not Budget.objects.exists() and not Decision.objects.exists()


def test_preview_of_a_deal_leaves_its_own_hold_out(made: World) -> None:
    deal = draft(made)
    submit(deal=deal, by=made.bram, at=made.at, edition=None)
    deal.refresh_from_db()
    shown = previewed(made, terms(), deal=deal)
    assert shown.case is not None and shown.case["mandates"][0]["budgets"][0]["used"] == "0"


LINES = st.lists(
    st.tuples(
        st.sampled_from([code for code, *_rest in PRODUCTS]),
        st.integers(1, 40),
        st.decimals("0.50", "2200.00", places=2),
    ),
    min_size=1,
    max_size=4,
)
PRICES = st.sampled_from([MEMBER_PRICE, TEAM_PRICE, COMMITTEE_PRICE, FORBIDDEN_PRICE])
TERMS = st.builds(
    lambda lines, term, days: DraftTerms(
        term, days, "", tuple(DraftLine(code, Decimal(quantity), price) for code, quantity, price in lines)
    ),
    LINES | st.lists(st.tuples(st.just("SW-24P"), st.integers(1, 9), PRICES.map(Decimal)), min_size=1, max_size=2),
    st.integers(0, 48),
    st.integers(0, 90),
)


class PreviewIsSubmit(TestCase):
    """Random drafts by people with and without the right to decide alone."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.made = world()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(chosen=TERMS, by=st.sampled_from(["anke", "bram", "dirk"]), currency=st.sampled_from(["EUR", "USD", "CHF"]))
    def test_preview_of_a_random_draft_is_what_submit_answers(self, chosen: DraftTerms, by: str, currency: str) -> None:
        made = self.made
        deal = draft(made, by=by, terms=chosen, currency=currency)
        shown = previewed(made, chosen, by, deal=deal, currency=currency)
        if shown.answer is None:
            with pytest.raises(Invalid):
                submit(deal=deal, by=made.people[by], at=made.at, edition=None)
            return
        decision = submit(deal=deal, by=made.people[by], at=made.at, edition=None)
        shown.answer.pop("guide")
        assert json.loads(decision.answer_document) == shown.answer
        assert json.loads(decision.case_document) == shown.case
        asked = ConsentRound.objects.filter(revision__deal=deal).first()
        seated = [] if asked is None else sorted(asked.seats.values_list("user__name", flat=True))
        assert tuple(seated) == shown.colleagues
        cases = Case.objects.filter(deal=deal)
        electors = {
            one.committee.code: tuple(sorted(one.electors.values_list("user__name", flat=True))) for one in cases
        }
        assert electors == shown.committees
