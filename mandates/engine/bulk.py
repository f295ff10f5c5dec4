"""Many deals at once, in columns: the outcome of each under what its team holds, equal to the engine's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from .authority import Budget, Held, Mandate, Range
from .classes import Classes, Ints, paired
from .columns import CENTS, MOST, Column, Lines, Sums, deal_stands, line_stands
from .facts import Case, Deal, Line
from .frames import Facts, aligned, blocks, families_of, given_known, greatest, place_of, starts_of, too_long
from .governed import NOT_MEASURED, OF_COMMITTEE, Governing, amounts, one_bound, percents
from .judge import LEVELS, RANKS, judge
from .measures import sum_up
from .metrics import METRICS, Metric
from .sides import Document, read_side
from .values import RATE_SCALE, read_amount, read_rate
from .weighing import COMMITTEE, MEMBER, TEAM

_RANK: Final = np.array([0, 1, 2, 2, 3, 3, 3, 3] * 2, dtype=np.uint8)  # of what all findings add up to
_TEXTS: Final = ("currency", "kind", "channel", "customer", "segment", "country")
NOBODY: Final = -1
UNCLEAR: Final = -2
_ANSWER: Final[dict[str, Any]] = {
    "outcome": pl.Enum(LEVELS),
    "mandate": pl.Int16,
    "unmeasured": pl.Boolean,
    "given": pl.Int64,
    "given_known": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one document that are asked for lines or for deals, by metric."""

    document: Document
    metrics: tuple[tuple[Metric, int], ...]

    @property
    def charter(self) -> bool:
        return self.document.mandate is None

    @property
    def all(self) -> int:
        found = 0
        for _metric, rows in self.metrics:
            found |= rows
        return found

    def governing(self, metric: Metric, rows: int, classes: Classes) -> Governing:
        rules = self.document.rules
        if metric.kind != "percent":
            unit = CENTS if metric.kind == "money" else 1
            return amounts(classes, rules, rows, charter=self.charter, unit=unit)
        extra = rules.capital_rate if metric.name == "effective_discount" else 0
        return percents(classes, rules, rows, charter=self.charter, shortened_with=extra)


