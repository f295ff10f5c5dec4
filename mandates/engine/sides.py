"""Two documents laid over one space of regions: which bound of each holds where."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from .authority import Limit, Mandate, Range, Rules, When
from .grants import read_charter, read_mandate
from .metrics import METRICS, Metric
from .problems import InvalidCase
from .regions import WHOLE, Box, Dimension, Space, meeting, range_dimension, text_dimension
from .values import ANY, RATE_SCALE, Bound, read_rate

MEMBER: Final = "member"
TEAM: Final = "team"
MEASURED_BY_RANGE: Final = {
    "term_months": "term_months",
    "minimum_term": "term_months",
    "payment_days": "payment_days",
}
_RANGES: Final = ("quantity", "term_months", "payment_days", "list_value")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of one row's reach: `box` without what the boxes of `minus` take; `index` None where no row governs."""

    index: int | None
    box: Box
    minus: tuple[Box, ...]
    member: Bound
    team: Bound

    def bound(self, level: str) -> Bound:
        return self.member if level == MEMBER else self.team


@dataclass(frozen=True, slots=True)
class Document:
    """A mandate or the charter, read; `mandate` is None for the charter."""

    raw: Mapping[str, Any]
    rules: Rules
    mandate: Mandate | None
    scope: When


def read_side(raw: Mapping[str, Any], *, charter: bool = False) -> Document:
    """The document read. Raises: InvalidCase where it is not valid."""
    if charter:
        rules, problems = read_charter(raw)
        if rules is None:
            raise InvalidCase(problems[0])
        return Document(raw, rules, None, {})
    mandate, problems = read_mandate(raw)
    if mandate is None:
        raise InvalidCase(problems[0])
    # A compiled mandate keeps its scope only as a table, so the conditions are read once more, as those of a row.
    row = {"metric": "deal_discount", "limit": "any", "when": raw.get("scope") or {}}
    asked, _ = read_charter({"currency": mandate.rules.currency, "limits": [row]})
    return Document(raw, mandate.rules, mandate, asked.limits[0].when if asked is not None else {})


class Side:
    """One document over a space: `factor` brings its money into that of the space."""

    def __init__(self, document: Document, space: Space, keys: Mapping[str, str], factor: Fraction | None) -> None:
        self.document = document
        self.rules = document.rules
        self.is_charter = document.mandate is None
        self.space = space
        self.keys = keys
        self.factor = factor
        self._pieces: dict[str, list[Piece]] = {}

    @cached_property
    def scope(self) -> Box | None:
        """Where the mandate is considered; None where that is nowhere."""
        return meeting([self.boxes_of(self.document.scope)[0]])

    @cached_property
    def metrics(self) -> dict[str, Metric]:
        return {metric.name: metric for metric, _ in self.rules.metrics}

    def boxes_of(self, when: When) -> tuple[Box, Box]:
        return self.space.boxes_of(when, self.keys, self.factor or Fraction(1))

    def pieces(self, metric: str) -> list[Piece]:
        """What governs the metric where, in the order of reading; together they fill the space."""
        if metric not in self._pieces:
            self._pieces[metric] = list(self._read(metric))
        return self._pieces[metric]

    def _read(self, metric: str) -> Iterator[Piece]:
        above: tuple[Box, ...] = ()
        for limit in self.rules.limits:
            if limit.metric.name != metric:
                continue
            measured, stands = self.boxes_of(limit.when)
            yield Piece(limit.index, measured, above, limit.member, limit.team)
            if measured != stands:
                bound = self._unmeasured(limit)
                yield Piece(limit.index, stands, (*above, measured), bound, bound)
            above = (*above, stands)
        silent: Bound = ANY if self.is_charter or metric not in self.metrics else None
        yield Piece(None, self.space.every, above, silent, silent)

    def _unmeasured(self, limit: Limit) -> Bound:
        """A mandate's row that cannot be measured allows nobody; a charter's forbids only where it is a flat no."""
        return ANY if self.is_charter and limit.team is not None else None


