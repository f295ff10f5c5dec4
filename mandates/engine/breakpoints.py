"""Where a judgement may change as one figure of the deal moves.

Every comparison that a judgement rests on is `numerator <= bound x denominator` with both sides linear in one unit
price, in the term or in the days of payment, as long as no condition, no list price and no standard payment period is
crossed. So two samples of the difference give the one place where it changes its sign.
"""

from collections.abc import Iterable, Iterator, Sequence

from .authority import Rules, Table
from .facts import Approval, Case, Deal
from .judge import Outlook
from .measures import DEAL_MEASURES, LINE_MEASURES, Sums, money
from .metrics import METRICS
from .values import Ratio
from .weighing import Governing

Gaps = list[int | None]
Fraction = tuple[int, int]


def gaps(case: Case, outlook: Outlook, deal: Deal, sums: Sums, line: int | None) -> Gaps:
    """How far each value of the deal that may move lies from each bound it is compared with, always in one order.

    `line` is the line whose price moves; None where no price does, for then nothing measured on lines moves.
    """
    found: Gaps = []
    charter, mandates = outlook
    for mandate, budgets, rows in mandates:
        found.extend(_limit_gaps(mandate.rules, rows, deal, sums, line))
        given = money(sums, sums.discount, mandate.rules.currency)
        found.extend(None if given is None else _gap(given, budget.amount - budget.used) for budget in budgets)
    if case.charter is not None:
        found.extend(_limit_gaps(case.charter, charter, deal, sums, line))
    for approval in case.approvals:
        found.extend(_approval_gaps(approval, deal, sums, line))
    return found


def _gap(value: Ratio, bound: int) -> int:
    return value[0] - bound * value[1]


def _limit_gaps(rules: Rules, rows: Governing, deal: Deal, sums: Sums, line: int | None) -> Iterator[int | None]:
    # what is unknown is no member's and no team's at any price, so it has no place that guidance would look for
    for metric, limits in rows:
        if not metric.on_lines:
            limit = limits[0]
            value = DEAL_MEASURES[metric.name](sums, rules)
        elif line is not None:
            limit = limits[line]
            (value,) = LINE_MEASURES[metric.name](deal.lines[line : line + 1])
        else:
            continue
        if limit is not None:
            for bound in (limit.member, limit.team):
                if isinstance(bound, int):
                    yield None if value is None else _gap(value, bound)


def _approval_gaps(approval: Approval, deal: Deal, sums: Sums, line: int | None) -> Iterator[int | None]:
    moved = deal.lines[line] if line is not None else None
    if moved is not None and approval.products is not None:
        pin = approval.products.get(moved.product)
        if pin is not None and pin.unit_price is not None:
            yield moved.unit_price - pin.unit_price
    for limit in approval.limits:
        if limit.bound is None:
            continue
        if not METRICS[limit.metric].on_lines:
            value = DEAL_MEASURES[limit.metric](sums, limit)
        elif moved is not None and limit.product in (None, moved.product):
            (value,) = LINE_MEASURES[limit.metric]([moved])
        else:
            continue
        yield None if value is None else _gap(value, limit.bound)


def roots(start: int, at_start: Gaps, end: int, at_end: Gaps) -> Iterator[Fraction]:
    """Where the gaps, linear from `start` to `end`, are nil: exact fractions with a denominator above 0."""
    for first, last in zip(at_start, at_end, strict=True):
        if first is None or last is None or first == last:
            continue
        slope = last - first
        numerator = start * slope - first * (end - start)
        yield (numerator, slope) if slope > 0 else (-numerator, -slope)


def around(root: Fraction) -> tuple[int, int]:
    """The last whole number up to it and the first from it on.

    What is at a bound is within it, so where a value comes to be within, it is so from the bound itself on.
    """
    return root[0] // root[1], -(-root[0] // root[1])


def condition_edges(case: Case, change: str) -> set[int]:
    """The whole values of `term_months` or `payment_days` from which another row or another mandate may apply."""
    ends: set[int] = set()
    for rules, tables in _rules_and_tables(case):
        for table in tables:
            ends.update(-(-end // 10_000) for end in table.ends(change))
        if change == "payment_days":
            ends.add(rules.standard_payment_days)
    if change == "payment_days":
        ends.update(limit.standard_payment_days for approval in case.approvals for limit in approval.limits)
    return ends


def list_value_edges(case: Case, one: Sums, two: Sums) -> set[int]:
    """The terms from which the list value lies in another range; `one` and `two` are the sums at these terms."""
    edges: set[int] = set()
    for rules, tables in _rules_and_tables(case):
        first = money(one, one.list_value, rules.currency)
        second = money(two, two.list_value, rules.currency)
        if first is None or second is None or first[0] == second[0]:
            continue
        growth = second[0] - first[0]
        for table in tables:
            edges.update(1 - (first[0] - end * first[1]) // growth for end in table.ends("list_value"))
    return edges


def _rules_and_tables(case: Case) -> Iterator[tuple[Rules, Sequence[Table]]]:
    for held in case.mandates:
        mandate = held.mandate
        yield mandate.rules, (mandate.rules.table,) if mandate.scope is None else (mandate.rules.table, mandate.scope)
    if case.charter is not None:
        yield case.charter, (case.charter.table,)


def regions(low: int, high: int, edges: Iterable[int]) -> list[tuple[int, int]]:
    """The whole numbers from `low` to `high`, cut before each edge."""
    starts = sorted({low, *(edge for edge in edges if low < edge <= high)})
    return list(zip(starts, [*(start - 1 for start in starts[1:]), high], strict=True))
