"""What budgets hold and have committed: read from balance rows and from the ledger, written by nobody here.

What a revision uses is told by its ledger entries of its latest turn (a reopened deal begins another turn): held from
`hold` until `commit` or `release`, committed from `commit` until `release`, extended from `extend` until `release`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Q

from mandates.documents import document_of
from mandates.models import Budget, LedgerEntry, MandateVersion
from mandates.periods import Span, span_of
from teams.models import Customer, Team

NOTHING = Decimal(0)
Kind = LedgerEntry.Kind
RowKey = tuple[int, str, int, str, date]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A budget as a version states it for one team or customer on a day."""

    mandate_id: int
    per: str
    receiver_id: int
    period: str
    span: Span
    currency: str
    amount: Decimal
    source: str

    @property
    def key(self) -> RowKey:
        return self.mandate_id, self.per, self.receiver_id, self.period, self.span.starts_on


@dataclass(frozen=True, slots=True)
class Position:
    """What one revision uses of one budget in its latest turn; `amount` stays known after it was released."""

    budget_id: int
    revision: str
    turn: int
    amount: Decimal = NOTHING
    held: Decimal = NOTHING
    committed: Decimal = NOTHING
    extended: Decimal = NOTHING

    @property
    def used(self) -> Decimal:
        return self.held + self.committed


# --- what is used ---


def wanted(version: MandateVersion, *, team: Team, customer: Customer, on: date) -> list[Wanted]:
    """Return the budgets of a version for this team and customer, in the order of its document."""
    document = document_of(version)
    valid = (date.fromisoformat(document["valid_from"]), date.fromisoformat(document["valid_until"]))
    return [
        Wanted(
            mandate_id=version.mandate_id,
            per=row["per"],
            receiver_id=team.pk if row["per"] == Budget.Per.TEAM else customer.pk,
            period=row["period"],
            span=span_of(row["period"], on, valid_from=valid[0], valid_until=valid[1]),
            currency=document["currency"],
            amount=Decimal(row["amount"]),
            source=f"{document['code']}/{version.number}",
        )
        for row in document.get("budgets", [])
    ]


def used(
    versions: Sequence[MandateVersion], *, team: Team, customer: Customer, on: date, own_revisions: Collection[str]
) -> dict[int, list[Decimal]]:
    """Return by version id what is held and committed in each of its budgets, without the deal's own revisions."""
    asked = {version.pk: wanted(version, team=team, customer=customer, on=on) for version in versions}
    rows = rows_of([item for items in asked.values() for item in items])
    own: dict[int, Decimal] = {}
    if rows and own_revisions:
        for position in positions_of(own_revisions):
            own[position.budget_id] = own.get(position.budget_id, NOTHING) + position.used

    def use(item: Wanted) -> Decimal:
        row = rows.get(item.key)
        return NOTHING if row is None else row.held + row.committed - own.get(row.pk, NOTHING)

    return {version_id: [use(item) for item in items] for version_id, items in asked.items()}


def rows_of(items: Collection[Wanted], *, lock: bool = False, also: Collection[int] = ()) -> dict[RowKey, Budget]:
    """Return the balance rows that exist, by key; with `lock`, locked in id order together with the ids in `also`."""
    if not items and not also:
        return {}
    matches = Q(pk__in=set(also))
    if items:
        receivers = Q(team__in={i.receiver_id for i in items if i.per == Budget.Per.TEAM})
        receivers |= Q(customer__in={i.receiver_id for i in items if i.per == Budget.Per.CUSTOMER})
        starts = {item.span.starts_on for item in items}
        matches |= receivers & Q(mandate__in={item.mandate_id for item in items}, starts_on__in=starts)
    rows = Budget.objects.filter(matches)
    if lock:
        rows = rows.select_for_update().order_by("id")
    return {_key(row): row for row in rows}


def _key(row: Budget) -> RowKey:
    receiver = row.team_id if row.per == Budget.Per.TEAM else row.customer_id
    return row.mandate_id, row.per, receiver or 0, row.period, row.starts_on


def positions_of(revisions: Collection[str]) -> list[Position]:
    """Return what these revisions use, one position for each budget that their latest turn touched, by budget id."""
    found: dict[tuple[int, str], Position] = {}
    entries = LedgerEntry.objects.filter(revision__in=revisions).order_by("budget_id", "revision", "turn", "id")
    for entry in entries:
        key = (entry.budget_id, entry.revision)
        position = found.get(key)
        if position is None or position.turn != entry.turn:
            position = Position(entry.budget_id, entry.revision, entry.turn)
        found[key] = _after(position, entry)
    return list(found.values())


