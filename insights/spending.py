"""How the budgets of a replay are used up: deal after deal in the order of submission, each side by its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from heapq import heappop, heappush
from typing import Any

from insights.court import RANK, Opinion
from mandates.documents import money_text
from mandates.periods import span_of

COMMITTEE = RANK["committee"]
MOST_SHOWN = 100
UNITS = 10_000


@dataclass(frozen=True, slots=True)
class Use:
    """One deal as the budgets see it: `ends_on` the day on which it gave back what it held, None where it keeps it."""

    submitted_at: str
    deal: int
    team: str
    customer: str
    on: str
    ends_on: str | None
    outcome: str
    opinions: tuple[Opinion, ...]

    def stored(self) -> list[Any]:
        """Return it as values that JSON can write."""
        opinions = [[one.code, one.rank, one.consents, one.given] for one in self.opinions]
        head = [self.submitted_at, self.deal, self.team, self.customer, self.on, self.ends_on, self.outcome]
        return [*head, opinions]


def read_use(stored: Sequence[Any]) -> Use:
    """Return a stored use."""
    submitted_at, deal, team, customer, on, ends_on, outcome, opinions = stored
    known = tuple(Opinion(*one) for one in opinions)
    return Use(submitted_at, deal, team, customer, on, ends_on, outcome, known)


@dataclass(slots=True)
class Account:
    """What is used of one budget by one team or customer in one period, in 1/10000."""

    used: int = 0
    most: int = 0
    is_used_up: bool = False
    giving_back: list[tuple[str, int]] = field(default_factory=list)

    def settle(self, day: str) -> None:
        """Give back what deals that ended before this day held."""
        while self.giving_back and self.giving_back[0][0] < day:
            self.used -= heappop(self.giving_back)[1]

    def take(self, given: int, ends_on: str | None) -> None:
        """Use some of it, until the deal ends where it does."""
        self.used += given
        self.most = max(self.most, self.used)
        if ends_on is not None:
            heappush(self.giving_back, (ends_on, given))


@dataclass(frozen=True, slots=True)
class Row:
    """One budget of one mandate."""

    code: str
    index: int
    per: str
    period: str
    amount: int
    currency: str
    valid_from: date
    valid_until: date

    def key(self, use: Use) -> tuple[str, int, str, str]:
        """Return whose account of which period a deal uses."""
        receiver = use.team if self.per == "team" else use.customer
        return self.code, self.index, receiver, self._starts_on(date.fromisoformat(use.on)).isoformat()

    def _starts_on(self, on: date) -> date:
        if self.period != "validity":
            return span_of(self.period, on, valid_from=self.valid_from, valid_until=self.valid_until).starts_on
        # Past deals lie before the validity: stretches of the same length are laid end to end.
        days = (self.valid_until - self.valid_from).days + 1
        return self.valid_from + timedelta(days=(on - self.valid_from).days // days * days)


class Ledger:
    """One side's budgets while deals are taken in the order of submission."""

    def __init__(self, budgets: Mapping[str, Mapping[str, Any]]) -> None:
        """`budgets` as a plan has them: by the mandate's code its currency, validity and budgets."""
        self.rows = {code: list(_rows(code, document)) for code, document in budgets.items()}
        self.accounts: dict[tuple[str, int, str, str], Account] = {}
        self.short: dict[tuple[str, int], list[int]] = {}
        self.lost_yes = 0
        self.shown: list[list[Any]] = []

    def take(self, use: Use) -> None:
        """Judge one deal with what is left, and use the budgets of the mandate that answers."""
        if use.outcome == "outside_charter":
            return
        by_limits = min(use.opinions, key=_order, default=None)
        chosen = min(use.opinions, key=lambda one: _order(one, self._refusing(one, use) is not None), default=None)
        if by_limits is None or chosen is None:
            return
        refusing = self._refusing(chosen, use)
        if refusing is not None and RANK[use.outcome] < COMMITTEE:
            self._count(use, by_limits, self._refusing(by_limits, use) or refusing)
        for row in self.rows.get(chosen.code, ()):
            if chosen.given and (use.ends_on is None or refusing is None):
                self._account(row, use).take(chosen.given, use.ends_on)

    def _refusing(self, opinion: Opinion, use: Use) -> Row | None:
        """Return the first budget of the mandate that has no room for the deal."""
        for row in self.rows.get(opinion.code, ()):
            if opinion.given == 0:
                continue
            if opinion.given is None or self._account(row, use).used + opinion.given > row.amount:
                return row
        return None

    def _account(self, row: Row, use: Use) -> Account:
        account = self.accounts.setdefault(row.key(use), Account())
        account.settle(use.submitted_at[:10])
        return account

    def _count(self, use: Use, opinion: Opinion, row: Row) -> None:
        account = self._account(row, use)
        account.is_used_up = True
        counted = self.short.setdefault((row.code, row.index), [0, 0])
        counted[0] += 1
        counted[1] += opinion.given or 0
        self.lost_yes += use.outcome == "member"
        if len(self.shown) < MOST_SHOWN:
            left = max(0, row.amount - account.used)
            self.shown.append([use.deal, row.code, row.index, _text(left, row), _text(opinion.given, row)])

    def found(self) -> dict[str, Any]:
        """Return what the replay shows: each budget, and the deals that found one used up."""
        budgets = [self._row_found(row) for rows in self.rows.values() for row in rows]
        count = sum(counted[0] for counted in self.short.values())
        return {"budgets": budgets, "deals": count, "lost_yes": self.lost_yes, "shown": self.shown}

    def _row_found(self, row: Row) -> dict[str, Any]:
        accounts = {key: one for key, one in self.accounts.items() if key[:2] == (row.code, row.index)}
        fullest = max(accounts, key=lambda key: (accounts[key].most, key), default=None)
        deals, given = self.short.get((row.code, row.index), (0, 0))
        return {
            "mandate": row.code,
            "per": row.per,
            "period": row.period,
            "currency": row.currency,
            "amount": _text(row.amount, row),
            "periods": len(accounts),
            "used_up": sum(one.is_used_up for one in accounts.values()),
            "most": _text(0 if fullest is None else accounts[fullest].most, row),
            "most_by": None if fullest is None else fullest[2],
            "most_from": None if fullest is None else fullest[3],
            "deals": deals,
            "given": _text(given, row),
        }


def spent(budgets: Mapping[str, Mapping[str, Any]], uses: Iterable[Use]) -> dict[str, Any]:
    """Return how one side's budgets are used by deals, whatever order these come in."""
    ledger = Ledger(budgets)
    for use in sorted(uses, key=lambda one: (one.submitted_at, one.deal)):
        ledger.take(use)
    return ledger.found()


def _order(opinion: Opinion, refused: bool = False) -> tuple[int, int, str]:
    """Which mandate answers by rule 3 of `decision.md` section 7; a budget used up makes it a committee's."""
    rank = COMMITTEE if refused else opinion.rank
    return rank, opinion.consents if rank == RANK["team"] else 0, opinion.code


def _rows(code: str, document: Mapping[str, Any]) -> Iterable[Row]:
    valid = (date.fromisoformat(document["valid_from"]), date.fromisoformat(document["valid_until"]))
    for index, row in enumerate(document["budgets"]):
        amount = int(Decimal(row["amount"]) * UNITS)
        yield Row(code, index, row["per"], row["period"], amount, document["currency"], *valid)


def _text(units: int | None, row: Row) -> str | None:
    return None if units is None else money_text(Decimal(units) / UNITS, row.currency)
