"""The small exact things that everything else stands on."""

import hashlib

import pytest

from mandates.engine import CONDITIONS, METRICS, canonical, digest
from mandates.engine.currencies import EXPONENTS
from mandates.engine.values import half_even, price_text, ratio_text


def test_canonical_is_one_way_to_write_a_document() -> None:
    assert canonical({"b": [1, True, None], "a": "é"}) == '{"a":"\\u00e9","b":[1,true,null]}'
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1}) == hashlib.sha256(b'{"a":2,"b":1}').hexdigest()
    assert canonical(({"a": ({},)},)) == '[{"a":[{}]}]'


@pytest.mark.parametrize("value", [1.0, [1.5], {"a": {"b": (2.5,)}}, {1: "a"}, {"a": [{2: 3}]}])
def test_canonical_what_is_not_exact_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


ROUNDED = [
    ((1, 2), 0), ((3, 2), 2), ((5, 2), 2), ((-1, 2), 0), ((-3, 2), -2), ((7, 3), 2), ((8, 3), 3),
    ((-7, 3), -2), ((6, 3), 2),
]  # fmt: skip


@pytest.mark.parametrize(("fraction", "whole"), ROUNDED)
def test_half_even_takes_the_nearest_and_of_two_the_even(fraction: tuple[int, int], whole: int) -> None:
    assert half_even(*fraction) == whole
    assert ratio_text(fraction) == f"{'-' if whole < 0 else ''}0.{abs(whole):04d}"


TEXTS = [
    ((123456, 1), "12.3456"), ((-123456, 1), "-12.3456"), ((0, 1), "0.0000"), ((9999, 1), "0.9999"),
    ((10000, 1), "1.0000"), ((19999, 2), "1.0000"),
    ((-1, 4), "0.0000"), ((-9999, 1), "-0.9999"), ((1, 0), None), ((0, 0), None), (None, None),
]  # fmt: skip


@pytest.mark.parametrize(("ratio", "text"), TEXTS)
def test_ratio_text_has_four_decimals(ratio: tuple[int, int] | None, text: str | None) -> None:
    assert ratio_text(ratio) == text


PRICES = [
    (10_800_000, 2, "1080.00"), (95_000, 2, "9.50"), (0, 2, "0.00"), (0, 0, "0"), (890_000, 0, "89"),
    (15_000, 0, "1.5"), (12_345, 2, "1.2345"), (12_340, 2, "1.234"), (12_300, 3, "1.230"), (1, 4, "0.0001"),
]  # fmt: skip


@pytest.mark.parametrize(("units", "exponent", "text"), PRICES)
def test_price_text_has_the_decimals_it_needs(units: int, exponent: int, text: str) -> None:
    assert price_text(units, exponent) == text


def test_exponents_are_those_of_iso_4217() -> None:
    expected = {
        "EUR": 2,
        "USD": 2,
        "JPY": 0,
        "ISK": 0,
        "BHD": 3,
        "TND": 3,
        "CLF": 4,
        "UYW": 4,
        "MGA": 2,
        "XAU": 0,
        "ZWG": 2,
    }
    assert {code: EXPONENTS[code] for code in expected} == expected
    assert len(EXPONENTS) == 184
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in EXPONENTS)


def test_metrics_and_conditions_are_closed_lists() -> None:
    minimums = {name for name, metric in METRICS.items() if metric.is_minimum}
    assert minimums == {"line_margin", "deal_margin", "minimum_value", "minimum_term"}
    assert {name for name, metric in METRICS.items() if metric.on_lines} == {"line_discount", "line_margin"}
    assert {name for name, metric in METRICS.items() if metric.kind == "money"} == {
        "discount_amount", "net_value", "minimum_value",
    }  # fmt: skip
    assert {name for name, condition in CONDITIONS.items() if condition.level == "line"} == {
        "family", "product", "charge", "quantity",
    }  # fmt: skip
