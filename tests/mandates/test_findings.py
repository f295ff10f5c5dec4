"""What a grantor must be shown: gaps, overlapping mandates, bounds beyond the charter."""

from typing import Any

import pytest

from mandates.findings import beyond_charter, never_applying, overlapping, uncovered
from mandates.overlaps import may_meet

MANDATE: dict[str, Any] = {
    "code": "a",
    "version": 1,
    "currency": "EUR",
    "valid_from": "2026-01-01",
    "valid_until": "2026-12-31",
    "committee": "deal-desk",
}


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        ({}, {"segment": "public"}, True),
        ({"segment": "public"}, {"segment": ["retail", "public"]}, True),
        ({"segment": "public"}, {"segment": "retail"}, False),
        ({"segment": "public"}, {"country": "BE"}, True),
        ({"family": "network"}, {"family": "network/switches"}, True),
        ({"family": "network/switches"}, {"family": ["cloud", "network"]}, True),
        ({"family": "network"}, {"family": "networking"}, False),
        ({"term_months": {"from": 24}}, {"term_months": {"below": 24}}, False),
        ({"term_months": {"from": 24}}, {"term_months": {"below": 25}}, True),
        ({"quantity": {"from": "1", "below": "2.5"}}, {"quantity": {"from": "2.4999"}}, True),
        ({"segment": "public", "kind": "new"}, {"segment": "public", "kind": "renewal"}, False),
    ],
)
def test_may_meet_says_no_only_where_nothing_can_meet_both(first: Any, second: Any, meet: bool) -> None:
    assert may_meet(first, second) is meet
    assert may_meet(second, first) is meet


def test_uncovered_names_price_metrics_without_a_row_for_the_rest() -> None:
    limits = [
        {"metric": "line_discount", "when": {"family": "a"}, "member": "1"},
        {"metric": "deal_margin", "member": "1"},
        {"metric": "net_value", "when": {"kind": "new"}, "member": "1"},
    ]
    assert [finding.key for finding in uncovered(MANDATE | {"limits": limits})] == ["uncovered:line_discount"]


def test_overlapping_looks_at_scope_and_validity() -> None:
    other = MANDATE | {"code": "b", "scope": {"segment": "public"}}
    assert [f.key for f in overlapping(MANDATE, [("b", "B", other)])] == ["overlap:b:1"]
    assert overlapping(MANDATE | {"scope": {"segment": "retail"}}, [("b", "B", other)]) == []
    assert (
        overlapping(MANDATE | {"valid_until": "2026-03-31"}, [("b", "B", other | {"valid_from": "2026-04-01"})]) == []
    )


def test_never_applying_names_the_rows_that_take_all() -> None:
    rows = [
        {"metric": "line_discount", "when": {"term_months": {"below": 12}}, "member": "1"},
        {"metric": "line_discount", "when": {"term_months": {"from": 12}}, "member": "2"},
        {"metric": "line_discount", "member": "3"},
        {"metric": "deal_margin", "when": {"segment": "retail"}, "member": "3"},
    ]
    found = never_applying(MANDATE | {"limits": rows, "scope": {"segment": "public"}})
    assert [(finding.key, finding.path) for finding in found] == [
        ("shadowed:2:0-1", "limits[2]"),
        ("shadowed:3:", "limits[3]"),
    ]
    assert "rows 1 and 2" in found[0].detail


def beyond(row: dict[str, Any], charter_rows: list[dict[str, Any]], **changes: Any) -> list[str]:
    charter = {"currency": changes.pop("charter_currency", "EUR"), "limits": charter_rows}
    rates = changes.pop("rates", {})
    limits = [row, {"metric": "line_margin", "member": "-1000"}, {"metric": "deal_margin", "member": "-1000"}]
    return [f.path for f in beyond_charter(MANDATE | {"limits": limits} | changes, charter, rates)]


@pytest.mark.parametrize(
    ("row", "charter", "found"),
    [
        ({"member": "10", "team": "20"}, {"limit": "20"}, False),
        ({"member": "10", "team": "20.0001"}, {"limit": "20"}, True),
        ({"member": "10", "team": "any"}, {"limit": "20"}, True),
        ({"member": "10", "team": "any"}, {"limit": "any"}, False),
        ({"member": "10"}, {"limit": None}, True),
        ({"member": None}, {"limit": None}, False),
        ({"member": "30", "when": {"family": "a"}}, {"limit": "20", "when": {"family": "b"}}, False),
        ({"member": "30", "when": {"family": "a"}}, {"limit": "20", "when": {"family": "a/b"}}, True),
    ],
)
def test_beyond_charter_compares_the_widest_bound_where_both_may_apply(row: Any, charter: Any, found: bool) -> None:
    metric = {"metric": "line_discount"}
    assert bool(beyond(metric | row, [metric | charter])) is found


def test_beyond_charter_of_a_minimum_is_below_it() -> None:
    row = {"metric": "line_margin", "member": "45", "team": "42"}
    assert beyond(row, [{"metric": "line_margin", "limit": "42"}]) == []
    assert beyond(row, [{"metric": "line_margin", "limit": "42.5"}]) == ["limits[0].team"]


def test_beyond_charter_stops_at_the_row_that_governs_the_rest() -> None:
    row = {"metric": "line_discount", "member": "30"}
    rows = [{"metric": "line_discount", "limit": "40"}, {"metric": "line_discount", "limit": "10"}]
    assert beyond(row, rows) == []


def test_beyond_charter_converts_money_and_without_a_rate_says_so() -> None:
    row = {"metric": "net_value", "member": "100"}
    limit = [{"metric": "net_value", "limit": "108"}]
    assert beyond(row, limit, charter_currency="USD", rates={"EUR": "1", "USD": "1.08"}) == []
    assert beyond(row, limit, charter_currency="USD", rates={"EUR": "1", "USD": "1.09"}) == ["limits[0].team"]
    assert beyond(row, limit, charter_currency="USD") == ["limits[0].team"]
