"""What was proposed, granted or booked stays as it was written, and one version at a time is in force."""

# ruff: noqa: S608 (every part of these statements is written here)

from typing import ClassVar

from django.db import migrations

from journal.guards import AppendOnly, GuardTrigger

FROZEN = ["number", "document", "sha256", "note", "drafted_by_id", "drafted_at"]
FOREVER = "9999-12-31"


def _sqlite(name: str, table: str, event: str, condition: str, message: str) -> str:
    return (
        f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH ROW WHEN {condition} '
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _guard(
    name: str, table: str, event: str, *, sqlite_condition: str, postgresql_condition: str, lock: str, message: str
) -> GuardTrigger:
    """One trigger that refuses `event` under a condition which may ask other rows."""
    given_back = "OLD" if event == "DELETE" else "NEW"
    function = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {lock} "
        f"IF {postgresql_condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation'; END IF; "
        f"RETURN {given_back}; END; $$"
    )
    return GuardTrigger(
        name,
        table,
        sqlite=_sqlite(name, table, event, sqlite_condition, message),
        postgresql=f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        postgresql_function=function,
    )


def _no_overlap(table: str, owner: str, owner_table: str, event: str) -> GuardTrigger:
    """Refuse a period that overlaps another of the same owner; an empty one (never in force) overlaps nothing."""

    def condition(forever: str) -> str:
        return (
            f"NEW.starts_at < COALESCE(NEW.ends_at, {forever}) AND EXISTS (SELECT 1 FROM {table} AS other "
            f"WHERE other.{owner} = NEW.{owner} AND other.id <> COALESCE(NEW.id, -1) "
            f"AND other.starts_at < COALESCE(other.ends_at, {forever}) "
            f"AND other.starts_at < COALESCE(NEW.ends_at, {forever}) "
            f"AND NEW.starts_at < COALESCE(other.ends_at, {forever}))"
        )

    return _guard(
        f"{table}_no_overlap_{event.lower()}",
        table,
        event,
        sqlite_condition=condition(f"'{FOREVER}'"),
        postgresql_condition=condition("'infinity'"),
        # Two transactions that do not see each other's rows wait here for one another.
        lock=f"PERFORM 1 FROM {owner_table} WHERE id = NEW.{owner} FOR UPDATE;",
        message="periods of one mandate or charter do not overlap",
    )


def _holders_kept(event: str) -> GuardTrigger:
    """Holding teams change with a draft only; none joins a version that is proposed or has been in force."""
    row = "NEW" if event == "INSERT" else "OLD"
    states = "= 'proposed'" if event == "INSERT" else "<> 'draft'"
    condition = (
        f"EXISTS (SELECT 1 FROM mandates_mandateversion AS v WHERE v.id = {row}.version_id AND v.state {states}) "
        f"OR EXISTS (SELECT 1 FROM mandates_versionperiod AS p WHERE p.version_id = {row}.version_id)"
    )
    return _guard(
        f"mandates_versionholder_kept_{event.lower()}",
        "mandates_versionholder",
        event,
        sqlite_condition=condition,
        postgresql_condition=condition,
        lock="",
        message="the holding teams of a version are fixed with it",
    )


def _no_way_back(table: str) -> GuardTrigger:
    """A version that left draft never returns to it: its document could be changed there."""
    condition = "NEW.state = 'draft' AND OLD.state <> 'draft'"
    return _guard(
        f"{table}_no_way_back",
        table,
        "UPDATE",
        sqlite_condition=condition,
        postgresql_condition=condition,
        lock="",
        message="a version that left draft never returns to it",
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("mandates", "0002_ledger_turns"), ("journal", "0002_guards")]

    operations: ClassVar = [
        AppendOnly("mandates_ledgerentry"),
        AppendOnly(
            "mandates_mandateversion",
            unless="OLD.state = 'draft'",
            frozen_columns=[*FROZEN, "mandate_id", "valid_from", "valid_until"],
        ),
        AppendOnly("mandates_charterversion", unless="OLD.state = 'draft'", frozen_columns=[*FROZEN, "charter_id"]),
        AppendOnly("mandates_versionperiod", frozen_columns=["mandate_id", "version_id", "starts_at", "cause"]),
        AppendOnly("mandates_charterperiod", frozen_columns=["charter_id", "version_id", "starts_at", "cause"]),
        _no_overlap("mandates_versionperiod", "mandate_id", "mandates_mandate", "INSERT"),
        _no_overlap("mandates_versionperiod", "mandate_id", "mandates_mandate", "UPDATE"),
        _no_overlap("mandates_charterperiod", "charter_id", "mandates_charter", "INSERT"),
        _no_overlap("mandates_charterperiod", "charter_id", "mandates_charter", "UPDATE"),
        _holders_kept("INSERT"),
        _holders_kept("UPDATE"),
        _holders_kept("DELETE"),
        _no_way_back("mandates_mandateversion"),
        _no_way_back("mandates_charterversion"),
    ]
