"""Who drafted a version never answers it, nobody joins one that is proposed, and its aims are fixed with it."""

# ruff: noqa: S608 (every part of these statements is written here)

from typing import ClassVar

from django.db import migrations

from journal.guards import AppendOnly, GuardTrigger


def _guard(name: str, table: str, event: str, condition: str, message: str) -> GuardTrigger:
    """One trigger that refuses `event` under a condition which asks other rows."""
    given_back = "OLD" if event == "DELETE" else "NEW"
    function = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation'; END IF; "
        f"RETURN {given_back}; END; $$"
    )
    return GuardTrigger(
        name,
        table,
        sqlite=(
            f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH ROW WHEN {condition} '
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        ),
        postgresql=f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        postgresql_function=function,
    )


def _with_a_draft_only(table: str, version_table: str, event: str, message: str) -> GuardTrigger:
    row = "NEW" if event == "INSERT" else "OLD"
    condition = f"EXISTS (SELECT 1 FROM {version_table} AS v WHERE v.id = {row}.version_id AND v.state <> 'draft')"
    return _guard(f"{table}_with_draft_{event.lower()}", table, event, condition, message)


def _four_eyes(version_table: str, drafter_table: str) -> GuardTrigger:
    condition = (
        f"NEW.answered_by_id IS NOT NULL AND EXISTS (SELECT 1 FROM {drafter_table} AS d "
        "WHERE d.version_id = NEW.id AND d.user_id = NEW.answered_by_id)"
    )
    message = "whoever drafted a version never answers it"
    return _guard(f"{version_table}_drafters_apart", version_table, "UPDATE", condition, message)


JOINED = "nobody joins the drafters of a version that left draft"
AIMS = "the aims of a version are fixed with it"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("mandates", "0007_goals_of_versions"), ("journal", "0002_guards")]

    operations: ClassVar = [
        AppendOnly("mandates_versiondrafter"),
        AppendOnly("mandates_charterdrafter"),
        _with_a_draft_only("mandates_versiondrafter", "mandates_mandateversion", "INSERT", JOINED),
        _with_a_draft_only("mandates_charterdrafter", "mandates_charterversion", "INSERT", JOINED),
        _four_eyes("mandates_mandateversion", "mandates_versiondrafter"),
        _four_eyes("mandates_charterversion", "mandates_charterdrafter"),
        _with_a_draft_only("mandates_versionaims", "mandates_mandateversion", "INSERT", AIMS),
        _with_a_draft_only("mandates_versionaims", "mandates_mandateversion", "UPDATE", AIMS),
        _with_a_draft_only("mandates_versionaims", "mandates_mandateversion", "DELETE", AIMS),
    ]
