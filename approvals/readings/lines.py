"""The lines of a deal with what they come to: extended figures, discount, and margin for those who may see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from approvals.readings import figures
from approvals.readings.rating import LABELS, Rating, rating_of_deal, rating_of_line
from mandates.engine.currencies import EXPONENTS
from teams.sight import Bands

Document = Mapping[str, Any]
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class LineReading:
    """One line as a table shows it, in the deal's currency; a text is empty where there is nothing to show."""

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
    rating: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """What the whole deal comes to."""

    list_value: Decimal
    net_value: Decimal
    given: Decimal
    currency: str
    net: str
    discount_amount: str
    discount: str
    margin: str
    # for readers who see margins as a rating: whether they do, and the whole deal's
    rated: bool = False
    rating: str = ""

    @property
    def net_number(self) -> str:
        return self._number(self.net_value)

    @property
    def at_list_number(self) -> str:
        return self._number(self.list_value)

    @property
    def given_number(self) -> str:
        return self._number(self.given)

    def _number(self, value: Decimal) -> str:
        return figures.number(figures.cents(value), EXPONENTS.get(self.currency, 2))


def lines_of(
    deal: Document, product_names: Mapping[str, str], *, sees_cost: bool, bands: Bands | None = None
) -> list[LineReading]:
    """Return the lines of a deal's document (`decision.md` section 2), read; with `bands` their margins are rated."""
    return [_line(line, deal, product_names, sees_cost, bands) for line in deal["lines"]]


def totals_of(deal: Document, *, sees_cost: bool, bands: Bands | None = None) -> Totals:
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
        currency=currency,
        net=figures.money(figures.cents(net), currency),
        discount_amount=figures.money(figures.cents(given), currency),
        discount=_share(given, listed),
        margin=_share(net - cost, net) if sees_cost and cost is not None else "",
        rated=bands is not None,
        rating=_word(rating_of_deal(deal, bands)) if bands is not None else "",
    )


def _line(
    line: Document, deal: Document, product_names: Mapping[str, str], sees_cost: bool, bands: Bands | None
) -> LineReading:
    places, code = EXPONENTS.get(deal["currency"], 2), line["product"]
    listed, price, times = Decimal(line["list_price"]), Decimal(line["unit_price"]), _times(line, deal)
    cost = Decimal(line["unit_cost"]) if sees_cost and line.get("unit_cost") is not None else None
    return LineReading(
        product=code,
        name=product_names.get(code, code),
        family=line["family"],
        monthly=line.get("charge") == "monthly",
        quantity=figures.number(Decimal(line["quantity"]), 0),
        list_price=figures.number(listed, places),
        unit_price=figures.number(price, places),
        discount=_share(listed - price, listed),
        net=figures.number(figures.cents(price * times), places),
        cost="" if cost is None else figures.number(cost, places),
        margin="" if cost is None else _share(price - cost, price),
        rating=_word(rating_of_line(line, bands)) if bands is not None else "",
    )


def _word(rating: Rating | None) -> str:
    return _("not known") if rating is None else str(LABELS[rating])


def _times(line: Document, deal: Document) -> Decimal:
    months = int(deal["term_months"]) if line.get("charge") == "monthly" else 1
    return Decimal(line["quantity"]) * months


def _share(part: Decimal, whole: Decimal) -> str:
    return "" if whole == 0 else figures.percent(HUNDRED * part / whole)
