"""P9, lived through: a deal edited and submitted at random, with committees that say yes, bind, counter and revoke."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from approvals import envelopes
from approvals.actions.counter import accept, go_on, propose, vote_on
from approvals.actions.vote import Conditions, cast_vote, revoke_approval
from approvals.models import Approval, Case, CounterProposal, Decision
from journal.refusals import Conflict, Invalid
from tests.factories import World, draft, revised, terms, vote, world
from tests.test_promises.invariants import faults


class Ways(RuleBasedStateMachine):
    """Whatever is tried: no yes outside what was allowed, and no question asked again inside it.

    Each run lives in a transaction of its own that is rolled back. Seen to fail: with the approval of an adopted
    counter-proposal written at the figures of the ask; with revoked approvals counted.
    """

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def teardown(self) -> None:
        """Leave nothing to the next run."""
        found = faults()
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        assert found == []

    @initialize()
    def begin(self) -> None:
        self.made: World = world()
        self.at = self.made.at
        self.deal = draft(self.made, terms=terms(("TRAIN-1", "4", "950.00")))

    def _open(self) -> Case | None:
        return Case.objects.filter(deal=self.deal, state="open").first()

    def _live(self) -> list[dict[str, Any]]:
        rows = Approval.objects.filter(deal=self.deal, revocation=None)
        return [json.loads(row.document) for row in rows]

    @rule(
        cents=st.integers(77_000, 95_000),
        quantity=st.integers(1, 6),
        term=st.sampled_from([12, 24, 36]),
        days=st.sampled_from([14, 30, 60]),
    )
    def submit(self, cents: int, quantity: int, term: int, days: int) -> None:
        price = f"{cents // 100}.{cents % 100:02d}"
        chosen = terms(("TRAIN-1", f"{quantity}", price), term_months=term, payment_days=days)
        if self.deal.state not in ("draft", "pending", "approved", "declined", "refused"):
            return
        inside = self._live()
        revised(self.made, self.deal, chosen, at=self.at)
        self._judge(inside)

    def _judge(self, allowed: list[dict[str, Any]]) -> None:
        """Hold the answer to the newest revision against what the committees had allowed before it."""
        self.deal.refresh_from_db()
        assert self.deal.latest is not None
        decision = Decision.objects.filter(revision=self.deal.latest).order_by("number")[0]
        case = json.loads(decision.case_document)
        live = [one for one in allowed if envelopes.holds(one, case, case["deal"])]
        asked = set(
            Case.objects.filter(revision=self.deal.latest, cause="limit").values_list("committee__code", flat=True)
        )
        desk = [one for one in live if one["committee"] == "deal-desk"]
        # the desk answers for the discount of the training alone, which each of its envelopes bounds
        if desk:
            assert "deal-desk" not in asked, "asked again inside what it allowed"
        if self.deal.state == "approved" and decision.outcome == "member":
            beyond = [one for one in json.loads(decision.answer_document)["findings"] if one["level"] == "committee"]
            assert all(one["covered_by"] is not None for one in beyond)
            assert desk or not any(one["committee"] == "deal-desk" for one in beyond), "a yes outside the envelope"

    @precondition(lambda self: self._open() is not None)
    @rule(choice=st.sampled_from(["approve", "decline"]))
    def decide(self, choice: str) -> None:
        case = self._open()
        assert case is not None
        people = ("ines", "joris") if case.committee.code == "deal-desk" else ("lien",)
        vote(self.made, case, *people, choice=choice, at=self.at)
        self.deal.refresh_from_db()

    @precondition(lambda self: self._open() is not None)
    @rule(bound=st.integers(12, 22), least=st.integers(0, 4000))
    def bind(self, bound: int, least: int) -> None:
        case = self._open()
        assert case is not None
        figures = [{"metric": "minimum_value", "bound": f"{least}"}]
        try:
            cast_vote(
                case=case,
                by=self.made.karim,
                at=self.at,
                choice="conditions",
                reason="If so.",
                conditions=Conditions(figures),
            )
        except (Invalid, Conflict):
            return
        except Exception as error:
            if type(error).__name__ != "NotAllowed":
                raise
        self.deal.refresh_from_db()

    @precondition(lambda self: self._open() is not None)
    @rule(bound=st.integers(11, 18), term=st.sampled_from([None, 24, 36]))
    def counter(self, bound: int, term: int | None) -> None:
        case = Case.objects.filter(deal=self.deal, state="open", committee__code="deal-desk").first()
        if case is None:
            return
        figures = [{"metric": "line_discount", "product": "TRAIN-1", "bound": f"{bound}"}]
        figures += [{"metric": "minimum_term", "bound": f"{term}"}] if term else []
        try:
            own = propose(case=case, by=self.made.ines, at=self.at, figures=figures, until=None, reason="If so.")
            vote_on(proposal=own, by=self.made.joris, at=self.at, choice="approve", reason="Yes.")
        except (Invalid, Conflict):
            return

    @rule(take=st.booleans())
    def answer(self, take: bool) -> None:
        own = CounterProposal.objects.filter(case__deal=self.deal, state="adopted").first()
        if own is None:
            return
        inside = self._live()
        if not take:
            go_on(proposal=own, by=self.made.bram, at=self.at, reason="They will not.")
            return
        try:
            accept(proposal=own, by=self.made.bram, at=self.at)
        except Conflict as refusal:
            assert refusal.code in ("counter_ended", "no_longer_a_yes")
            return
        self._judge(inside)
        assert self.deal.state in ("approved", "pending")
        assert not Case.objects.filter(deal=self.deal, state="open", committee__code="deal-desk").exists()

    @rule()
    def revoke(self) -> None:
        row = Approval.objects.filter(deal=self.deal, revocation=None).order_by("-id").first()
        if row is None:
            return
        by = self.made.karim if row.case.committee.code == "deal-desk" else self.made.lien
        revoke_approval(approval=row, by=by, at=self.at, reason="New figures.")

    @rule(days=st.integers(1, 20))
    def pass_time(self, days: int) -> None:
        if (self.at - self.made.at).days + days < 35:
            self.at += timedelta(days=days)


@pytest.fixture
def database(transactional_db: None) -> Iterator[None]:
    """A database in which each run is a transaction of its own."""
    yield


def _run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Ways, settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None, database=None)
    )


def test_random_ways_of_a_deal_never_leave_what_was_allowed(database: None) -> None:
    _run(6, 12)


@pytest.mark.full
def test_many_random_ways_of_a_deal_never_leave_what_was_allowed(database: None) -> None:
    _run(500, 50)
