"""Figures that bound a yes: how a deal stands to them, and the nearest deal that keeps to them. Pure.

A figure is `{"metric", "bound"}`, with `product` on line metrics; money is in the deal's currency. `rates` are the
capital rate and the standard payment days by which an effective discount is measured.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from approvals.measuring import HUNDRED, YEAR, given_away, of_deal, of_line, total
from mandates.engine import METRICS
from mandates.engine.currencies import EXPONENTS

Document = Mapping[str, Any]
Figure = Mapping[str, Any]
Rates = tuple[str, int]
NO_RATES: Rates = ("0", 30)
# What a committee may bound: a highest net value is no bound that a team could move towards.
ON_LINES = ("line_discount", "line_margin")
ON_DEALS = (
    "deal_discount",
    "deal_margin",
    "effective_discount",
    "discount_amount",
    "minimum_value",
    "minimum_term",
    "term_months",
    "payment_days",
)
BOUNDABLE = frozenset(ON_LINES + ON_DEALS)
SCALE = 10_000


def value_of(figure: Figure, deal: Document, rates: Rates = NO_RATES) -> Fraction | None:
    """Return where the deal stands on the figure's metric, its worst line for line metrics; None where unknown."""
    metric = METRICS[figure["metric"]]
    if not metric.on_lines:
        return of_deal(metric.name, deal, capital_rate=rates[0], standard_days=rates[1])
    lines = [line for line in deal["lines"] if line["product"] == figure["product"]]
    values = [value for line in lines if (value := of_line(metric.name, line)) is not None]
    if not values or len(values) < len(lines):
        return None
    return min(values) if metric.is_minimum else max(values)


def keeps(figure: Figure, deal: Document, rates: Rates = NO_RATES) -> bool:
    """Say whether the deal keeps to a figure; what cannot be measured does not."""
    value = value_of(figure, deal, rates)
    if value is None:
        return False
    bound = Fraction(figure["bound"])
    return value >= bound if METRICS[figure["metric"]].is_minimum else value <= bound


def is_tighter(metric: str, one: str, other: str) -> bool:
    """Say whether bound `one` allows less than bound `other`."""
    first, second = Fraction(one), Fraction(other)
    return first > second if METRICS[metric].is_minimum else first < second


# --- the nearest deal ---


def nearest(deal: Document, figures: Iterable[Figure], rates: Rates = NO_RATES) -> dict[str, Any] | None:
    """Return the deal moved no further than the figures ask; None where no price up to list keeps to them.

    Term and payment go to their bounds, the prices of a bounded line up to its bound; what the whole deal still lacks
    is spread over all lines alike, as a share of what each gives away. Prices are rounded up to the currency's minor
    unit, never above list.
    """
    wanted = list(figures)
    moved = {**deal, "lines": [dict(line) for line in deal["lines"]]}
    for figure in wanted:
        if figure["metric"] in ON_LINES:
            _raise_lines(moved, figure)
        else:
            _move_terms(moved, figure)
    shares = [_share(moved, figure, rates) for figure in wanted if figure["metric"] not in ON_LINES]
    share = max((one for one in shares if one is not None), default=Fraction(0))
    if None in shares or share > 1:
        return None
    _raise_all(moved, share)
    return moved if all(keeps(figure, moved, rates) for figure in wanted) else None


def _move_terms(deal: dict[str, Any], figure: Figure) -> None:
    match figure["metric"]:
        case "minimum_term":
            deal["term_months"] = max(deal["term_months"], _up(Fraction(figure["bound"])))
        case "term_months":
            deal["term_months"] = min(deal["term_months"], int(Fraction(figure["bound"])))
        case "payment_days":
            deal["payment_days"] = min(deal["payment_days"], int(Fraction(figure["bound"])))


def _raise_lines(deal: dict[str, Any], figure: Figure) -> None:
    for line in deal["lines"]:
        if line["product"] != figure["product"] or (needed := _price(line, figure)) is None:
            continue
        if Fraction(line["unit_price"]) < needed <= Fraction(line["list_price"]):
            line["unit_price"] = _rounded(needed, line, deal["currency"])


def _price(line: Document, figure: Figure) -> Fraction | None:
    """Return the lowest price at which a line keeps to the figure; None where no price can."""
    left = 1 - Fraction(figure["bound"]) / HUNDRED
    if figure["metric"] == "line_discount":
        return Fraction(line["list_price"]) * left
    return None if line["unit_cost"] is None or left <= 0 else Fraction(line["unit_cost"]) / left


