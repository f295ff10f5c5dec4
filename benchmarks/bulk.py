"""Measures outcomes in columns against the same rules as SQL, and against the engine deal by deal.

    python -m venv /tmp/peers && /tmp/peers/bin/pip install -r benchmarks/requirements.txt
    /tmp/peers/bin/python -m benchmarks.bulk [--postgres "host=... dbname=..."]

The history stands in Parquet and, for PostgreSQL, in tables that are loaded and analysed before anything is timed. All
must give the same outcome for every deal first. The databases keep their answer in a temporary table: handing it
over costs them nothing. Every competitor then takes its turn, and the best of some rounds counts, in wall time, because
each may use all processors. Beside it stands the processor time of whoever runs in this process: on a machine that does
other work too it says more.
"""

import argparse
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import psycopg

from mandates.engine.bulk import Bulk

Document = dict[str, Any]
LOOPED = 2_000


def limit(metric: str, member: str, team: str, **when: Any) -> Document:
    return {"metric": metric, "member": member, "team": team, "when": when}


MANDATE: Document = {
    "code": "m",
    "version": 1,
    "currency": "EUR",
    "valid_from": "2026-01-01",
    "valid_until": "2026-12-31",
    "committee": "desk",
    "limits": [
        limit("line_discount", "12", "18", family="network", term_months={"from": 24}),
        limit("line_discount", "15", "22", family="cloud"),
        limit("line_discount", "5", "9", product="X"),
        limit("line_discount", "8", "12"),
        limit("line_margin", "30", "25", charge="monthly"),
        limit("line_margin", "25", "20"),
        limit("deal_discount", "15", "20", list_value={"from": "100000"}),
        limit("deal_discount", "10", "15"),
        limit("deal_margin", "30", "25"),
        limit("net_value", "250000", "1000000"),
        limit("payment_days", "60", "60", segment="public"),
        limit("payment_days", "30", "45"),
    ],
}
CHARTER: Document = {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "21"}]}


def ranked(within: Callable[[int], str], member: int, team: int) -> str:
    return f"CASE WHEN {within(member)} THEN 0 WHEN {within(team)} THEN 1 ELSE 2 END"


def discount(bound: int) -> str:
    return f"(list_price - unit_price) * 100 <= {bound} * list_price"


def margin(bound: int) -> str:
    return f"(unit_price - unit_cost) * 100 >= {bound} * unit_price"


def deal_discount(bound: int) -> str:
    return f"given * 100 <= {bound} * listed"


def deal_margin(bound: int) -> str:
    return f"(asked - cost) * 100 >= {bound} * asked"


def net_value(bound: int) -> str:
    return f"asked <= {bound}00000000"


def payment(bound: int) -> str:
    return f"payment_days <= {bound}"


# The same rules by hand. All prices are above nothing and all costs known, so that none can be unmeasurable; only a
# customer without a segment is.
SQL = f"""
WITH judged AS (
  SELECT l.deal, quantity * CASE WHEN charge = 'monthly' THEN term_months ELSE 1 END AS weight,
    list_price, unit_price, unit_cost,
    CASE WHEN {discount(21)} THEN 0 ELSE 3 END AS charter,
    CASE WHEN (family = 'network' OR family LIKE 'network/%') AND term_months >= 24 THEN {ranked(discount, 12, 18)}
         WHEN family = 'cloud' OR family LIKE 'cloud/%' THEN {ranked(discount, 15, 22)}
         WHEN product = 'X' THEN {ranked(discount, 5, 9)}
         ELSE {ranked(discount, 8, 12)} END AS line_discount,
    CASE WHEN charge = 'monthly' THEN {ranked(margin, 30, 25)} ELSE {ranked(margin, 25, 20)} END AS line_margin
  FROM lines l JOIN deals d ON d.deal = l.deal
), summed AS (
  SELECT deal, max(charter) AS charter, max(greatest(line_discount, line_margin)) AS line,
    sum(list_price * weight) AS listed, sum(unit_price * weight) AS asked, sum(unit_cost * weight) AS cost,
    sum(CASE WHEN unit_price < list_price THEN (list_price - unit_price) * weight ELSE 0 END) AS given
  FROM judged GROUP BY deal
)
SELECT s.deal, greatest(charter, line,
    CASE WHEN listed >= 10000000000000 THEN {ranked(deal_discount, 15, 20)}
         ELSE {ranked(deal_discount, 10, 15)} END,
    {ranked(deal_margin, 30, 25)},
    {ranked(net_value, 250000, 1000000)},
    CASE WHEN segment IS NULL THEN 2
         WHEN segment = 'public' THEN {ranked(payment, 60, 60)} ELSE {ranked(payment, 30, 45)} END) AS outcome
FROM summed s JOIN deals d ON d.deal = s.deal
"""
NAMES = ("member", "team", "committee", "outside_charter")


