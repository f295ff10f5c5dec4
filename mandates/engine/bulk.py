"""Many deals at once, in columns: the outcome of each under one mandate and charter, equal to the engine's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any, Final

import polars as pl
import polars.selectors as cs

from .authority import Budget, Held, Limit, Range, Rules, When
from .columns import WIDE, Measures, money_known, scaled
from .facts import Case, Deal, Line
from .judge import LEVELS, RANKS, judge
from .metrics import CONDITIONS
from .sides import Document, read_side
from .values import ANY, RATE_SCALE, Bound, read_amount, read_rate
from .weighing import COMMITTEE, MEMBER, OUTSIDE_CHARTER, TEAM

_MOST: Final = 9 * 10**18  # what a column of 64 bits holds
_MOST_WIDE: Final = 10**38  # and one of 128
_NULLABLE: Final = frozenset({"segment", "country", "channel"})
_TRUE: Final = pl.lit(True)
_FALSE: Final = pl.lit(False)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a row stands, and where it does although one of its conditions cannot be measured."""

    stands: pl.Expr
    unmeasured: pl.Expr | None


class Bulk:
    """One mandate and charter ready to judge many deals; budgets as the document says they are used."""

    def __init__(
        self,
        mandate: Mapping[str, Any],
        charter: Mapping[str, Any] | None = None,
        rates: Mapping[str, str] | None = None,
        *,
        member_may_decide: bool = True,
    ) -> None:
        """Raises: InvalidCase where a document is not valid."""
        self._mandate = read_side(mandate)
        self._charter = read_side(charter, charter=True) if charter is not None else None
        self._rates = {"EUR": RATE_SCALE} | {code: read_rate(rate) or 0 for code, rate in (rates or {}).items()}
        self._floor = RANKS[MEMBER if member_may_decide else TEAM]
        self._held = _held(self._mandate)

    @property
    def _documents(self) -> list[Document]:
        return [self._mandate, *([self._charter] if self._charter is not None else [])]

    def outcomes(self, deals: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
        """Each deal that has lines, with its `outcome`; in no particular order.

        `deals`: deal, on, currency, kind, channel, term_months, payment_days, segment, country, customer.
        `lines`: deal, product, family, charge and, in 1/10000, quantity, list_price, unit_price, unit_cost (or null).
        Rows are taken to be valid as `docs/decision.md` says. Where a figure could grow too long for its column, the
        deal goes through the engine.
        """
        if not self._constants_fit(deals):
            return self._by_engine(deals, lines)
        long = _too_long(deals, lines, self._greatest_bound())
        if long is None:
            return self._in_columns(deals, lines)
        few = _of(lines, long)
        rest = self._in_columns(deals.join(long, on="deal", how="anti"), lines.join(long, on="deal", how="anti"))
        return pl.concat([rest, self._by_engine(_of(deals, long), few)])

    # --- in columns ---

    def _in_columns(self, deals: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
        """Lines of one deal mostly stand together: what is joined and sorted are these runs, not the lines."""
        known = self._with_rates(deals.lazy()).with_row_index("place").collect()
        lines = _of(lines, deals) if _runs(lines).join(deals, on="deal", how="anti").height else lines
        told = known.select("deal", "place", "term_months", *self._marks(sized=False))
        runs = _runs(lines).join(told, on="deal", how="left", maintain_order="left")
        told = runs.drop("run", "deal", "len")[lines.select(pl.col("deal").rle_id()).to_series()]
        weighted = pl.concat([lines, told], how="horizontal").lazy().with_columns(_weight().alias("weight"))
        ranks = [self._line_ranks(document).alias(_rank_name(document)) for document in self._documents]
        sized = any(self._sized_rows(document) for document in self._documents)
        measured = weighted.select("place", *_figures(), *([] if sized else ranks))
        summed = _grouped(measured)
        judged = pl.concat([known[summed["place"]].drop("place"), summed], how="horizontal").lazy()
        if sized:  # some rows ask for the size of the deal, which is known only now
            marked = judged.select("place", *self._marks(sized=True))
            ranked = weighted.join(marked, on="place").select("place", *ranks).group_by("place").agg(pl.all().max())
            judged = judged.join(ranked, on="place", how="inner")
        return judged.select("deal", self._outcome().alias("outcome")).collect()

    def _with_rates(self, deals: pl.LazyFrame) -> pl.LazyFrame:
        codes, rates = list(self._rates), list(self._rates.values())
        known = pl.col("currency").replace_strict(codes, rates, default=None, return_dtype=WIDE)
        return deals.with_columns(known.alias("rate"))

    def _sized_rows(self, document: Document) -> list[Limit]:
        """Rows on lines that ask for the size of the deal: it is known only once the lines are summed."""
        return [one for one in document.rules.limits if one.metric.on_lines and "list_value" in one.when]

    def _marks(self, *, sized: bool) -> list[pl.Expr]:
        return [mark for document in self._documents for mark in self._marks_of(document, sized=sized)]

    def _marks_of(self, document: Document, *, sized: bool) -> Iterator[pl.Expr]:
        """For each row on lines, where its conditions on the deal stand and where one cannot be measured."""
        for limit in document.rules.limits:
            asked = {name: one for name, one in limit.when.items() if CONDITIONS[name].level == "deal"}
            if limit.metric.on_lines and asked and ("list_value" in asked) is sized:
                standing = self._standing(asked, document.rules)
                yield standing.stands.alias(_mark(document, limit, "stands"))
                if standing.unmeasured is not None:
                    yield standing.unmeasured.alias(_mark(document, limit, "unmeasured"))

    def _standing(self, when: When, rules: Rules) -> Standing:
        holds: list[pl.Expr] = []
        unknown: list[pl.Expr] = []
        for name, asked in when.items():
            if name == "list_value":
                assert isinstance(asked, Range)  # noqa: S101 - read so by `grants`
                measured = money_known(pl.col("L"), rules, self._rates)
                holds.append(scaled(pl.col("L"), asked, rules, self._rates) | ~measured)
                unknown.append(~measured)
                continue
            column = pl.col(name)
            hold = _in_range(column, asked, name) if isinstance(asked, Range) else _is_one_of(column, asked, name)
            if name in _NULLABLE:
                holds.append(hold.fill_null(True))
                unknown.append(column.is_null())
            else:
                holds.append(hold)
        return Standing(reduce(and_, holds, _TRUE), reduce(or_, unknown) if unknown else None)

    def _line_ranks(self, document: Document) -> pl.Expr:
        metrics = [metric for metric, _ in document.rules.metrics if metric.on_lines]
        found = [self._rank(document, metric.name, self._marked(document)) for metric in metrics]
        return pl.max_horizontal(found) if found else _rank(MEMBER)

    def _marked(self, document: Document) -> dict[int, Standing]:
        """Where the rows on lines stand, once their conditions on the deal are marked."""
        found = {}
        for limit in document.rules.limits:
            own = {name: one for name, one in limit.when.items() if CONDITIONS[name].level == "line"}
            standing = self._standing(own, document.rules)
            deal = [name for name in limit.when if name not in own]
            if not deal:
                found[limit.index] = standing
                continue
            stands = standing.stands & pl.col(_mark(document, limit, "stands"))
            nullable = any(name in _NULLABLE or name == "list_value" for name in deal)
            found[limit.index] = Standing(stands, pl.col(_mark(document, limit, "unmeasured")) if nullable else None)
        return found

    def _rank(self, document: Document, metric: str, standings: Mapping[int, Standing]) -> pl.Expr:
        """The rank of one metric by the first row that stands."""
        measures = Measures(document.rules, self._rates)
        silent = _rank(MEMBER if document.mandate is None else COMMITTEE)
        found = silent
        for limit in reversed([one for one in document.rules.limits if one.metric.name == metric]):
            standing = standings[limit.index]
            rank = self._governed(document, limit, measures)
            if standing.unmeasured is not None:
                blind = OUTSIDE_CHARTER if document.mandate is None and limit.team is None else COMMITTEE
                rank = pl.when(standing.unmeasured).then(_rank(blind)).otherwise(rank)
            found = pl.when(standing.stands).then(rank).otherwise(found) if limit.when else rank
        return found

    def _governed(self, document: Document, limit: Limit, measures: Measures) -> pl.Expr:
        name = limit.metric.name
        if document.mandate is None:
            return _by_charter(name, limit.team, measures)
        within_member = _within(name, limit.member, measures)
        beyond = pl.when(_within(name, limit.team, measures)).then(_rank(TEAM)).otherwise(_rank(COMMITTEE))
        if limit.team == limit.member or limit.team is None:
            beyond = _rank(COMMITTEE)
        return pl.when(within_member).then(_rank(MEMBER)).otherwise(beyond)

    def _outcome(self) -> pl.Expr:
        mandate = self._mandate.mandate
        assert mandate is not None  # noqa: S101 - it was read as a mandate
        ranks = [pl.lit(self._floor, pl.UInt8), pl.col(_rank_name(self._mandate)), *self._deal_ranks(self._mandate)]
        ranks += [self._on_budget(row) for row in self._mandate.raw.get("budgets", ())]
        on = pl.col("on").cast(pl.String)
        scope = self._standing(self._mandate.scope, self._mandate.rules)
        considered = scope.stands & on.is_between(pl.lit(mandate.valid_from), pl.lit(mandate.valid_until))
        if scope.unmeasured is not None:
            considered &= ~scope.unmeasured
        rank = pl.when(considered).then(pl.max_horizontal(ranks)).otherwise(_rank(COMMITTEE))
        if self._charter is not None:
            rank = pl.max_horizontal(rank, pl.col(_rank_name(self._charter)), *self._deal_ranks(self._charter))
        return rank.replace_strict(range(len(LEVELS)), LEVELS, return_dtype=pl.Enum(LEVELS))

    def _deal_ranks(self, document: Document) -> list[pl.Expr]:
        rules = document.rules
        standings = {one.index: self._standing(one.when, rules) for one in rules.limits if not one.metric.on_lines}
        return [self._rank(document, one.name, standings) for one, _ in rules.metrics if not one.on_lines]

    def _on_budget(self, row: Mapping[str, Any]) -> pl.Expr:
        left = (read_amount(row["amount"]) or 0) - (read_amount(row.get("used", 0)) or 0)
        within = Measures(self._mandate.rules, self._rates).within("discount_amount", left)
        nothing = pl.col("known") & (pl.col("G") == 0)
        return pl.when(within | nothing).then(_rank(MEMBER)).otherwise(_rank(COMMITTEE))

    # --- what is too long ---

    def _greatest_bound(self) -> int:
        bounds = [one for side in self._documents for row in side.rules.limits for one in (row.member, row.team)]
        return max((abs(one) for one in bounds if isinstance(one, int)), default=0)

    def _constants_fit(self, deals: pl.DataFrame) -> bool:
        """Whether the documents' own figures leave room for every product that is formed with a sum."""
        rate = max(self._rates.values())
        amounts = [one for budget in self._held.budgets for one in (budget.amount, budget.used)]
        whens = [when for side in self._documents for when in (side.scope, *(row.when for row in side.rules.limits))]
        ranges = [asked for when in whens for asked in when.values() if isinstance(asked, Range)]
        ends = [abs(end) for asked in ranges for end in asked if end is not None]
        figure = max(self._greatest_bound(), 10**6, *amounts, *ends, 0)
        days = _greatest(deals, "payment_days") + 1
        delay = max(side.rules.capital_rate * days for side in self._documents)
        formed = (_MOST * figure * 365, _MOST * (delay + 365 * 10**6), figure * 10_000 * rate, _MOST * rate)
        return max(formed) < _MOST_WIDE and max(figure, rate) < _MOST

    # --- by the engine ---

    def _by_engine(self, deals: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
        grouped: dict[Any, list[Line]] = {}
        for row in lines.iter_rows(named=True):
            grouped.setdefault(row["deal"], []).append(_line(row))
        found = [
            (row["deal"], self._judged(row, tuple(grouped[row["deal"]])))
            for row in deals.iter_rows(named=True)
            if row["deal"] in grouped
        ]
        schema = {"deal": deals.schema["deal"], "outcome": pl.Enum(LEVELS)}
        return pl.DataFrame(found, schema=schema, orient="row")

    def _judged(self, row: Mapping[str, Any], lines: tuple[Line, ...]) -> str:
        names = ("currency", "kind", "channel", "customer", "segment", "country")
        deal = Deal(
            row["currency"], {name: row[name] for name in names}, row["term_months"], row["payment_days"], lines
        )
        charter = self._charter.rules if self._charter is not None else None
        member = self._floor == RANKS[MEMBER]
        return judge(Case(str(row["on"]), member, "", self._rates, charter, (self._held,), (), deal)).outcome


def _held(document: Document) -> Held:
    mandate = document.mandate
    assert mandate is not None  # noqa: S101 - it was read as a mandate
    budgets = ((row["amount"], row.get("used", 0)) for row in document.raw.get("budgets", ()))
    return Held(mandate, tuple(Budget(read_amount(amount) or 0, read_amount(used) or 0) for amount, used in budgets))


def _rank(level: str) -> pl.Expr:
    return pl.lit(RANKS[level], pl.UInt8)


def _rank_name(document: Document) -> str:
    return "charter rank" if document.mandate is None else "mandate rank"


def _mark(document: Document, limit: Limit, mark: str) -> str:
    return f"{_rank_name(document)} {limit.index} {mark}"


def _within(metric: str, bound: Bound, measures: Measures) -> pl.Expr:
    if bound is None or bound is ANY:
        return _TRUE if bound is ANY else _FALSE
    return measures.within(metric, bound)


def _by_charter(metric: str, bound: Bound, measures: Measures) -> pl.Expr:
    """Beyond is outside; what cannot be measured is a committee's, but for what is too much at the least."""
    if bound is None or bound is ANY:
        return _rank(OUTSIDE_CHARTER if bound is None else MEMBER)
    unknown = pl.when(measures.least_is_beyond(metric, bound)).then(_rank(OUTSIDE_CHARTER)).otherwise(_rank(COMMITTEE))
    beyond = pl.when(measures.is_known(metric)).then(_rank(OUTSIDE_CHARTER)).otherwise(unknown)
    return pl.when(measures.within(metric, bound)).then(_rank(MEMBER)).otherwise(beyond)


def _in_range(column: pl.Expr, asked: Range, name: str) -> pl.Expr:
    """Whole months and days are compared in 1/10000, as the range is written."""
    step = 1 if name == "quantity" else 10_000
    found = _TRUE
    if asked.start is not None:
        found = found & (column >= -(-asked.start // step))
    if asked.end is not None:
        found = found & (column < -(-asked.end // step))
    return found


def _is_one_of(column: pl.Expr, asked: tuple[str, ...], name: str) -> pl.Expr:
    if name == "family":
        text = column.cast(pl.String)
        return reduce(or_, ((text == one) | text.str.starts_with(f"{one}/") for one in asked))
    return reduce(or_, (column == one for one in dict.fromkeys(asked)))


def _weight() -> pl.Expr:
    monthly = pl.col("quantity") * pl.col("term_months")
    return pl.when(pl.col("charge") == "monthly").then(monthly).otherwise(pl.col("quantity"))


def _figures() -> list[pl.Expr]:
    """What of a line the deal's sums are made of, in 1/100000000, as `measures.sum_up` makes them."""
    listed, asked, cost, weight = (pl.col(name) for name in ("list_price", "unit_price", "unit_cost", "weight"))
    free = (listed == 0) & ((asked != 0) | (cost != 0).fill_null(True))
    given = pl.when(asked < listed).then((listed - asked) * weight).otherwise(0)
    return [
        (listed * weight).alias("L"),
        (asked * weight).alias("P"),
        (cost * weight).alias("C"),
        given.alias("G"),
        cost.is_not_null().alias("cost known"),
        (~free).alias("known"),
    ]


def _runs(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines of one deal that stand together, as `run`, `deal` and `len`."""
    return lines["deal"].rle().struct.unnest().rename({"value": "deal"}).with_row_index("run")


def _grouped(lines: pl.LazyFrame) -> pl.DataFrame:
    """The sums of each deal and the highest ranks of its lines, by the deal's place."""
    together = [
        pl.col("L", "P", "C", "G").sum(),
        pl.col("cost known", "known").all(),
        cs.ends_with(" rank").max(),
    ]
    summed = lines.collect().lazy().group_by("place").agg(together)
    return summed.with_columns(pl.col("L", "P", "C", "G").cast(WIDE)).sort("place").collect()


def _greatest(frame: pl.DataFrame, column: str) -> int:
    found = frame[column].max()
    return int(found) if isinstance(found, int) else 0


def _too_long(deals: pl.DataFrame, lines: pl.DataFrame, bound: int) -> pl.DataFrame | None:
    """The deals of which a figure might not fit its column, or None where all fit even at the columns' greatest."""
    price = max(_greatest(lines, name) for name in ("list_price", "unit_price", "unit_cost"))
    factor = max(bound, 10**6)
    weight = _greatest(lines, "quantity") * max(1, _greatest(deals, "term_months"))
    most_lines = _greatest(_runs(lines).group_by("deal").agg(pl.col("len").cast(pl.Int64).sum()), "len")
    if price * weight * max(1, most_lines) < _MOST and 2 * price * factor < _MOST:
        return None
    term = pl.max_horizontal(pl.col("term_months"), 1).cast(pl.Float64)
    dearest = pl.max_horizontal("list_price", "unit_price", "unit_cost").cast(pl.Float64)
    size = dearest * pl.col("quantity").cast(pl.Float64) * term
    joined = lines.lazy().join(deals.lazy().select("deal", "term_months"), on="deal", how="inner")
    summed = joined.group_by("deal").agg(size.sum().alias("size"), dearest.max().alias("dearest"))
    # A float is near enough: what lies within a tenth of the limit goes through the engine too.
    long = (pl.col("size") > 0.9 * _MOST) | (pl.col("dearest") * (2 * factor) > 0.9 * _MOST)
    found = summed.filter(long).select("deal").collect()
    return found if found.height else None


def _of(frame: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
    return frame.join(chosen, on="deal", how="semi", maintain_order="left")


def _line(row: Mapping[str, Any]) -> Line:
    parts = row["family"].split("/")
    families = tuple("/".join(parts[: depth + 1]) for depth in range(len(parts)))
    figures = (row[name] for name in ("quantity", "list_price", "unit_cost", "unit_price"))
    return Line(row["product"], row["charge"], families, *figures)
