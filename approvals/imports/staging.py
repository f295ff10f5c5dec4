"""Everything the six files say, checked against each other and the database; deals wait in a file on disk.

Deals and lines may be many, so they are staged in a temporary SQLite file and memory stays flat.
"""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from approvals.imports.sheets import SHEETS, Fault, Row, read_sheet
from mandates.models import Product
from teams.models import Customer, Team, User

Progress = Callable[[str, int], None]
_TABLES = """
CREATE TABLE deal (
    reference TEXT PRIMARY KEY, line INT, team TEXT, customer TEXT, submitted_by TEXT, kind TEXT, channel TEXT,
    currency TEXT, term_months INT, payment_days INT, submitted_on TEXT, result TEXT, closed_on TEXT);
CREATE TABLE part (
    deal TEXT, line INT, position INT, product TEXT, quantity TEXT, list_price TEXT, unit_cost TEXT, unit_price TEXT,
    PRIMARY KEY (deal, position)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class StagedLine:
    """One line of a staged deal."""

    position: int
    product: str
    quantity: Decimal
    list_price: Decimal
    unit_cost: Decimal | None
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class StagedDeal:
    """One deal as the files tell it, with its lines in order."""

    reference: str
    line: int
    team: str
    customer: str
    submitted_by: str
    kind: str
    channel: str
    currency: str
    term_months: int
    payment_days: int
    submitted_on: date
    result: str
    closed_on: date | None
    lines: tuple[StagedLine, ...]


@dataclass(slots=True)
class Staged:
    """The input as a whole. Rows of the small files stay in memory; `deals()` streams from disk."""

    folder: Path
    connection: sqlite3.Connection
    teams: dict[str, Row] = field(default_factory=dict)
    members: dict[tuple[str, str], Row] = field(default_factory=dict)
    customers: dict[str, Row] = field(default_factory=dict)
    products: dict[tuple[str, str], Row] = field(default_factory=dict)
    charges: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    spoiled: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in SHEETS})
    rows_read: int = 0
    sha256: str = ""

    def deals(self) -> Iterator[StagedDeal]:
        """Every staged deal in the order of the file."""
        parts = self.connection.execute(
            "SELECT deal.rowid, part.position, product, quantity, list_price, unit_cost, unit_price"
            " FROM deal JOIN part ON part.deal = deal.reference ORDER BY deal.rowid, part.position"
        )
        pending = parts.fetchone()
        for rowid, *cells in self.connection.execute("SELECT rowid, * FROM deal ORDER BY rowid"):
            lines = []
            while pending and pending[0] == rowid:
                lines.append(_line(pending[1:]))
                pending = parts.fetchone()
            yield _deal(cells, tuple(lines))

    def deal_count(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM deal").fetchone()[0])


def _line(cells: tuple[object, ...]) -> StagedLine:
    position, product, quantity, list_price, unit_cost, unit_price = cells
    return StagedLine(
        int(str(position)),
        str(product),
        Decimal(str(quantity)),
        Decimal(str(list_price)),
        None if unit_cost is None else Decimal(str(unit_cost)),
        Decimal(str(unit_price)),
    )


def _deal(cells: list[object], lines: tuple[StagedLine, ...]) -> StagedDeal:
    reference, line, team, customer, by, kind, channel, currency, term, days, on, result, closed = cells
    return StagedDeal(
        str(reference),
        int(str(line)),
        str(team),
        str(customer),
        str(by),
        str(kind),
        str(channel or ""),
        str(currency),
        int(str(term)),
        int(str(days)),
        date.fromisoformat(str(on)),
        str(result or ""),
        date.fromisoformat(str(closed)) if closed else None,
        lines,
    )


def stage(folder: Path, *, progress: Progress) -> Staged:
    """Read and check every file of `folder`. Nothing of the product is written."""
    with tempfile.NamedTemporaryFile(prefix="import-", suffix=".sqlite3") as scratch:
        connection = sqlite3.connect(scratch.name, isolation_level=None)
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN;" + _TABLES)
    staged = Staged(folder, connection, sha256=_digest(folder))
    known = [name for name in SHEETS if (folder / name).is_file()]
    if not known:
        staged.faults.append(Fault(str(folder), 0, "", f"holds none of {', '.join(SHEETS)}"))
        return staged
    for name in known:
        readers[name](staged, read_sheet(folder / name, staged.faults, staged.spoiled[name]), progress)
    _check_references(staged)
    _check_deals(staged)
    return staged


def _digest(folder: Path) -> str:
    total = sha256()
    for name in SHEETS:
        path = folder / name
        if path.is_file():
            with path.open("rb") as handle:
                while chunk := handle.read(1 << 20):
                    total.update(chunk)
        total.update(b"\0")
    return total.hexdigest()


def _counted(staged: Staged, rows: Iterator[Row], progress: Progress) -> Iterator[Row]:
    for row in rows:
        staged.rows_read += 1
        if staged.rows_read % 2000 == 0:
            progress("reading", staged.rows_read)
        yield row


def _keep(rows: Iterator[Row], staged: Staged, into: dict[str, Row], column: str) -> None:
    for row in rows:
        key = row.text(column)
        if key in into:
            staged.faults.append(row.fault(column, f"{key!r} stands already at line {into[key].line}"))
        else:
            into[key] = row


def _read_teams(staged: Staged, rows: Iterator[Row], progress: Progress) -> None:
    _keep(_counted(staged, rows, progress), staged, staged.teams, "code")


def _read_customers(staged: Staged, rows: Iterator[Row], progress: Progress) -> None:
    _keep(_counted(staged, rows, progress), staged, staged.customers, "reference")


def _read_members(staged: Staged, rows: Iterator[Row], progress: Progress) -> None:
    leads: dict[str, int] = {}
    for row in _counted(staged, rows, progress):
        key = (row.text("team"), row.text("email"))
        if key in staged.members:
            staged.faults.append(row.fault("email", f"is in this team already at line {staged.members[key].line}"))
            continue
        if row.cells["role"] == "lead" and key[0] in leads:
            staged.faults.append(row.fault("role", f"the team has its account lead already at line {leads[key[0]]}"))
            continue
        if row.cells["role"] == "lead":
            leads[key[0]] = row.line
        staged.members[key] = row


def _read_products(staged: Staged, rows: Iterator[Row], progress: Progress) -> None:
    for row in _counted(staged, rows, progress):
        code, charge = row.text("code"), row.text("charge")
        key = (code, row.text("currency"))
        if key in staged.products:
            staged.faults.append(
                row.fault("currency", f"{code!r} is priced already at line {staged.products[key].line}")
            )
        elif staged.charges.setdefault(code, charge) != charge:
            staged.faults.append(row.fault("charge", f"{code!r} has another charge on an earlier line"))
        else:
            staged.products[key] = row


def _read_deals(staged: Staged, rows: Iterator[Row], progress: Progress) -> None:
    for row in _counted(staged, rows, progress):
        cells = [str(cell) if isinstance(cell, date) else cell for cell in row.cells.values()]
        try:
            marks = ", ".join("?" * (len(cells) + 1))
            staged.connection.execute(f"INSERT INTO deal VALUES ({marks})", [cells[0], row.line, *cells[1:]])  # noqa: S608
        except sqlite3.IntegrityError:
            staged.faults.append(row.fault("reference", f"{row.text('reference')!r} stands already on an earlier line"))
        if row.cells["result"] and not row.cells["closed_on"]:
            staged.faults.append(row.fault("closed_on", "a deal with a result needs its date"))
        if row.cells["closed_on"] and not row.cells["result"]:
            staged.faults.append(row.fault("result", "a deal with a closing date needs its result"))


def _read_lines(staged: Staged, rows: Iterator[Row], progress: Progress) -> None:
    for row in _counted(staged, rows, progress):
        cells = [str(cell) if isinstance(cell, Decimal) else cell for cell in row.cells.values()]
        try:
            staged.connection.execute(
                "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [cells[0], row.line, *cells[1:]]
            )
        except sqlite3.IntegrityError:
            staged.faults.append(row.fault("line", f"{row.text('deal')!r} has this line already"))


readers: dict[str, Callable[[Staged, Iterator[Row], Progress], None]] = {
    "teams.csv": _read_teams,
    "members.csv": _read_members,
    "customers.csv": _read_customers,
    "products.csv": _read_products,
    "deals.csv": _read_deals,
    "lines.csv": _read_lines,
}


def _check_references(staged: Staged) -> None:
    spoiled = staged.spoiled
    teams = set(staged.teams) | spoiled["teams.csv"] | set(Team.objects.values_list("code", flat=True))
    people = {email for _team, email in staged.members} | {email.lower() for email in spoiled["members.csv"]}
    people |= {email.lower() for email in User.objects.values_list("email", flat=True)}
    for row in [*staged.members.values(), *staged.customers.values()]:
        if row.text("team") not in teams:
            staged.faults.append(row.fault("team", f"no team has the code {row.text('team')!r}"))
    for row in staged.customers.values():
        if row.text("contact") not in people:
            staged.faults.append(row.fault("contact", f"nobody has the address {row.text('contact')!r}"))
    customers = (
        set(staged.customers) | spoiled["customers.csv"] | set(Customer.objects.values_list("reference", flat=True))
    )
    for column, known in (("team", teams), ("customer", customers), ("submitted_by", people)):
        _check_column(staged, column, known)


def _check_column(staged: Staged, column: str, known: set[str]) -> None:
    used = staged.connection.execute(f"SELECT DISTINCT {column} FROM deal")  # noqa: S608
    for value in [value for (value,) in used if value not in known]:
        places = staged.connection.execute(f"SELECT line FROM deal WHERE {column} = ? ORDER BY line", [value])  # noqa: S608
        staged.faults.extend(Fault("deals.csv", line, column, f"{value!r} is not known") for (line,) in places)


def _check_deals(staged: Staged) -> None:
    rows = staged.connection
    for deal, line in rows.execute(
        "SELECT deal, line FROM part WHERE deal NOT IN (SELECT reference FROM deal) ORDER BY line"
    ):
        if deal not in staged.spoiled["deals.csv"]:
            staged.faults.append(Fault("lines.csv", line, "deal", f"no deal of this import has the reference {deal!r}"))
    for reference, line in rows.execute(
        "SELECT reference, line FROM deal WHERE reference NOT IN (SELECT deal FROM part) ORDER BY line"
    ):
        if reference not in staged.spoiled["lines.csv"]:
            staged.faults.append(Fault("deals.csv", line, "reference", f"{reference!r} has no lines"))
    charges = dict(Product.objects.values_list("code", "charge")) | staged.charges
    with closing(rows.execute("SELECT DISTINCT product FROM part")) as used:
        unknown = [one for (one,) in used if one not in charges and one not in staged.spoiled["products.csv"]]
    for product in unknown:
        for (line,) in rows.execute("SELECT line FROM part WHERE product = ? ORDER BY line", [product]):
            staged.faults.append(Fault("lines.csv", line, "product", f"no product has the code {product!r}"))
    for line, product in rows.execute(
        "SELECT part.line, product FROM part JOIN deal ON deal.reference = part.deal WHERE term_months = 0 ORDER BY 1"
    ):
        if charges.get(product) == "monthly":
            reason = f"{product!r} is charged monthly, but its deal has a term of 0 months"
            staged.faults.append(Fault("lines.csv", line, "product", reason))
