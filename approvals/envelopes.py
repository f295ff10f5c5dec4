"""What a committee's yes allows: the approval written when a case is won (`docs/decision.md`, earlier approvals)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from approvals.measuring import of_deal, of_line
from mandates.documents import number_text
from mandates.engine import METRICS, evaluate

PSEUDO_METRICS = frozenset({"budget", "mandate"})
SCALE = 10_000
Document = Mapping[str, Any]
ALWAYS_ON_DEALS = ("deal_discount", "discount_amount", "payment_days", "minimum_term")
KEPT_VALUE = Fraction(9, 10)
HUNDRED_PERCENT = 100 * SCALE


class Ask(NamedTuple):
    """One metric that the approval bounds, of one product or of the deal, at a share of the approved value."""

    metric: str
    product: str | None = None
    capital_rate: str | None = None
    standard_payment_days: int | None = None
    kept: Fraction = Fraction(1)


def write(
    *, answer: Mapping[str, Any], case: Mapping[str, Any], committee: str, until: date, tolerance: int = 0
) -> dict[str, Any]:
    """Return the approval document that the yes of `committee` to this judged case gives.

    Bounds are rounded outwards to 4 decimals, so that what was approved always fits its own envelope. Where one of
    the committee's findings had nothing to measure, its bound is null and every product is pinned to the approved
    quantity and unit price. `tolerance` is in 1/10000 of a percent: percentage points for percentages, else relative.
    """
    deal = case["deal"]
    asks = dict.fromkeys([*_breached(answer, case, committee, deal), *_always(deal)])
    limits = [_limit(ask, deal, tolerance) for ask in asks]
    pinned = any(limit["bound"] is None for limit in limits)
    return {
        "committee": committee,
        "until": until.isoformat(),
        "products": _pinned(deal, tolerance) if pinned else {line["product"]: {} for line in deal["lines"]},
        "limits": limits,
    }


def _breached(answer: Mapping[str, Any], case: Mapping[str, Any], committee: str, deal: Document) -> Iterable[Ask]:
    """Yield what the committee was asked to allow, and what an earlier yes of its own had allowed already."""
    for finding in answer["findings"]:
        if finding["level"] != "committee" or finding["committee"] != committee:
            continue
        metric = finding["metric"]
        if metric in PSEUDO_METRICS:
            yield Ask(metric)
        elif METRICS[metric].on_lines:
            yield Ask(metric, deal["lines"][finding["line"]]["product"])
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


def _always(deal: Document) -> Iterable[Ask]:
    for product in _products_of(deal):
        yield Ask("line_discount", product)
    for metric in ALWAYS_ON_DEALS:
        yield Ask(metric)
    yield Ask("minimum_value", kept=KEPT_VALUE)


def _limit(ask: Ask, deal: Document, tolerance: int) -> dict[str, Any]:
    limit: dict[str, Any] = {"metric": ask.metric, "bound": None}
    if ask.product is not None:
        limit["product"] = ask.product
    if ask.metric in PSEUDO_METRICS:
        return limit
    worst = _worst(ask, deal)
    if worst is None:
        return limit
    limit["bound"] = _text(_widened(ask.metric, worst * ask.kept, tolerance))
    if METRICS[ask.metric].kind == "money":
        limit["currency"] = deal["currency"]
    if ask.metric == "effective_discount":
        limit |= {"capital_rate": ask.capital_rate, "standard_payment_days": ask.standard_payment_days}
    return limit


def _worst(ask: Ask, deal: Document) -> Fraction | None:
    """Return the approved value, the worst of the product's lines; None where one of them has no figure."""
    if METRICS[ask.metric].on_lines:
        values = [of_line(ask.metric, line) for line in deal["lines"] if line["product"] == ask.product]
    else:
        days = ask.standard_payment_days or 0
        values = [of_deal(ask.metric, deal, capital_rate=ask.capital_rate or "0", standard_days=days)]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    return min(known) if METRICS[ask.metric].is_minimum else max(known)


def _widened(metric: str, value: Fraction, tolerance: int) -> int:
    """Return the bound in 1/10000: the approved value, widened, rounded so that the value itself stays within."""
    kind, is_minimum = METRICS[metric].kind, METRICS[metric].is_minimum
    value *= SCALE
    slack = Fraction(tolerance) if kind == "percent" else abs(value) * tolerance / HUNDRED_PERCENT
    bound = value - slack if is_minimum else value + slack
    return bound.numerator // bound.denominator if is_minimum else -(-bound.numerator // bound.denominator)


def _products_of(deal: Document) -> list[str]:
    return list(dict.fromkeys(line["product"] for line in deal["lines"]))


def _pinned(deal: Document, tolerance: int) -> dict[str, dict[str, str]]:
    """Return each product with its approved quantity at most and its lowest approved unit price at least."""
    more = 1 + Fraction(tolerance, HUNDRED_PERCENT)
    less = max(Fraction(0), 2 - more)
    pinned: dict[str, dict[str, str]] = {}
    for product in _products_of(deal):
        lines = [line for line in deal["lines"] if line["product"] == product]
        quantity = sum((Fraction(line["quantity"]) for line in lines), Fraction(0)) * SCALE * more
        price = min(Fraction(line["unit_price"]) for line in lines) * SCALE * less
        # what is approved has 4 decimals already: nothing is rounded here without tolerance
        pinned[product] = {"quantity": _text(int(quantity)), "unit_price": _text(int(price))}
    return pinned


def _text(units: int) -> str:
    """Return 1/10000 units as `decision.md` section 1 writes a number."""
    return number_text(Decimal(units).scaleb(-4))


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


def _counting(answer: Mapping[str, Any]) -> Sequence[Document]:
    return [one for one in answer["findings"] if one["level"] == "committee" and one["covered_by"] is None]


def _mark(finding: Document) -> tuple[Any, ...]:
    return finding["source"], finding["metric"], finding["line"], finding["reason"]


def holds(document: Mapping[str, Any], case: Mapping[str, Any], deal: Document) -> bool:
    """Say whether an approval is live for a deal on the day of the case, as the engine sees it.

    Asked of the engine through its pseudo-metric: having no mandate is covered exactly by what is live.
    """
    probe = {**document, "limits": [*document["limits"], {"metric": "mandate", "bound": None}]}
    bare = {**case, "deal": deal, "charter": None, "mandates": [], "approvals": [probe]}
    answer = evaluate({**bare, "default_committee": document["committee"]})
    return answer["findings"][0]["covered_by"] == 0
