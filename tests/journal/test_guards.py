"""P13: what is append-only stays so by the database's own doing, and the product does not start without."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, IntegrityError, connection, migrations, transaction
from django.db.migrations.state import ProjectState

from journal import guards, tasks
from journal.guards import AppendOnly, GuardTrigger
from journal.models import Event, EventSubject, JournalHead
from tests.journal.tampering import drop_trigger, run

pytestmark = pytest.mark.django_db
SQLITE_ONLY = "SQLite's own dialect"

EVENT = "(sequence, at, verb, subject_kind, subject_id, about, link, data, previous_hash, hash)"
VALUES = "(1, '2026-11-23 09:00:00+00', 'a.b', 'deal', 'D-9', '[]', '', '{}', 'x', 'y')"
STATEMENTS = {
    "update": "UPDATE journal_event SET verb = 'a.b'",
    "update of one": "UPDATE journal_event SET actor_id = 1 WHERE sequence = 1",
    "delete": "DELETE FROM journal_event WHERE sequence = 1",
    "upsert": f"INSERT INTO journal_event {EVENT} VALUES {VALUES} ON CONFLICT (sequence) DO UPDATE SET verb = 'a.b'",
    "subjects updated": "UPDATE journal_eventsubject SET identifier = 'D-2'",
    "subjects deleted": "DELETE FROM journal_eventsubject",
    "subjects upserted": (
        "INSERT INTO journal_eventsubject (event_id, kind, identifier) VALUES (1, 'deal', 'D-1') "
        "ON CONFLICT (kind, identifier, event_id) DO UPDATE SET identifier = 'D-2'"
    ),
    "head deleted": "DELETE FROM journal_journalhead",
    "head set back": "UPDATE journal_journalhead SET sequence = 0",
    "head's hash changed": "UPDATE journal_journalhead SET hash = 'x'",
    "head set forward by two": "UPDATE journal_journalhead SET sequence = sequence + 2",
}
SQLITE_STATEMENTS = {
    "replace": f"INSERT OR REPLACE INTO journal_event {EVENT} VALUES {VALUES}",
    "replace in short": f"REPLACE INTO journal_event {EVENT} VALUES {VALUES}",
    "update or replace": "UPDATE OR REPLACE journal_event SET sequence = 1 WHERE sequence = 2",
    "subjects replaced by their key": (
        "INSERT OR REPLACE INTO journal_eventsubject (id, event_id, kind, identifier) "
        "SELECT id, event_id, 'deal', 'D-9' FROM journal_eventsubject LIMIT 1"
    ),
    "subjects replaced by another unique set": (
        "INSERT OR REPLACE INTO journal_eventsubject (id, event_id, kind, identifier) VALUES (999, 1, 'deal', 'D-1')"
    ),
    "head replaced": "REPLACE INTO journal_journalhead (id, sequence, hash) VALUES (1, 0, 'x')",
}
POSTGRESQL_STATEMENTS = {
    "truncate": "TRUNCATE journal_event CASCADE",
    "truncate subjects": "TRUNCATE journal_eventsubject",
    "truncate head": "TRUNCATE journal_journalhead",
}


def everything() -> list[tuple[Any, ...]]:
    return [
        *Event.objects.values_list(),
        *EventSubject.objects.order_by("pk").values_list(),
        *JournalHead.objects.values_list(),
    ]


@pytest.mark.parametrize("name", [*STATEMENTS, *SQLITE_STATEMENTS, *POSTGRESQL_STATEMENTS])
def test_journal_rows_refuse_every_statement_that_changes_them(submitted: Callable[..., Event], name: str) -> None:
    """Seen to fail with `journal_event` taken out of `0002_guards`: the cases of that table then get through."""
    own = SQLITE_STATEMENTS if connection.vendor == "sqlite" else POSTGRESQL_STATEMENTS
    statement = {**STATEMENTS, **own}.get(name)
    if statement is None:
        pytest.skip("a statement of the other database")
    submitted(1), submitted(2)
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE is refused for the foreign keys still to be checked
    before = everything()
    with pytest.raises(IntegrityError), transaction.atomic():
        run(statement)
    assert everything() == before


@pytest.mark.parametrize(
    "change",
    [
        lambda event: Event.objects.update(verb="a.b"),
        lambda event: Event.objects.filter(pk=event.pk).delete(),
        lambda event: EventSubject.objects.all()._raw_delete("default"),
        lambda event: Event.objects.bulk_update([event], ["verb"]),
        lambda event: event.save(),
        lambda event: Event.objects.bulk_create(
            [event], update_conflicts=True, update_fields=["verb"], unique_fields=["sequence"]
        ),
    ],
    ids=["update", "delete", "raw delete", "bulk update", "save", "bulk upsert"],
)
def test_journal_rows_refuse_changes_by_the_orm(
    submitted: Callable[..., Event], change: Callable[[Event], object]
) -> None:
    event = submitted(1)
    before = everything()
    event.verb = "a.b"
    with pytest.raises(DatabaseError), transaction.atomic():
        change(event)
    assert everything() == before


def test_start_with_all_guards_is_allowed() -> None:
    assert guards.missing_triggers() == []
    guards.refuse_to_start_unguarded()
    call_command("check", databases=["default"])


@pytest.mark.parametrize("suffix", ["no_update", "no_delete"])
def test_start_with_a_missing_guard_is_refused(suffix: str) -> None:
    drop_trigger(f"journal_event_{suffix}", "journal_event")
    with pytest.raises(ImproperlyConfigured, match=f"journal_event_{suffix}"):
        guards.refuse_to_start_unguarded()
    with pytest.raises(SystemCheckError, match=r"journal\.E001"):
        call_command("check", databases=["default"])
    with pytest.raises(ImproperlyConfigured):
        call_command("worker", once=True)
    with pytest.raises(SystemExit, match=f"journal_event_{suffix}"):
        tasks.insist_on_guards()


def test_start_with_an_expected_trigger_that_nobody_made_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "_expected_names", set())
    guards.expect(["periods_do_not_overlap"])
    assert guards.missing_triggers() == ["periods_do_not_overlap"]


@pytest.mark.parametrize(
    "sabotage",
    [
        "ALTER TABLE journal_event DISABLE TRIGGER journal_event_no_update",
        "CREATE OR REPLACE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RETURN NEW; END'",
    ],
    ids=["disabled", "hollowed out"],
)
def test_start_with_a_sabotaged_guard_is_refused(sabotage: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite can neither disable a trigger nor change its body in place")
    run(sabotage)
    assert "journal_event_no_update" in guards.missing_triggers()
    guards.restore()
    assert guards.missing_triggers() == []


@pytest.fixture
def notebook() -> Iterator[None]:
    """A table of its own, to try the options of the operation on."""
    run("CREATE TABLE notebook (id integer PRIMARY KEY, state text, figure integer, note text UNIQUE)")
    run("INSERT INTO notebook VALUES (1, 'draft', 10, 'a'), (2, 'granted', 20, 'b'), (3, NULL, 30, 'c')")
    yield
    run("DROP TABLE notebook")


def guard(operation: guards.GuardOperation) -> None:
    guards.install(operation, connection)


def allowed(statement: str) -> bool:
    try:
        with transaction.atomic():
            run(statement)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


@pytest.mark.usefixtures("notebook")
def test_append_only_unless_a_draft_lets_only_drafts_change() -> None:
    guard(AppendOnly("notebook", unless="OLD.state IN ('draft', 'proposed')"))
    assert allowed("UPDATE notebook SET figure = 11 WHERE id = 1")
    assert allowed("DELETE FROM notebook WHERE id = 1")
    assert not allowed("UPDATE notebook SET figure = 11 WHERE id = 2")
    assert not allowed("DELETE FROM notebook WHERE id = 2")
    assert not allowed("UPDATE notebook SET figure = 11 WHERE id = 3"), "an unknown state is not a draft"
    assert allowed("INSERT INTO notebook VALUES (4, 'granted', 1, 'd')")


@pytest.mark.usefixtures("notebook")
def test_append_only_with_frozen_columns_lets_the_others_change() -> None:
    guard(AppendOnly("notebook", frozen_columns=("figure", "state")))
    assert allowed("UPDATE notebook SET note = 'z' WHERE id = 2")
    assert allowed("UPDATE notebook SET figure = figure")
    assert not allowed("UPDATE notebook SET figure = 21 WHERE id = 2")
    assert not allowed("UPDATE notebook SET figure = NULL WHERE id = 2")
    assert not allowed("UPDATE notebook SET state = 'draft' WHERE id = 3")
    assert not allowed("DELETE FROM notebook WHERE id = 2")


@pytest.mark.usefixtures("notebook")
def test_append_only_with_frozen_columns_and_unless_needs_both_to_refuse() -> None:
    guard(AppendOnly("notebook", frozen_columns=("figure",), unless="OLD.state = 'draft'"))
    assert allowed("UPDATE notebook SET figure = 11 WHERE id = 1")
    assert allowed("UPDATE notebook SET note = 'z' WHERE id = 2")
    assert not allowed("UPDATE notebook SET figure = 11 WHERE id = 2")


@pytest.mark.usefixtures("notebook")
def test_guard_trigger_is_set_and_taken_away_by_its_migration() -> None:
    operation = GuardTrigger(
        "notebook_figure_grows",
        "notebook",
        sqlite=(
            "CREATE TRIGGER notebook_figure_grows BEFORE UPDATE ON notebook WHEN NEW.figure < OLD.figure "
            "BEGIN SELECT RAISE(ABORT, 'figures grow'); END"
        ),
        postgresql=(
            "CREATE TRIGGER notebook_figure_grows BEFORE UPDATE ON notebook FOR EACH ROW "
            "WHEN (NEW.figure < OLD.figure) EXECUTE FUNCTION notebook_refuse()"
        ),
        postgresql_function=(
            "CREATE OR REPLACE FUNCTION notebook_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'figures grow' USING ERRCODE = 'check_violation'; END $$"
        ),
    )
    guard(operation)
    assert allowed("UPDATE notebook SET figure = figure + 1")
    assert not allowed("UPDATE notebook SET figure = figure - 1")
    state = ProjectState()
    with connection.schema_editor(atomic=False) if connection.vendor == "postgresql" else _editor() as editor:
        operation.database_backwards("journal", editor, state, state)
    assert allowed("UPDATE notebook SET figure = figure - 1")


class _editor:
    """SQLite's schema editor insists on foreign keys being off; taking a trigger away needs no more than the cursor."""

    connection = connection

    def __enter__(self) -> "_editor":
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing to close."""


def test_guard_operations_written_down_again_are_the_same() -> None:
    operation = AppendOnly("notebook", key_column="number", unless="OLD.state = 'draft'", frozen_columns=["figure"])
    name, arguments, options = operation.deconstruct()
    again = getattr(guards, name)(*arguments, **options)
    assert again.triggers(connection) == operation.triggers(connection)
    assert isinstance(operation, migrations.operations.base.Operation)
