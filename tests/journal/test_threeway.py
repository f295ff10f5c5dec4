"""Three states merged: nobody's change is lost, and what both changed differently is asked."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.threeway import BOTH, MINE, THEIRS, FieldMerge, aligned, merge, merge_rows

A, B, C, D = ({"metric": name, "member": "1", "team": "2"} for name in "abcd")


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "kind", "chosen"),
    [
        ("1", "1", "1", "same", "1"),
        ("1", "2", "1", "theirs", "2"),
        ("1", "1", "2", "mine", "2"),
        ("1", "2", "2", "alike", "2"),
        ("1", "2", "3", "conflict", "3"),
        (None, "2", None, "theirs", "2"),
        ("1", None, "1", "theirs", None),
    ],
)
def test_field_changed_by_one_side_is_taken_from_it(base: Any, theirs: Any, mine: Any, kind: str, chosen: Any) -> None:
    one = FieldMerge("goal", base, theirs, mine)
    assert one.kind == kind
    assert one.chosen({}, "goal") == chosen
    assert one.chosen({"goal": THEIRS}, "goal") == (theirs if kind == "conflict" else chosen)


def row(**changes: str) -> dict[str, str]:
    return {"metric": "a", "member": "1", "team": "2"} | changes


@pytest.mark.parametrize(
    ("theirs", "mine", "kinds", "asks", "settled"),
    [
        ([A, B], [A, B], ["same", "same"], [], [A, B]),
        ([row(team="9"), B], [A, B], ["theirs", "same"], [], [row(team="9"), B]),
        ([A, B], [B], ["mine", "same"], [], [B]),
        ([row(team="9"), B], [row(member="0"), B], ["merged", "same"], [], [row(member="0", team="9"), B]),
        ([row(team="9"), B], [row(team="8"), B], ["conflict", "same"], ["t:0.team"], [row(team="8"), B]),
        ([row(team="9"), B], [B], ["conflict", "same"], ["t:0"], [B]),
        ([B], [row(team="8"), B], ["conflict", "same"], ["t:0"], [row(team="8"), B]),
        ([A, C, B], [A, B, D], ["same", "theirs", "same", "mine"], [], [A, C, B, D]),
        ([A, B, D], [A, B, D], ["same", "same", "alike"], [], [A, B, D]),
        ([B, A], [A, B, D], ["same", "same", "mine"], [], [B, D, A]),
        ([], [], ["alike", "alike"], [], []),
    ],
)
def test_rows_changed_by_one_side_are_taken_from_it(
    theirs: Any, mine: Any, kinds: list[str], asks: list[str], settled: Any
) -> None:
    found = merge({"t": [A, B]}, {"t": theirs}, {"t": mine}, ["t"])
    assert sorted(one.kind for one in found.tables[0].rows) == sorted(kinds)
    assert found.asks == asks
    assert found.settled({})["t"] == settled


def test_row_changed_by_both_is_settled_field_by_field_or_kept_twice() -> None:
    found = merge({"t": [A]}, {"t": [row(team="9", member="5")]}, {"t": [row(team="8", member="5")]}, ["t"])
    assert found.missing({}) == ["t:0.team"]
    assert found.missing({"t:0.team": "nonsense"}) == ["t:0.team"]
    assert found.missing({"t:0.team": MINE}) == []
    assert found.settled({"t:0.team": THEIRS})["t"] == [row(team="9", member="5")]
    assert found.missing({"t:0": BOTH}) == []
    assert found.settled({"t:0": BOTH})["t"] == [row(team="9", member="5"), row(team="8", member="5")]


def test_rows_moved_by_both_differently_ask_for_the_order() -> None:
    found = merge({"t": [A, B, C]}, {"t": [C, A, B]}, {"t": [B, A, C]}, ["t"])
    assert found.asks == ["t.order"]
    assert found.settled({"t.order": THEIRS})["t"] == [C, A, B]
    assert found.settled({"t.order": MINE})["t"] == [B, A, C]


def test_rows_moved_by_one_and_changed_by_the_other_keep_both() -> None:
    found = merge_rows("t", [A, B, C], [C, A, B], [A, row(metric="b", team="7"), C])
    assert found.moved_by == "theirs"
    assert found.settled({}) == [C, A, row(metric="b", team="7")]


def test_aligned_finds_a_row_that_was_changed_where_it_stood() -> None:
    changed = {"metric": "b", "member": "7", "team": "8"}
    assert aligned([A, B, C], [A, changed, C]) == {0: 0, 1: 1, 2: 2}
    assert aligned([A], [{"metric": "z", "limit": "3"}]) == {}


rows = st.lists(
    st.fixed_dictionaries(
        {"metric": st.sampled_from("abc"), "member": st.sampled_from("12"), "team": st.sampled_from("12")}
    ),
    max_size=4,
)
states = st.fixed_dictionaries({"goal": st.sampled_from("xyz"), "t": rows})


@settings(max_examples=300, deadline=None, derandomize=True)
@given(states, states, states)
def test_merge_with_an_unchanged_side_is_the_other_side(base: Any, theirs: Any, mine: Any) -> None:
    assert merge(base, base, mine, ["t"]).settled({}) == mine
    assert merge(base, theirs, base, ["t"]).settled({}) == theirs
    assert merge(base, theirs, theirs, ["t"]).asks == []
    assert merge(base, theirs, theirs, ["t"]).settled({}) == theirs


@settings(max_examples=300, deadline=None, derandomize=True)
@given(states, states, states)
def test_merge_asks_the_same_of_both_sides_and_mine_wins_where_it_was_chosen(base: Any, theirs: Any, mine: Any) -> None:
    found, turned = merge(base, theirs, mine, ["t"]), merge(base, mine, theirs, ["t"])
    conflicts = [sorted(one.kind for one in side.tables[0].rows).count("conflict") for side in (found, turned)]
    assert conflicts[0] == conflicts[1]
    choices = dict.fromkeys(found.asks, MINE)
    assert found.missing(choices) == []
    kept = found.settled(choices)["t"]
    for one in found.tables[0].rows:
        if one.kind == "mine" and one.mine is not None:
            assert one.mine in kept
        if one.kind == "theirs" and one.theirs is not None:
            assert one.theirs in kept
