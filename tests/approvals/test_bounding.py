"""The nearest deal that keeps to figures, and envelopes tightened and widened: properties over many deals."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.bounding import keeps, nearest, tightened, value_of, wider
from approvals.countering import Ask, countered
from approvals.envelopes import holds
from journal.refusals import Invalid
from mandates.engine import check_approval, evaluate
from tests.approvals.test_envelopes import TODAY, UNTIL, case, envelope, line

RATES = ("8", 30)
PRICES = st.decimals("400", "1250", places=2)
FIGURES = st.sampled_from(
    [
        ("line_discount", 0, 30),
        ("line_margin", 30, 50),
        ("deal_discount", 0, 30),
        ("deal_margin", 20, 50),
        ("effective_discount", 0, 30),
        ("discount_amount", 0, 3000),
        ("minimum_value", 3000, 9000),
        ("minimum_term", 12, 48),
        ("payment_days", 0, 60),
    ]
).flatmap(
    lambda kind: st.integers(kind[1], kind[2]).map(
        lambda bound: (
            {"metric": kind[0], "bound": str(bound)} | ({"product": "SW"} if kind[0].startswith("line_") else {})
        )
    )
)


def deal_of(first: Decimal, second: Decimal) -> dict[str, Any]:
    found: dict[str, Any] = case(line("SW", f"{first}"), line("RT", f"{second}", "2", charge="monthly"))["deal"]
    return found


@given(first=PRICES, second=PRICES, figures=st.lists(FIGURES, min_size=1, max_size=3, unique_by=lambda f: f["metric"]))
@settings(max_examples=150, deadline=None)
def test_nearest_keeps_to_every_figure_and_never_goes_below_what_was_asked(
    first: Decimal, second: Decimal, figures: list[dict[str, str]]
) -> None:
    """Seen to fail: with prices rounded down; with the share of the whole deal taken before the lines."""
    deal = deal_of(first, second)
    moved = nearest(deal, figures, RATES)
    if moved is None:
        return
    assert all(keeps(figure, moved, RATES) for figure in figures)
    for before, after in zip(deal["lines"], moved["lines"], strict=True):
        old, new, listed = (
            Fraction(text) for text in (before["unit_price"], after["unit_price"], before["list_price"])
        )
        assert old <= new <= max(old, listed)
    assert moved["term_months"] >= deal["term_months"] and moved["payment_days"] <= deal["payment_days"]


@given(first=PRICES, bound=st.integers(0, 30))
@settings(max_examples=100, deadline=None)
def test_nearest_of_a_lines_discount_is_the_lowest_price_that_keeps_to_it(first: Decimal, bound: int) -> None:
    figure = {"metric": "line_discount", "product": "SW", "bound": str(bound)}
    moved = nearest(deal_of(first, Decimal("1200")), [figure])
    assert moved is not None
    price = Fraction(moved["lines"][0]["unit_price"])
    if price != Fraction(str(first)):
        cheaper = {**moved["lines"][0], "unit_price": f"{Decimal(moved['lines'][0]['unit_price']) - Decimal('0.01')}"}
        assert not keeps(figure, {**moved, "lines": [cheaper]})


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ({"metric": "deal_discount", "bound": "10"}, ["1067.16", "1105.69"]),
        ({"metric": "minimum_value", "bound": "6400"}, ["1052.40", "1095.21"]),
        ({"metric": "line_margin", "product": "SW", "bound": "40"}, ["1016.67", "1058.00"]),
    ],
)
def test_nearest_spreads_what_the_whole_deal_lacks_over_its_lines(figure: dict[str, str], expected: list[str]) -> None:
    deal = case(line("SW", "1000.00"), line("RT", "1058.00", "2"))["deal"]
    moved = nearest(deal, [figure], RATES)
    assert moved is not None
    assert [one["unit_price"] for one in moved["lines"]] == expected


@pytest.mark.parametrize(
    "figure",
    [
        {"metric": "minimum_value", "bound": "9999"},
        {"metric": "deal_margin", "bound": "100"},
        {"metric": "line_margin", "product": "SW", "bound": "60"},
    ],
)
def test_nearest_beyond_list_prices_is_none(figure: dict[str, str]) -> None:
    assert nearest(case(line("SW", "1000.00"))["deal"], [figure], RATES) is None


def test_value_of_an_unknown_cost_is_unknown() -> None:
    deal = case(line("SW", "1000.00", unit_cost=None))["deal"]
    assert value_of({"metric": "line_margin", "product": "SW"}, deal) is None
    assert nearest(deal, [{"metric": "line_margin", "product": "SW", "bound": "10"}]) is None


def test_tightened_takes_the_tighter_of_two_bounds() -> None:
    document = envelope(case(line("SW", "1000.00")), "deal-desk")
    figures = [
        {"metric": "line_discount", "product": "SW", "bound": "14"},
        {"metric": "payment_days", "bound": "90"},
        {"metric": "deal_margin", "bound": "30"},
    ]
    found = {limit["metric"]: limit["bound"] for limit in tightened(document, figures, "EUR")["limits"]}
    assert (found["line_discount"], found["payment_days"], found["deal_margin"]) == ("14", "60", "30")
    assert check_approval(tightened(document, figures, "EUR")) == []


def test_wider_allows_what_either_allows() -> None:
    one, other = case(line("SW", "1000.00")), case(line("SW", "1050.00"), term_months=36)
    both = wider(envelope(one, "deal-desk"), envelope(other, "deal-desk"))
    assert check_approval(both) == []
    assert holds(both, one, one["deal"]) and holds(both, other, other["deal"])


@given(first=PRICES, second=PRICES, figures=st.lists(FIGURES, min_size=1, max_size=2, unique_by=lambda f: f["metric"]))
@settings(max_examples=100, deadline=None)
def test_bounded_yes_is_confirmed_by_the_engine(first: Decimal, second: Decimal, figures: list[dict[str, str]]) -> None:
    """Whatever is let through is a yes of this committee at the nearest deal, and not at what was asked."""
    judged = case(line("SW", f"{first}"), line("RT", f"{second}", "2"))
    answer = evaluate(judged)
    if "deal-desk" not in answer["committees"]:
        return
    try:
        bounded = countered(Ask(judged, answer, "deal-desk", TODAY, UNTIL), figures, None)
    except Invalid:
        return
    assert check_approval(bounded.document) == []
    then = evaluate({**judged, "deal": bounded.deal, "approvals": [bounded.document]})
    assert "deal-desk" not in then["committees"] and then["outcome"] != "outside_charter"
    assert not holds(bounded.document, judged, judged["deal"])
    assert all(keeps(figure, bounded.deal, RATES) for figure in figures)
