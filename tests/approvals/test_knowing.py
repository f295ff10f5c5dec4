"""The competence finder: what fits is named with its reasons, and nobody stands higher for more deals or better."""

import json
from random import Random

import pytest

from approvals.knowing import (
    Field,
    Named,
    Reason,
    Sign,
    Sought,
    as_document,
    fits,
    from_document,
    whoever_knows,
    words_of,
)

SWITCHES = Sought(
    customer="C-17",
    segment="Public",
    families=frozenset({"network/switches"}),
    clauses=frozenset({"payment_days"}),
    words=words_of("Do they lease? Tenders in Luxembourg"),
)
NAMES = {1: "Anke", 2: "bram", 3: "Chloé", 4: "Dirk"}


def declared(field: Field, value: str) -> Reason:
    return Reason(Sign.DECLARED, field, value)


def done(field: Field, value: str, count: int = 1) -> Reason:
    return Reason(Sign.DONE, field, value, count)


def thanked(field: Field, value: str, count: int = 1) -> Reason:
    return Reason(Sign.THANKED, field, value, count)


@pytest.mark.parametrize(
    ("reason", "fitting"),
    [
        (declared(Field.FAMILY, "network"), True),
        (declared(Field.FAMILY, "network/switches"), True),
        (declared(Field.FAMILY, "network/switches/core"), False),
        (declared(Field.FAMILY, "net"), False),
        (declared(Field.FAMILY, "cloud"), False),
        (declared(Field.SEGMENT, "public"), True),
        (declared(Field.SEGMENT, "retail"), False),
        (declared(Field.CLAUSE, "payment_days"), True),
        (declared(Field.CLAUSE, "term_months"), False),
        (done(Field.CUSTOMER, "C-17"), True),
        (done(Field.CUSTOMER, "C-18"), False),
        (declared(Field.TOPIC, "tender"), True),
        (declared(Field.TOPIC, "leasing"), False),
        (declared(Field.TOPIC, "Luxembourg law"), True),
        (declared(Field.TOPIC, "in"), False),
    ],
)
def test_fits(reason: Reason, fitting: bool) -> None:
    assert fits(reason, SWITCHES) is fitting


@pytest.mark.parametrize("field", list(Field))
def test_nothing_fits_what_is_not_sought(field: Field) -> None:
    """An empty segment or reference of a customer is no match with another empty one."""
    assert not fits(Reason(Sign.DONE, field, ""), Sought())


def test_more_ways_of_knowing_come_first_and_equals_stand_by_name() -> None:
    known = {
        4: [declared(Field.FAMILY, "network")],
        2: [declared(Field.FAMILY, "network"), done(Field.CUSTOMER, "C-17")],
        3: [done(Field.FAMILY, "network/switches")],
        1: [declared(Field.FAMILY, "cloud")],
    }
    found = whoever_knows(known, SWITCHES, names=NAMES)
    assert [one.person_id for one in found] == [2, 3, 4]
    assert found[0].reasons == (declared(Field.FAMILY, "network"), done(Field.CUSTOMER, "C-17"))


def test_thanked_advice_weighs_more_than_a_deal_done() -> None:
    known = {1: [done(Field.FAMILY, "network/switches", 90)], 4: [thanked(Field.FAMILY, "network/switches")]}
    assert [one.person_id for one in whoever_knows(known, SWITCHES, names=NAMES)] == [4, 1]


def test_number_of_deals_moves_nobody() -> None:
    """Seen to fail with the counts added up. One deal and five hundred weigh the same: this ranks no results."""
    known = {4: [done(Field.FAMILY, "network/switches", 500)], 1: [done(Field.FAMILY, "network/switches", 1)]}
    assert [one.person_id for one in whoever_knows(known, SWITCHES, names=NAMES)] == [1, 4]


def test_several_families_of_one_kind_weigh_as_one() -> None:
    sought = Sought(families=frozenset({"network/switches", "network/routers"}))
    both = [done(Field.FAMILY, "network/switches"), done(Field.FAMILY, "network/routers")]
    assert Named(1, tuple(both)).strength == Named(1, tuple(both[:1])).strength
    assert [one.person_id for one in whoever_knows({3: both, 1: both[:1]}, sought, names=NAMES)] == [1, 3]


def test_whoever_is_not_to_be_named_or_not_there_is_left_out() -> None:
    known = {person: [declared(Field.SEGMENT, "public")] for person in (1, 2, 3, 99)}
    found = whoever_knows(known, SWITCHES, names=NAMES, without=[2], most=1)
    assert [one.person_id for one in found] == [1]


def test_order_does_not_depend_on_the_order_of_rows() -> None:
    random = Random(7)
    reasons = [
        [sign(field, value)]
        for sign in (declared, done, thanked)
        for field, value in ((Field.SEGMENT, "public"), (Field.CUSTOMER, "C-17"), (Field.CLAUSE, "payment_days"))
    ]
    people = dict(enumerate(reasons))
    names = {index: f"Person {index}" for index in people}
    wanted = whoever_knows(people, SWITCHES, names=names)
    for _ in range(20):
        shuffled = list(people.items())
        random.shuffle(shuffled)
        assert whoever_knows(dict(shuffled), SWITCHES, names=names) == wanted


def test_reasons_are_kept_with_a_question_and_read_again() -> None:
    reasons = (declared(Field.TOPIC, "leasing"), done(Field.FAMILY, "network", 3))
    assert from_document(as_document(reasons)) == reasons
    assert from_document("[]") == ()
    assert json.loads(as_document(reasons))[1] == ["done", "family", "network", 3]


@pytest.mark.parametrize(
    ("text", "words"),
    [("", set()), ("Is it a VAT thing?", {"thing"}), ("Élan, ÉLAN; to-day's", {"élan"}), ("net 60 days", {"days"})],
)
def test_words_of(text: str, words: set[str]) -> None:
    assert words_of(text) == words
