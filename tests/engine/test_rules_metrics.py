"""Section “Metrics”: what each metric comes to, when it is unknown, and on which side of the bound it is within."""

from typing import Any

import pytest

from mandates.engine import evaluate, measure

from .building import HARMLESS, case, deal, limit, line, mandate

EUR_USD = {"USD": "1.0850", "JPY": "163.27"}


def finding(metric: str, bounds: tuple[Any, ...], of: dict[str, Any], **more: Any) -> tuple[str, str, str | None]:
    """Level, reason and value of the first finding on the metric."""
    rates = more.pop("rates", EUR_USD)
    document = case(mandate(limit(metric, *bounds), *HARMLESS, **more), of=of, rates=rates)
    found = next(one for one in evaluate(document)["findings"] if one["metric"] == metric)
    return found["level"], found["reason"], found["value"]


WITHIN, TEAM, BEYOND = ("member", "within"), ("team", "beyond_member"), ("committee", "beyond_team")
UNKNOWN = ("committee", "unknown")

FREE = line("0", "0", "0")
GIFT = line("0", "0", None)
ODD = line("0", "5", "1")

LINE_VALUES = [
    # metric, bounds, line, level and reason, value
    ("line_discount", ("13",), line("100", "87"), WITHIN, "13.0000"),
    ("line_discount", ("12.9999",), line("100", "87"), BEYOND, "13.0000"),
    ("line_discount", ("12", "13"), line("100", "87"), TEAM, "13.0000"),
    ("line_discount", ("12", "any"), line("100", "0"), TEAM, "100.0000"),
    ("line_discount", ("any",), line("100", "0"), WITHIN, "100.0000"),
    ("line_discount", (None, "20"), line("100", "110"), TEAM, "-10.0000"),
    ("line_discount", (None,), line("100", "110"), BEYOND, "-10.0000"),
    ("line_discount", ("-10",), line("100", "110"), WITHIN, "-10.0000"),
    ("line_discount", ("-10.0001",), line("100", "110"), BEYOND, "-10.0000"),
    # judged by the exact figure, rounded half-even for reading only
    ("line_discount", ("33.3333",), line("3", "2"), BEYOND, "33.3333"),
    ("line_discount", ("33.3334",), line("3", "2"), WITHIN, "33.3333"),
    ("line_discount", ("66.6666",), line("3", "1"), BEYOND, "66.6667"),
    ("line_discount", ("0",), line("800000", "799999.6"), BEYOND, "0.0000"),
    ("line_discount", ("0",), line("800000", "799998.8"), BEYOND, "0.0002"),
    ("line_discount", ("0",), line("800000", "800000.4"), WITHIN, "0.0000"),
    ("line_discount", ("0",), line("100", "100.0001"), WITHIN, "-0.0001"),
    # nothing to measure a discount by
    ("line_discount", ("0",), FREE, WITHIN, "0.0000"),
    ("line_discount", ("50", "60"), GIFT, UNKNOWN, None),
    ("line_discount", ("50", "60"), ODD, UNKNOWN, None),
    ("line_discount", ("50", "60"), line("0", "0", "1"), UNKNOWN, None),
    ("line_discount", ("50", "60"), line("0", "5", "0"), UNKNOWN, None),
    ("line_discount", ("any",), ODD, WITHIN, None),
    ("line_discount", (None, "any"), ODD, TEAM, None),
    ("line_discount", ("10", "any"), ODD, TEAM, None),
    ("line_discount", ("50",), line("100", "90", None), WITHIN, "10.0000"),
    # margins
    ("line_margin", ("50",), line("100", "100", "50"), WITHIN, "50.0000"),
    ("line_margin", ("50.0001",), line("100", "100", "50"), BEYOND, "50.0000"),
    ("line_margin", ("60", "50"), line("100", "100", "50"), TEAM, "50.0000"),
    ("line_margin", ("-100",), line("100", "50", "100"), WITHIN, "-100.0000"),
    ("line_margin", ("66.6667",), line("9", "3", "1"), BEYOND, "66.6667"),
    ("line_margin", ("10", "any"), line("100", "90", None), TEAM, None),
    ("line_margin", ("10", "5"), line("100", "90", None), UNKNOWN, None),
    ("line_margin", ("-900000000",), line("100", "0", "50"), BEYOND, None),
    ("line_margin", ("any",), line("100", "0", "50"), WITHIN, None),
    ("line_margin", ("0",), line("100", "0", "0"), UNKNOWN, None),
    ("line_margin", ("100",), FREE, WITHIN, None),
    ("line_margin", (None, "100"), FREE, TEAM, None),
    ("line_margin", (None,), FREE, BEYOND, None),
    ("line_margin", ("0",), GIFT, UNKNOWN, None),
    ("line_margin", ("80",), ODD, WITHIN, "80.0000"),
]


