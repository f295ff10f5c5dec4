"""Two documents compared by what they allow: where one reaches further, each yes with a deal that shows it.

A side reaches further on a metric, at a level, where there is a deal that it agrees at that level while the other
side's limit on that metric stops the deal. Regions of conditions are followed exactly; what no deal was found for
although the bounds differ, and what takes too many steps, is "undecided" and to be treated as wider.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final, Literal

from .openings import Opening, is_wider, openings
from .regions import Box, Effort, Exhausted, meet, meeting, outside
from .sides import MEMBER, TEAM, Document, Pair, Piece, Side, read_side
from .values import ANY, Bound, read_amount
from .witness import Witness, Witnesses

Kind = Literal["wider", "narrower", "undecided", "other"]

_ALL_STEPS: Final = 2_000_000
_STEPS: Final = 60_000
_PARTS: Final = 3
_PLAIN_TERMS: Final = ("currency", "committee", "capital_rate", "standard_payment_days")
# What keeps the deal's own figure within bounds too, because it is an average of the lines' or a part of the other.
_IMPLYING: Final = {
    "deal_discount": ("line_discount", "effective_discount"),
    "deal_margin": ("line_margin",),
    "effective_discount": ("line_discount", "deal_discount", "effective_discount"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two documents differ; limits are indices of the governing rows, None where none governs.

    `metric` may also be `scope`, `budget`, `validity`, `consents`, or a term of the document, for `other`.
    `region` holds the conditions, as JSON, of the region in which the witness lies. An undecided difference says in
    `toward` which way it may go.
    """

    kind: Kind
    metric: str
    limit_a: int | None = None
    limit_b: int | None = None
    level: str | None = None
    region: Mapping[str, Any] = field(default_factory=dict)
    witness: Witness | None = None
    toward: Literal["wider", "narrower", ""] = ""


def compare(a: Mapping[str, Any], b: Mapping[str, Any], rates: Mapping[str, str] | None = None) -> list[Difference]:
    """In what mandate `b` allows more, or less, than mandate `a`.

    `rates` (per euro) are needed only to compare money in two currencies, and then the answer holds at these rates.
    Raises: InvalidCase where a document is not valid.
    """
    documents = read_side(a), read_side(b)
    pair = Pair(*documents, rates)
    found = _terms(*documents)
    for toward, wide, narrow in (("wider", pair.second, pair.first), ("narrower", pair.first, pair.second)):
        search = _Search(pair, wide, narrow)
        for level in (MEMBER, TEAM):
            found += [_facing(one, toward) for one in search.beyond(level)]
    return found


def beyond_charter(
    mandate: Mapping[str, Any], charter: Mapping[str, Any], rates: Mapping[str, str] | None = None
) -> list[Difference]:
    """Where the mandate alone would agree what the charter (the `a` of the differences) forbids.

    Raises: InvalidCase where a document is not valid.
    """
    pair = Pair(read_side(charter, charter=True), read_side(mandate), rates)
    search = _Search(pair, pair.second, pair.first)
    return [_facing(one, "wider") for one in search.beyond(TEAM)]


def shadowed(document: Mapping[str, Any], *, charter: bool = False) -> list[tuple[int, tuple[int, ...]]]:
    """The rows that can never apply, each with the earlier rows that together take all of it.

    None where the scope already excludes it. Raises: InvalidCase where the document is not valid.
    """
    read = read_side(document, charter=charter)
    pair = Pair(read, read)
    side, found = pair.first, []
    scope = side.scope
    for metric in side.metrics:
        above: list[tuple[int, Box]] = []
        for limit in side.rules.limits:
            if limit.metric.name != metric:
                continue
            box = side.boxes_of(limit.when)[1]
            try:
                by = _covering(meet(box, scope) if scope is not None else None, above, pair.impossible)
            except Exhausted:
                by = None
            if by is not None:
                found.append((limit.index, by))
            above.append((limit.index, box))
    return sorted(found)


def _covering(box: Box | None, above: list[tuple[int, Box]], impossible: tuple[Box, ...]) -> tuple[int, ...] | None:
    """The fewest of the rows above that leave nothing of the box, by leaving out one after the other; None if none."""
    effort = Effort(_STEPS)

    def leaves_nothing(rows: list[tuple[int, Box]]) -> bool:
        covers = [*impossible, *(held for _, held in rows)]
        return box is None or next(outside(box, covers, effort), None) is None

    if not leaves_nothing(above):
        return None
    rows = [row for row in above if box is not None and meet(row[1], box) is not None]
    for row in reversed(rows):
        fewer = [one for one in rows if one is not row]
        if leaves_nothing(fewer):
            rows = fewer
    return tuple(index for index, _ in rows)


def _facing(one: Difference, toward: str) -> Difference:
    """The difference as seen from `a` to `b`: found as wider, its limits the narrow side's and the wide side's."""
    if toward == "wider":
        return one
    kind: Kind = "narrower" if one.kind == "wider" else one.kind
    return replace(one, kind=kind, limit_a=one.limit_b, limit_b=one.limit_a, toward="narrower" if one.toward else "")


