"""Who may consent and vote, as tables over plain values."""

import pytest

from approvals.eligibility import Involved, colleagues, counting, electors, too_few

LEAD, ANN, BOB, COACH = 1, 2, 3, 4
TEAM = [(LEAD, "lead"), (ANN, "member"), (BOB, "member"), (COACH, "coach")]


@pytest.mark.parametrize(
    ("contact", "submitter", "editors", "expected"),
    [
        (9, None, set(), (LEAD, ANN, BOB)),
        (ANN, ANN, set(), (LEAD, BOB)),
        (ANN, BOB, set(), (LEAD,)),
        (ANN, BOB, {LEAD}, ()),
        (9, 9, {ANN, BOB}, (LEAD,)),
    ],
)
def test_colleagues_of_a_deal_are_those_who_had_no_hand_in_it(
    contact: int, submitter: int | None, editors: set[int], expected: tuple[int, ...]
) -> None:
    assert colleagues(TEAM, Involved(contact, submitter, frozenset(editors))) == expected


def test_electors_of_a_case_leave_out_the_deals_own_people_whatever_their_seat() -> None:
    assert electors([5, 4, 3, 2, 1, 1], Involved(3, 2, frozenset({1}))) == (4, 5)


def test_counting_answers_drops_those_who_edited_since() -> None:
    involved = Involved(9, 8, frozenset({2}))
    assert counting([(1, "approve"), (2, "approve"), (8, "decline"), (9, "decline")], involved) == ["approve"]


@pytest.mark.parametrize(("eligible", "consents", "few"), [((), 1, True), ((1,), 1, False), ((1,), 2, True)])
def test_too_few_colleagues_is_said(eligible: tuple[int, ...], consents: int, few: bool) -> None:
    assert too_few(eligible, consents) is few