@pytest.mark.parametrize(("metric", "bounds", "one", "judged", "value"), LINE_VALUES)
def test_judge_line_metric_is_measured_exactly(
    metric: str, bounds: tuple[Any, ...], one: dict[str, Any], judged: tuple[str, str], value: str | None
) -> None:
    assert finding(metric, bounds, deal(one)) == (*judged, value)


TWO = deal(line("100", "90", "60", quantity="2"), line("50", "60", "20", quantity="0.5"))
MONTHLY = deal(line("10", "9", "4", charge="monthly"), line("100", "80", "60"), term_months=24)
LATE = {"capital_rate": "8", "standard_payment_days": 30}

DEAL_VALUES = [
    # metric, bounds, deal, mandate's fields, level and reason, value.   TWO: L 225, P 210, C 130, G 20
    ("deal_discount", ("8.8889",), TWO, {}, WITHIN, "8.8889"),
    ("deal_discount", ("8.8888",), TWO, {}, BEYOND, "8.8889"),
    ("deal_margin", ("38.0952",), TWO, {}, WITHIN, "38.0952"),
    ("deal_margin", ("38.0953",), TWO, {}, BEYOND, "38.0952"),
    ("discount_amount", ("20",), TWO, {}, WITHIN, "20.0000"),
    ("discount_amount", ("19.9999",), TWO, {}, BEYOND, "20.0000"),
    ("net_value", ("210",), TWO, {}, WITHIN, "210.0000"),
    ("net_value", ("209.9999", "210"), TWO, {}, TEAM, "210.0000"),
    ("minimum_value", ("210",), TWO, {}, WITHIN, "210.0000"),
    ("minimum_value", ("210.0001",), TWO, {}, BEYOND, "210.0000"),
    # a monthly line counts for its whole term: L 340, P 296, C 156, G 44
    ("deal_discount", ("12.9412",), MONTHLY, {}, WITHIN, "12.9412"),
    ("deal_margin", ("47.2972",), MONTHLY, {}, WITHIN, "47.2973"),
    ("discount_amount", ("44",), MONTHLY, {}, WITHIN, "44.0000"),
    # the delay of payment, at 8 % a year on what is paid
    ("effective_discount", ("10",), deal(line("100", "90"), payment_days=30), LATE, WITHIN, "10.0000"),
    ("effective_discount", ("10.5917", "10.5918"), deal(line("100", "90"), payment_days=60), LATE, TEAM, "10.5918"),
    ("effective_discount", ("12",), deal(line("100", "90"), payment_days=10), LATE, WITHIN, "10.0000"),
    ("effective_discount", ("2",), deal(line("100", "100"), payment_days=395), LATE, BEYOND, "8.0000"),
    ("effective_discount", ("10",), deal(line("100", "90"), payment_days=365), {}, WITHIN, "10.0000"),
    ("effective_discount", ("0",), deal(FREE, payment_days=365), LATE, WITHIN, "0.0000"),
    # term and days of payment
    ("term_months", ("12",), deal(term_months=12), {}, WITHIN, "12.0000"),
    ("term_months", ("11.9999",), deal(term_months=12), {}, BEYOND, "12.0000"),
    ("minimum_term", ("12",), deal(term_months=12), {}, WITHIN, "12.0000"),
    ("minimum_term", ("12.0001", "12"), deal(term_months=12), {}, TEAM, "12.0000"),
    ("payment_days", ("30",), deal(payment_days=30), {}, WITHIN, "30.0000"),
    ("payment_days", ("29", "29.5"), deal(payment_days=30), {}, BEYOND, "30.0000"),
    # nothing sold, nothing given away
    ("deal_discount", ("0",), deal(FREE), {}, WITHIN, "0.0000"),
    ("deal_margin", ("99",), deal(FREE), {}, WITHIN, None),
    ("deal_margin", (None,), deal(FREE), {}, BEYOND, None),
    ("deal_margin", ("-900000",), deal(line("100", "0", "1")), {}, BEYOND, None),
    ("deal_margin", ("0",), deal(line("100", "0", "0")), {}, UNKNOWN, None),
    ("deal_margin", ("0",), deal(line("100", "90", None)), {}, UNKNOWN, None),
    ("deal_margin", ("0",), deal(line(), line("100", "90", None)), {}, UNKNOWN, None),
    ("deal_discount", ("10",), deal(line("100", "90", None)), {}, WITHIN, "10.0000"),
    # one line with nothing to measure by: G is unknown ...
    ("deal_discount", ("20", "30"), deal(line("100", "80"), ODD), {}, UNKNOWN, None),
    ("discount_amount", ("20", "30"), deal(line("100", "80"), GIFT), {}, UNKNOWN, None),
    ("effective_discount", ("20", "30"), deal(line("100", "80"), ODD), {}, UNKNOWN, None),
    ("deal_discount", ("20", "any"), deal(line("100", "80"), ODD), {}, TEAM, None),
    ("deal_discount", (None,), deal(line("100", "80"), ODD), {}, UNKNOWN, None),
    # ... but what is known of it can already be too much
    ("deal_discount", ("10", "19.9999"), deal(line("100", "80"), ODD), {}, BEYOND, None),
    ("deal_discount", ("10", "20"), deal(line("100", "80"), ODD), {}, UNKNOWN, None),
    ("discount_amount", ("10", "19.9999"), deal(line("100", "80"), GIFT), {}, BEYOND, None),
    ("effective_discount", ("10", "27"), deal(line("100", "80"), ODD, payment_days=395), LATE, UNKNOWN, None),
    ("effective_discount", ("10", "26.7999"), deal(line("100", "80"), ODD, payment_days=395), LATE, BEYOND, None),
    ("deal_discount", ("-2", "-1"), deal(ODD), {}, UNKNOWN, None),
    ("discount_amount", ("-2", "-1"), deal(ODD), {}, UNKNOWN, None),
    ("discount_amount", ("-2", "-1"), deal(line("100", "100"), ODD), {}, BEYOND, None),
    ("effective_discount", ("-2", "-1"), deal(ODD, payment_days=395), LATE, UNKNOWN, None),
    # the others do not need G
    ("net_value", ("5",), deal(ODD), {}, WITHIN, "5.0000"),
    ("deal_margin", ("80",), deal(ODD), {}, WITHIN, "80.0000"),
]


