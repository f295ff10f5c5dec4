"""Budgets used up deal after deal: order, periods, giving back, and who answers when one is empty."""

import random
from typing import Any

from insights.court import Opinion
from insights.spending import Use, read_use, spent

UNITS = 10_000


def budget(amount: str, per: str = "team", period: str = "quarter", code: str = "m") -> dict[str, Any]:
    rows = [{"per": per, "period": period, "amount": amount}]
    return {code: {"currency": "EUR", "valid_from": "2026-01-01", "valid_until": "2026-12-31", "budgets": rows}}


def use(deal: int, given: int | None, on: str = "2026-02-01", **changes: Any) -> Use:
    """A deal that a member may agree, with `given` euros given away, and kept for good."""
    outcome = changes.pop("outcome", "member")
    rank = {"member": 0, "team": 1, "committee": 2, "outside_charter": 2}[outcome]
    units = None if given is None else given * UNITS
    values = {
        "submitted_at": f"{on}T09:00:00+00:00",
        "deal": deal,
        "team": "public",
        "customer": "C-1",
        "on": on,
        "ends_on": None,
        "outcome": outcome,
        "opinions": (Opinion("m", rank, 1, units),),
    }
    return Use(**{**values, **changes})


def refused(budgets: dict[str, Any], *uses: Use) -> list[int]:
    return [row[0] for row in spent(budgets, uses)["shown"]]


def test_spent_in_the_order_of_submission_refuses_what_comes_late() -> None:
    """Broken to see it fail: the deals taken in the order of their ids."""
    uses = [use(1, 60, "2026-02-03"), use(2, 50, "2026-02-01"), use(3, 50, "2026-02-02"), use(4, 0, "2026-02-04")]
    found = spent(budget("100"), uses)
    assert [row[0] for row in found["shown"]] == [1]
    assert (found["deals"], found["lost_yes"]) == (1, 1)
    [row] = found["budgets"]
    assert (row["periods"], row["used_up"], row["deals"], row["given"]) == (1, 1, 1, "60.00")
    # it was won all the same, so a committee must have agreed: it uses the budget beyond its amount
    assert (row["most"], row["most_by"], row["most_from"]) == ("160.00", "public", "2026-01-01")


def test_spent_up_to_the_last_cent_fits() -> None:
    assert refused(budget("100"), use(1, 40), use(2, 60)) == []
    assert refused(budget("99.9999"), use(1, 40), use(2, 60)) == [2]


def test_spent_by_period_team_and_customer_has_an_account_for_each() -> None:
    quarters = [use(1, 80, "2026-03-31"), use(2, 80, "2026-04-01")]
    assert refused(budget("100"), *quarters) == []
    assert refused(budget("100", period="year"), *quarters) == [2]
    teams = [use(1, 80), use(2, 80, team="industry")]
    assert refused(budget("100"), *teams) == []
    assert refused(budget("100", per="customer"), *teams) == [2]
    customers = [use(1, 80), use(2, 80, customer="C-2")]
    assert refused(budget("100", per="customer"), *customers) == []


def test_spent_by_validity_lays_stretches_of_its_length_end_to_end() -> None:
    before = [use(1, 80, "2024-06-01"), use(2, 80, "2025-06-01"), use(3, 80, "2025-07-01")]
    assert refused(budget("100", period="validity"), *before) == [3]


def test_spent_by_a_deal_that_ended_is_given_back_from_the_next_day_on() -> None:
    lost = use(1, 80, "2026-02-01", ends_on="2026-02-10")
    assert refused(budget("100"), lost, use(2, 80, "2026-02-10")) == [2]
    assert refused(budget("100"), lost, use(2, 80, "2026-02-11")) == []


def test_spent_by_a_deal_that_ended_without_room_uses_nothing() -> None:
    uses = [use(1, 80), use(2, 80, "2026-02-02", ends_on="2026-03-01"), use(3, 20, "2026-02-03")]
    assert refused(budget("100"), *uses) == [2]


def test_spent_by_what_the_charter_forbids_is_nothing() -> None:
    assert refused(budget("100"), use(1, 90, outcome="outside_charter"), use(2, 90)) == []


def test_spent_by_a_committees_deal_counts_but_is_not_counted_as_refused() -> None:
    found = spent(budget("100"), [use(1, 90, outcome="committee"), use(2, 90, "2026-02-02")])
    assert (found["deals"], [row[0] for row in found["shown"]]) == (1, [2])


def test_spent_of_what_cannot_be_measured_is_never_within() -> None:
    [row] = spent(budget("100"), [use(1, None)])["shown"]
    assert (row[0], row[4]) == (1, None)


def test_spent_where_another_mandate_answers_refuses_nothing() -> None:
    """Broken to see it fail: the mandate that answers by limits alone taken for good."""
    both = (Opinion("m", 0, 1, 90 * UNITS), Opinion("n", 1, 1, 90 * UNITS))
    found = spent(budget("100"), [use(1, 90), use(2, 90, "2026-02-02", opinions=both)])
    assert found["deals"] == 0
    [row] = found["budgets"]
    assert row["most"] == "90.00"


def test_spent_is_the_same_whatever_order_the_deals_come_in() -> None:
    draw = random.Random(7)
    uses = [
        use(number, draw.randrange(0, 60), f"2026-02-{draw.randrange(1, 28):02d}", customer=f"C-{draw.randrange(3)}")
        for number in range(60)
    ]
    budgets = budget("200", per="customer")
    expected = spent(budgets, uses)
    draw.shuffle(uses)
    assert spent(budgets, [read_use(one.stored()) for one in uses]) == expected
    assert 0 < expected["deals"] < 60
