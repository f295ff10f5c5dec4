"""The older past: deals from the time before the product, brought in by the same import that a user has."""

import csv
import tempfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from approvals.imports.sheets import SHEETS
from approvals.imports.writing import import_folder
from insights.demo.deals import Shelf, draw_terms
from mandates.models import Price
from teams.organisation import today

Cells = list[object]


def import_history(random: Random, *, since: datetime, until: datetime, deals: int, at: datetime) -> None:
    """Write `deals` closed deals between two moments as files, and import them as of `at`."""
    shelf = Shelf.read()
    prices = {price.product.code: price for price in shelf.prices}
    headers: list[Cells] = []
    lines: list[Cells] = []
    step = (until - since) / deals
    for number in range(1, deals + 1):
        on = today(since + step * number)
        reference = f"H-{number:04}"
        team = random.choices(["public", "enterprise", "regional"], weights=[4, 4, 3])[0]
        customer, contact = random.choice(shelf.customers[team])
        terms = draw_terms(random, shelf, team)
        result = random.choices(["won", "lost"], weights=[7, 3])[0]
        closed = on + timedelta(days=random.randint(3, 40))
        kind = random.choice(["new", "renewal", "expansion"])
        parties: Cells = [reference, team, customer.reference, contact.email, kind, ""]
        headers.append([*parties, "EUR", terms.term_months, terms.payment_days, on, result, closed])
        for position, line in enumerate(terms.lines, start=1):
            price: Price = prices[line.product]
            cost = "" if price.unit_cost is None else price.unit_cost
            lines.append(
                [reference, position, line.product, line.quantity, price.list_price, cost, line.unit_price],
            )
    with tempfile.TemporaryDirectory(prefix="demo-") as name:
        folder = Path(name)
        _write(folder / "deals.csv", headers)
        _write(folder / "lines.csv", lines)
        import_folder(folder=folder, by=None, at=at, dry_run=False, progress=lambda _phase, _figure: None)


def _write(path: Path, rows: Iterable[Cells]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(SHEETS[path.name])
        writer.writerows(rows)