@pytest.mark.parametrize(("metric", "bounds", "of", "fields", "judged", "value"), DEAL_VALUES)
def test_judge_deal_metric_is_measured_exactly(
    metric: str,
    bounds: tuple[Any, ...],
    of: dict[str, Any],
    fields: dict[str, Any],
    judged: tuple[str, str],
    value: str | None,
) -> None:
    assert finding(metric, bounds, of, **fields) == (*judged, value)


USD = deal(line("217", "108.50"), currency="USD")
MONEY = [
    # deal, mandate's currency, rates, level and reason, value of G (108.50 USD where not stated)
    (USD, "USD", {}, WITHIN, "108.5000"),
    (USD, "EUR", EUR_USD, WITHIN, "100.0000"),
    (USD, "EUR", {"USD": "1.085", "EUR": 1}, WITHIN, "100.0000"),
    (USD, "EUR", {}, UNKNOWN, None),
    (USD, "EUR", {"JPY": "163.27"}, UNKNOWN, None),
    (USD, "JPY", EUR_USD, BEYOND, "16327.0000"),
    (USD, "JPY", {"USD": "1.0850"}, UNKNOWN, None),
    (deal(line("2", "1")), "USD", {"USD": "1.085001"}, WITHIN, "1.0850"),
    (deal(line("100", "100"), currency="USD"), "EUR", {}, WITHIN, "0.0000"),
    (deal(line("100", "0"), ODD, currency="USD"), "EUR", {}, UNKNOWN, None),
]


@pytest.mark.parametrize(("of", "currency", "rates", "judged", "value"), MONEY)
def test_judge_money_in_another_currency_is_converted_without_rounding(
    of: dict[str, Any], currency: str, rates: dict[str, Any], judged: tuple[str, str], value: str | None
) -> None:
    assert finding("discount_amount", ("150",), of, currency=currency, rates=rates) == (*judged, value)


def test_judge_money_a_hair_beyond_is_beyond() -> None:
    rates = {"USD": "3"}
    of = deal(line("1", "0", "0"), currency="USD")
    assert finding("discount_amount", ("0.3333",), of, rates=rates) == (*BEYOND, "0.3333")
    assert finding("discount_amount", ("0.3334",), of, rates=rates) == (*WITHIN, "0.3333")


def test_measure_gives_sums_and_values_for_reading() -> None:
    assert measure(TWO) == {
        "L": "225.0000",
        "P": "210.0000",
        "C": "130.0000",
        "G": "20.0000",
        "lines": [{"discount": "10.0000", "margin": "33.3333"}, {"discount": "-20.0000", "margin": "66.6667"}],
    }
    assert measure(deal(GIFT)) == {
        "L": "0.0000",
        "P": "0.0000",
        "C": None,
        "G": None,
        "lines": [{"discount": None, "margin": None}],
    }
    assert measure(deal(line("0.0001", "0.0001", quantity="0.5")))["L"] == "0.0000"
    assert measure(deal(line("0.0003", "0.0001", quantity="0.5")))["L"] == "0.0002"