def _after(position: Position, entry: LedgerEntry) -> Position:
    """Return the position once this entry is read."""
    if entry.kind == Kind.EXTEND:
        return replace(position, extended=entry.amount)
    if entry.kind == Kind.HOLD:
        return replace(position, amount=entry.amount, held=entry.amount)
    if entry.kind == Kind.COMMIT:
        return replace(position, held=NOTHING, committed=entry.amount)
    return replace(position, held=NOTHING, committed=NOTHING, extended=NOTHING)


# --- for pages and checks ---


@dataclass(frozen=True, slots=True)
class Usage:
    """One budget as a page shows it; `amount` is what the version in force allows."""

    budget_id: int | None
    per: str
    receiver: str
    period: str
    starts_on: date
    ends_on: date
    currency: str
    amount: Decimal
    held: Decimal = NOTHING
    committed: Decimal = NOTHING
    extended: Decimal = NOTHING

    @property
    def used(self) -> Decimal:
        return self.held + self.committed

    @property
    def left(self) -> Decimal:
        return max(NOTHING, self.amount - self.used)


def usage(
    *, version: MandateVersion, on: date, team: Team | None = None, customer: Customer | None = None
) -> list[Usage]:
    """Return the budgets of a version on a day: those of this team, and those of this customer, where given."""
    # A budget per receiver that nobody asked about is left out, so its id is never looked at.
    items = [
        item
        for item in wanted(version, team=team or Team(pk=0), customer=customer or Customer(pk=0), on=on)
        if item.receiver_id
    ]
    rows = rows_of(items)
    names = {Budget.Per.TEAM: str(team), Budget.Per.CUSTOMER: str(customer)}
    return [_usage(item, rows.get(item.key), names[Budget.Per(item.per)]) for item in items]


def fullest(*, version: MandateVersion, on: date, most: int) -> list[Usage]:
    """Return the customer budgets of a version that are in use on a day, those with the least left first; one query."""
    items = {
        (item.period, item.span.starts_on): item
        for item in wanted(version, team=Team(pk=0), customer=Customer(pk=0), on=on)
        if item.per == Budget.Per.CUSTOMER
    }
    if not items:
        return []
    rows = Budget.objects.filter(
        mandate=version.mandate_id,
        per=Budget.Per.CUSTOMER,
        period__in={period for period, _start in items},
        starts_on__in={start for _period, start in items},
    ).select_related("customer")
    used = [row for row in rows if (row.period, row.starts_on) in items and row.held + row.committed]
    found = [_usage(items[row.period, row.starts_on], row, str(row.customer)) for row in used]
    return sorted(found, key=lambda shown: (shown.amount - shown.used, shown.receiver))[:most]


def _usage(item: Wanted, row: Budget | None, receiver: str) -> Usage:
    shown = Usage(
        None if row is None else row.pk,
        item.per,
        receiver,
        item.period,
        item.span.starts_on,
        item.span.ends_on,
        item.currency,
        item.amount,
    )
    if row is None:
        return shown
    return replace(shown, held=row.held, committed=row.committed, extended=row.extended)


def check_balances() -> list[str]:
    """Return one sentence for each budget whose balance is not the sum of its ledger or goes beyond its room.

    INVARIANT: always empty.
    """
    sums = {row.pk: [NOTHING, NOTHING, NOTHING] for row in Budget.objects.all()}
    for (budget_id, _revision, _turn), entries in _turns(LedgerEntry.objects.order_by("id")).items():
        position = Position(budget_id, "", 0)
        for entry in entries:
            position = _after(position, entry)
        for index, figure in enumerate((position.held, position.committed, position.extended)):
            sums[budget_id][index] += figure
    faults = []
    for row in Budget.objects.order_by("id"):
        if [row.held, row.committed, row.extended] != sums[row.pk]:
            faults.append(
                f"budget {row.pk}: {row.held}/{row.committed}/{row.extended} but the ledger says {sums[row.pk]}"
            )
        if row.held + row.committed > row.amount + row.extended:
            faults.append(f"budget {row.pk} is overspent")
    return faults


def _turns(entries: Iterable[LedgerEntry]) -> dict[tuple[int, str, int], list[LedgerEntry]]:
    found: dict[tuple[int, str, int], list[LedgerEntry]] = {}
    for entry in entries:
        found.setdefault((entry.budget_id, entry.revision, entry.turn), []).append(entry)
    return found
