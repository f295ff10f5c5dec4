"""P7: one vote each, none after close, quorum always noticed."""

import random
from collections import Counter
from collections.abc import Callable

import pytest

from approvals.actions.recusing import recuse
from approvals.actions.vote import cast_vote
from approvals.models import Case, Recusal, Vote
from approvals.voting import count
from journal.models import Event
from journal.refusals import Conflict
from teams.models import Committee
from tests.approvals.asking import case_of
from tests.factories import COMMITTEE_PRICE, World, person, seat, submitted
from tests.test_promises.invariants import faults
from tests.test_promises.racing import race


def ballot(company: World, case: Case, user: object, choice: str) -> Callable[[], str]:
    def act() -> str:
        if choice == "recuse":
            recuse(case=case, by=user, at=company.at, reason="In a race.")  # type: ignore[arg-type]
            return "recused"
        cast_vote(case=case, by=user, at=company.at, choice=choice, reason="In a race.")  # type: ignore[arg-type]
        return "counted"

    return act


@pytest.mark.parametrize(("voters", "rounds"), [(6, 2), (9, 2), pytest.param(9, 75, marks=pytest.mark.full)])
@pytest.mark.parametrize("rule", ["majority", "number", "share", "unanimity"])
def test_votes_at_once_close_the_case_exactly_once(company: World, rule: str, voters: int, rounds: int) -> None:
    """Seen to fail: on PostgreSQL without the locks (votes lost with an error, cases left open)."""
    desk = company.committees["deal-desk"]
    people = [company.ines, company.joris, company.karim]
    for index in range(voters - len(people)):
        people.append(person(f"voter{index}"))
        seat(desk, people[-1], since=company.today)
    figures = {"quorum": voters // 2 + 1, "approvals_needed": voters // 2, "share": 50, "chair_casts": True}
    Committee.objects.filter(pk=desk.pk).update(rule=rule, **figures)
    dice = random.Random(f"{rule} {voters}")
    for _ in range(rounds):
        case = case_of(submitted(company, price=COMMITTEE_PRICE))
        weights = [9, 0, 1, 1] if rule == "unanimity" else [6, 3, 1, 1]
        choices = dice.choices(["approve", "decline", "abstain", "recuse"], weights, k=voters)
        results = race([ballot(company, case, user, choice) for user, choice in zip(people, choices, strict=True)])
        _judge(case, results)
    assert faults() == []


def _judge(case: Case, results: list[object]) -> None:
    """Closed exactly once by the vote that decided it, or noticed, once, as stuck when everybody has answered."""
    case.refresh_from_db()
    late = [result for result in results if isinstance(result, Conflict)]
    assert {error.code for error in late} <= {"illegal_move"}
    done = Counter(result for result in results if isinstance(result, str))
    assert done.total() + len(late) == len(results)
    events = Counter(Event.objects.filter(subject_kind="case", subject_id=case.pk).values_list("verb", flat=True))
    assert events["case.voted"] == done["counted"] == Vote.objects.filter(case=case).count()
    assert events["case.recused"] == done["recused"] == Recusal.objects.filter(case=case).count()
    result = count(case).result.value
    closings = ["case.approved", "case.declined", "case.stuck"]
    assert [events[verb] for verb in closings] == [int(verb == f"case.{result}") for verb in closings]
    assert (case.state, case.stuck_at is not None) == (("open", True) if result == "stuck" else (result, False))
    answers = Event.objects.filter(subject_kind="case", subject_id=case.pk, verb__in=["case.voted", "case.recused"])
    closed = Event.objects.get(subject_kind="case", subject_id=case.pk, verb__in=closings)
    if result != "stuck":
        assert answers.order_by("-sequence")[0].sequence < closed.sequence


def test_votes_of_one_person_at_once_are_one_vote(company: World) -> None:
    """Seen to fail: with the vote written by `create`."""
    case = case_of(submitted(company, price=COMMITTEE_PRICE))
    results = race([ballot(company, case, company.ines, choice) for choice in ("approve", "decline") * 3])
    assert results == ["counted"] * 6
    assert Vote.objects.filter(case=case).count() == 1
    case.refresh_from_db()
    assert case.state == "open" and case.edition == 7
