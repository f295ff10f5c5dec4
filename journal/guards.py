"""Triggers that make rows unchangeable in the database itself, and the check that none of them is missing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

if TYPE_CHECKING:
    from django.db.migrations.state import ProjectState

# One function serves every trigger on PostgreSQL: its body is compared at start, so that it cannot be hollowed out.
REFUSE_FUNCTION = "journal_refuse_change"
REFUSE_BODY = """
BEGIN
    RAISE EXCEPTION 'rows of % are kept as they were written', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
"""


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger: its name, the table it stands on, and the statement that makes it."""

    name: str
    table: str
    statement: str


class GuardOperation(Operation):
    """A migration step that sets triggers; found again by walking the applied migrations."""

    reversible = True
    reduces_to_sql = True
    table = ""

    def triggers(self, connection: BaseDatabaseWrapper) -> list[Trigger]:
        """Return the triggers for this database, in the order in which they are made."""
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: "ProjectState") -> None:
        """Leave the models as they are: triggers are no part of them."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: "ProjectState",
        to_state: "ProjectState",
    ) -> None:
        """Make the triggers, replacing earlier ones of the same names."""
        install(self, schema_editor.connection)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: "ProjectState",
        to_state: "ProjectState",
    ) -> None:
        """Take the triggers away."""
        with schema_editor.connection.cursor() as cursor:
            for trigger in self.triggers(schema_editor.connection):
                cursor.execute(_drop_sql(trigger, schema_editor.connection))


class AppendOnly(GuardOperation):
    """Refuse UPDATE, DELETE, TRUNCATE and replacing inserts on `table`.

    `unless`: SQL condition on `OLD` under which a row may still be updated or deleted (`OLD.state = 'draft'`);
    no subqueries, and an unknown (NULL) condition refuses.
    `allow_update`: SQL condition on `OLD` and `NEW` under which an update alone is allowed.
    `frozen_columns`: where given, only an update that changes one of these columns is refused.
    On SQLite a later migration that remakes the table drops its triggers: repeat this operation after it.
    """

    def __init__(
        self,
        table: str,
        *,
        key_column: str = "id",
        unless: str = "",
        allow_update: str = "",
        frozen_columns: Sequence[str] = (),
    ) -> None:
        self.table = table
        self.key_column = key_column
        self.unless = unless
        self.allow_update = allow_update
        self.frozen_columns = tuple(frozen_columns)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return what a squashed migration writes down again."""
        options: dict[str, Any] = {}
        if self.key_column != "id":
            options["key_column"] = self.key_column
        for name in ("unless", "allow_update", "frozen_columns"):
            if value := getattr(self, name):
                options[name] = value
        return self.__class__.__name__, [self.table], options

    def describe(self) -> str:
        """Return the line that `migrate` prints."""
        return f"Make rows of {self.table} unchangeable"

    def triggers(self, connection: BaseDatabaseWrapper) -> list[Trigger]:
        """Return the three triggers of this table for this database."""
        return self._postgresql(connection) if _is_pg(connection) else self._sqlite(connection)

    def _conditions(self, connection: BaseDatabaseWrapper) -> tuple[str, str]:
        """Return when an update is refused and when a delete is; empty means always."""
        quote = connection.ops.quote_name
        differ = "IS DISTINCT FROM" if _is_pg(connection) else "IS NOT"
        kept = [f"({self.unless}) IS NOT TRUE"] if self.unless else []
        update = list(kept)
        if self.frozen_columns:
            changed = (f"OLD.{quote(c)} {differ} NEW.{quote(c)}" for c in self.frozen_columns)
            update.append(f"({' OR '.join(changed)})")
        if self.allow_update:
            update.append(f"({self.allow_update}) IS NOT TRUE")
        return " AND ".join(update), " AND ".join(kept)

    def _postgresql(self, connection: BaseDatabaseWrapper) -> list[Trigger]:
        update, delete = self._conditions(connection)
        table = connection.ops.quote_name(self.table)

        def trigger(suffix: str, event: str, each: str, when: str) -> Trigger:
            name = f"{self.table}_{suffix}"
            condition = f" WHEN ({when})" if when else ""
            statement = (
                f"CREATE TRIGGER {connection.ops.quote_name(name)} BEFORE {event} ON {table} "
                f"FOR EACH {each}{condition} EXECUTE FUNCTION {REFUSE_FUNCTION}()"
            )
            return Trigger(name, self.table, statement)

        return [
            trigger("no_update", "UPDATE", "ROW", update),
            trigger("no_delete", "DELETE", "ROW", delete),
            trigger("no_truncate", "TRUNCATE", "STATEMENT", ""),
        ]

    def _sqlite(self, connection: BaseDatabaseWrapper) -> list[Trigger]:
        update, delete = self._conditions(connection)
        return [
            _sqlite_trigger(f"{self.table}_no_update", self.table, "UPDATE", update),
            _sqlite_trigger(f"{self.table}_no_delete", self.table, "DELETE", delete),
            _sqlite_trigger(f"{self.table}_no_replace", self.table, "INSERT", self._existing(connection)),
        ]

    def _existing(self, connection: BaseDatabaseWrapper) -> str:
        """Return the condition that an inserted row meets an existing one in its key or a unique set of columns.

        INSERT OR REPLACE removes the row it meets without firing the trigger on DELETE.
        """
        quote = connection.ops.quote_name
        meets = (
            " AND ".join(f"{quote(column)} = NEW.{quote(column)}" for column in columns)
            for columns in _unique_columns(connection, self.table, self.key_column)
        )
        return " OR ".join(f"EXISTS (SELECT 1 FROM {quote(self.table)} WHERE {meet})" for meet in meets)  # noqa: S608