def generated(lines: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Deals of one to nine lines, five on average; most discounts are small."""
    draw = random.Random(seed)
    rows: list[tuple[Any, ...]] = []
    heads: list[tuple[Any, ...]] = []
    families = ["network/switches", "network/routers", "networking", "network", "cloud/compute", "services"]
    while len(rows) < lines:
        number = len(heads)
        generous = draw.choice([0.02, 0.05, 0.08, 0.12, 0.25])
        monthly = draw.random() < 0.3
        segment = draw.choice(["public", "small", "small", "large", None])
        head = (number, "2026-06-01", "EUR", "new", "direct", draw.choice([12, 24, 36]), draw.choice([14, 30, 45, 60]))
        heads.append((*head, segment, "BE", f"C-{number % 5000}"))
        for _ in range(draw.randint(1, 9)):
            listed = draw.randrange(5_000, 500_000) * 100
            asked = int(listed * (1 - draw.random() * generous))
            cost = int(asked * draw.uniform(0.3, 0.78))
            product = draw.choice(["P", "Q", "R", "X"])
            charge = "monthly" if monthly else "one_off"
            quantity = draw.randrange(1, 20) * 10_000
            rows.append((number, product, draw.choice(families), charge, quantity, listed, asked, cost))
    names = ("deal", "on", "currency", "kind", "channel", "term_months", "payment_days", "segment", "country")
    columns = ("deal", "product", "family", "charge", "quantity", "list_price", "unit_price", "unit_cost")
    deals = pl.DataFrame(heads, schema=[*names, "customer"], orient="row")
    return deals, pl.DataFrame(rows, schema=list(columns), orient="row")


def coded(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts as enumerations, which Parquet keeps as dictionaries: small numbers for whoever can use them."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    kinds = {name: pl.Enum(frame[name].drop_nulls().unique().sort()) for name in texts}
    return frame.with_columns(pl.col(name).cast(kind) for name, kind in kinds.items())


class Contest:
    """The same history for all, read anew by each in every round."""

    def __init__(self, folder: Path, deals: pl.DataFrame, lines: pl.DataFrame, postgres: str | None) -> None:
        self.folder = folder
        self.sizes = {"deals": deals.height, "lines": lines.height}
        coded(deals).write_parquet(folder / "deals.parquet", compression="uncompressed")
        coded(lines).write_parquet(folder / "lines.parquet", compression="uncompressed")
        self.bulk = Bulk([MANDATE], CHARTER)
        self.duck = duckdb.connect()
        for name in ("deals", "lines"):
            self.duck.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{folder / name}.parquet')")
        few = deals.head(LOOPED)
        self.few = few, lines.join(few.select("deal"), on="deal", how="semi")
        self.entries: dict[str, Callable[[], Any]] = {
            "engine/bulk.py, from Parquet": self.in_columns,
            "duckdb, CASE, from Parquet": lambda: self.duck.execute(f"CREATE OR REPLACE TEMP TABLE answer AS {SQL}"),
        }
        if postgres is not None:
            self.link = psycopg.connect(postgres, autocommit=True)
            load(self.link, deals, lines)
            self.entries["PostgreSQL, CASE, from its tables"] = self.in_postgres
        self.entries["engine, deal by deal"] = lambda: self.bulk._by_engine(*self.few)

    def in_columns(self) -> pl.DataFrame:
        deals, lines = (pl.read_parquet(self.folder / f"{name}.parquet") for name in ("deals", "lines"))
        return self.bulk.outcomes(deals, lines)

    def in_postgres(self) -> None:
        self.link.execute("DROP TABLE IF EXISTS answer")
        self.link.execute(f"CREATE TEMP TABLE answer AS {SQL}")

    def disagreements(self) -> list[str]:
        """Whoever differs from the columns on any deal; the engine is asked for every deal here, not for a few."""
        expected = dict(self.in_columns().select("deal", "outcome").iter_rows())
        found = []
        for name, run in self.entries.items():
            if name.startswith("engine, deal"):
                whole = [pl.read_parquet(self.folder / f"{part}.parquet") for part in ("deals", "lines")]
                rows = dict(self.bulk._by_engine(*whole).select("deal", "outcome").iter_rows())
            elif name.startswith("engine"):
                continue
            else:
                run()
                link = self.duck if name.startswith("duckdb") else self.link
                pairs = link.execute("SELECT deal, outcome FROM answer").fetchall()
                rows = {deal: NAMES[outcome] for deal, outcome in pairs}
            differing = sum(1 for deal, outcome in expected.items() if rows.get(deal) != outcome)
            if differing or len(rows) != len(expected):
                found.append(f"{name}: {differing} deals differ")
        counts = {name: list(expected.values()).count(name) for name in NAMES}
        print(f"{len(expected):,} deals: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()))
        return found

    def speeds(self, rounds: int) -> dict[str, tuple[float, float]]:
        """Lines a second, by the clock and by this process's processor time: the best round of each, taken in turn."""
        best = dict.fromkeys(self.entries, (0.0, 0.0))
        for _ in range(rounds):
            for name, run in self.entries.items():
                size = self.few[1].height if name.startswith("engine, deal") else self.sizes["lines"]
                started = time.perf_counter(), time.process_time()
                run()
                taken = time.perf_counter() - started[0], time.process_time() - started[1]
                best[name] = max(best[name][0], size / taken[0]), max(best[name][1], size / taken[1])
        return best


def load(link: "psycopg.Connection[Any]", deals: pl.DataFrame, lines: pl.DataFrame) -> None:
    link.execute("SET max_parallel_workers_per_gather = 2")
    link.execute("SET work_mem = '512MB'")
    for name, frame in (("deals", deals), ("lines", lines)):
        kinds = ("bigint" if kind == pl.Int64 else "text" for kind in frame.dtypes)
        columns = ", ".join(f'"{column}" {kind}' for column, kind in zip(frame.columns, kinds, strict=True))
        link.execute(f"DROP TABLE IF EXISTS {name}")
        link.execute(f"CREATE UNLOGGED TABLE {name} ({columns})")
        with link.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            for row in frame.iter_rows():
                copy.write_row(row)
        link.execute(f"ANALYZE {name}")


def report(best: dict[str, tuple[float, float]]) -> str:
    ours, _ = best["engine/bulk.py, from Parquet"]
    packages = ", ".join(f"{name} {version(name)}" for name in ("polars", "numpy", "duckdb", "psycopg"))
    rows = [
        f"Python {platform.python_version()}, {packages}",
        "",
        "| what | lines a second | bulk is times as fast | a second of processor |",
    ]
    rows += ["|---|---:|---:|---:|"]
    for name, (speed, by_processor) in best.items():
        told = "-" if "PostgreSQL" in name else f"{by_processor:,.0f}"
        rows.append(f"| {name} | {speed:,.0f} | {ours / speed:,.2f} | {told} |")
    checks = [("F3: million lines a second", 5.0, ours / 1e6)]
    if "PostgreSQL, CASE, from its tables" in best:
        checks.append(("F3: times PostgreSQL CASE", 3.0, ours / best["PostgreSQL, CASE, from its tables"][0]))
    rows += ["", "| target | at least | measured | |", "|---|---:|---:|---|"]
    rows += [
        f"| {name} | {least:g} | {got:.2f} | {'met' if got >= least else 'missed'} |" for name, least, got in checks
    ]
    return "\n".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--postgres", help="a connection string; its tables deals and lines are replaced")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        contest = Contest(Path(folder), *generated(options.lines, 20261123), options.postgres)
        found = contest.disagreements()
        if found:
            print("\n".join(found), file=sys.stderr)
            return 1
        print("All agree.\n")
        print(report(contest.speeds(options.rounds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