def _terms(a: Document, b: Document) -> list[Difference]:
    """What stands beside the limits; the number of consents says by itself who allows more."""
    found: list[Difference] = []
    if a.mandate is None or b.mandate is None:
        return found
    before, after = a.mandate.consents, b.mandate.consents
    if before != after:
        found.append(Difference("wider" if after < before else "narrower", "consents", level=TEAM))
    pairs = {
        "currency": (a.rules.currency, b.rules.currency),
        "committee": (a.mandate.committee, b.mandate.committee),
        "capital_rate": (a.rules.capital_rate, b.rules.capital_rate),
        "standard_payment_days": (a.rules.standard_payment_days, b.rules.standard_payment_days),
    }
    found += [Difference("other", name) for name in _PLAIN_TERMS if pairs[name][0] != pairs[name][1]]
    asked = [{(one.metric.name, str(one.when)): one for one in side.rules.limits} for side in (a, b)]
    for key, limit in asked[0].items():
        same = asked[1].get(key)
        if same is not None and _other_committee(a.raw, limit.index) != _other_committee(b.raw, same.index):
            found.append(Difference("other", "committee", limit.index, same.index))
    return found


def _other_committee(raw: Mapping[str, Any], index: int) -> Any:
    """The committee that a row names by itself."""
    return raw["limits"][index].get("committee")


