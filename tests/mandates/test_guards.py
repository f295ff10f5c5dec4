"""What the database itself refuses: changed versions, changed ledgers, overlapping periods (P13)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from mandates import budgets
from mandates.models import (
    Budget,
    CharterPeriod,
    CharterVersion,
    LedgerEntry,
    MandateVersion,
    VersionHolder,
    VersionPeriod,
)
from tests.factories import World


def refused(change: Callable[[], Any]) -> bool:
    """Whether the database refuses a change."""
    try:
        with transaction.atomic():
            change()
    except DatabaseError:
        return True
    return False


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def entry(world: World) -> LedgerEntry:
    budgets.hold(
        version=world.mandates["public-2026"],
        team=world.teams["public"],
        customer=world.customers["C-17"],
        on=world.today,
        amount=Decimal(100),
        revision="D-1/1",
        by=world.bram,
        at=world.at,
    )
    return LedgerEntry.objects.get()


def test_ledger_entry_cannot_be_changed_or_deleted(entry: LedgerEntry) -> None:
    assert refused(lambda: LedgerEntry.objects.update(amount=Decimal(1)))
    assert refused(lambda: LedgerEntry.objects.all().delete())
    assert refused(lambda: LedgerEntry.objects.bulk_update([entry], ["kind"]) if _turned(entry) else None)


def _turned(entry: LedgerEntry) -> bool:
    entry.kind = LedgerEntry.Kind.COMMIT
    return True


def test_ledger_entry_twice_for_one_turn_is_refused(entry: LedgerEntry) -> None:
    def again() -> None:
        LedgerEntry.objects.create(
            budget=entry.budget, revision="D-1/1", turn=1, kind="hold", amount=Decimal(1), at=entry.at
        )

    with pytest.raises(IntegrityError), transaction.atomic():
        again()
    assert Budget.objects.get().held == 100


@pytest.mark.parametrize(
    "change", [{"document": "{}"}, {"sha256": "0" * 64}, {"number": 9}, {"valid_until": None}, {"state": "draft"}]
)
def test_granted_version_keeps_what_it_says(world: World, change: dict[str, Any]) -> None:
    assert refused(lambda: MandateVersion.objects.filter(mandate__code="public-2026").update(**change))
    if "valid_until" not in change:
        assert refused(lambda: CharterVersion.objects.update(**change))


def test_granted_version_may_be_suspended_and_never_deleted(world: World) -> None:
    version = world.mandates["public-2026"]
    assert not refused(lambda: MandateVersion.objects.filter(pk=version.pk).update(state="suspended"))
    assert refused(lambda: run(f"DELETE FROM mandates_mandateversion WHERE id = {version.pk}"))


def test_draft_may_be_changed(world: World) -> None:
    first = world.mandates["public-2026"]
    draft = MandateVersion.objects.create(
        mandate=first.mandate, number=2, document="{}", sha256="", drafted_by=world.nora, drafted_at=world.at
    )
    assert not refused(lambda: MandateVersion.objects.filter(pk=draft.pk).update(document='{"a":1}'))


def test_period_that_overlaps_another_is_refused(world: World) -> None:
    version = world.mandates["public-2026"]

    def overlapping() -> None:
        VersionPeriod.objects.create(mandate=version.mandate, version=version, starts_at=world.at, cause="granted")

    assert refused(overlapping)
    assert refused(
        lambda: CharterPeriod.objects.create(charter_id=1, version=world.charter, starts_at=world.at, cause="granted")
    )
    VersionPeriod.objects.filter(version=version).update(ends_at=world.at, end_cause="suspended")
    assert not refused(overlapping)
    assert refused(lambda: VersionPeriod.objects.filter(end_cause="suspended").update(ends_at=world.at + timedelta(1)))


def test_period_that_is_empty_overlaps_nothing(world: World) -> None:
    version = world.mandates["public-2026"]
    VersionPeriod.objects.create(
        mandate=version.mandate,
        version=version,
        starts_at=world.at,
        ends_at=world.at,
        cause="granted",
        end_cause="superseded",
    )
    assert VersionPeriod.objects.filter(version=version).count() == 2


def test_period_keeps_its_beginning_and_is_never_deleted(world: World) -> None:
    periods = VersionPeriod.objects.filter(version=world.mandates["public-2026"])
    assert refused(lambda: periods.update(starts_at=world.at))
    assert refused(lambda: periods.delete())


def test_holding_teams_are_fixed_once_the_version_was_in_force(world: World) -> None:
    version = world.mandates["public-2026"]
    assert refused(lambda: VersionHolder.objects.create(version=version, team=world.teams["retail"]))
    assert refused(lambda: VersionHolder.objects.filter(version=version).update(team=world.teams["retail"]))
    assert refused(lambda: VersionHolder.objects.filter(version=version).delete())
