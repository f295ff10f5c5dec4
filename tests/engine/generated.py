"""Cases as hypothesis draws them: small figures, many coincidences, everything that a case may hold."""

from typing import Any

from hypothesis import strategies as st

from mandates.engine import METRICS

Document = dict[str, Any]

PRODUCTS = ("A", "B", "C")
FAMILIES = ("network", "network/switches", "networking", "cloud")
COMMITTEES = ("desk", "finance", "board")
MONEY = ("net_value", "minimum_value", "discount_amount")


def amounts(most: int) -> st.SearchStrategy[str]:
    """Often whole numbers, sometimes with decimals, so that values fall onto bounds."""
    whole = st.integers(0, most).map(str)
    fine = st.integers(0, most * 100).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
    return whole | fine


def optionally(key: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    return st.just({}) | values.map(lambda value: {key: value})


def merged(*parts: st.SearchStrategy[Document]) -> st.SearchStrategy[Document]:
    return st.tuples(*parts).map(lambda drawn: {key: value for part in drawn for key, value in part.items()})


@st.composite
def lines(draw: st.DrawFn, most: int = 40) -> Document:
    listed = draw(amounts(most))
    price = draw(st.just(listed) | amounts(most))
    line = {
        "product": draw(st.sampled_from(PRODUCTS)),
        "family": draw(st.sampled_from(FAMILIES)),
        "quantity": draw(st.sampled_from([1, 2, "0.5", "3"])),
        "list_price": listed,
        "unit_price": price,
    }
    line |= draw(optionally("unit_cost", amounts(most // 2) | st.none()))
    return line | draw(optionally("charge", st.sampled_from(["one_off", "monthly"])))


@st.composite
def deals(draw: st.DrawFn, most: int = 40) -> Document:
    customer = {"reference": draw(st.sampled_from(["C-1", "C-2"]))}
    customer |= draw(optionally("segment", st.sampled_from(["public", "small", None])))
    return {
        "reference": "D",
        "currency": draw(st.sampled_from(["EUR", "USD", "JPY", "BHD"])),
        "kind": draw(st.sampled_from(["new", "renewal"])),
        "channel": draw(st.sampled_from([None, "direct"])),
        "term_months": draw(st.integers(1, 60)),
        "payment_days": draw(st.integers(0, 120)),
        "customer": customer,
        "lines": draw(st.lists(lines(most), min_size=1, max_size=3)),
    }


def ranges(most: int) -> st.SearchStrategy[Document]:
    pair = st.tuples(st.integers(0, most), st.integers(1, most)).map(lambda ends: {"from": ends[0], "below": sum(ends)})
    return (
        pair
        | st.integers(0, most).map(lambda end: {"from": end})
        | st.integers(0, most).map(lambda end: {"below": end})
    )


DEAL_CONDITIONS: dict[str, st.SearchStrategy[Any]] = {
    "segment": st.sampled_from(["public", ["small", "public"]]),
    "kind": st.sampled_from(["new", ["renewal"]]),
    "channel": st.just("direct"),
    "currency": st.sampled_from(["EUR", ["USD", "JPY"]]),
    "customer": st.just("C-1"),
    "term_months": ranges(40),
    "payment_days": ranges(60),
    "list_value": ranges(300),
}
LINE_CONDITIONS: dict[str, st.SearchStrategy[Any]] = {
    "family": st.sampled_from(["network", ["cloud", "network/switches"]]),
    "product": st.sampled_from(["A", ["B", "C"]]),
    "charge": st.just("monthly"),
    "quantity": ranges(3),
}


@st.composite
def conditions(draw: st.DrawFn, on_lines: bool) -> Document:
    known = {**DEAL_CONDITIONS, **(LINE_CONDITIONS if on_lines else {})}
    names = draw(st.lists(st.sampled_from(sorted(known)), max_size=2, unique=True))
    return {name: draw(known[name]) for name in names}


@st.composite
def bounds(draw: st.DrawFn, metric: str) -> Any:
    """A member and a team bound, the team's never narrower."""
    most = {"percent": 60, "money": 400, "months": 60, "days": 120}[METRICS[metric].kind]
    drawn = [draw(st.integers(-10, most) | st.sampled_from(["any", None])) for _ in range(2)]
    numbers = sorted((bound for bound in drawn if isinstance(bound, int)), reverse=METRICS[metric].is_minimum)
    ordered = [bound for bound in drawn if bound is None] + numbers + [bound for bound in drawn if bound == "any"]
    return [str(bound) if isinstance(bound, int) else bound for bound in ordered]


@st.composite
def limits(draw: st.DrawFn, metrics: tuple[str, ...]) -> Document:
    metric = draw(st.sampled_from(metrics))
    member, team = draw(bounds(metric))
    row = {"metric": metric, "member": member, "team": team, "when": draw(conditions(METRICS[metric].on_lines))}
    return row | draw(optionally("committee", st.sampled_from(COMMITTEES)))


@st.composite
def mandates(draw: st.DrawFn, code: str = "m", metrics: tuple[str, ...] = tuple(METRICS)) -> Document:
    rows = draw(st.lists(limits(metrics), max_size=6))
    binding = draw(st.sampled_from(["line_discount", "deal_margin"]))
    member, team = ("20", "30") if binding == "line_discount" else ("30", "10")
    rows.append({"metric": binding, "member": member, "team": team})
    mandate = {
        "code": code,
        "version": 1,
        "currency": draw(st.sampled_from(["EUR", "USD", "SEK"])),
        "valid_from": "2026-01-01",
        "valid_until": draw(st.sampled_from(["2026-12-31", "2026-12-31", "2026-11-01"])),
        "committee": draw(st.sampled_from(COMMITTEES)),
        "consents": draw(st.integers(1, 2)),
        "scope": draw(st.just({}) | conditions(False)),
        "limits": rows,
        "budgets": draw(st.lists(budgets(), max_size=1)),
    }
    return mandate | draw(delays())


def budgets() -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries(
        {"per": st.just("team"), "period": st.just("month"), "amount": amounts(200), "used": amounts(100)}
    )


def delays() -> st.SearchStrategy[Document]:
    return merged(
        optionally("capital_rate", st.sampled_from(["0", "8", "30"])),
        optionally("standard_payment_days", st.integers(0, 60)),
    )


@st.composite
def charters(draw: st.DrawFn, metrics: tuple[str, ...] = tuple(METRICS)) -> Document:
    rows = []
    for metric in draw(st.lists(st.sampled_from(metrics), max_size=2)):
        bound = draw(bounds(metric))[1]
        rows.append({"metric": metric, "limit": bound, "when": draw(conditions(METRICS[metric].on_lines))})
    return {"currency": draw(st.sampled_from(["EUR", "USD"])), "limits": rows} | draw(delays())


@st.composite
def approved_limits(draw: st.DrawFn) -> Document:
    metric = draw(st.sampled_from((*METRICS, "budget", "mandate")))
    if metric not in METRICS:
        return {"metric": metric, "bound": None}
    bound = draw(bounds(metric))[1]
    row = {"metric": metric, "bound": None if bound == "any" else bound}
    if metric in MONEY:
        row["currency"] = draw(st.sampled_from(["EUR", "USD"]))
    if metric == "effective_discount":
        row |= {"capital_rate": "10", "standard_payment_days": draw(st.integers(0, 60))}
    return row | (draw(optionally("product", st.sampled_from(PRODUCTS))) if METRICS[metric].on_lines else {})


@st.composite
def approvals(draw: st.DrawFn) -> Document:
    pin = merged(
        optionally("quantity", st.integers(1, 6) | st.none()), optionally("unit_price", amounts(40) | st.none())
    )
    return {
        "committee": draw(st.sampled_from(COMMITTEES)),
        "until": draw(st.sampled_from(["2026-11-22", "2026-11-23", "2026-12-31"])),
        "limits": draw(st.lists(approved_limits(), min_size=1, max_size=3)),
    } | draw(optionally("products", st.fixed_dictionaries(dict.fromkeys(PRODUCTS, pin))))


@st.composite
def cases(draw: st.DrawFn, most: int = 40, metrics: tuple[str, ...] = tuple(METRICS)) -> Document:
    return {
        "on": "2026-11-23",
        "member_may_decide": draw(st.sampled_from([True, True, False])),
        "default_committee": "board",
        "rates": {"EUR": "1", "USD": draw(st.sampled_from(["1.0850", "2"])), "JPY": "160.5", "BHD": "0.4"},
        "charter": draw(st.none() | charters(metrics)),
        "mandates": [draw(mandates(code, metrics)) for code in draw(st.sampled_from(["", "m", "m", "mn"]))],
        "approvals": draw(st.lists(approvals(), max_size=2)),
        "deal": draw(deals(most)),
    }