class _Search:
    """Where the wide side agrees, at a level, what the narrow side stops; every difference is found as "wider"."""

    def __init__(self, pair: Pair, wide: Side, narrow: Side) -> None:
        self.pair, self.wide, self.narrow = pair, wide, narrow
        self.effort = Effort(_ALL_STEPS)

    def beyond(self, level: str) -> list[Difference]:
        found: list[Difference] = []
        if self.wide.scope is None:
            return found
        day, alone = self._days()
        witnesses = self._witnesses(level, day or alone[0], in_force=True)
        common = self.wide.scope if self.narrow.is_charter else self._common_scope()
        if not self.narrow.is_charter:
            found += self._by_validity(level, alone)
            found += self._by_scope(level, witnesses)
        if common is not None:
            for metric in self.narrow.metrics:
                found += self._by_metric(metric, level, common, witnesses)
            found += self._by_budgets(level, common, witnesses)
        return found

    def _witnesses(self, level: str, on: str, *, in_force: bool) -> Witnesses:
        return Witnesses(self.pair, wide=self.wide, narrow=self.narrow, level=level, on=on, narrow_in_force=in_force)

    def _common_scope(self) -> Box | None:
        if self.wide.scope is None or self.narrow.scope is None:
            return None
        return meet(self.wide.scope, self.narrow.scope)

    def _days(self) -> tuple[str | None, list[str]]:
        """A day on which both are valid, and days on which only the wide side is."""
        wide, narrow = self.wide.document.mandate, self.narrow.document.mandate
        if wide is None or narrow is None:
            return (wide.valid_from if wide is not None else "2026-01-01"), []
        day = max(wide.valid_from, narrow.valid_from)
        last = min(wide.valid_until, narrow.valid_until)
        alone = [wide.valid_from] if wide.valid_from < narrow.valid_from else []
        alone += [wide.valid_until] if wide.valid_until > narrow.valid_until else []
        return (day if day <= last else None), alone or [wide.valid_from]

    # --- beside the limits ---

    def _by_validity(self, level: str, alone: list[str]) -> Iterator[Difference]:
        narrow, scope = self.narrow.document.mandate, self.wide.scope
        if narrow is None or scope is None or level != TEAM:
            return
        for day in alone:
            if not narrow.valid_from <= day <= narrow.valid_until:
                finder = self._witnesses(level, day, in_force=False)
                if parts := self._parts(scope):
                    yield self._anywhere("validity", level, parts, finder)

    def _by_scope(self, level: str, witnesses: Witnesses) -> Iterator[Difference]:
        if self.wide.scope is None:
            return
        covers = [self.narrow.scope] if self.narrow.scope is not None else []
        if parts := self._parts(self.wide.scope, covers):
            yield self._anywhere("scope", level, parts, witnesses)

    def _parts(self, box: Box, covers: Sequence[Box] = ()) -> list[Box]:
        """Some parts of the box in which deals can lie that none of these covers; the box where that takes too long."""
        try:
            return list(islice(outside(box, [*self.pair.impossible, *covers], self._some()), 8))
        except Exhausted:
            return [box]

    def _anywhere(self, metric: str, level: str, parts: list[Box], witnesses: Witnesses) -> Difference:
        """The difference that any deal agreed by the wide side in one of the parts shows."""
        region = self.pair.space.described(parts[0])
        for part in parts:
            try:
                witness = witnesses.find(metric, None, part, ANY, self._some())
            except Exhausted:
                break
            if witness is not None:
                region = self.pair.space.described(part)
                return Difference("wider", metric, level=level, region=region, witness=witness)
        return Difference("undecided", metric, level=level, region=region, toward="wider")

    def _by_budgets(self, level: str, common: Box, witnesses: Witnesses) -> Iterator[Difference]:
        """Budgets of one receiver and period against one another, as if nothing of them were used."""
        wide, narrow = _budgets(self.wide), _budgets(self.narrow)
        for key, least in narrow.items():
            most = wide.get(key)
            factors = self.wide.factor, self.narrow.factor
            if factors[0] and factors[1]:
                low, high = least * factors[1], most * factors[0] if most is not None else None
                if high is not None and high <= low:
                    continue
                opening = Opening("number", low, high, self.pair.space.every)
                one = self._decided("budget", level, common, opening, None, None, witnesses)
                if one is not None:
                    yield one
            else:
                yield Difference("undecided", "budget", level=level, toward="wider")

    # --- limits ---

    def _by_metric(self, metric: str, level: str, common: Box, witnesses: Witnesses) -> Iterator[Difference]:
        best: dict[tuple[int | None, int | None], Difference] = {}
        try:
            for narrow, wide, box in self._meeting(metric, level, common):
                key = narrow.index, wide.index
                if key in best and best[key].kind == "wider":
                    continue
                for opening in openings(metric, wide.bound(level), narrow.bound(level), (self.wide, self.narrow)):
                    inside = meet(box, opening.within)
                    if inside is None:
                        continue
                    one = self._decided(metric, level, inside, opening, narrow, wide, witnesses)
                    if one is not None and (one.kind == "wider" or key not in best):
                        best[key] = one
                        if one.kind == "wider":
                            break
        except Exhausted:
            yield Difference("undecided", metric, level=level, toward="wider")
        yield from best.values()

    def _meeting(self, metric: str, level: str, common: Box) -> Iterator[tuple[Piece, Piece, Box]]:
        """The pairs of rows that may govern the same deal and whose bounds may differ for it."""
        wides = [piece for piece in self.wide.pieces(metric) if piece.bound(level) is not None]
        for narrow in self.narrow.pieces(metric):
            if narrow.bound(level) is ANY:
                continue
            held = meet(narrow.box, common)
            for wide in wides if held is not None else ():
                self.effort.spend(1)
                box = meeting((wide.box, held)) if held is not None else None
                if box is not None:
                    yield narrow, wide, box

    def _decided(
        self,
        metric: str,
        level: str,
        box: Box,
        opening: Opening,
        narrow: Piece | None,
        wide: Piece | None,
        witnesses: Witnesses,
    ) -> Difference | None:
        """The difference in the box; None where no deal lies there, or none that matters."""
        minus = (*(narrow.minus if narrow else ()), *(wide.minus if wide else ()))
        bound: Bound = wide.bound(level) if wide is not None else ANY
        effort, region = self._some(), box
        one = Difference(
            "undecided", metric, narrow.index if narrow else None, wide.index if wide else None, level, toward="wider"
        )
        try:
            found = islice(outside(box, (*self.pair.impossible, *minus), effort), _PARTS)
            parts = sorted(found, key=self.pair.is_foreign)  # one's own currency is the example that people expect
            # Money without a rate to compare by has no figures to try.
            tried = parts if self.pair.comparable or opening.sort != "any" else []
            for part in tried:
                witness = witnesses.find(metric, opening, part, bound, effort)
                if witness is not None:
                    shown = self.pair.space.described(part)
                    return replace(one, kind="wider", region=shown, witness=witness, toward="")
            if not parts or (narrow is not None and self._is_implied(metric, level, narrow.bound(level), box, effort)):
                return None
            region = parts[0]
        except Exhausted:
            pass  # then it stays undecided
        return replace(one, region=self.pair.space.described(region))

    def _is_implied(self, metric: str, level: str, bound: Bound, box: Box, effort: Effort) -> bool:
        """Whether the wide side's limits on another metric keep this one within the bound anyway."""
        if not isinstance(bound, int) or (metric != "deal_margin" and bound < 0):
            return False
        if metric == "effective_discount" and self.narrow.rules.capital_rate:
            return False
        minimum = metric == "deal_margin"
        for other in _IMPLYING.get(metric, ()):
            if other not in self.wide.metrics:
                continue
            wider = [one for one in self.wide.pieces(other) if is_wider(one.bound(level), bound, minimum)]
            meetings = ((meet(one.box, box), one.minus) for one in wider)
            if not any(
                common is not None and next(outside(common, (*self.pair.impossible, *minus), effort), None) is not None
                for common, minus in meetings
            ):
                return True
        return False

    def _some(self) -> Effort:
        """A share of the steps that are left. Raises: Exhausted."""
        self.effort.spend(20)
        return _Share(self.effort, _STEPS)


class _Share(Effort):
    """Steps that count against a whole too."""

    __slots__ = ("_whole",)

    def __init__(self, whole: Effort, steps: int) -> None:
        super().__init__(steps)
        self._whole = whole

    def spend(self, steps: int) -> None:
        self._whole.spend(steps)
        super().spend(steps)


def _budgets(side: Side) -> dict[tuple[str, str], int]:
    """The least amount for each receiver and period."""
    found: dict[tuple[str, str], int] = {}
    for row in side.document.raw.get("budgets", ()):
        key, amount = (row["per"], row["period"]), read_amount(row["amount"]) or 0
        found[key] = min(found.get(key, amount), amount)
    return found
