"""What a committee's yes allows: the approval written when a case is won (`docs/decision.md`, earlier approvals)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from mandates.engine import METRICS, Deal, parse_deal
from mandates.engine.measures import DEAL_MEASURES, LINE_MEASURES, sum_up
from mandates.engine.metrics import PSEUDO_METRICS
from mandates.engine.values import SCALE, Ratio, decimals, read_amount

ALWAYS_ON_DEALS = ("deal_discount", "discount_amount", "payment_days", "minimum_value", "minimum_term")
KEPT_VALUE = Fraction(9, 10)
HUNDRED_PERCENT = 100 * SCALE


class Ask(NamedTuple):
    """One metric that the approval bounds: of one product or of the deal, with what its measure needs to know."""

    metric: str
    product: str | None = None
    capital_rate: str | None = None
    standard_payment_days: int | None = None


@dataclass(frozen=True, slots=True)
class _Terms:
    """The bounder as the engine's measures see it: money is bounded in the deal's own currency."""

    currency: str
    capital_rate: int
    standard_payment_days: int


def write(
    *, answer: Mapping[str, Any], case: Mapping[str, Any], committee: str, until: date, tolerance: int = 0
) -> dict[str, Any]:
    """Return the approval document that the yes of `committee` to this judged case gives.

    Bounds are rounded outwards to 4 decimals, so that what was approved always fits its own envelope. Where one of
    the committee's findings had nothing to measure, its bound is null and every product is pinned to the approved
    quantity and unit price. `tolerance` is in 1/10000 of a percent: percentage points for percentages, else relative.
    """
    deal = parse_deal(case["deal"])
    asks = dict.fromkeys([*_breached(answer, case, committee, deal), *_always(deal)])
    limits = [_limit(ask, deal, tolerance) for ask in asks]
    # a breached bound that says nothing must not leave its metric to another bound of the same metric alone
    pinned = any(limit["bound"] is None for limit in limits)
    return {
        "committee": committee,
        "until": until.isoformat(),
        "products": _products(deal, tolerance) if pinned else {line.product: {} for line in deal.lines},
        "limits": limits,
    }


def _breached(answer: Mapping[str, Any], case: Mapping[str, Any], committee: str, deal: Deal) -> Iterable[Ask]:
    """Yield what the committee was asked to allow, and what an earlier yes of its own had allowed already."""
    for finding in answer["findings"]:
        if finding["level"] != "committee" or finding["committee"] != committee:
            continue
        metric = finding["metric"]
        if metric in PSEUDO_METRICS:
            yield Ask(metric)
        elif METRICS[metric].on_lines:
            yield Ask(metric, deal.lines[finding["line"]].product)
        elif metric == "effective_discount":
            bounder = _bounder(finding, answer, case)
            yield Ask(metric, None, str(bounder.get("capital_rate", "0")), bounder.get("standard_payment_days", 30))
        else:
            yield Ask(metric)


def _bounder(finding: Mapping[str, Any], answer: Mapping[str, Any], case: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the document whose limit the finding is about."""
    if finding["source"] == "charter":
        charter: Mapping[str, Any] = case["charter"]
        return charter
    found: Mapping[str, Any] = next(one for one in case["mandates"] if one["code"] == answer["mandate"])
    return found


def _always(deal: Deal) -> Iterable[Ask]:
    for product in dict.fromkeys(line.product for line in deal.lines):
        yield Ask("line_discount", product)
    for metric in ALWAYS_ON_DEALS:
        yield Ask(metric)


def _limit(ask: Ask, deal: Deal, tolerance: int) -> dict[str, Any]:
    limit: dict[str, Any] = {"metric": ask.metric, "bound": None}
    if ask.product is not None:
        limit["product"] = ask.product
    if ask.metric in PSEUDO_METRICS:
        return limit
    worst = _worst(ask, deal)
    if worst is None:
        return limit
    limit["bound"] = decimals(_widened(ask.metric, worst, tolerance))
    if METRICS[ask.metric].kind == "money":
        limit["currency"] = deal.currency
    if ask.metric == "effective_discount":
        limit |= {"capital_rate": ask.capital_rate, "standard_payment_days": ask.standard_payment_days}
    return limit


