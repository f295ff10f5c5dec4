"""A version's test cases are fixed with it: they change with a draft only."""

# ruff: noqa: S608 (every part of these statements is written here)

from typing import ClassVar

from django.db import migrations

from journal.guards import GuardTrigger

TABLE = "mandates_versiontest"
MESSAGE = "the test cases of a version are fixed with it"


def _kept(event: str) -> GuardTrigger:
    rows = ["NEW", "OLD"] if event == "UPDATE" else ["NEW"] if event == "INSERT" else ["OLD"]
    owners = ", ".join(f"{row}.version_id" for row in rows)
    condition = f"EXISTS (SELECT 1 FROM mandates_mandateversion AS v WHERE v.id IN ({owners}) AND v.state <> 'draft')"
    name = f"{TABLE}_kept_{event.lower()}"
    given_back = "OLD" if event == "DELETE" else "NEW"
    return GuardTrigger(
        name,
        TABLE,
        sqlite=f'CREATE TRIGGER "{name}" BEFORE {event} ON "{TABLE}" FOR EACH ROW WHEN {condition} '
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
        postgresql=f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {name}()",
        postgresql_function=f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation'; END IF; "
        f"RETURN {given_back}; END; $$",
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("mandates", "0009_version_tests"), ("journal", "0002_guards")]

    operations: ClassVar = [_kept("INSERT"), _kept("UPDATE"), _kept("DELETE")]
