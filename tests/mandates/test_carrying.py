"""Budgets that carry over, opening balances, and that splitting a deal gains nothing."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from journal.models import Event
from journal.refusals import Conflict, Invalid, NotAllowed
from mandates import budgets
from mandates.actions import open_balance
from mandates.balances import usage
from mandates.budgets import check_balances
from mandates.models import Budget, BudgetOpening, LedgerEntry
from teams.models import Organisation
from tests import factories
from tests.factories import World, terms


def hold(world: World, amount: str, revision: str, on: date) -> None:
    budgets.hold(
        version=world.mandates["public-2026"],
        team=world.teams["public"],
        customer=world.customers["C-17"],
        on=on,
        amount=Decimal(amount),
        revision=revision,
        by=world.bram,
        at=world.at,
    )


def left(world: World, on: date) -> Decimal:
    (shown,) = usage(version=world.mandates["public-2026"], on=on, team=world.teams["public"])
    return shown.left


@pytest.fixture
def carrying(world: World) -> World:
    Organisation.objects.update(carries_budgets=True)
    return world


# --- carrying over ---


def test_budget_without_the_setting_begins_anew(world: World) -> None:
    hold(world, "10000", "D-1/1", date(2026, 8, 3))
    hold(world, "1000", "D-2/1", world.today)
    assert left(world, world.today) == 49_000
    assert not LedgerEntry.objects.filter(kind="carry").exists()


def test_budget_with_the_setting_takes_over_what_the_period_before_left(carrying: World) -> None:
    hold(carrying, "60000", "D-1/1", date(2026, 8, 3))  # 50,000 of the spring's, 10,000 of its own
    assert left(carrying, carrying.today) == 90_000  # told before the first use too
    hold(carrying, "1000", "D-2/1", carrying.today)
    row = Budget.objects.get(starts_on=date(2026, 10, 1))
    assert (row.amount, row.carried, row.room) == (50_000, 40_000, 90_000)
    assert LedgerEntry.objects.get(kind="carry", budget=row).revision == "carried/2026-07-01"
    assert left(carrying, carrying.today) == 89_000 and check_balances() == []


def test_budget_leaves_over_once_and_not_again(carrying: World) -> None:
    """What was carried in is used first and is not carried on: two quiet quarters leave no more than one."""
    hold(carrying, "1", "D-1/1", date(2026, 5, 4))
    hold(carrying, "1", "D-2/1", date(2026, 8, 3))
    hold(carrying, "60000", "D-3/1", carrying.today)
    hold(carrying, "1", "D-4/1", date(2027, 1, 11))
    rows = Budget.objects.order_by("starts_on").values_list("starts_on", "carried")
    assert dict(rows) == {
        date(2026, 4, 1): 50_000,
        date(2026, 7, 1): 50_000,
        date(2026, 10, 1): 50_000,
        date(2027, 1, 1): 40_000,
    }
    assert check_balances() == []


def test_budget_carries_nothing_into_the_first_period_of_a_mandate(carrying: World) -> None:
    hold(carrying, "1", "D-1/1", date(2026, 2, 2))
    assert Budget.objects.get().carried == 0


def test_judgement_counts_with_what_was_carried(carrying: World) -> None:
    """Seen to fail where `snapshots` gave the engine the amount of the document alone."""
    hold(carrying, "10000", "D-1/1", date(2026, 8, 3))
    hold(carrying, "89000", "D-2/1", carrying.today)
    deal = factories.submitted(carrying, price="1060.00")
    assert deal.latest is not None
    answer = json.loads(deal.latest.decisions.get().answer_document)
    (budget,) = [finding for finding in answer["findings"] if finding["metric"] == "budget"]
    assert budget["level"] == "member" and budget["value"] == "89560.0000"


# --- opening balances ---


def opened(world: World, amount: str = "12000", **changes: Any) -> Budget:
    options: dict[str, Any] = {
        "version": world.mandates["public-2026"],
        "team": world.teams["public"],
        "customer": None,
        "period": "quarter",
        "by": world.nora,
        "at": world.at,
        "amount": Decimal(amount),
        "reason": "Won before we began here.",
    }
    return open_balance(**(options | changes))


def test_open_balance_counts_as_committed_and_is_told(world: World) -> None:
    row = opened(world)
    assert (row.committed, row.held) == (12_000, 0) and left(world, world.today) == 38_000
    event = Event.objects.get(verb="budget.opened")
    assert "12000" in event.data and "Won before" not in event.data
    assert check_balances() == []


def test_open_balance_again_replaces_the_one_before(world: World) -> None:
    opened(world)
    opened(world, "3000")
    assert left(world, world.today) == 47_000
    assert list(BudgetOpening.objects.order_by("turn").values_list("amount", flat=True)) == [12_000, 3_000]
    opened(world, "0")
    assert left(world, world.today) == 50_000 and check_balances() == []


def test_open_balance_beyond_the_budget_is_told_as_it_was(world: World) -> None:
    row = opened(world, "60000")
    assert (row.committed, row.extended) == (60_000, 10_000) and check_balances() == []


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount": Decimal("-1")}, Invalid),
        ({"amount": Decimal("0.00001")}, Invalid),
        ({"reason": " "}, Invalid),
        ({"period": "month"}, Invalid),
        ({"by": "bram"}, NotAllowed),
        ({"at": datetime(2025, 3, 3, 9, tzinfo=UTC)}, Conflict),
    ],
)
def test_open_balance_is_refused_and_leaves_nothing(world: World, changes: dict[str, Any], refusal: type) -> None:
    if changes.get("by") == "bram":
        changes = {"by": world.bram}
    with pytest.raises((refusal, NotAllowed)):
        opened(world, **changes)
    assert not BudgetOpening.objects.exists() and not LedgerEntry.objects.exists()


def test_opening_is_never_changed(world: World) -> None:
    """Seen to fail without the trigger of migration 0016."""
    opened(world)
    for change in (lambda: BudgetOpening.objects.update(amount=1), lambda: BudgetOpening.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_ledger_page_takes_an_opening_balance_from_an_administrator(world: World, client: Client) -> None:
    address = "/mandates/public-2026/budget/"
    sent = {"budget": "public:quarter", "amount": "12.000,50", "reason": "Before."}
    client.force_login(world.bram)
    assert client.post(address, sent).status_code == 404
    client.force_login(world.nora)
    assert client.post(address, sent | {"amount": "much"}).status_code == 422
    assert client.post(address, sent).status_code == 302
    assert Budget.objects.get().committed == Decimal("12000.5")
    assert "Before." in client.get(address).content.decode()


# --- splitting ---


def test_splitting_a_deal_gains_nothing_where_a_customer_has_a_budget(world: World) -> None:
    """Ten deals that give 1,200 each get no further than one that gives 12,000: the customer's budget is 10,000.

    Seen to fail with the budget taken out of the mandate: then every part is approved.
    """
    outcomes = []
    for _part in range(10):
        deal = factories.submitted(world, by="gilles", customer="C-31", terms=terms(("SW-24P", "10", "1080.00")))
        assert deal.latest is not None
        outcomes.append(deal.latest.decisions.get().outcome)
    assert outcomes == ["member"] * 8 + ["committee"] * 2
    whole = factories.submitted(world, by="gilles", customer="C-31", terms=terms(("SW-24P", "100", "1080.00")))
    assert whole.latest is not None and whole.latest.decisions.get().outcome == "committee"
