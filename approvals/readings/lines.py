"""The lines of a deal with what they come to: extended figures, discount, and margin for those who may see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from approvals.readings import figures

Document = Mapping[str, Any]
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class LineReading:
    """One line as a table shows it; the texts are empty where there is nothing to measure or to show."""

    product: str
    name: str
    family: str
    monthly: bool
    quantity: str
    list_price: str
    unit_price: str
    discount: str
    net: str
    cost: str
    margin: str


@dataclass(frozen=True, slots=True)
class Totals:
    """What the whole deal comes to."""

    list_value: Decimal
    net_value: Decimal
    given: Decimal
    net: str
    at_list: str
    discount_amount: str
    discount: str
    margin: str


def lines_of(deal: Document, product_names: Mapping[str, str], *, sees_cost: bool) -> list[LineReading]:
    """Return the lines of a deal's document (`decision.md` section 2), read."""
    return [_line(line, deal, product_names, sees_cost) for line in deal["lines"]]


def totals_of(deal: Document, *, sees_cost: bool) -> Totals:
    """Return what the deal comes to; a price above list never offsets a discount elsewhere."""
    currency = deal["currency"]
    listed = net = given = Decimal(0)
    cost: Decimal | None = Decimal(0)
    for line in deal["lines"]:
        times = _times(line, deal)
        line_list, line_net = Decimal(line["list_price"]) * times, Decimal(line["unit_price"]) * times
        listed, net, given = listed + line_list, net + line_net, given + max(Decimal(0), line_list - line_net)
        unit_cost = line.get("unit_cost")
        cost = None if cost is None or unit_cost is None else cost + Decimal(unit_cost) * times
    return Totals(
        list_value=listed,
        net_value=net,
        given=given,
        net=figures.money(_cents(net), currency),
        at_list=figures.money(_cents(listed), currency),
        discount_amount=figures.money(_cents(given), currency),
        discount=_share(given, listed),
        margin=_share(net - cost, net) if sees_cost and cost is not None else "",
    )


def _line(line: Document, deal: Document, product_names: Mapping[str, str], sees_cost: bool) -> LineReading:
    currency, code = deal["currency"], line["product"]
    listed, price, times = Decimal(line["list_price"]), Decimal(line["unit_price"]), _times(line, deal)
    cost = Decimal(line["unit_cost"]) if sees_cost and line.get("unit_cost") is not None else None
    return LineReading(
        product=code,
        name=product_names.get(code, code),
        family=line["family"],
        monthly=line.get("charge") == "monthly",
        quantity=figures.number(Decimal(line["quantity"]), 0),
        list_price=figures.money(listed, currency),
        unit_price=figures.money(price, currency),
        discount=_share(listed - price, listed),
        net=figures.money(_cents(price * times), currency),
        cost="" if cost is None else figures.money(cost, currency),
        margin="" if cost is None else _share(price - cost, price),
    )


def _times(line: Document, deal: Document) -> Decimal:
    months = int(deal["term_months"]) if line.get("charge") == "monthly" else 1
    return Decimal(line["quantity"]) * months


def _share(part: Decimal, whole: Decimal) -> str:
    return "" if whole == 0 else figures.percent(HUNDRED * part / whole)


def _cents(value: Decimal) -> Decimal:
    """Return an extended amount with no more decimals than a price can have."""
    return value.quantize(Decimal("0.0001"))
