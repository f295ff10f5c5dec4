"""When a committee has decided, as a table and as properties."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.quorum import Result, tally

CHOICES = {"a": "approve", "d": "decline", "-": "abstain"}


def result(rule: str, needed: int, quorum: int, size: int, votes: str) -> str:
    """The result of votes written as letters."""
    return tally(rule, needed, quorum, size, [CHOICES[vote] for vote in votes]).result.value


@pytest.mark.parametrize(
    ("rule", "needed", "quorum", "size", "votes", "expected"),
    [
        # a fixed number of approvals
        ("number", 1, 1, 3, "", "open"),
        ("number", 1, 1, 3, "a", "approved"),
        ("number", 1, 1, 3, "d", "open"),
        ("number", 1, 1, 3, "da", "approved"),
        ("number", 1, 1, 3, "dd", "open"),
        ("number", 1, 1, 3, "ddd", "declined"),
        ("number", 2, 2, 3, "ad", "open"),
        ("number", 2, 2, 3, "add", "declined"),
        ("number", 2, 2, 3, "dd", "declined"),
        ("number", 2, 2, 3, "aa", "approved"),
        # enough approvals wait for the quorum, an abstention serves it
        ("number", 1, 3, 4, "aa", "open"),
        ("number", 1, 3, 4, "aa-", "approved"),
        # nobody declined, and approval is out of reach
        ("number", 2, 1, 3, "--", "stuck"),
        ("number", 2, 1, 3, "-d", "declined"),
        # more approvals than half of the votes cast
        ("majority", 1, 2, 3, "a", "open"),
        ("majority", 1, 2, 3, "aa", "approved"),
        ("majority", 1, 2, 3, "dd", "declined"),
        ("majority", 1, 2, 3, "ad", "open"),
        ("majority", 1, 2, 3, "ada", "approved"),
        ("majority", 1, 2, 3, "add", "declined"),
        ("majority", 1, 2, 3, "a-", "approved"),
        ("majority", 1, 2, 3, "--", "open"),
        ("majority", 1, 2, 3, "---", "stuck"),
        ("majority", 1, 2, 2, "ad", "declined"),
        ("majority", 1, 3, 5, "aad", "approved"),
        ("majority", 1, 5, 9, "aaaa", "open"),
        ("majority", 1, 5, 9, "aaaad", "approved"),
        # those who may vote cannot reach the rule
        ("majority", 1, 3, 2, "", "stuck"),
        ("majority", 1, 3, 2, "aa", "stuck"),
        ("number", 3, 1, 2, "", "stuck"),
        ("number", 1, 1, 0, "", "stuck"),
    ],
)
def test_tally_of_votes_gives_the_result(
    rule: str, needed: int, quorum: int, size: int, votes: str, expected: str
) -> None:
    assert result(rule, needed, quorum, size, votes) == expected


def test_tally_counts_each_side_and_what_is_missing() -> None:
    counted = tally("majority", 1, 4, 5, ["approve", "abstain", "decline"])
    assert (counted.approving, counted.declining, counted.abstaining) == (1, 1, 1)
    assert (counted.cast, counted.missing) == (3, 1)


cases = st.tuples(
    st.sampled_from(["number", "majority"]),
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(0, 9),
).flatmap(lambda c: st.tuples(st.just(c), st.lists(st.sampled_from(list(CHOICES.values())), max_size=c[3])))


@given(cases)
def test_tally_never_approves_without_quorum_and_yes(given: tuple[tuple[str, int, int, int], list[str]]) -> None:
    (rule, needed, quorum, size), votes = given
    counted = tally(rule, needed, quorum, size, votes)
    if counted.result is Result.APPROVED:
        assert len(votes) >= quorum
        assert counted.approving >= (needed if rule == "number" else counted.declining + 1)
    if counted.result is Result.DECLINED:
        assert counted.declining
    if len(votes) == size:
        assert counted.result is not Result.OPEN


@given(cases)
def test_tally_does_not_depend_on_the_order(given: tuple[tuple[str, int, int, int], list[str]]) -> None:
    (rule, needed, quorum, size), votes = given
    shuffled = list(Counter(votes).elements())
    assert tally(rule, needed, quorum, size, votes) == tally(rule, needed, quorum, size, shuffled)
