"""P9: an approval fits exactly what was approved."""

import copy
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from approvals.measuring import of_deal, of_line
from mandates.engine import evaluate
from tests.approvals.test_envelopes import TODAY, UNTIL, case, envelope, line


class Edits(RuleBasedStateMachine):
    """Edit an approved deal at random: it is a yes exactly while it is no worse than what was approved.

    Seen to fail: with bounds rounded to the nearest; with `products` empty; without the bound on `minimum_term`.
    """

    @initialize(
        price=st.sampled_from(["1000.00", "987.65", "333.33", "1.01"]),
        cost=st.sampled_from(["610.00", None]),
    )
    def approve(self, price: str, cost: str | None) -> None:
        self.costs = {"SW": cost, "RT": "610.00", "NEW": "610.00"}
        self.approved = case(line("SW", price, unit_cost=cost), line("RT", "1000.00", "2"))
        both = [envelope(self.approved, "deal-desk"), envelope(self.approved, "finance")]
        self.now = copy.deepcopy(self.approved)
        self.now["approvals"] = both

    @property
    def deal(self) -> dict[str, Any]:
        deal: dict[str, Any] = self.now["deal"]
        return deal

    @rule(index=st.integers(0, 1), cents=st.integers(-300, 300))
    def change_price(self, index: int, cents: int) -> None:
        one = self.deal["lines"][index % len(self.deal["lines"])]
        one["unit_price"] = _price(one["unit_price"], cents)

    @rule(index=st.integers(0, 1), quantity=st.integers(1, 6))
    def change_quantity(self, index: int, quantity: int) -> None:
        self.deal["lines"][index % len(self.deal["lines"])]["quantity"] = str(quantity)

    @rule(days=st.integers(30, 90))
    def change_payment_days(self, days: int) -> None:
        self.deal["payment_days"] = days

    @rule(term=st.integers(12, 36))
    def change_term(self, term: int) -> None:
        self.deal["term_months"] = term

    @rule(product=st.sampled_from(["SW", "RT", "NEW"]))
    def change_product(self, product: str) -> None:
        """A product brings its cost along: one that is known where none was known is a new question."""
        self.deal["lines"][-1] |= {"product": product, "unit_cost": self.costs[product]}

    @rule()
    def set_back(self) -> None:
        self.now["deal"] = copy.deepcopy(self.approved["deal"])

    @rule(days=st.integers(0, 40))
    def pass_time(self, days: int) -> None:
        self.now["on"] = (TODAY + timedelta(days=days)).isoformat()

    @invariant()
    def is_live_exactly_where_no_worse(self) -> None:
        answer = evaluate(self.now)
        live = all(self._holds(approval) for approval in self.now["approvals"])
        covered = [one for one in answer["findings"] if one["covered_by"] is not None]
        if not live:
            partly = [self._holds(approval) for approval in self.now["approvals"]]
            assert all(partly[one["covered_by"]] for one in covered)
        else:
            assert answer["outcome"] in ("member", "team"), "no committee is asked inside what both have approved"
        if self.now["deal"] == self.approved["deal"] and self.now["on"] <= UNTIL.isoformat():
            assert answer["outcome"] == "member", "what was approved fits its own approval"

    def _holds(self, approval: dict[str, Any]) -> bool:
        """Whether an approval is live, said in the terms of what was approved rather than in the engine's."""
        old, new = self.approved["deal"], self.deal
        if self.now["on"] > UNTIL.isoformat():
            return False
        pinned = any(one["bound"] is None for one in approval["limits"])
        products = {one["product"] for one in old["lines"]}
        if not {one["product"] for one in new["lines"]} <= products:
            return False
        if new["payment_days"] > old["payment_days"] or new["term_months"] < old["term_months"]:
            return False
        return _no_worse(old, new, approval, pinned)


def _price(price: str, cents: int) -> str:
    changed = max(1, int(Fraction(price) * 100) + cents)
    return f"{changed // 100}.{changed % 100:02d}"


def _no_worse(old: dict[str, Any], new: dict[str, Any], approval: dict[str, Any], pinned: bool) -> bool:
    for product in {one["product"] for one in new["lines"]}:
        before = [one for one in old["lines"] if one["product"] == product]
        after = [one for one in new["lines"] if one["product"] == product]
        lowest = min(Fraction(one["unit_price"]) for one in before)
        if pinned and sum(int(one["quantity"]) for one in after) > sum(int(one["quantity"]) for one in before):
            return False
        if pinned and any(Fraction(one["unit_price"]) < lowest for one in after):
            return False
    return all(limit["bound"] is None or _within(limit, new) for limit in approval["limits"])


def _within(limit: dict[str, Any], deal: dict[str, Any]) -> bool:
    metric, bound = limit["metric"], Fraction(limit["bound"])
    if "product" in limit:
        values = [of_line(metric, one) for one in deal["lines"] if one["product"] == limit["product"]]
    else:
        rate, days = limit.get("capital_rate", "0"), limit.get("standard_payment_days", 0)
        values = [of_deal(metric, deal, capital_rate=rate, standard_days=days)]
    minimum = metric in ("line_margin", "minimum_value", "minimum_term")
    return all(value is not None and (value >= bound if minimum else value <= bound) for value in values)


def test_random_edits_fit_an_approval_exactly_where_they_are_no_worse() -> None:
    run_state_machine_as_test(Edits, settings=settings(max_examples=25, stateful_step_count=20, deadline=None))


@pytest.mark.full
def test_many_random_edits_fit_an_approval_exactly_where_they_are_no_worse() -> None:
    run_state_machine_as_test(Edits, settings=settings(max_examples=500, stateful_step_count=50, deadline=None))
