"""Margins as ratings: what is good, fair or thin, and that trying prices out tells no more than a step of 5 %."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.readings.rating import Rating, rating_of_deal, rating_of_line
from teams.sight import Bands

BANDS = Bands(good=40, fair=20)


def line(price: str, cost: str | None = "500", listed: str = "1000", **more: Any) -> dict[str, Any]:
    return {"list_price": listed, "unit_price": price, "unit_cost": cost, "quantity": "1", **more}


@pytest.mark.parametrize(
    ("price", "cost", "rating"),
    [
        ("1000", "600", Rating.GOOD),
        ("1000", "600.01", Rating.FAIR),
        ("1000", "800", Rating.FAIR),
        ("1000", "800.01", Rating.THIN),
        ("999.99", "570", Rating.GOOD),  # rated at 950
        ("999.99", "570.01", Rating.FAIR),
        ("5000", "600.01", Rating.FAIR),  # above list counts as list
        ("49.99", "0", Rating.THIN),  # below the lowest step nothing is left
        ("1000", None, None),
    ],
)
def test_line_is_rated_at_the_step_of_its_list_price_below(price: str, cost: str | None, rating: Rating | None) -> None:
    assert rating_of_line(line(price, cost), BANDS) == rating


def test_line_without_list_price_is_not_rated() -> None:
    assert rating_of_line(line("100", listed="0"), BANDS) is None


@given(cost=st.decimals("0", "1000", places=2), step=st.integers(1, 19), inside=st.integers(0, 4999))
def test_prices_within_a_step_have_one_rating_whatever_the_cost(cost: Decimal, step: int, inside: int) -> None:
    """Seen to fail with the line rated at its own price: the price at which it turns is the cost."""
    low, tried = Decimal(50 * step), Decimal(50 * step) + Decimal(inside) / 100
    assert rating_of_line(line(str(tried), str(cost)), BANDS) == rating_of_line(line(str(low), str(cost)), BANDS)


def test_deal_is_rated_by_its_lines_weighted_by_net_value() -> None:
    good, thin = line("1000", "100"), line("1000", "950")
    deal = {"term_months": 12, "lines": [good, thin]}
    assert rating_of_deal(deal, BANDS) == Rating.FAIR
    assert rating_of_deal({**deal, "lines": [good | {"charge": "monthly"}, thin]}, BANDS) == Rating.GOOD
    assert rating_of_deal({**deal, "lines": [good, thin | {"quantity": "9"}]}, BANDS) == Rating.THIN
    assert rating_of_deal({**deal, "lines": [good, line("1000", None)]}, BANDS) is None
    assert rating_of_deal({**deal, "lines": [line("0")]}, BANDS) is None


@given(costs=st.lists(st.decimals("0", "1000", places=2), min_size=2, max_size=2), quantity=st.integers(1, 50))
def test_deals_of_equally_rated_lines_are_rated_equally_in_any_mixture(costs: list[Decimal], quantity: int) -> None:
    """A mean of the margins themselves would tell one product's cost by mixing it with another's."""
    lines = [line("900", str(cost)) for cost in costs]
    if rating_of_line(lines[0], BANDS) == rating_of_line(lines[1], BANDS):
        other = line("700", "300", quantity=str(quantity))
        found = {rating_of_deal({"term_months": 1, "lines": [one, other]}, BANDS) for one in lines}
        assert len(found) == 1