class GuardTrigger(GuardOperation):
    """Set one trigger written by hand for each database, such as "periods do not overlap".

    `sqlite` and `postgresql` are whole CREATE TRIGGER statements for `name`; `postgresql_function` is an optional
    CREATE OR REPLACE FUNCTION statement run before it.
    """

    def __init__(self, name: str, table: str, *, sqlite: str, postgresql: str, postgresql_function: str = "") -> None:
        self.name = name
        self.table = table
        self.sqlite = sqlite
        self.postgresql = postgresql
        self.postgresql_function = postgresql_function

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return what a squashed migration writes down again."""
        options = {"sqlite": self.sqlite, "postgresql": self.postgresql}
        if self.postgresql_function:
            options["postgresql_function"] = self.postgresql_function
        return self.__class__.__name__, [self.name, self.table], options

    def describe(self) -> str:
        """Return the line that `migrate` prints."""
        return f"Set trigger {self.name}"

    def triggers(self, connection: BaseDatabaseWrapper) -> list[Trigger]:
        """Return the one trigger for this database."""
        statement = self.postgresql if _is_pg(connection) else self.sqlite
        return [Trigger(self.name, self.table, statement)]


def _is_pg(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "postgresql"


def _sqlite_trigger(name: str, table: str, event: str, when: str) -> Trigger:
    condition = f" WHEN {when}" if when else ""
    statement = (
        f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH ROW{condition} '
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are kept as they were written'); END"
    )
    return Trigger(name, table, statement)


def _unique_columns(connection: BaseDatabaseWrapper, table: str, key_column: str) -> list[tuple[str, ...]]:
    """Return the key and every unconditional unique set of columns of a table as it now stands."""
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA index_list({connection.ops.quote_name(table)})")
        unique = sorted(row[1] for row in cursor.fetchall() if row[2] and not row[4])
        found = {(key_column,)}
        for index in unique:
            cursor.execute(f"PRAGMA index_info({connection.ops.quote_name(index)})")
            columns = tuple(row[2] for row in sorted(cursor.fetchall()))
            if all(columns):
                found.add(columns)
    return sorted(found)


def _drop_sql(trigger: Trigger, connection: BaseDatabaseWrapper) -> str:
    quote = connection.ops.quote_name
    on_table = f" ON {quote(trigger.table)}" if _is_pg(connection) else ""
    return f"DROP TRIGGER IF EXISTS {quote(trigger.name)}{on_table}"


def install(operation: GuardOperation, connection: BaseDatabaseWrapper) -> None:
    """Make an operation's triggers anew, replacing those of the same names."""
    with connection.cursor() as cursor:
        if _is_pg(connection):
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {REFUSE_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${REFUSE_BODY}$$"
            )
            if isinstance(operation, GuardTrigger) and operation.postgresql_function:
                cursor.execute(operation.postgresql_function)
        for trigger in operation.triggers(connection):
            cursor.execute(_drop_sql(trigger, connection))
            cursor.execute(trigger.statement)


