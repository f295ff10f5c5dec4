"""Mandates and charters compiled so that finding the limit that governs does not take longer as they grow."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from .metrics import METRICS, Metric
from .values import Bound


class Range(NamedTuple):
    """From its start up to but without its end, in 1/10000; None where it is open."""

    start: int | None
    end: int | None


Condition = tuple[str, ...] | Range
When = Mapping[str, Condition]


class Terms(Protocol):
    """Whoever set a bound: the currency it is in, and what delay of payment costs."""

    @property
    def currency(self) -> str: ...
    @property
    def capital_rate(self) -> int: ...
    @property
    def standard_payment_days(self) -> int: ...


class DealFacts(Protocol):
    """What the conditions on a deal look at."""

    @property
    def texts(self) -> Mapping[str, str | None]: ...
    @property
    def term_months(self) -> int: ...
    @property
    def payment_days(self) -> int: ...


class LineFacts(Protocol):
    """What the conditions on a line look at."""

    @property
    def product(self) -> str: ...
    @property
    def charge(self) -> str: ...
    @property
    def families(self) -> Sequence[str]: ...
    @property
    def quantity(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Limit:
    """One row: its place in the document, its bounds, and the committee that a finding goes to.

    A charter's limit has its single bound as `member`, and `team` the same.
    """

    index: int
    metric: Metric
    when: When
    member: Bound
    team: Bound
    committee: str
    measured: bool = True

    def unmeasured(self) -> "Limit":
        """What stands for the row where a condition of it cannot be measured: nothing is a member's there."""
        return replace(self, measured=False, member=None)


@dataclass(frozen=True, slots=True)
class Budget:
    """Money that may be given away in a period, and how much of it is used; in 1/10000."""

    amount: int
    used: int


class Texts:
    """For one text condition: the rows that each value leaves standing, as bits; `silent` those that do not ask."""

    __slots__ = ("asking", "name", "rows", "silent")

    def __init__(self, name: str, asked: Sequence[tuple[int, tuple[str, ...]]], everything: int) -> None:
        self.name = name
        self.asking = sum(1 << index for index, _ in asked)
        self.silent = everything ^ self.asking
        self.rows: dict[str, int] = {}
        for index, values in asked:
            for value in values:
                self.rows[value] = self.rows.get(value, 0) | 1 << index
        for value in self.rows:
            self.rows[value] |= self.silent


class Ranges:
    """For one range condition: the rows that stand between each two neighbouring ends, as bits."""

    __slots__ = ("asking", "ends", "name", "rows")

    def __init__(self, name: str, asked: Sequence[tuple[int, Range]], everything: int) -> None:
        self.name = name
        self.asking = sum(1 << index for index, _ in asked)
        standing = everything
        switched: dict[int, int] = {}
        for index, (start, end) in asked:
            if start is not None:
                standing ^= 1 << index
                switched[start] = switched.get(start, 0) ^ 1 << index
            if end is not None:
                switched[end] = switched.get(end, 0) ^ 1 << index
        self.ends = sorted(switched)
        self.rows = [standing]
        for end_at in self.ends:
            standing ^= switched[end_at]
            self.rows.append(standing)

    def standing(self, value: int) -> int:
        return self.rows[bisect_right(self.ends, value)]


class Table:
    """Rows with their conditions, read from top to bottom: one bit for each row, the first row the lowest bit."""

    __slots__ = (
        "charge",
        "deal_ranges",
        "deal_texts",
        "everything",
        "family",
        "list_value",
        "on_lines",
        "product",
        "quantity",
    )

    def __init__(self, whens: Sequence[When]) -> None:
        self.everything = (1 << len(whens)) - 1
        texts: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        ranges: dict[str, list[tuple[int, Range]]] = {}
        for index, when in enumerate(whens):
            for name, asked in when.items():
                if isinstance(asked, Range):
                    ranges.setdefault(name, []).append((index, asked))
                else:
                    texts.setdefault(name, []).append((index, asked))
        by_text = {name: Texts(name, asked, self.everything) for name, asked in texts.items()}
        by_range = {name: Ranges(name, asked, self.everything) for name, asked in ranges.items()}
        self.family = by_text.pop("family", None)
        self.product = by_text.pop("product", None)
        self.charge = by_text.pop("charge", None)
        self.quantity = by_range.pop("quantity", None)
        self.list_value = by_range.pop("list_value", None)
        self.deal_texts = tuple(by_text.values())
        self.deal_ranges = tuple(by_range.values())
        self.on_lines = any((self.family, self.product, self.charge, self.quantity))

    def standing_for_deal(self, deal: DealFacts, list_value: int | None) -> tuple[int, int]:
        """The rows whose deal conditions hold or cannot be measured, and those of them that cannot.

        `list_value` is in 1/10000 of the owner's currency, rounded down; None where a rate is missing.
        """
        standing = self.everything
        unmeasured = 0
        facts = deal.texts
        for texts in self.deal_texts:
            value = facts[texts.name]
            if value is None:
                unmeasured |= texts.asking
            else:
                standing &= texts.rows.get(value, texts.silent)
        for ranges in self.deal_ranges:
            days = ranges.name == "payment_days"
            standing &= ranges.standing((deal.payment_days if days else deal.term_months) * 10_000)
        if self.list_value is not None:
            if list_value is None:
                unmeasured |= self.list_value.asking
            else:
                standing &= self.list_value.standing(list_value)
        return standing, unmeasured

    def standing_for_line(self, line: LineFacts, standing: int) -> int:
        """Those of the rows `standing` whose line conditions hold too."""
        product, family, charge, quantity = self.product, self.family, self.charge, self.quantity
        if product is not None:
            standing &= product.rows.get(line.product, product.silent)
        if family is not None:
            asked = family.silent
            for prefix in line.families:
                asked |= family.rows.get(prefix, 0)
            standing &= asked
        if charge is not None:
            standing &= charge.rows.get(line.charge, charge.silent)
        if quantity is not None:
            standing &= quantity.standing(line.quantity)
        return standing

    def ends(self, name: str) -> list[int]:
        """Where the answer to a range condition on the deal may change."""
        if name == "list_value":
            return self.list_value.ends if self.list_value is not None else []
        return [end for ranges in self.deal_ranges if ranges.name == name for end in ranges.ends]


@dataclass(frozen=True, slots=True)
class Rules:
    """The limits of a mandate or a charter, with what is needed to find the one that governs.

    `rows` are the limits and then None: where no row stands, the place of the lowest bit comes to -1, the last.
    """

    currency: str
    capital_rate: int
    standard_payment_days: int
    limits: tuple[Limit, ...]
    rows: tuple[Limit | None, ...] = field(init=False, repr=False, compare=False)
    table: Table = field(init=False, repr=False, compare=False)
    metrics: tuple[tuple[Metric, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", (*self.limits, None))
        object.__setattr__(self, "table", Table([limit.when for limit in self.limits]))
        rows: dict[str, int] = {}
        for limit in self.limits:
            rows[limit.metric.name] = rows.get(limit.metric.name, 0) | 1 << limit.index
        object.__setattr__(self, "metrics", tuple((METRICS[name], bits) for name, bits in rows.items()))


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate without what changes from deal to deal: the use of its budgets."""

    code: str
    version: int
    valid_from: str
    valid_until: str
    scope: Table | None
    consents: int
    committee: str
    rules: Rules


@dataclass(frozen=True, slots=True)
class Held:
    """A mandate with its budgets as they stand."""

    mandate: Mandate
    budgets: tuple[Budget, ...]
