"""When a committee has decided, as a table and as properties."""

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.quorum import ABSTAIN, APPROVE, DECLINE, RECUSED, WAITING, Ballot, Result, Rule, Tally, tally

# A capital letter is the chair's.
LETTERS = {"a": APPROVE, "d": DECLINE, "-": ABSTAIN, "r": RECUSED, ".": WAITING, "_": WAITING}
CHAIR = "ADR_"


def ballots(letters: str) -> list[Ballot]:
    """Ballots as letters: approve, decline, `-` abstain, recused, `.` not voted; the chair's as A, D, R and `_`."""
    return [Ballot(LETTERS[letter.lower()], letter in CHAIR) for letter in letters]


def read(rule: str) -> Rule:
    """A rule for short: `number 2 q3`, `majority q2 chair`, `share 60 q1 veto`."""
    kind, *words = rule.split()
    figure = int(words[0]) if words and words[0].isdigit() else 1
    quorum = next((int(word[1:]) for word in words if word[0] == "q"), 1)
    return Rule(kind, figure, figure, quorum, "chair" in words, "veto" in words)


@pytest.mark.parametrize(
    ("rule", "votes", "expected"),
    [
        # a fixed number of approvals
        ("number 1", "...", "open"),
        ("number 1", "a..", "approved"),
        ("number 1", "d..", "open"),
        ("number 1", "da.", "approved"),
        ("number 1", "dd.", "open"),
        ("number 1", "ddd", "declined"),
        ("number 2 q2", "ad.", "open"),
        ("number 2 q2", "add", "declined"),
        ("number 2 q2", "dd.", "declined"),
        ("number 2 q2", "aa.", "approved"),
        # enough approvals wait for the quorum, an abstention and a recusal serve it
        ("number 1 q3", "aa..", "open"),
        ("number 1 q3", "aa-.", "approved"),
        ("number 1 q3", "ar-.", "approved"),
        ("number 1 q3", "rr..", "open"),
        # nobody declined, and approval is out of reach
        ("number 2", "--.", "stuck"),
        ("number 2", "rr.", "stuck"),
        ("number 2", "-d.", "declined"),
        # more approvals than refusals, once those who wait cannot change it
        ("majority q2", "a..", "open"),
        ("majority q2", "aa.", "approved"),
        ("majority q2", "dd.", "declined"),
        ("majority q2", "ad.", "open"),
        ("majority q2", "ada", "approved"),
        ("majority q2", "add", "declined"),
        ("majority q2", "a-.", "open"),
        ("majority q2", "a-d", "declined"),
        ("majority q2", "a--", "approved"),
        ("majority q2", "--.", "open"),
        ("majority q2", "---", "stuck"),
        ("majority q2", "ad", "declined"),
        ("majority q3", "aad..", "open"),
        ("majority q3", "aada.", "approved"),
        ("majority q3", "aaa..", "approved"),
        ("majority q5", "aaaa.....", "open"),
        ("majority q5", "aaaad....", "open"),
        ("majority q5", "aaaada...", "approved"),
        ("majority q2", "arr", "approved"),
        ("majority q2", "rrr", "stuck"),
        # the chair's vote decides a tie, and no other
        ("majority q2 chair", "Ad", "approved"),
        ("majority q2 chair", "aD", "declined"),
        ("majority q2 chair", "Aad.", "approved"),
        ("majority q2 chair", "aad_", "open"),
        ("majority q2 chair", "Add", "declined"),
        ("majority q2 chair", "adR", "declined"),
        ("majority q2", "Ad", "declined"),
        # a share of those who may vote, whoever recused left out
        ("share 60 q1", "aa...", "open"),
        ("share 60 q1", "aaa..", "approved"),
        ("share 60 q1", "ddd..", "declined"),
        ("share 60 q1", "dd...", "open"),
        ("share 50 q1", "aad.", "approved"),
        ("share 50 q1", "ad", "approved"),
        ("share 67 q1", "aa.", "open"),
        ("share 66 q1", "aa.", "approved"),
        ("share 50 q3", "aar.", "approved"),
        ("share 100 q1", "aar", "approved"),
        ("share 50 q1", "--.", "stuck"),
        ("share 50 q4", "aa..", "open"),
        # everybody who may vote
        ("unanimity q1", "aa.", "open"),
        ("unanimity q1", "aaa", "approved"),
        ("unanimity q1", "aar", "approved"),
        ("unanimity q1", "d..", "declined"),
        ("unanimity q1", "a-.", "stuck"),
        ("unanimity q3", "aa", "stuck"),
        ("unanimity q1", "rrr", "stuck"),
        # a decline closes at once, even before the quorum, but comes too late after a yes
        ("number 1 q3 veto", "d...", "declined"),
        ("majority q2 veto", "d..", "declined"),
        ("unanimity q1 veto", "a..", "open"),
        ("number 2 q2 veto", "aa.", "approved"),
        # those who may vote cannot reach the rule
        ("majority q3", "..", "stuck"),
        ("majority q3", "aa", "stuck"),
        ("number 3 q1", "..", "stuck"),
        ("number 1 q1", "", "stuck"),
        ("share 1 q1", "", "stuck"),
        ("unanimity q1", "", "stuck"),
    ],
)
def test_tally_of_votes_gives_the_result(rule: str, votes: str, expected: str) -> None:
    assert tally(read(rule), ballots(votes)).result.value == expected