_expected_names: set[str] = set()


def expect(trigger_names: Iterable[str]) -> None:
    """Name triggers that must stand although no `GuardOperation` makes them; called from an app's `ready()`."""
    _expected_names.update(trigger_names)


def guard_operations(loader: MigrationLoader, *, applied_only: bool) -> Iterator[GuardOperation]:
    """Yield the guards of the migrations, oldest first."""
    nodes = {key for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf)}
    if applied_only:
        nodes &= set(loader.applied_migrations or {})
    for key in sorted(nodes):
        for operation in loader.graph.nodes[key].operations:
            if isinstance(operation, GuardOperation):
                yield operation


def _standing(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the live, enabled triggers with their table; on PostgreSQL only while the shared function is whole."""
    with connection.cursor() as cursor:
        if not _is_pg(connection):
            cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
            return dict(cursor.fetchall())
        cursor.execute(
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(c.oid) "
            "AND (p.proname <> %s OR p.prosrc = %s)",
            [REFUSE_FUNCTION, REFUSE_BODY],
        )
        return dict(cursor.fetchall())


def _missing(connection: BaseDatabaseWrapper, *, applied_only: bool) -> list[str]:
    loader = MigrationLoader(connection)
    standing = _standing(connection)
    guards = guard_operations(loader, applied_only=applied_only)
    wanted = {trigger.name: trigger.table for guard in guards for trigger in guard.triggers(connection)}
    missing = {name for name, table in wanted.items() if standing.get(name) != table}
    if not applied_only:
        missing |= _expected_names - standing.keys()
    return sorted(missing)


def missing_triggers(using: str = "default") -> list[str]:
    """Return the names of all guarding triggers that do not stand in the live database, sorted."""
    return _missing(connections[using], applied_only=False)


def restore(using: str = "default") -> list[str]:
    """Put back every missing trigger that an applied migration made; return the names that were missing."""
    connection = connections[using]
    missing = _missing(connection, applied_only=True)
    for guard in guard_operations(MigrationLoader(connection), applied_only=True):
        if any(trigger.name in missing for trigger in guard.triggers(connection)):
            install(guard, connection)
    return missing


def refuse_to_start_unguarded() -> None:
    """Stop the start of the program where a guarding trigger is missing.

    Raises: ImproperlyConfigured, naming the triggers and the way to put them back.
    """
    if missing := missing_triggers():
        raise ImproperlyConfigured(
            f"The database is not guarded: {', '.join(missing)} missing. If 'manage.py migrate' has run, find out who "
            "removed them, check the journal with 'manage.py journal verify', then run 'manage.py journal guard'."
        )


def check_guards(app_configs: object, databases: Sequence[str] | None, **kwargs: object) -> list[CheckMessage]:
    """Report missing triggers to `manage.py check --database default` and `migrate`.

    Looks for those of applied migrations only, because it also runs right before others are applied.
    """
    errors: list[CheckMessage] = []
    for using in databases or ():
        if missing := _missing(connections[using], applied_only=True):
            hint = "Check the journal with 'manage.py journal verify', then run 'manage.py journal guard'."
            errors.append(Error(f"Guarding triggers are missing: {', '.join(missing)}.", hint=hint, id="journal.E001"))
    return errors