class Pair:
    """Two documents over the one space that both can tell apart; money of the space is in the first one's currency."""

    def __init__(self, first: Document, second: Document, rates: Mapping[str, str] | None = None) -> None:
        self.rates = {"EUR": RATE_SCALE}
        for code, rate in (rates or {}).items():
            self.rates[code] = read_rate(rate) or RATE_SCALE
        factor = self._factor(first.rules.currency, second.rules.currency)
        self.comparable = factor is not None
        keys: tuple[dict[str, str], dict[str, str]] = (
            {},
            {} if self.comparable else {"list_value": "list_value of the other"},
        )
        factors = (Fraction(1), factor)
        self.documents = (first, second)
        self.space = _space(self.documents, keys, factors)
        self.first = Side(first, self.space, keys[0], factors[0])
        self.second = Side(second, self.space, keys[1], factors[1])
        self.impossible = tuple(self._impossible(keys))

    def _factor(self, currency: str, other: str) -> Fraction | None:
        if currency == other:
            return Fraction(1)
        if currency not in self.rates or other not in self.rates:
            return None
        return Fraction(self.rates[currency], self.rates[other])

    def is_foreign(self, box: Box) -> bool:
        """Whether every deal in the box is in a currency that neither document is written in."""
        place = self.space.place.get("currency")
        if place is None:
            return False
        own = {document.rules.currency for document in self.documents}
        return not any(
            box[place] >> index & 1 for index, atom in enumerate(self.space.dimensions[place].atoms) if atom in own
        )

    def rate_into(self, currency: str) -> Fraction:
        """Units of that currency for one unit of the space's; one for one where the rate is not known."""
        own = self.documents[0].rules.currency
        if currency == own or not self.comparable:
            return Fraction(1)
        return Fraction(self.rates.get(currency, RATE_SCALE), self.rates.get(own, RATE_SCALE))

    def rates_for(self, currency: str, *, missing: bool) -> dict[str, int]:
        """The rates that a deal in that currency needs to be judged by both, or all but that currency's own."""
        owners = {document.rules.currency for document in self.documents}
        needed = owners | {currency} if owners != {currency} and self.comparable else set()
        if missing:
            needed = owners if len(owners) > 1 else set()
        left_out = {currency} - {"EUR"} if missing else set()
        return {code: self.rates.get(code, RATE_SCALE) for code in sorted({"EUR", *needed} - left_out)}

    def _impossible(self, keys: Sequence[Mapping[str, str]]) -> Iterator[Box]:
        """What no deal can be: monthly with no term, or without a rate in the very currency that is asked for."""
        space = self.space
        if "charge" in space.place and "term_months" in space.place:
            term = space.dimensions[space.place["term_months"]]
            none = sum(1 << place for place, cell in term.cells() if cell.last() == 0)
            charge = space.dimensions[space.place["charge"]]
            yield space.narrowed(space.narrowed(space.every, "term_months", none), "charge", _bit(charge, "monthly"))
        for document, renamed in zip(self.documents, keys, strict=True):
            key = renamed.get("list_value", "list_value")
            if key in space.place:
                currency = space.dimensions[space.place["currency"]]
                unknown = space.dimensions[space.place[key]].unknown
                inside = space.narrowed(space.every, key, unknown)
                yield space.narrowed(inside, "currency", _bit(currency, document.rules.currency))


def _bit(dimension: Dimension, value: str) -> int:
    return 1 << dimension.atoms.index(value)


def _space(
    documents: Sequence[Document], keys: Sequence[Mapping[str, str]], factors: Sequence[Fraction | None]
) -> Space:
    named: dict[str, set[str]] = {}
    ends: dict[str, set[Fraction]] = {}
    for document, renamed, factor in zip(documents, keys, factors, strict=True):
        for when in (document.scope, *(limit.when for limit in document.rules.limits)):
            for name, asked in when.items():
                if isinstance(asked, Range):
                    by = (factor or Fraction(1)) if name == "list_value" else Fraction(1)
                    cuts = ends.setdefault(renamed.get(name, name), set())
                    cuts.update(one * by for one in asked if one is not None)
                else:
                    named.setdefault(name, set()).update(asked)
        for name, cut in _cuts_of_bounds(document.rules):
            ends.setdefault(name, set()).add(cut)
    if "charge" in named:
        ends.setdefault("term_months", set()).add(Fraction(WHOLE))
    if any(key.startswith("list_value") for key in ends):
        named.setdefault("currency", set()).update(document.rules.currency for document in documents)
    texts = [text_dimension(name, values) for name, values in sorted(named.items())]
    ranges = [range_dimension(key, key.split(" ")[0], cuts) for key, cuts in sorted(ends.items())]
    return Space([*texts, *ranges])


def _cuts_of_bounds(rules: Rules) -> Iterator[tuple[str, Fraction]]:
    """Where the metrics that a condition asks for too cross a bound: within one cell the answer is one."""
    for limit in rules.limits:
        key = MEASURED_BY_RANGE.get(limit.metric.name)
        for bound in (limit.member, limit.team):
            if key is not None and isinstance(bound, int):
                yield key, Fraction(bound if METRICS[limit.metric.name].is_minimum else (bound // WHOLE + 1) * WHOLE)
        if limit.metric.name == "effective_discount":
            yield "payment_days", Fraction(rules.standard_payment_days * WHOLE)
            yield "payment_days", Fraction((rules.standard_payment_days + 1) * WHOLE)
