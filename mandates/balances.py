"""What budgets hold and have committed: read from balance rows and from the ledger, written by nobody here.

What a revision uses is told by its ledger entries of its latest turn (a reopened deal begins another turn): held from
`hold` until `commit` or `release`, committed from `commit` until `release`, extended from `extend` until `release`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q

from mandates.documents import document_of
from mandates.models import Budget, LedgerEntry, MandateVersion
from mandates.periods import Span, span_of
from teams.models import Customer, CustomerTeam, Team, holds_on
from teams.organisation import organisation

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
    before: Span | None = None

    @property
    def key(self) -> RowKey:
        return self.mandate_id, self.per, self.receiver_id, self.period, self.span.starts_on

    @property
    def key_before(self) -> RowKey | None:
        """The key of the same budget in the period before; None where there is none to carry from."""
        return None if self.before is None else (*self.key[:4], self.before.starts_on)


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
    valid = Span(date.fromisoformat(document["valid_from"]), date.fromisoformat(document["valid_until"]))
    found = []
    for row in document.get("budgets", []):
        span = span_of(row["period"], on, valid_from=valid.starts_on, valid_until=valid.ends_on)
        found.append(
            Wanted(
                mandate_id=version.mandate_id,
                per=row["per"],
                receiver_id=team.pk if row["per"] == Budget.Per.TEAM else customer.pk,
                period=row["period"],
                span=span,
                currency=document["currency"],
                amount=Decimal(row["amount"]),
                source=f"{document['code']}/{version.number}",
                before=_before(row["period"], span, valid),
            )
        )
    return found


def _before(period: str, span: Span, valid: Span) -> Span | None:
    """Return the period before, where the mandate was valid on a day of it."""
    last = span.starts_on - timedelta(days=1)
    if period == Budget.Span.VALIDITY or last < valid.starts_on:
        return None
    return span_of(period, last, valid_from=valid.starts_on, valid_until=valid.ends_on)


@dataclass(frozen=True, slots=True)
class Use:
    """What other deals use of one budget, and the room that the period before left over."""

    used: Decimal
    carried: Decimal


def used(
    versions: Sequence[MandateVersion], *, team: Team, customer: Customer, on: date, own_revisions: Collection[str]
) -> dict[int, list[Use]]:
    """Return by version id what is held and committed in each of its budgets, without the deal's own revisions."""
    asked = {version.pk: wanted(version, team=team, customer=customer, on=on) for version in versions}
    everything = [item for items in asked.values() for item in items]
    rows = rows_of(everything)
    carried = carried_into([item for item in everything if item.key not in rows])
    own: dict[int, Decimal] = {}
    if rows and own_revisions:
        for position in positions_of(own_revisions):
            own[position.budget_id] = own.get(position.budget_id, NOTHING) + position.used

    def use(item: Wanted) -> Use:
        row = rows.get(item.key)
        if row is None:
            return Use(NOTHING, carried.get(item.key, NOTHING))
        return Use(row.held + row.committed - own.get(row.pk, NOTHING), row.carried)

    return {version_id: [use(item) for item in items] for version_id, items in asked.items()}


def carried_into(items: Collection[Wanted]) -> dict[RowKey, Decimal]:
    """Return what the period before leaves over for budgets that are not open yet; nothing unless the setting says so.

    What was carried in is used first and is not carried on again; what a committee gave beyond the amount is no room.
    """
    asked = {item.key: item for item in items if item.before is not None}
    if not asked or not organisation().carries_budgets:
        return {}
    earlier = rows_of([replace(item, span=item.before) for item in asked.values() if item.before is not None])
    return {key: _left_over(item, earlier.get(item.key_before)) for key, item in asked.items() if item.key_before}


def _left_over(item: Wanted, earlier: Budget | None) -> Decimal:
    if earlier is None:  # nothing was used in it at all
        return item.amount
    own_use = max(NOTHING, earlier.held + earlier.committed - earlier.carried)
    return max(NOTHING, earlier.amount - own_use)


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
    if entry.kind == Kind.CARRY:
        return position
    return replace(position, held=NOTHING, committed=NOTHING, extended=NOTHING)


# --- for pages and checks ---


@dataclass(frozen=True, slots=True)
class Usage:
    """One budget as a page shows it; `amount` is what the version in force allows and what was `carried` over."""

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
    carried: Decimal = NOTHING

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
    carried = carried_into([item for item in items if item.key not in rows])
    names = {Budget.Per.TEAM: str(team), Budget.Per.CUSTOMER: str(customer)}
    return [
        _usage(item, rows.get(item.key), names[Budget.Per(item.per)], carried.get(item.key, NOTHING)) for item in items
    ]


def fullest(*, version: MandateVersion, on: date, most: int, team: Team | None = None) -> list[Usage]:
    """Return the customer budgets of a version that are in use on a day, those with the least left first; one query.

    `team`: of the customers whom it looks after that day.
    """
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
    if team is not None:
        own = CustomerTeam.objects.filter(holds_on(on), team=team)
        rows = rows.filter(customer__in=own.values("customer"))
    used = [row for row in rows if (row.period, row.starts_on) in items and row.held + row.committed]
    found = [_usage(items[row.period, row.starts_on], row, str(row.customer)) for row in used]
    return sorted(found, key=lambda shown: (shown.amount - shown.used, shown.receiver))[:most]


def _usage(item: Wanted, row: Budget | None, receiver: str, carried: Decimal = NOTHING) -> Usage:
    carried = carried if row is None else row.carried
    shown = Usage(
        None if row is None else row.pk,
        item.per,
        receiver,
        item.period,
        item.span.starts_on,
        item.span.ends_on,
        item.currency,
        item.amount + carried,
        carried=carried,
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
    carries = dict(LedgerEntry.objects.filter(kind=Kind.CARRY).values_list("budget_id", "amount"))
    faults = []
    for row in Budget.objects.order_by("id"):
        if row.carried != carries.get(row.pk, NOTHING):
            faults.append(f"budget {row.pk} carries {row.carried}, but the ledger says {carries.get(row.pk, NOTHING)}")
        if [row.held, row.committed, row.extended] != sums[row.pk]:
            faults.append(
                f"budget {row.pk}: {row.held}/{row.committed}/{row.extended} but the ledger says {sums[row.pk]}"
            )
        if row.held + row.committed > row.room + row.extended:
            faults.append(f"budget {row.pk} is overspent")
    return faults


def _turns(entries: Iterable[LedgerEntry]) -> dict[tuple[int, str, int], list[LedgerEntry]]:
    found: dict[tuple[int, str, int], list[LedgerEntry]] = {}
    for entry in entries:
        found.setdefault((entry.budget_id, entry.revision, entry.turn), []).append(entry)
    return found
