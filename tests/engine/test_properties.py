"""What must be true of every case: the engine agrees with a second reading of the rules, and bends to no accident."""

import json
import random
from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mandates.engine import METRICS, Case, InvalidCase, evaluate, evaluate_text, guide, judge, parse_case
from mandates.engine.currencies import EXPONENTS
from mandates.engine.values import read_amount

from . import reference
from .generated import Document, cases, mandates

ORDER = ("member", "team", "committee", "outside_charter")
STEADY = tuple(name for name in METRICS if name not in ("net_value",))


def sized(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=examples < 1000
    )


SMALL, FULL = sized(100), sized(10_000)


def check_agrees_with_the_second_reading(case: Document) -> None:
    assert evaluate(case) == reference.answer(case)


def check_guidance_is_what_trying_everything_finds(case: Document) -> None:
    parsed = parse_case(case)
    found = guide(parsed, judge(parsed))
    assert [(line.line, _units(line.member), _units(line.team)) for line in found.lines] == _lowest_prices(parsed)
    assert [(move.change, move.line, _units(move.to), move.outcome) for move in found.moves] == _all_moves(parsed)


def check_same_bytes_and_no_change_of_the_case(case: Document) -> None:
    before = deepcopy(case)
    text = json.dumps(case)
    first = evaluate_text(text, guide=True)
    shuffled = _shuffled_keys(case)
    assert evaluate_text(text, guide=True) == first
    assert evaluate_text(json.dumps(shuffled), guide=True) == first
    evaluate(case, guide=True)
    assert case == before


def check_order_of_unrelated_metrics_does_not_matter(case: Document) -> None:
    outcome = evaluate(case)
    moved = deepcopy(case)
    for document in [*moved["mandates"], *([moved["charter"]] if moved["charter"] else [])]:
        document["limits"].sort(key=lambda row: row["metric"], reverse=True)
    again = evaluate(moved)
    assert [again[key] for key in ("outcome", "mandate", "consents", "committees")] == [
        outcome[key] for key in ("outcome", "mandate", "consents", "committees")
    ]


def check_another_mandate_never_worsens(case: Document, extra: Document) -> None:
    before = ORDER.index(evaluate(case)["outcome"])
    more = {**case, "mandates": [*case["mandates"], {**extra, "code": "extra"}]}
    assert ORDER.index(evaluate(more)["outcome"]) <= before


def check_price_towards_list_is_never_worse(case: Document, share: Fraction) -> None:
    """Only where nothing is limited by net value and no capital rate applies."""
    before = ORDER.index(evaluate(case)["outcome"])
    for line in case["deal"]["lines"]:
        listed, price = Fraction(line["list_price"]), Fraction(line["unit_price"])
        # A price of nothing may be the only thing without a margin, so the promise begins above it.
        if 0 < price < listed:
            units = int((price + (listed - price) * share) * 10_000)
            line["unit_price"] = f"{units // 10_000}.{units % 10_000:04d}"
            after = ORDER.index(evaluate(case)["outcome"])
            assert after <= before
            before = after


def _units(value: str | int | None) -> int | None:
    return read_amount(value) if isinstance(value, str) else value


def _level(case: Case, **changes: Any) -> int:
    return ORDER.index(judge(replace(case, deal=replace(case.deal, **changes))).outcome)


def _at_price(case: Case, line: int, price: int) -> int:
    lines = [replace(one, unit_price=price) if index == line else one for index, one in enumerate(case.deal.lines)]
    return _level(case, lines=tuple(lines))


def _tried(case: Case, line: int) -> list[int]:
    """Every price that section 8 wants tried, from the lowest up."""
    listed, today = case.deal.lines[line].list_price, case.deal.lines[line].unit_price
    step = 10 ** (4 - EXPONENTS[case.deal.currency])
    return sorted({*range(0, max(listed, today) + 1, step), listed, today})


def _lowest_prices(case: Case) -> list[Any]:
    rows = []
    for line in range(len(case.deal.lines)):
        levels = [(price, _at_price(case, line, price)) for price in _tried(case, line)]
        lowest = [next((price for price, level in levels if level <= target), None) for target in (0, 1)]
        rows.append((line, *lowest))
    return rows


def _all_moves(case: Case) -> list[Any]:
    today, term = case.deal.payment_days, case.deal.term_months
    tries = [("payment_days", None, days, _level(case, payment_days=days)) for days in range(today - 1, -1, -1)]
    tries += [("term_months", None, months, _level(case, term_months=months)) for months in range(term + 1, 121)]
    for index, line in enumerate(case.deal.lines):
        higher = [price for price in _tried(case, index) if price > line.unit_price]
        tries += [("unit_price", index, price, _at_price(case, index, price)) for price in higher]
    outcome = ORDER.index(judge(case).outcome)
    moves = []
    for target in (1, 0):
        reached: dict[Any, Any] = {}
        for change, index, to, level in tries if target < outcome else []:
            if level <= target:
                reached.setdefault((change, index), (change, index, to, ORDER[target]))
        moves += reached.values()
    return moves


def _shuffled_keys(value: Any) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        random.Random(1).shuffle(keys)
        return {key: _shuffled_keys(value[key]) for key in keys}
    return [_shuffled_keys(one) for one in value] if isinstance(value, list) else value


def without_capital_rate(case: Document) -> Document:
    for document in (*case["mandates"], *([case["charter"]] if case["charter"] else [])):
        document["capital_rate"] = "0"
    for approval in case["approvals"]:
        limits = approval["limits"]
        approval["limits"] = [row for row in limits if row["metric"] not in ("net_value", "effective_discount")]
    # A missing rate matters until nothing is given away: then a bound below nothing begins to be measured.
    case["rates"]["SEK"] = "11.2"
    return case


steady_cases = cases(metrics=STEADY).map(without_capital_rate)
shares = st.fractions(0, 1, max_denominator=8)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def broken_cases(draw: st.DrawFn) -> Any:
    """A case in which one place was replaced by anything."""
    document = draw(cases())
    inner: Any = document
    while True:
        steps = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
        if not steps:
            return document
        step = draw(st.sampled_from(steps))
        if not isinstance(inner[step], dict | list) or draw(st.booleans()):
            inner[step] = draw(anything)
            return document
        inner = inner[step]


def check_total(document: Any) -> None:
    """Anything at all is answered or refused with a code, a sentence and a place."""
    try:
        evaluate(document, guide=True)
    except InvalidCase as error:
        assert error.code
        assert error.detail


PROPERTIES = [
    (check_agrees_with_the_second_reading, (cases(),)),
    (check_guidance_is_what_trying_everything_finds, (cases(most=3),)),
    (check_same_bytes_and_no_change_of_the_case, (cases(),)),
    (check_order_of_unrelated_metrics_does_not_matter, (cases(),)),
    (check_another_mandate_never_worsens, (cases(), mandates())),
    (check_price_towards_list_is_never_worse, (steady_cases, shares)),
    (check_total, (broken_cases() | anything,)),
]


def named(row: Any) -> str:
    return row.__name__.removeprefix("check_") if callable(row) else ""


@pytest.mark.parametrize(("check", "strategies"), PROPERTIES, ids=named)
def test_evaluate_any_case_keeps_the_property(check: Any, strategies: tuple[Any, ...]) -> None:
    SMALL(given(*strategies)(check))()


@pytest.mark.full
@pytest.mark.parametrize(("check", "strategies"), PROPERTIES, ids=named)
def test_evaluate_ten_thousand_cases_keep_the_property(check: Any, strategies: tuple[Any, ...]) -> None:
    FULL(given(*strategies)(check))()
