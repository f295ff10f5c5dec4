"""F7: every list page with a million deals against the same pages with a thousand.

    .venv/bin/python -m benchmarks.lists [--postgres] [--deals 1000000] [--few 1000] [--rounds 11]

The demo company's ended deals are copied in SQL until so many stand there, each with its revision, lines, decision,
cases and votes, each copy a day further back, over at most ten years; what is open stays as it is. Copies hold no true
hashes: nothing here verifies the journal. Each page is asked in this process as somebody who sees much of it; the
median of the rounds counts, and the number of statements with it.
"""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import django

from benchmarks.pages import database

if TYPE_CHECKING:
    from django.db.models import Model

# the demo company's own rows begin at this key; the keys of older copies lie whole steps below it, as in a life
BEGIN, STEP = 1_000_000_000, 100_000
YEARS = 10
ENDED = "SELECT id FROM approvals_deal WHERE state IN ('won', 'lost', 'withdrawn', 'lapsed') AND id >= 1000000000"
REVISIONS = f"SELECT id FROM approvals_revision WHERE deal_id IN ({ENDED})"
CASES = f"SELECT id FROM approvals_case WHERE deal_id IN ({ENDED}) AND closed_at IS NOT NULL"
# tables, each with which of its rows are copied
COPIED = {
    "approvals.Deal": f"id IN ({ENDED})",
    "approvals.Revision": f"deal_id IN ({ENDED})",
    "approvals.RevisionLine": f"revision_id IN ({REVISIONS})",
    "approvals.Decision": f"revision_id IN ({REVISIONS})",
    "approvals.Case": f"id IN ({CASES})",
    "approvals.Elector": f"case_id IN ({CASES})",
    "approvals.Vote": f"case_id IN ({CASES})",
}
PAGES = {
    "jonas": [
        "/",
        "/deals/",
        "/deals/?state=won",
        "/deals/?q=Ziekenhuis",
        "/deals/new?customer=C-113",
        "/customers/",
        "/customers/C-113/",
        "/teams/public/",
        "/mandates/",
        "/mandates/public/",
        "/mandates/public/budget/",
        "/inbox/",
        "/inbox/?view=done",
        "/look-backs/",
        "/precedents/",
        "/products/",
    ],
    "karel": ["/", "/cases/", "/cases/?state=approved", "/inbox/", "/inbox/?view=done"],
    "hilde": ["/", "/coaching/", "/deals/"],
    "charlotte": ["/", "/deals/"],
}


@contextmanager
def unchecked() -> Iterator[None]:
    """Let copies in without what guards true rows, and before the rows they lead to."""
    from django.db import connection  # noqa: PLC0415

    from tests.journal.tampering import run, unguarded  # noqa: PLC0415

    checked = connection.vendor == "sqlite"  # PostgreSQL's guards take its keys along
    if checked:
        run("PRAGMA foreign_keys = OFF")
    with unguarded():
        yield
    if checked:
        run("PRAGMA foreign_keys = ON")


def expression(field: Any, own: set[str], postgres: bool, span: int) -> str:
    """Return what a copy holds in a column, `s` being the row that is copied and `k` the number of the copy."""
    column = f's."{field.column}"'
    if field.primary_key or (field.related_model is not None and field.related_model._meta.label in own):
        return f"{column} - k * {STEP}"
    if field.column == "reference":
        return f"{column} || '-' || k"
    if field.get_internal_type() not in ("DateField", "DateTimeField"):
        return column
    if postgres:
        shifted = f"{column} - (k % {span}) * interval '1 day'"
        return f"({shifted})::date" if field.get_internal_type() == "DateField" else shifted
    day = f"date({column}, '-' || (k % {span}) || ' days')"
    return day if field.get_internal_type() == "DateField" else f"{day} || substr({column}, 11)"


def begin_high() -> None:
    """Let the keys of what is copied begin high, before there is any row."""
    from django.apps import apps  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        for label in COPIED:
            table = apps.get_model(label)._meta.db_table
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} ALTER COLUMN id RESTART WITH {BEGIN}")
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, BEGIN])


def copy(count: int, first: int) -> None:
    """Copy everything so many times, from copy number `first` on."""
    from django.apps import apps  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    postgres, own = connection.vendor == "postgresql", set(COPIED)
    numbers = f"WITH RECURSIVE ks(k) AS (SELECT {first} UNION ALL SELECT k + 1 FROM ks WHERE k < {first + count - 1}) "
    with unchecked(), connection.cursor() as cursor:
        for label, which in COPIED.items():
            model: type[Model] = apps.get_model(label)
            fields = model._meta.concrete_fields
            columns = ", ".join(f'"{field.column}"' for field in fields)
            copied = ", ".join(expression(field, own, postgres, YEARS * 365) for field in fields)
            table = model._meta.db_table
            chosen = f"SELECT {copied} FROM {table} AS s, ks WHERE s.{which}"
            into = f"INSERT INTO {table} ({columns}) "
            cursor.execute(numbers + into + chosen if postgres else into + numbers + chosen)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def timed(rounds: int) -> dict[tuple[str, str], tuple[float, int]]:
    """Ask every page as its people, in turns; seconds in the median and the number of statements."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    clients = {}
    for name in PAGES:
        clients[name] = Client(SERVER_NAME="127.0.0.1")
        clients[name].force_login(get_user_model().objects.get(email__startswith=f"{name}@"))
    asked = [(name, address) for name, addresses in PAGES.items() for address in addresses]
    times: dict[tuple[str, str], list[float]] = {key: [] for key in asked}
    statements = {}
    for number in range(rounds + 1):
        for name, address in asked:
            with CaptureQueriesContext(connection) if number == 0 else unmeasured() as captured:
                begun = time.perf_counter()
                answer = clients[name].get(address)
                took = time.perf_counter() - begun
            if answer.status_code != 200:
                raise SystemExit(f"{name} {address}: {answer.status_code}")
            if number == 0:  # it also warms up
                statements[name, address] = len(captured)
            else:
                times[name, address].append(took)
    return {key: (statistics.median(found), statements[key]) for key, found in times.items()}


@contextmanager
def unmeasured() -> Iterator[list[Any]]:
    yield []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgres", action="store_true", help="measure on a private PostgreSQL instead of SQLite")
    parser.add_argument("--deals", type=int, default=1_000_000)
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=11)
    options = parser.parse_args()
    with database(options.postgres) as url:
        os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "benchmarks.settings", "DEMO": "1"}
        django.setup()
        from django.core.management import call_command  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415

        from approvals.models import Deal  # noqa: PLC0415

        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("migrate", verbosity=0)
        begin_high()
        call_command("demo")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({ENDED}) AS ended")
            each = cursor.fetchone()[0]
        sizes, found, made = [], [], 0
        for size in (options.few, options.deals):
            wanted = (size - Deal.objects.count()) // each
            copy(wanted, made + 1)
            made += wanted
            sizes.append(Deal.objects.count())
            found.append(timed(options.rounds))
        few, many = found
        kind = "PostgreSQL" if options.postgres else "SQLite"
        machine = f"{kind}, Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
        print(f"\n{machine}\n\n| who | page | ms at {sizes[0]:,} | ms at {sizes[1]:,} | ratio (1.50) | statements |")
        print("|---|---|---|---|---|---|")
        for (name, address), (before, asked) in few.items():
            after, again = many[name, address]
            told = str(asked) if asked == again else f"{asked}, then {again}"
            print(
                f"| {name} | `{address}` | {1000 * before:.0f} | {1000 * after:.0f} | {after / before:.2f} | {told} |"
            )
        connection.close()


if __name__ == "__main__":
    main()
