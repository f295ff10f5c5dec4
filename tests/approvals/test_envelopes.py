"""What a committee's yes allows, by hand and by random edits."""

import json
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals import envelopes
from approvals.measuring import of_deal, of_line
from mandates.engine import check_approval, evaluate

TODAY = date(2026, 11, 23)
UNTIL = date(2026, 12, 23)


def line(product: str, price: str, quantity: str = "4", **changes: Any) -> dict[str, Any]:
    """A line at list price 1,200 and cost 610."""
    return {
        "product": product,
        "family": "network/switches",
        "charge": "one_off",
        "quantity": quantity,
        "list_price": "1200.00",
        "unit_cost": "610.00",
        "unit_price": price,
    } | changes


def case(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A case under a mandate that sends discounts to the desk and margins to finance."""
    mandate = {
        "code": "public-2026",
        "version": 1,
        "currency": "EUR",
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
        "committee": "deal-desk",
        "capital_rate": "8",
        "standard_payment_days": 30,
        "budgets": [{"per": "team", "period": "quarter", "amount": "500.00", "used": "0"}],
        "limits": [
            {"metric": "line_discount", "member": "5", "team": "10"},
            {"metric": "line_margin", "member": "45", "team": "42", "committee": "finance"},
            {"metric": "effective_discount", "member": "6", "team": "11"},
        ],
    }
    deal = {
        "reference": "D-1",
        "currency": "EUR",
        "kind": "new",
        "channel": None,
        "term_months": 24,
        "payment_days": 60,
        "customer": {"reference": "C-1", "segment": None, "country": None},
        "lines": list(lines),
    }
    return {
        "on": TODAY.isoformat(),
        "member_may_decide": True,
        "default_committee": "deal-desk",
        "rates": {"EUR": "1", "USD": "1.1"},
        "charter": None,
        "mandates": [mandate],
        "approvals": [],
        "deal": deal | changes,
    }


def envelope(judged: dict[str, Any], committee: str, tolerance: int = 0) -> dict[str, Any]:
    """The approval of a committee's yes to this case."""
    return envelopes.write(answer=evaluate(judged), case=judged, committee=committee, until=UNTIL, tolerance=tolerance)


def bounds(document: dict[str, Any]) -> dict[tuple[str, str | None], Any]:
    """The document's bounds by metric and product; of two for one metric the first."""
    found: dict[tuple[str, str | None], Any] = {}
    for limit in document["limits"]:
        found.setdefault((limit["metric"], limit.get("product")), limit["bound"])
    return found


def test_envelope_of_the_desk_bounds_what_it_was_asked_and_what_is_always_bounded() -> None:
    document = envelope(case(line("SW", "1000.00")), "deal-desk")
    assert check_approval(document) == []
    assert bounds(document) == {
        ("line_discount", "SW"): "16.6667",
        ("budget", None): None,
        ("effective_discount", None): "17.2147",
        ("deal_discount", None): "16.6667",
        ("discount_amount", None): "800",
        ("payment_days", None): "60",
        ("minimum_term", None): "24",
        ("minimum_value", None): "3600",
    }


def test_envelope_rounds_outwards_so_that_the_revision_itself_fits() -> None:
    judged = case(line("SW", "1000.00"))
    judged["approvals"] = [envelope(judged, "deal-desk"), envelope(judged, "finance")]
    answer = evaluate(judged)
    assert answer["outcome"] == "member"
    assert {one["covered_by"] for one in answer["findings"] if one["level"] == "committee"} == {0, 1}


def test_envelope_of_finance_leaves_out_what_the_desk_was_asked() -> None:
    document = envelope(case(line("SW", "1000.00")), "finance")
    assert ("budget", None) not in bounds(document)
    assert bounds(document)[("line_margin", "SW")] == "39"
    assert document["products"] == {"SW": {}}


def test_envelope_takes_the_worst_line_of_a_product() -> None:
    document = envelope(case(line("SW", "1000.00"), line("SW", "900.00", "1")), "finance")
    assert bounds(document)[("line_discount", "SW")] == "25"
    assert bounds(document)[("line_margin", "SW")] == "32.2222"


@pytest.mark.parametrize(
    ("changes", "metric"), [({"unit_cost": None}, "line_margin"), ({"unit_price": "0.00"}, "line_margin")]
)
def test_envelope_without_a_figure_pins_every_product(changes: dict[str, Any], metric: str) -> None:
    document = envelope(case(line("SW", "1000.00") | changes, line("RT", "1100.00", "2")), "finance")
    assert check_approval(document) == []
    assert bounds(document)[(metric, "SW")] is None
    price = "0" if "unit_price" in changes else "1000"
    assert document["products"] == {
        "SW": {"quantity": "4", "unit_price": price},
        "RT": {"quantity": "2", "unit_price": "1100"},
    }


def test_envelope_pins_the_sum_of_quantities_and_the_lowest_price() -> None:
    judged = case(line("SW", "1000.00", "1.5", unit_cost=None), line("SW", "990.00", "2"))
    assert envelope(judged, "finance")["products"] == {"SW": {"quantity": "3.5", "unit_price": "990"}}


def test_envelope_in_another_currency_is_bounded_in_the_deals_own() -> None:
    document = envelope(case(line("SW", "1000.00"), currency="USD"), "deal-desk")
    currencies = {limit["metric"]: limit["currency"] for limit in document["limits"] if "currency" in limit}
    assert currencies == {"discount_amount": "USD", "minimum_value": "USD"}


def test_envelope_widens_by_the_tolerance() -> None:
    document = envelope(case(line("SW", "1000.00", unit_cost=None)), "finance", tolerance=10_000)  # 1 %
    found = bounds(document)
    assert found[("line_discount", "SW")] == "17.6667"
    assert found[("discount_amount", None)] == "808"
    assert found[("minimum_value", None)] == "3564"
    assert document["products"]["SW"] == {"quantity": "4.04", "unit_price": "990"}


def test_envelope_of_a_breached_minimum_keeps_the_whole_of_it() -> None:
    judged = case(line("SW", "1000.00"))
    judged["mandates"][0]["limits"].append({"metric": "minimum_value", "member": "9000", "team": "8000"})
    values = [one["bound"] for one in envelope(judged, "deal-desk")["limits"] if one["metric"] == "minimum_value"]
    assert values == ["4000", "3600"]


def test_still_asked_leaves_out_what_its_committee_allowed_on_this_revision() -> None:
    answer = evaluate(case(line("SW", "0.00")))
    everything = {code: envelopes.asked_of(answer, code) for code in answer["committees"]}
    assert envelopes.still_asked(answer, everything) == []
    assert envelopes.still_asked(answer, {"finance": everything["finance"]}) == ["deal-desk"]
    assert envelopes.still_asked(answer, {}) == ["deal-desk", "finance"]


@given(price=st.decimals("0.01", "2000", places=2), term=st.integers(1, 60), days=st.integers(0, 120))
@settings(deadline=None)
def test_measure_agrees_with_the_engine(price: Any, term: int, days: int) -> None:
    judged = case(
        line("SW", f"{price}", charge="monthly"), line("RT", "1300.00", "3"), term_months=term, payment_days=days
    )
    limits = [
        {"metric": metric, "member": "0", "team": "0"}
        for metric in ("line_discount", "line_margin", "deal_discount", "deal_margin", "effective_discount")
    ]
    money = ("discount_amount", "net_value", "minimum_value", "term_months", "minimum_term", "payment_days")
    judged["mandates"][0]["limits"] = limits + [{"metric": metric, "member": "0", "team": "0"} for metric in money]
    for finding in evaluate(judged)["findings"]:
        metric = finding["metric"]
        if metric == "budget":
            continue
        if finding["line"] is None:
            exact = of_deal(metric, judged["deal"], capital_rate="8", standard_days=30)
        else:
            exact = of_line(metric, judged["deal"]["lines"][finding["line"]])
        assert exact is not None
        assert abs(exact - Fraction(finding["value"])) <= Fraction(1, 20_000)


def test_envelope_document_is_plain_json() -> None:
    document = envelope(case(line("SW", "1000.00")), "deal-desk")
    assert json.loads(json.dumps(document)) == document
