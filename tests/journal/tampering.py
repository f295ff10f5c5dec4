"""What an attacker with the database's own password can do: switch the guards off and change rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from journal import guards


@contextmanager
def unguarded() -> Iterator[None]:
    """Work behind the guards' back, and put them back so that nobody notices."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
    guards.restore()


def run(sql: str, parameters: list[Any] | None = None) -> None:
    """Run one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or [])


def drop_trigger(name: str, table: str) -> None:
    """Take one guard away."""
    run(f'DROP TRIGGER "{name}"' + (f' ON "{table}"' if connection.vendor == "postgresql" else ""))