class Bulk:
    """The mandates of one team and the charter, ready to judge many deals; budgets as the documents say."""

    def __init__(
        self,
        mandates: Sequence[Mapping[str, Any]],
        charter: Mapping[str, Any] | None = None,
        rates: Mapping[str, str] | None = None,
        *,
        member_may_decide: bool = True,
    ) -> None:
        """`rates` are those of every deal whose row brings none. Raises: InvalidCase where a document is not valid."""
        read = [read_side(mandate) for mandate in mandates]
        self._mandates = sorted(read, key=lambda document: _mandate(document).code)
        self._places = [read.index(document) for document in self._mandates]
        self._charter = read_side(charter, charter=True) if charter is not None else None
        self._rates = {"EUR": RATE_SCALE} | {code: read_rate(rate) or 0 for code, rate in (rates or {}).items()}
        self._floor = RANKS[MEMBER if member_may_decide else TEAM]
        self._held = [_held(document) for document in self._mandates]
        documents = self._documents
        self._line_rows = [_rows(document, on_lines=True) for document in documents]
        self._deal_rows = [_rows(document, on_lines=False) for document in documents]
        self.currencies = sorted({document.rules.currency for document in documents})

    @property
    def _documents(self) -> list[Document]:
        return [*self._mandates, *([self._charter] if self._charter is not None else [])]

    def outcomes(self, deals: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
        """Each deal that has lines, with its `outcome` and what else `judged` says; in no particular order.

        `deals`: deal, on, currency, kind, channel, term_months, payment_days, segment, country, customer; where
        rates differ from deal to deal, `own rate` and `rate CUR` for each of `currencies`, in 1/1000000, null unknown.
        `lines`: deal, product, family, charge and, in 1/10000, quantity, list_price, unit_price, unit_cost (or null).
        Texts may be enumerations. Rows are taken to be valid as `docs/decision.md` says. Where a figure could grow too
        long for its column, the deal goes through the engine.

        Beside `outcome`: `mandate`, the place of the mandate that answers in the list given, -1 for none and -2 where
        only the engine can say; `unmeasured`, whether a finding's reason is `unknown`; `given`, G in 1/100000000, and
        `given_known`, whether it is that and not the least that it can be.
        """
        deals, lines, counts = aligned(deals, lines)
        if not self._constants_fit(deals):
            return self._by_engine(deals, lines)
        long = too_long(deals, lines, counts, self._longest_percent())
        if long is None:
            return self._in_columns(deals, lines, counts)
        rest = deals.filter(~pl.Series(long)), lines.filter(~pl.Series(np.repeat(long, counts)))
        few = deals.filter(pl.Series(long)), lines.filter(pl.Series(np.repeat(long, counts)))
        return pl.concat([self._in_columns(*rest, counts[~long]), self._by_engine(*few)])

    # --- in columns ---

    def _in_columns(self, deals: pl.DataFrame, lines: pl.DataFrame, counts: Ints) -> pl.DataFrame:
        facts = Facts(deals, lines)
        sums, figures = self._summed(facts, counts)
        facts.sums = sums
        found = [self._found(rows, facts, figures, counts) for rows in self._line_rows]
        for position, rows in enumerate(self._deal_rows):
            classes = facts.of_deals(rows.document.rules.table, rows.document.rules, rows.all)
            for metric, own in rows.metrics:
                bounds = rows.governing(metric, own, classes).rows(classes.codes)
                found[position] = found[position] | bounds.follow(
                    deal_stands(metric, sums, rows.document.rules, bounds)
                )
        return self._answers(deals, sums, facts, found)

    def _summed(self, facts: Facts, counts: Ints) -> tuple[Sums, Lines]:
        """The sums of each deal, block by block, and the figures that they are made of."""
        figures = facts.figures()
        term, starts = facts.of_deal("term_months"), starts_of(counts)
        weight = facts.weights(counts)
        totals = np.zeros((4, len(counts)), dtype=np.int64)
        for some, first, last in blocks(starts, len(weight)):
            at = starts[some] - first
            listed, asked, cost = (one[first:last] for one in (figures.listed, figures.asked, figures.cost))
            heavy = weight[first:last]
            totals[0, some] = np.add.reduceat(listed * heavy, at)
            totals[1, some] = np.add.reduceat(asked * heavy, at)
            totals[2, some] = np.add.reduceat(cost * heavy, at)
            totals[3, some] = np.add.reduceat(np.maximum(listed - asked, 0) * heavy, at)
        every = np.ones(len(counts), dtype=np.bool_)
        cost_known = every
        if figures.cost_known is not None:
            cost_known = np.logical_and.reduceat(figures.cost_known, starts)
        own, rates, own_rate = self._with_rates(facts)
        days = facts.of_deal("payment_days")
        known = given_known(figures, starts, every)
        return Sums(
            totals[0], totals[1], totals[2], totals[3], cost_known, known, term, days, own, rates, own_rate
        ), figures

    def _with_rates(self, facts: Facts) -> tuple[dict[str, Column], dict[str, Ints], Ints]:
        codes = facts.texts_of_deals("currency")
        own = {one: codes.codes == place_of(codes, one) for one in self.currencies}
        if facts.has_rates:
            rates = {one: facts.of_deal(f"rate {one}") for one in self.currencies}
            return own, rates, facts.of_deal("own rate")
        table = np.array([*(self._rates.get(text, 0) for text in codes.texts), 0], dtype=np.int64)
        many = len(codes.codes)
        return own, {one: np.full(many, self._rates.get(one, 0)) for one in self.currencies}, table[codes.codes]

    def _found(self, rows: _Rows, facts: Facts, figures: Lines, counts: Ints) -> Column:
        """What follows from the lines of each deal by one document."""
        many = len(counts)
        found = np.zeros(many, dtype=np.uint8)
        if not rows.metrics:
            return found
        rules = rows.document.rules
        of_deals = facts.of_deals(rules.table, rules, rows.all)
        classes = paired(of_deals.spread(counts), facts.of_lines(rules.table, rows.all))
        governing = [(metric, rows.governing(metric, own, classes)) for metric, own in rows.metrics]
        starts = starts_of(counts)
        for some, first, last in blocks(starts, int(counts.sum())):
            block = Lines(
                figures.listed[first:last],
                figures.asked[first:last],
                figures.cost[first:last],
                None if figures.cost_known is None else figures.cost_known[first:last],
            )
            codes = None if classes.codes is None else classes.codes[first:last]
            follows = np.zeros(last - first, dtype=np.uint8)
            for metric, governed in governing:
                bounds = governed.rows(codes)
                follows |= bounds.follow(line_stands(metric, block, bounds))
            found[some] = np.bitwise_or.reduceat(follows, starts[some] - first)
        return found

    def _answers(self, deals: pl.DataFrame, sums: Sums, facts: Facts, found: list[Column]) -> pl.DataFrame:
        """By section 7 of `decision.md`: the mandate that asks least answers, then the charter speaks."""
        many = len(deals)
        days = facts.texts_of_deals("on")
        best = np.full(many, RANKS[COMMITTEE], dtype=np.uint8)
        flags = np.full(many, OF_COMMITTEE, dtype=np.uint8)
        answering = np.full(many, NOBODY, dtype=np.int16)
        consents = np.zeros(many, dtype=np.int64)
        for place, document in enumerate(self._mandates):
            mandate = _mandate(document)
            valid = [mandate.valid_from <= day <= mandate.valid_until for day in days.texts]
            considered = np.array([*valid, False])[days.codes] & self._in_scope(mandate, facts, many)
            own = found[place] | self._on_budgets(place, sums)
            rank = np.maximum(_RANK[own], self._floor)
            nobody = answering == NOBODY
            fewer = (rank == best) & (rank == RANKS[TEAM]) & (mandate.consents < consents)
            better = considered & (nobody | (rank < best) | fewer)
            unclear = considered & ~nobody & (rank == best) & (rank == RANKS[COMMITTEE])
            best = np.where(better, rank, best).astype(np.uint8)
            flags = np.where(better, own, flags).astype(np.uint8)
            consents = np.where(better, mandate.consents, consents)
            answering = np.where(better, self._places[place], np.where(unclear, UNCLEAR, answering)).astype(np.int16)
        if self._charter is not None:
            best = np.maximum(best, _RANK[found[-1]])
            flags = flags | found[-1]
        return pl.DataFrame(
            {
                "deal": deals["deal"],
                "outcome": pl.Series(best, dtype=pl.UInt8).cat.to(pl.Enum(LEVELS)),
                "mandate": pl.Series(answering, dtype=pl.Int16),
                "unmeasured": pl.Series(flags & NOT_MEASURED != 0, dtype=pl.Boolean),
                "given": pl.Series(sums.given, dtype=pl.Int64),
                "given_known": pl.Series(sums.given_known, dtype=pl.Boolean),
            }
        )

    def _in_scope(self, mandate: Mandate, facts: Facts, many: int) -> npt.NDArray[np.bool_]:
        if mandate.scope is None:
            return np.ones(many, dtype=np.bool_)
        classes = facts.of_deals(mandate.scope, mandate.rules, 1)
        return classes.marks([bool(standing) and not unmeasured for standing, unmeasured in classes.found], many)

    def _on_budgets(self, place: int, sums: Sums) -> Column:
        """What follows from the mandate's budgets, used as its document says."""
        found = np.zeros(len(sums.given), dtype=np.uint8)
        rules = self._mandates[place].rules
        for budget in self._held[place].budgets:
            left = (budget.amount - budget.used) * CENTS
            room = one_bound(left, CENTS).rows(None)
            stands = deal_stands(METRICS["discount_amount"], sums, rules, room)
            blind = ~sums.given_known & (sums.given == 0)
            follows = np.where(blind, OF_COMMITTEE | NOT_MEASURED, room.follow(stands))
            found |= np.where((sums.given == 0) & sums.given_known, 0, follows).astype(np.uint8)
        return found

    # --- what is too long ---

    def _longest_percent(self) -> int:
        limits = [limit for document in self._documents for limit in document.rules.limits if limit.metric.on_lines]
        bounds = [abs(one) for limit in limits for one in (limit.member, limit.team) if isinstance(one, int)]
        return max(bounds, default=0)

    def _constants_fit(self, deals: pl.DataFrame) -> bool:
        """Whether the documents' own figures can stand in a column."""
        amounts = [one for held in self._held for budget in held.budgets for one in (budget.amount, budget.used)]
        limits = [limit for document in self._documents for limit in document.rules.limits]
        bounds = [abs(one) for limit in limits for one in (limit.member, limit.team) if isinstance(one, int)]
        whens = [*(document.scope for document in self._documents), *(limit.when for limit in limits)]
        ranges = [asked for when in whens for asked in when.values() if isinstance(asked, Range)]
        ends = [abs(end) for asked in ranges for end in asked if end is not None]
        days = greatest(deals, "payment_days") + 1
        delays = [document.rules.capital_rate * days for document in self._documents]
        standard = [document.rules.standard_payment_days for document in self._documents]
        figures = [*bounds, *amounts, *ends, *standard, *self._rates.values()]
        return 2 * CENTS * max(figures, default=0) <= MOST and max(delays, default=0) <= MOST

    # --- by the engine ---

    def _by_engine(self, deals: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
        grouped: dict[Any, list[Line]] = {}
        for row in lines.iter_rows(named=True):
            grouped.setdefault(row["deal"], []).append(_line(row))
        found = [
            (row["deal"], *self._judged(row, tuple(grouped[row["deal"]])))
            for row in deals.iter_rows(named=True)
            if row["deal"] in grouped
        ]
        return pl.DataFrame(found, schema={"deal": deals.schema["deal"], **_ANSWER}, orient="row")

    def _judged(self, row: Mapping[str, Any], lines: tuple[Line, ...]) -> tuple[str, int, bool, int | None, bool]:
        """As a row of `outcomes`; `given` is null where it does not fit its column."""
        texts = {name: row[name] for name in _TEXTS}
        deal = Deal(row["currency"], texts, row["term_months"], row["payment_days"], lines)
        charter = self._charter.rules if self._charter is not None else None
        member, rates = self._floor == RANKS[MEMBER], self._rates_of(row)
        answer = judge(Case(str(row["on"]), member, "", rates, charter, tuple(self._held), (), deal))
        codes = [held.mandate.code for held in self._held]
        place = NOBODY if answer.mandate is None else self._places[codes.index(answer.mandate)]
        unmeasured = any(finding.reason == "unknown" for finding in answer.findings)
        sums = sum_up(deal, rates)
        given = sums.discount if sums.discount <= MOST else None
        return answer.outcome, place, unmeasured, given, sums.discount_known

    def _rates_of(self, row: Mapping[str, Any]) -> dict[str, int]:
        if "own rate" not in row:
            return self._rates
        told = {one: row[f"rate {one}"] for one in self.currencies} | {row["currency"]: row["own rate"]}
        return {"EUR": RATE_SCALE} | {code: rate for code, rate in told.items() if rate}


def _mandate(document: Document) -> Mandate:
    mandate = document.mandate
    assert mandate is not None  # noqa: S101 - it was read as a mandate
    return mandate


def _held(document: Document) -> Held:
    rows = ((row["amount"], row.get("used", 0)) for row in document.raw.get("budgets", ()))
    budgets = tuple(Budget(read_amount(amount) or 0, read_amount(used) or 0) for amount, used in rows)
    return Held(_mandate(document), budgets)


def _rows(document: Document, *, on_lines: bool) -> _Rows:
    metrics = document.rules.metrics
    return _Rows(document, tuple((metric, rows) for metric, rows in metrics if metric.on_lines is on_lines))


def _line(row: Mapping[str, Any]) -> Line:
    figures = (row[name] for name in ("quantity", "list_price", "unit_cost", "unit_price"))
    return Line(row["product"], row["charge"], families_of(row["family"]), *figures)