def _worst(ask: Ask, deal: Deal) -> Fraction | None:
    """Return the approved value in 1/10000, the worst of the product's lines; None where a value cannot be measured."""
    if METRICS[ask.metric].on_lines:
        measured = [LINE_MEASURES[ask.metric](line) for line in deal.lines if line.product == ask.product]
    else:
        terms = _Terms(deal.currency, read_amount(ask.capital_rate or "0") or 0, ask.standard_payment_days or 0)
        measured = [DEAL_MEASURES[ask.metric](sum_up(deal, {}), terms)]
    values = [_exact(ratio) for ratio in measured]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    return min(known) if METRICS[ask.metric].is_minimum else max(known)


def _exact(ratio: Ratio | None) -> Fraction | None:
    """Return a measured value; one without a denominator (nothing sold, or sold for nothing) has no figure."""
    return None if ratio is None or not ratio[1] else Fraction(*ratio)


def _widened(metric: str, value: Fraction, tolerance: int) -> int:
    """Return the bound in 1/10000: the approved value, widened, rounded so that the value itself stays within."""
    kind, is_minimum = METRICS[metric].kind, METRICS[metric].is_minimum
    if metric == "minimum_value":
        value *= KEPT_VALUE
    slack = Fraction(tolerance) if kind == "percent" else abs(value) * tolerance / HUNDRED_PERCENT
    bound = value - slack if is_minimum else value + slack
    return bound.numerator // bound.denominator if is_minimum else -(-bound.numerator // bound.denominator)


def _products(deal: Deal, tolerance: int) -> dict[str, dict[str, str]]:
    """Return each product pinned to its approved quantity and its lowest approved unit price."""
    pinned: dict[str, dict[str, str]] = {}
    for product in dict.fromkeys(line.product for line in deal.lines):
        lines = [line for line in deal.lines if line.product == product]
        pinned[product] = {
            "quantity": _trimmed(_grown(sum(line.quantity for line in lines), tolerance)),
            "unit_price": _trimmed(_shrunk(min(line.unit_price for line in lines), tolerance)),
        }
    return pinned


def _grown(units: int, tolerance: int) -> int:
    return units + units * tolerance // HUNDRED_PERCENT


def _shrunk(units: int, tolerance: int) -> int:
    return units - units * tolerance // HUNDRED_PERCENT


def _trimmed(units: int) -> str:
    return decimals(units).rstrip("0").rstrip(".")


Finding = Mapping[str, Any]


def asked_of(answer: Mapping[str, Any], committee: str) -> frozenset[tuple[Any, ...]]:
    """Return what a judged case asks of this committee, in a form that compares across judgements."""
    return frozenset(_mark(finding) for finding in _counting(answer) if finding["committee"] == committee)


def still_asked(answer: Mapping[str, Any], allowed: Mapping[str, frozenset[tuple[Any, ...]]]) -> list[str]:
    """Return the committees that a judgement asks beyond what each has allowed on this very revision, sorted.

    A finding without a figure (a margin at price 0) fits no bound of any approval, yet its committee has said yes.
    """
    left = {
        finding["committee"]
        for finding in _counting(answer)
        if _mark(finding) not in allowed.get(finding["committee"], frozenset())
    }
    return sorted(left)


def _counting(answer: Mapping[str, Any]) -> Sequence[Finding]:
    return [one for one in answer["findings"] if one["level"] == "committee" and one["covered_by"] is None]


def _mark(finding: Finding) -> tuple[Any, ...]:
    return finding["source"], finding["metric"], finding["line"], finding["reason"]