def _share(deal: Document, figure: Figure, rates: Rates) -> Fraction | None:
    """Return which share of what the deal gives away must come back for it to keep to a figure of the whole deal."""
    if figure["metric"] in ("minimum_term", "term_months", "payment_days"):
        return Fraction(0)
    if keeps(figure, deal, rates):
        return Fraction(0)
    given, net, listed = given_away(deal), total(deal, "unit_price"), total(deal, "list_price")
    if not given or net is None or listed is None:
        return None
    bound = Fraction(figure["bound"])
    match figure["metric"]:
        case "discount_amount":
            return 1 - bound / given
        case "deal_discount":
            return 1 - bound * listed / HUNDRED / given
        case "minimum_value":
            return (bound - net) / given
        case "deal_margin":
            cost = total(deal, "unit_cost")
            return None if cost is None or bound >= HUNDRED else (cost / (1 - bound / HUNDRED) - net) / given
    late = Fraction(rates[0]) / HUNDRED * max(0, deal["payment_days"] - rates[1]) / YEAR
    return None if late >= 1 else (given + net * late - bound * listed / HUNDRED) / (given * (1 - late))


def _raise_all(deal: dict[str, Any], share: Fraction) -> None:
    for line in deal["lines"]:
        below = Fraction(line["list_price"]) - Fraction(line["unit_price"])
        if share > 0 and below > 0:
            line["unit_price"] = _rounded(Fraction(line["unit_price"]) + share * below, line, deal["currency"])


def _rounded(price: Fraction, line: Document, currency: str) -> str:
    """Return the price as a document writes it: up to the minor unit, but not past a list price that it reaches."""
    listed = Fraction(line["list_price"])
    step = Fraction(1, 10 ** EXPONENTS[currency])
    up = _up(price / step) * step
    if price <= listed < up:
        return str(line["list_price"])
    places = EXPONENTS[currency]
    whole = _up(up * 10**places)
    return f"{whole // 10**places}.{whole % 10**places:0{places}d}" if places else str(whole)


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


# --- envelopes ---


def tightened(envelope: Document, figures: Iterable[Figure], currency: str, rates: Rates = NO_RATES) -> dict[str, Any]:
    """Return an approval's document with each figure as a bound: in place of a wider one of its own, else beside it."""
    limits = [dict(limit) for limit in envelope["limits"]]
    for figure in figures:
        bounded = [limit for limit in limits if _is_of(limit, figure) and limit["bound"] is not None]
        for limit in bounded:
            if is_tighter(limit["metric"], figure["bound"], limit["bound"]):
                limit["bound"] = figure["bound"]
        if not bounded:
            limits.append(_limit(figure, currency, rates))
    return {**envelope, "limits": limits}


def _limit(figure: Figure, currency: str, rates: Rates) -> dict[str, Any]:
    limit = {"metric": figure["metric"], "bound": figure["bound"]}
    if METRICS[figure["metric"]].on_lines:
        limit["product"] = figure["product"]
    if METRICS[figure["metric"]].kind == "money":
        limit["currency"] = currency
    if figure["metric"] == "effective_discount":
        limit |= {"capital_rate": rates[0], "standard_payment_days": rates[1]}
    return limit


def _is_of(limit: Document, figure: Figure) -> bool:
    return limit["metric"] == figure["metric"] and limit.get("product") == figure.get("product")


def wider(one: Document, other: Document) -> dict[str, Any]:
    """Return an approval's document that allows what either of two allows, bound by bound.

    Both are of the same deal, so they bound in the same currency and name the same products.
    """
    keys = list(dict.fromkeys(_key(limit) for limit in [*one["limits"], *other["limits"]]))
    pinned = one["products"] if any(one["products"].values()) else other["products"]
    return {**one, "products": pinned, "limits": [_wider_limit(key, (one, other)) for key in keys]}


def _wider_limit(key: tuple[Any, ...], documents: Iterable[Document]) -> dict[str, Any]:
    tightest = [_tightest([dict(limit) for limit in of["limits"] if _key(limit) == key]) for of in documents]
    return _widest([limit for limit in tightest if limit is not None])


def _key(limit: Document) -> tuple[Any, ...]:
    return tuple(limit.get(name) for name in ("metric", "product", "capital_rate", "standard_payment_days"))


def _tightest(limits: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    best: dict[str, Any] | None = None
    for limit in limits:
        if (
            best is None
            or best["bound"] is None
            or (limit["bound"] is not None and is_tighter(limit["metric"], limit["bound"], best["bound"]))
        ):
            best = limit
    return best


def _widest(limits: Sequence[dict[str, Any]]) -> dict[str, Any]:
    best = limits[0]
    for limit in limits[1:]:
        if limit["bound"] is None:
            return limit
        if best["bound"] is not None and is_tighter(limit["metric"], best["bound"], limit["bound"]):
            best = limit
    return best