@pytest.mark.parametrize(
    ("rule", "votes", "expected"),
    [
        ("majority q3", "aad..", "approved"),
        ("majority q3", "add..", "declined"),
        ("majority q2", "ad...", "open"),
        ("majority q2 chair", "Ad...", "approved"),
        ("majority q2 chair", "aD...", "declined"),
        ("majority q2 chair", "ad_..", "open"),
        ("majority q2", "a....", "open"),
        ("majority q2", "--...", "open"),
        ("majority q1", ".....", "open"),
        # others are certain when they are reached, and otherwise nobody's silence is a vote
        ("number 2 q2", "ad...", "open"),
        ("share 60 q2", "aa...", "open"),
        ("unanimity q2", "aa...", "open"),
    ],
)
def test_tally_when_time_is_over_reads_a_majority_from_the_votes_cast(rule: str, votes: str, expected: str) -> None:
    assert tally(read(rule), ballots(votes), time_is_over=True).result.value == expected


@pytest.mark.parametrize(
    ("rule", "votes", "missing", "wanted"),
    [
        ("majority q4", "a-d..", 1, 2),
        ("number 2 q3", "a...", 2, 1),
        ("number 2 q3", "aa..", 1, 0),
        ("share 60 q2", "a....", 1, 2),
        ("unanimity q1", "a.r.", 0, 2),
        ("unanimity q1", "ad..", 0, None),
        ("majority q2 chair", "d_a.", 0, 2),
        ("majority q9", "a...", 8, None),
        ("number 1 q1 veto", "d.", 0, None),
    ],
)
def test_tally_says_what_is_missing(rule: str, votes: str, missing: int, wanted: int | None) -> None:
    counted = tally(read(rule), ballots(votes))
    assert (counted.missing, counted.wanted) == (missing, wanted)


def test_tally_counts_each_side() -> None:
    counted = tally(read("majority q4"), ballots("aad-r.."))
    assert (counted.approving, counted.declining, counted.abstaining) == (2, 1, 1)
    assert (counted.recused, counted.waiting, counted.cast) == (1, 2, 5)


# --- properties ---

rules = st.builds(
    Rule,
    st.sampled_from(["number", "majority", "share", "unanimity"]),
    st.integers(1, 5),
    st.integers(1, 100),
    st.integers(1, 5),
    st.booleans(),
    st.booleans(),
)
CHOICES = [APPROVE, DECLINE, ABSTAIN]
SAID = [*CHOICES, RECUSED]


def electorates(choices: list[str], most: int) -> st.SearchStrategy[list[Ballot]]:
    """Ballots of at most one chair and others."""
    chosen = st.lists(st.sampled_from(choices), max_size=most)
    return st.tuples(chosen, st.integers(0, most)).map(
        lambda drawn: [Ballot(choice, index == drawn[1]) for index, choice in enumerate(drawn[0])]
    )


def is_yes(rule: Rule, said: list[Ballot]) -> bool:
    """What each rule means when everybody has answered, written down once more and otherwise."""
    chosen = [ballot.choice for ballot in said]
    voters = [choice for choice in chosen if choice != RECUSED]
    yes, no = chosen.count(APPROVE), chosen.count(DECLINE)
    chair = next((ballot.choice for ballot in said if ballot.is_chair), None)
    by_kind = {
        "number": yes >= rule.needed,
        "majority": yes - no + (0.5 if rule.chair_casts and chair == APPROVE else 0) > 0,
        "share": bool(voters) and yes / len(voters) >= rule.share / 100 - 1e-9,
        "unanimity": set(voters) == {APPROVE},
    }
    return len(said) >= rule.quorum and yes > 0 and by_kind[rule.kind]


