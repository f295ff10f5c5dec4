"""What the rows of a document leave to nobody, and which of them never govern: exactly as the judge finds it."""

from typing import Any

import pytest
from hypothesis import strategies as st

from mandates.engine.compare import shadowed
from mandates.engine.coverage import uncovered

from .building import Document, deal, limit, line, mandate
from .generated import mandates
from .test_compare import ALWAYS, case_of, drawn_deals, judged, named, run

Drawn = tuple[Document, list[Document]]


def drawn(many: int) -> st.SearchStrategy[Drawn]:
    return st.tuples(mandates(), st.integers(0, 10**9).map(lambda seed: drawn_deals(seed, many)))


def shadowed_last(held: Document, places: list[int]) -> bool:
    """Whether the last of these rows is shadowed where the mandate has these rows only, in this order."""
    rows = [held["limits"][place] for place in places]
    # what a mandate must not lack, behind all others
    bounding = [limit("line_margin", "1", "1"), limit("deal_discount", "1", "1")]
    return len(rows) - 1 in dict(shadowed(held | {"limits": [*rows, *bounding]}))


def check_what_is_covered_is_never_left_out(given: Drawn) -> None:
    """Seen to fail with the boxes of measured conditions only: a row that cannot be measured governs too."""
    held, some = given
    left_open = uncovered(held).keys()
    for a_deal in some:
        findings = judged(case_of(a_deal), held | ALWAYS)["findings"]
        assert {one["metric"] for one in findings if one["reason"] == "not_covered"} <= left_open


def check_a_shadowed_row_never_governs_and_each_row_named_is_needed(given: Drawn) -> None:
    """Seen to fail with `shadowed` naming every row above that shares a part of the row."""
    held, some = given
    for index, by in shadowed(held):
        assert shadowed_last(held, [*by, index])
        assert not any(shadowed_last(held, [*(one for one in by if one != left_out), index]) for left_out in by)
    never = dict(shadowed(held))
    for a_deal in some:
        findings = judged(case_of(a_deal), held | ALWAYS)["findings"]
        assert not never.keys() & {one["limit"] for one in findings if one["metric"] not in ("budget", "mandate")}


PROPERTIES = [
    (check_what_is_covered_is_never_left_out, drawn),
    (check_a_shadowed_row_never_governs_and_each_row_named_is_needed, drawn),
]


@pytest.mark.parametrize(("check", "strategy"), PROPERTIES, ids=named)
def test_coverage_agrees_with_the_judge(check: Any, strategy: Any) -> None:
    run(check, strategy, 50, 30)


@pytest.mark.full
@pytest.mark.parametrize(("check", "strategy"), PROPERTIES, ids=named)
def test_coverage_of_a_hundred_thousand_deals_agrees_with_the_judge(check: Any, strategy: Any) -> None:
    run(check, strategy, 2_000, 50)


@pytest.mark.parametrize(
    ("rows", "scope", "expected"),
    [
        ([limit("line_discount", "5")], {}, {}),
        (
            [limit("line_discount", "5", when={"family": "network"})],
            {},
            {"line_discount": {"family": {"not": ["network"]}}},
        ),
        (
            [
                limit("line_discount", "5", when={"term_months": {"below": 12}}),
                limit("line_discount", "6", when={"term_months": {"from": 12}}),
            ],
            {},
            {},
        ),
        (
            [limit("line_discount", "5", when={"term_months": {"from": 12}})],
            {},
            {"line_discount": {"term_months": {"ranges": [{"from": "0", "below": "12"}]}}},
        ),
        ([limit("line_discount", "5", when={"kind": ["new", "renewal"]})], {"kind": "new"}, {}),
        (
            [limit("line_discount", "5", when={"kind": ["new", "renewal"]})],
            {},
            {"line_discount": {"kind": {"is": ["expansion"]}}},
        ),
    ],
)
def test_uncovered_names_what_no_row_governs(rows: Any, scope: Any, expected: Any) -> None:
    assert uncovered(mandate(*rows, scope=scope)) == expected


def test_uncovered_region_is_one_that_the_judge_leaves_out() -> None:
    held = mandate(limit("line_discount", "5", when={"family": "network"}))
    answer = judged(case_of(deal(line(family="cloud/compute"))), held | ALWAYS)
    assert [one["reason"] for one in answer["findings"]] == ["not_covered"]
