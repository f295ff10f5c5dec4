"""Movements of budgets, each with its ledger entry: hold, commit, release, extend.

Every function here runs inside its caller's transaction and locks budget rows in the order of their ids.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from mandates.balances import (
    NOTHING,
    Kind,
    Position,
    RowKey,
    Usage,
    Use,
    Wanted,
    carried_into,
    check_balances,
    positions_of,
    rows_of,
    usage,
    used,
    wanted,
)
from mandates.models import Budget, LedgerEntry, MandateVersion
from teams.models import Customer, Team, User

__all__ = [
    "Held",
    "Usage",
    "Use",
    "check_balances",
    "commit",
    "extend",
    "hold",
    "locked",
    "locked_together",
    "release",
    "uncommit",
    "usage",
    "used",
]


@dataclass(frozen=True, slots=True)
class Held:
    """What became of one budget: `fits` is false where nothing was held because another use took the room first."""

    budget: Budget
    amount: Decimal
    fits: bool
    extended: Decimal = NOTHING


# --- locks ---


def locked(
    *,
    versions: Sequence[MandateVersion],
    team: Team,
    customer: Customer,
    on: date,
    at: datetime,
    revisions: Collection[str] = (),
) -> None:
    """Make the balance rows that a judgement may need, and lock them with those that `revisions` already use.

    Call it once, after the team rows are locked and before the deal is; the locks end with the transaction.
    """
    items = [item for version in versions for item in wanted(version, team=team, customer=customer, on=on)]
    _lock(items, revisions, at)


def locked_together(
    asked: Iterable[tuple[Sequence[MandateVersion], Team, Customer, date]], revisions: Collection[str], at: datetime
) -> None:
    """Do the same for several judgements of one transaction at once, so that their rows are locked in one order."""
    items = [
        item
        for versions, team, customer, on in asked
        for version in versions
        for item in wanted(version, team=team, customer=customer, on=on)
    ]
    _lock(items, revisions, at)


def _lock(
    items: Sequence[Wanted], revisions: Collection[str], at: datetime
) -> tuple[dict[RowKey, Budget], list[Position]]:
    """Return the locked rows by key, and what the revisions use as it stands under the locks."""
    existing = rows_of(items)
    missing = sorted({item.key: item for item in items if item.key not in existing}.items())
    if missing:
        # Another transaction may make the same row now: its row is then taken, once it has committed.
        carried = carried_into([item for _key, item in missing])
        opened = [_new_row(item, carried.get(key, NOTHING)) for key, item in missing]
        Budget.objects.bulk_create(opened, ignore_conflicts=True)
        _write_carried(rows_of([item for _key, item in missing]), missing, at)
    touched = LedgerEntry.objects.filter(revision__in=revisions).values_list("budget_id", flat=True)
    rows = rows_of(items, lock=True, also=set(touched) if revisions else set())
    return rows, positions_of(revisions) if revisions else []


def _write_carried(rows: dict[RowKey, Budget], missing: Sequence[tuple[RowKey, Wanted]], at: datetime) -> None:
    """Put what new rows carry into their ledgers, once, whoever made them."""
    entries = [
        LedgerEntry(
            budget=rows[key],
            revision=f"carried/{item.before.starts_on}",
            kind=Kind.CARRY,
            amount=rows[key].carried,
            at=at,
        )
        for key, item in missing
        if item.before is not None and rows[key].carried
    ]
    if entries:
        LedgerEntry.objects.bulk_create(entries, ignore_conflicts=True)


def _new_row(item: Wanted, carried: Decimal) -> Budget:
    return Budget(
        mandate_id=item.mandate_id,
        per=item.per,
        team_id=item.receiver_id if item.per == Budget.Per.TEAM else None,
        customer_id=item.receiver_id if item.per == Budget.Per.CUSTOMER else None,
        period=item.period,
        starts_on=item.span.starts_on,
        ends_on=item.span.ends_on,
        currency=item.currency,
        amount=item.amount,
        carried=carried,
    )


# --- movements ---


def hold(
    *,
    version: MandateVersion,
    team: Team,
    customer: Customer,
    on: date,
    amount: Decimal | None,
    revision: str,
    by: User | None,
    at: datetime,
    is_new: bool = False,
) -> list[Held]:
    """Hold `amount` (G in the mandate's currency, `snapshots.given_away`) in each budget of `version` where it fits.

    `on` is the revision's date: its period keeps the hold for good. All of the amount is held, or nothing of it.
    What the revision held already stays; what it held in other budgets is released, for one mandate answers.
    Nothing is held for an amount of 0 or None (no rate to measure it by).
    `is_new`: the revision was written in this transaction, which locked these budgets before (`locked`): it uses
    nothing yet, and its rows are there.
    """
    items = wanted(version, team=team, customer=customer, on=on)
    if is_new and amount:
        rows = rows_of(items, lock=True)
        return [_hold_one(rows[item.key], item, None, amount, revision, False, by, at) for item in items]
    return _place(items, amount, revision, beyond=False, by=by, at=at)


def extend(
    *,
    version: MandateVersion,
    team: Team,
    customer: Customer,
    on: date,
    amount: Decimal | None,
    revision: str,
    by: User | None,
    at: datetime,
) -> list[Held]:
    """Hold `amount` as `hold` does, and where it goes beyond a budget write `extend` for what does.

    For a committee's yes: afterwards every budget of `version` holds the revision.
    """
    items = wanted(version, team=team, customer=customer, on=on)
    return _place(items, amount, revision, beyond=True, by=by, at=at)


def _place(
    items: Sequence[Wanted], amount: Decimal | None, revision: str, *, beyond: bool, by: User | None, at: datetime
) -> list[Held]:
    rows, positions = _lock(items, [revision], at)
    ours = {rows[item.key].pk for item in items}
    standing = {position.budget_id: position for position in positions}
    by_id = {row.pk: row for row in rows.values()}
    for position in positions:
        if position.budget_id not in ours and position.used:
            _release(by_id[position.budget_id], position, by, at)
    if not amount:
        return []
    return [
        _hold_one(rows[item.key], item, standing.get(rows[item.key].pk), amount, revision, beyond, by, at)
        for item in items
    ]


def _hold_one(
    row: Budget,
    item: Wanted,
    position: Position | None,
    amount: Decimal,
    revision: str,
    beyond: bool,
    by: User | None,
    at: datetime,
) -> Held:
    _follow(row, item, by, at)
    if position is not None and position.used:
        return Held(row, position.used, True, position.extended)
    # Judged as the engine judges (`decision.md` section 5): room that a committee gave to others is not this deal's.
    over = row.held + row.committed + amount - row.room
    if over > 0 and not beyond:
        return Held(row, NOTHING, False)
    extended = min(amount, max(over, NOTHING))
    _take(row, amount, extended, revision, 1 if position is None else position.turn + 1, by, at)
    return Held(row, amount, True, extended)


def _follow(row: Budget, item: Wanted, by: User | None, at: datetime) -> None:
    """Let the row's amount follow the version that judges; what is used beyond a narrower one becomes extended."""
    if (row.amount, row.ends_on) == (item.amount, item.span.ends_on):
        return
    row.amount, row.ends_on = item.amount, item.span.ends_on
    over = row.held + row.committed - row.extended - row.room
    if over > 0:
        turn = LedgerEntry.objects.filter(budget=row, revision=item.source, kind=Kind.EXTEND).count() + 1
        _write(row, item.source, turn, Kind.EXTEND, over, by, at)
        row.extended += over
    row.save(update_fields=["amount", "ends_on", "extended"])


def _take(
    row: Budget, amount: Decimal, extended: Decimal, revision: str, turn: int, by: User | None, at: datetime
) -> None:
    if extended:
        _write(row, revision, turn, Kind.EXTEND, extended, by, at)
        row.extended += extended
    _write(row, revision, turn, Kind.HOLD, amount, by, at)
    row.held += amount
    row.save(update_fields=["extended", "held"])


def _release(row: Budget, position: Position, by: User | None, at: datetime) -> None:
    _write(row, position.revision, position.turn, Kind.RELEASE, position.used, by, at)
    row.held -= position.held
    row.committed -= position.committed
    row.extended -= position.extended
    row.save(update_fields=["held", "committed", "extended"])


def _write(
    row: Budget, revision: str, turn: int, kind: str, amount: Decimal, by: User | None, at: datetime
) -> LedgerEntry:
    return LedgerEntry.objects.create(budget=row, revision=revision, turn=turn, kind=kind, amount=amount, by=by, at=at)


# --- opening balances ---


def row_of(
    *, version: MandateVersion, team: Team | None, customer: Customer | None, period: str, on: date, at: datetime
) -> Budget | None:
    """Return the locked balance row of a team or a customer, made where there is none; None where none is granted."""
    if team is not None and not version.holders.filter(team=team).exists():
        return None
    receiver = Budget.Per.TEAM if team is not None else Budget.Per.CUSTOMER
    items = wanted(version, team=team or Team(pk=0), customer=customer or Customer(pk=0), on=on)
    item = next((one for one in items if (one.per, one.period) == (receiver, period) and one.receiver_id), None)
    if item is None:
        return None
    rows, _positions = _lock([item], [], at)
    row = rows[item.key]
    _follow(row, item, None, at)
    return row


def reopen(row: Budget, *, amount: Decimal, by: User, at: datetime) -> int:
    """Commit what was given away before the ledger began, in place of what was said earlier; returns the turn."""
    revision = f"opening/{row.pk}"
    turn = 1
    for position in positions_of([revision]):
        turn = position.turn + 1
        if position.used:
            _release(row, position, by, at)
    if amount:
        over = min(amount, max(row.held + row.committed + amount - row.extended - row.room, NOTHING))
        _take(row, amount, over, revision, turn, by, at)
    else:
        _write(row, revision, turn, Kind.HOLD, amount, by, at)
    _write(row, revision, turn, Kind.COMMIT, amount, by, at)
    row.held -= amount
    row.committed += amount
    row.save(update_fields=["held", "committed"])
    return turn


def release(*, revision: str, by: User | None, at: datetime) -> list[Budget]:
    """Give back what the revision holds or has committed, and the room made for it; having nothing is no error."""
    return [_release_at(row, position, by, at) for row, position in _standing(revision, at) if position.used]


def _release_at(row: Budget, position: Position, by: User | None, at: datetime) -> Budget:
    _release(row, position, by, at)
    return row


def commit(*, revision: str, by: User | None, at: datetime) -> list[Budget]:
    """Turn what the revision holds into committed: the deal was won."""
    changed = []
    for row, position in _standing(revision, at):
        if position.held:
            _write(row, revision, position.turn, Kind.COMMIT, position.held, by, at)
            row.held -= position.held
            row.committed += position.held
            row.save(update_fields=["held", "committed"])
            changed.append(row)
    return changed


def uncommit(*, revision: str, by: User | None, at: datetime) -> list[Held]:
    """Hold again what a reopened deal had committed (won) or given back (lost), in a new turn of the ledger.

    What was committed is held again as it was. What was given back is held where it still fits; `fits` is false where
    another deal took the room since, and then nothing is held there.
    """
    return [_rehold(row, position, by, at) for row, position in _standing(revision, at) if position.amount]


def _rehold(row: Budget, position: Position, by: User | None, at: datetime) -> Held:
    if position.held:
        return Held(row, position.held, True, position.extended)
    if position.committed:
        _release(row, position, by, at)
        _take(row, position.amount, position.extended, position.revision, position.turn + 1, by, at)
        return Held(row, position.amount, True, position.extended)
    if row.held + row.committed + position.amount > row.room:
        return Held(row, NOTHING, False)
    _take(row, position.amount, NOTHING, position.revision, position.turn + 1, by, at)
    return Held(row, position.amount, True)


def _standing(revision: str, at: datetime) -> list[tuple[Budget, Position]]:
    """Lock the rows that the revision touched and return them with its positions, in id order."""
    rows, positions = _lock([], [revision], at)
    by_id = {row.pk: row for row in rows.values()}
    return [(by_id[position.budget_id], position) for position in positions]