def endings(given: list[Ballot]) -> list[list[Ballot]]:
    """Every way in which those who wait might vote."""
    said = [one for one in given if one.choice != WAITING]
    waiting = [one for one in given if one.choice == WAITING]
    return [
        said + [Ballot(choice, one.is_chair) for choice, one in zip(rest, waiting, strict=True)]
        for rest in product(CHOICES, repeat=len(waiting))
    ]


@given(rules, electorates([*SAID, WAITING, WAITING], 6))
def test_tally_is_decided_exactly_when_the_rest_cannot_change_it(rule: Rule, given: list[Ballot]) -> None:
    """Against a second reading of the rules. Seen to fail with a majority that closes at its quorum."""
    result = tally(rule, given).result
    answered = sum(one.choice != WAITING for one in given)
    declined = any(one.choice == DECLINE for one in given)
    ends = [is_yes(rule, end) for end in endings(given)]
    if declined and rule.decline_closes:
        assert result is Result.DECLINED
    elif len(given) < rule.quorum:
        assert result is Result.STUCK
    elif all(ends) and answered >= rule.quorum:
        assert result is Result.APPROVED
    elif any(ends):
        assert result is Result.OPEN
    else:
        assert result is (Result.DECLINED if declined else Result.STUCK)


@given(rules, electorates([*SAID, WAITING], 8), st.booleans())
def test_tally_never_approves_without_quorum_and_yes(rule: Rule, given: list[Ballot], over: bool) -> None:
    counted = tally(rule, given, time_is_over=over)
    if counted.result is Result.APPROVED:
        assert counted.cast >= rule.quorum and counted.approving >= 1 and counted.missing == 0
    if counted.result is Result.DECLINED:
        assert counted.declining
    if counted.waiting == 0:
        assert counted.result is not Result.OPEN


@given(rules, electorates([*SAID, WAITING], 8), st.randoms())
def test_tally_does_not_depend_on_the_order(rule: Rule, given: list[Ballot], dice: object) -> None:
    shuffled = list(given)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert tally(rule, shuffled) == tally(rule, given)


def run(rule: Rule, order: tuple[tuple[int, Ballot], ...]) -> Tally:
    """Let people vote one after the other until the case closes."""
    asked = {index: Ballot(WAITING, ballot.is_chair) for index, ballot in order}
    counted = tally(rule, asked.values())
    for index, ballot in order:
        if counted.result in (Result.APPROVED, Result.DECLINED):
            break
        asked[index] = ballot
        counted = tally(rule, asked.values())
    return counted


@given(rules.filter(lambda rule: not rule.decline_closes), electorates(CHOICES, 4))
def test_voting_in_every_order_ends_in_the_same_result(rule: Rule, given: list[Ballot]) -> None:
    """The first to vote decide no more than the last. Seen to fail with a majority that closes at its quorum."""
    results = {run(rule, order).result for order in permutations(enumerate(given))}
    assert len(results) == 1
    assert results != {Result.OPEN}


BETTER = {DECLINE: ABSTAIN, ABSTAIN: APPROVE}
RANK = [Result.DECLINED, Result.STUCK, Result.OPEN, Result.APPROVED]


@given(rules, electorates([*CHOICES, WAITING], 8).filter(bool), st.data())
def test_tally_with_one_better_vote_is_no_worse(rule: Rule, given: list[Ballot], data: st.DataObject) -> None:
    changed = data.draw(st.integers(0, len(given) - 1))
    better = list(given)
    choice = given[changed].choice
    better[changed] = Ballot(BETTER.get(choice, APPROVE), given[changed].is_chair)
    assert RANK.index(tally(rule, better).result) >= RANK.index(tally(rule, given).result)


@given(rules, electorates([*SAID, WAITING], 8).filter(bool))
def test_tally_wants_just_as_many_approvals_as_make_it_a_yes(rule: Rule, given: list[Ballot]) -> None:
    counted = tally(rule, given)
    waiting = sorted((one for one in given if one.choice == WAITING), key=lambda one: one.is_chair)
    said = [one for one in given if one.choice != WAITING]
    enough = []
    for count in range(len(waiting) + 1):
        end = [*said, *(Ballot(APPROVE, one.is_chair) for one in waiting[:count])]
        end += [Ballot(DECLINE, one.is_chair) for one in waiting[count:]]
        if is_yes(rule, end):
            enough.append(count)
    vetoed = rule.decline_closes and counted.declining
    assert counted.wanted == (None if vetoed or not enough else enough[0])
