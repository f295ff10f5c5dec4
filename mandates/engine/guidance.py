"""What would have been a yes: the lowest prices and the single changes that bring the outcome down."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple

from .breakpoints import around, condition_edges, gaps, list_value_edges, regions, roots
from .currencies import EXPONENTS
from .facts import Case, Deal
from .judge import LEVELS, RANKS, Answer, Outlook, look_out, settle
from .measures import sum_up
from .values import SCALE, price_text
from .weighing import Governing

LONGEST_TERM: Final = 120
MEMBER, TEAM = RANKS["member"], RANKS["team"]


class LineGuide(NamedTuple):
    """The lowest price of a line at which the outcome is no worse than each level."""

    line: int
    member: str | None
    team: str | None


class Move(NamedTuple):
    """One change that brings the outcome down to that level; `line` only where a unit price changes."""

    change: str
    line: int | None
    to: int | str
    outcome: str


class Guide(NamedTuple):
    lines: tuple[LineGuide, ...]
    moves: tuple[Move, ...]

    def as_document(self) -> dict[str, Any]:
        moves = [
            {key: value for key, value in move._asdict().items() if key != "line" or move.line is not None}
            for move in self.moves
        ]
        return {"lines": [line._asdict() for line in self.lines], "moves": moves}


# The value found for each level that was looked for.
Found = dict[int, int]


def guide(case: Case, answer: Answer) -> Guide:
    """The guidance of section 8; exact, found at the breakpoints of the judgement and confirmed by judging there."""
    outcome = RANKS[answer.outcome]
    targets = [level for level in (TEAM, MEMBER) if level < outcome]
    outlook = look_out(case, case.deal, sum_up(case.deal, case.rates))
    exponent = EXPONENTS[case.deal.currency]
    lines: list[LineGuide] = []
    moves: list[tuple[int, Move]] = []
    if targets:
        moves += _whole_moves("payment_days", _find(_shorter_payment(case), targets))
        moves += _whole_moves("term_months", _find(_longer_term(case), targets))
    for index, line in enumerate(case.deal.lines):
        trials = _trials(case, outlook, index, outcome)
        lowest = _find(trials, [MEMBER, TEAM])
        texts = [price_text(lowest[level], exponent) if level in lowest else None for level in (MEMBER, TEAM)]
        lines.append(LineGuide(index, *texts))
        higher = _find([trial for trial in trials if trial[0] > line.unit_price], targets)
        moves += [
            (level, Move("unit_price", index, price_text(price, exponent), LEVELS[level]))
            for level, price in higher.items()
        ]
    moves.sort(key=lambda found: (-found[0], found[1].change, found[1].line or 0))
    return Guide(tuple(lines), tuple(move for _, move in moves))


def _find(trials: Iterable[tuple[int, int]], targets: list[int]) -> Found:
    """The first value tried at which each level is reached; tries no further than it must."""
    found: Found = {}
    for value, level in trials if targets else ():
        for target in targets:
            if level <= target:
                found.setdefault(target, value)
        if len(found) == len(targets):
            break
    return found


def _whole_moves(change: str, found: Found) -> list[tuple[int, Move]]:
    return [(level, Move(change, None, value, LEVELS[level])) for level, value in found.items()]


def _trials(case: Case, outlook: Outlook, line: int, outcome: int) -> list[tuple[int, int]]:
    """Prices of the line from the lowest up, with the level each leads to: one for every stretch that is judged alike.

    Ends where a price is found at which every question that is asked of the line has its answer.
    """
    today = case.deal.lines[line].unit_price
    best = _best_thinkable(case, outlook, line)
    if best > TEAM:
        return []
    trials: list[tuple[int, int]] = []
    for price in _candidates(case, outlook, line):
        level = outcome if price == today else _level(case, outlook, _with_price(case.deal, line, price))
        trials.append((price, level))
        if level == best and (price > today or outcome == best):
            break
    return trials


def _best_thinkable(case: Case, outlook: Outlook, line: int) -> int:
    """A level that no price of the line can go below, for what does not depend on it comes to that already.

    With approvals there is no telling, for a price may bring one to life that covers the rest.
    """
    if case.approvals:
        return MEMBER
    lines = case.deal.lines
    deal = replace(case.deal, lines=lines[:line] + lines[line + 1 :])
    charter, mandates = outlook
    elsewhere: Outlook = _not_on(charter, line), [(mandate, (), _not_on(rows, line)) for mandate, _, rows in mandates]
    return settle(case, deal, elsewhere, sum_up(deal, case.rates), read=False)[0]


def _not_on(rows: Governing, line: int) -> Governing:
    """What governs the other lines, the term and the days of payment."""
    return [
        (metric, [*limits[:line], *limits[line + 1 :]] if metric.on_lines else limits)
        for metric, limits in rows
        if metric.on_lines or metric.kind in ("months", "days")
    ]


def _level(case: Case, outlook: Outlook, deal: Deal) -> int:
    return settle(case, deal, outlook, sum_up(deal, case.rates), read=False)[0]


def _with_price(deal: Deal, line: int, price: int) -> Deal:
    lines = list(deal.lines)
    lines[line] = replace(lines[line], unit_price=price)
    return replace(deal, lines=tuple(lines))


def _with(deal: Deal, change: str, value: int) -> Deal:
    if change == "term_months":
        return replace(deal, term_months=value)
    return replace(deal, payment_days=value)


def _candidates(case: Case, outlook: Outlook, line: int) -> list[int]:
    """The lowest price tried of every stretch of prices within which nothing changes its side of a bound."""
    listed, today = case.deal.lines[line].list_price, case.deal.lines[line].unit_price
    step = 10 ** (4 - EXPONENTS[case.deal.currency])
    top = max(listed, today)
    starts = {0, 1, listed}
    # Within a piece all is linear; 0 stands alone, for a margin has no value there.
    pieces = [(1, listed)]
    if today > listed:
        pieces.append((max(listed, 1), max(listed, 1) + SCALE))
    for start, end in pieces:
        at_start, at_end = (_gaps_at(case, outlook, line, price) for price in (start, end))
        for root in roots(start, at_start, end, at_end):
            if 0 <= root[0] <= top * root[1]:
                starts.add(around(root)[1])
    tried = set()
    for start in starts:
        on_grid = -(-start // step) * step
        nearest = min((price for price in (on_grid, listed, today) if start <= price <= top), default=None)
        if nearest is not None:
            tried.add(nearest)
    return sorted(tried)


def _gaps_at(case: Case, outlook: Outlook, line: int, price: int) -> list[int | None]:
    deal = _with_price(case.deal, line, price)
    return gaps(case, outlook, deal, sum_up(deal, case.rates), line)


def _shorter_payment(case: Case) -> Iterator[tuple[int, int]]:
    """Shorter periods, the longest first, with the level each leads to."""
    cuts = regions(0, case.deal.payment_days - 1, condition_edges(case, "payment_days"))
    for low, high in reversed(cuts):
        yield from _stretch(case, "payment_days", low, high, descending=True)


def _longer_term(case: Case) -> Iterator[tuple[int, int]]:
    """Longer terms, the shortest first, with the level each leads to."""
    one, two = (sum_up(replace(case.deal, term_months=term), case.rates) for term in (1, 2))
    edges = condition_edges(case, "term_months") | list_value_edges(case, one, two)
    for low, high in regions(case.deal.term_months + 1, LONGEST_TERM, edges):
        yield from _stretch(case, "term_months", low, high, descending=False)


def _stretch(case: Case, change: str, low: int, high: int, *, descending: bool) -> Iterator[tuple[int, int]]:
    """Within a stretch no condition changes, so the same rows govern throughout."""
    if low > high:
        return
    ends = [_with(case.deal, change, value) for value in (low, high)]
    sums = [sum_up(deal, case.rates) for deal in ends]
    outlook = look_out(case, ends[0], sums[0])
    values = {low, high}
    if high - low > 1:
        at_ends = [gaps(case, outlook, deal, summed, None) for deal, summed in zip(ends, sums, strict=True)]
        for root in roots(low, at_ends[0], high, at_ends[1]):
            values.update(value for value in around(root) if low < value < high)
    for value in sorted(values, reverse=descending):
        yield value, _level(case, outlook, _with(case.deal, change, value))
