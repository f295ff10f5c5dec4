"""Columns over time: the pieces of each add up, time without deals keeps its place, long times are put together."""

from decimal import Decimal
from typing import Any

import pytest

from insights.readings.charts import HEIGHT, MOST_COLUMNS, months_of, teams_of
from insights.readings.outcome import worth_of
from insights.tallies import Summary, summary


def found_in(months: dict[str, dict[str, int]], **more: Any) -> Summary:
    tally = {name: {"before": {"committee": sum(counts.values())}, "after": counts} for name, counts in months.items()}
    return summary({"months": tally, **more})


def test_months_of_fill_every_column_and_keep_the_place_of_an_empty_one() -> None:
    chart = months_of(found_in({"2026-01": {"member": 1, "team": 2}, "2026-03": {"outside_charter": 7}}))
    assert chart is not None
    heights: dict[int, int] = {}
    for piece in chart.pieces:
        heights[piece.x] = heights.get(piece.x, 0) + piece.height
    assert set(heights.values()) == {HEIGHT} and len(heights) == 4
    assert all(piece.x >= 0 and piece.x + chart.bar <= chart.width for piece in chart.pieces)
    assert [row.deals for row in chart.rows] == ["3", "0", "7"]
    assert [row.after_share for row in chart.rows] == ["100\u00a0%", "\u2013", "0\u00a0%"]


@pytest.mark.parametrize(("first", "last", "columns"), [(2024, 2025, 24), (2019, 2025, 28), (1999, 2025, 27)])
def test_months_of_a_long_time_are_put_together(first: int, last: int, columns: int) -> None:
    months = {f"{year}-{month:02d}": {"team": 1} for year in range(first, last + 1) for month in range(1, 13)}
    chart = months_of(found_in(months))
    assert chart is not None
    assert len(chart.rows) == columns <= MOST_COLUMNS
    assert sum(int(row.deals) for row in chart.rows) == len(months)


def test_months_of_one_month_are_no_chart() -> None:
    assert months_of(found_in({"2026-01": {"member": 1}})) is None


def test_teams_of_two_teams_are_rows_and_of_one_none() -> None:
    counts = {"before": {"member": 1, "committee": 3}, "after": {"team": 4}}
    found = summary({"teams": {"b": counts, "a": counts}})
    rows = teams_of(found, {"a": "Zorg", "b": "Bouw"})
    assert [(row.name, row.deals, row.before, row.after_share) for row in rows] == [
        ("Bouw", "4", "1", "100\u00a0%"),
        ("Zorg", "4", "1", "100\u00a0%"),
    ]
    assert teams_of(summary({"teams": {"a": counts}}), {}) == []


def test_worth_of_tells_the_net_value_of_each_outcome_in_each_currency() -> None:
    found = summary({"value": {"EUR": {"before": {"team": 15_000_050}, "after": {"member": 15_000_050}}}})
    assert found.value[0].after["member"] == Decimal("1500.005")
    [(currency, rows)] = worth_of(found)
    assert (currency, rows[0].before, rows[0].after) == ("EUR", "0.00\u00a0EUR", "1,500.00\u00a0EUR")
    assert rows[1].difference == "\u22121,500.00\u00a0EUR"
