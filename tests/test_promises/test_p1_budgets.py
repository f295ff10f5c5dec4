"""P1: a budget is never overspent, an accepted deal never lost."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest

from approvals.actions.submit import submit
from approvals.models import Deal, Decision
from mandates.models import Budget
from tests.factories import World, draft, mandate_in_force, public_document
from tests.test_promises.invariants import faults
from tests.test_promises.racing import race

DISCOUNT = Decimal("336.00")


def room_for(company: World, count: int) -> None:
    """A budget of the public team with room for so many deals of four switches, and half a deal more."""
    amount = str(DISCOUNT * count + DISCOUNT / 2)
    document = public_document(2026, 2, budgets=[{"per": "team", "period": "quarter", "amount": amount}])
    mandate_in_force(company, "public", document, since=company.at)


def one_after_another(deals: list[Deal], company: World) -> Callable[[], str]:
    def act() -> str:
        for deal in deals:
            submit(deal=deal, by=company.bram, at=company.at, edition=deal.edition)
        return "done"

    return act


def judge(company: World, count: int, room: int) -> None:
    """Every deal has its answer; those that found room hold it, the others are before the committee."""
    row = Budget.objects.get(mandate__code="public-2026")
    assert Counter(Deal.objects.values_list("state", flat=True)) == Counter({"approved": room, "pending": count - room})
    assert Decision.objects.count() == count
    assert row.held == DISCOUNT * room <= row.amount
    assert row.extended == 0
    assert faults() == []


@pytest.mark.parametrize(
    ("threads", "deals_each", "room"), [(6, 3, 7), pytest.param(64, 500, 9_000, marks=pytest.mark.full)]
)
def test_submit_from_many_threads_never_overspends(company: World, threads: int, deals_each: int, room: int) -> None:
    """Seen to fail: on PostgreSQL without the locks on teams and budgets; on SQLite with deferred transactions."""
    room_for(company, room)
    parts = [[draft(company) for _ in range(deals_each)] for _ in range(threads)]
    results = race([one_after_another(part, company) for part in parts])
    assert results == ["done"] * threads
    judge(company, threads * deals_each, room)


def test_submit_from_many_processes_never_overspends(company: World, process_environment: dict[str, str]) -> None:
    """Seen to fail: as above."""
    room_for(company, 4)
    parts = [[draft(company).reference for _ in range(3)] for _ in range(3)]
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.test_promises.submitting", *part],
            env=process_environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for part in parts
    ]
    for child in children:
        out, err = child.communicate(timeout=120)
        assert (child.returncode, err) == (0, "")
        assert len(out.splitlines()) == 3
    judge(company, 9, 4)


def test_submit_of_one_deal_from_many_threads_has_one_effect(company: World) -> None:
    """Seen to fail: without the comparison of editions."""
    deal = draft(company)
    results = race([one_after_another([deal], company) for _ in range(5)])
    codes = Counter(getattr(result, "code", result) for result in results)
    assert codes == {"done": 1, "stale_edition": 4}
    judge(company, 1, 1)
