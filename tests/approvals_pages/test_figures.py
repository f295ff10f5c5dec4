"""Figures as people read and type them."""

from decimal import Decimal

import pytest
from django.utils import translation

from approvals.readings import figures

SPACE = "\u00a0"


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("1044", "en", "1044"),
        ("1,044.50", "en", "1044.50"),
        ("1.044,50", "en", "1044.50"),
        ("1044,5", "en", "1044.5"),
        ("1,044", "en", "1044"),
        ("1.044", "en", "1.044"),
        ("1.044", "nl", "1044"),
        ("1,044", "nl", "1.044"),
        ("0.125", "nl", "0.125"),
        ("1 044,25", "fr", "1044.25"),
        ("1\u202f044,25", "fr", "1044.25"),
        ("1'044.25", "de", "1044.25"),
        ("1.234.567", "en", "1234567"),
        ("12 %", "en", "12"),
        ("-3,5", "nl", "-3.5"),
    ],
)
def test_typed_number_in_any_habit_is_understood(text: str, language: str, value: str) -> None:
    with translation.override(language):
        assert figures.typed(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "abc", "1,,2", "12a", "1e5", "--1", "NaN"])
def test_typed_text_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        figures.typed(text)


def test_money_is_grouped_and_carries_its_currency() -> None:
    assert figures.money(Decimal("1044"), "EUR") == f"1,044.00{SPACE}EUR"
    assert figures.money(Decimal("0.1255"), "EUR") == f"0.1255{SPACE}EUR"
    assert figures.money(Decimal("9500"), "JPY") == f"9,500{SPACE}JPY"


def test_percentage_that_rounds_onto_its_bound_shows_more_decimals() -> None:
    assert figures.figure_beside("line_discount", Decimal("12.0001"), Decimal("12"), "EUR") == f"12.0001{SPACE}%"
    assert figures.figure_beside("line_discount", Decimal("12.4"), Decimal("12"), "EUR") == f"12.4{SPACE}%"


def test_distance_smaller_than_a_hundredth_is_not_shown_as_nothing() -> None:
    assert figures.points(Decimal("0.0001")) == "0.0001 points"
    assert figures.points(Decimal("1.0000")) == "1 point"
