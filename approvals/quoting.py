"""What a customer may be given of an agreed deal: its prices and terms, and nothing of how they came about.

INVARIANT: a quote is made of the fields named here alone, so that nothing internal comes along: no cost, no limit,
mandate, committee, reason, file or colleague but the contact; list prices only where the seller asks for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from approvals.models import Deal, DealState, Revision
from approvals.readings import figures

Document = Mapping[str, Any]
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of a quote; `listed` and `discount` are empty unless the seller shows them."""

    name: str
    code: str
    monthly: bool
    quantity: str
    unit_price: str
    net: str
    listed: str
    discount: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote, ready to be shown. `once`, `monthly` and `whole` are sums; one that would say nothing new is empty."""

    number: str
    customer: str
    customer_reference: str
    contact: str
    contact_mail: str
    on: date
    until: date | None
    agreed_on: date | None
    currency: str
    lines: tuple[QuoteLine, ...]
    shows_list: bool
    once: str
    monthly: str
    whole: str
    term_months: int
    payment_days: int


def why_none(deal: Deal, day: date) -> str:
    """Return why there is no quote of a deal on a day; empty where there is one."""
    if deal.state == DealState.WON and deal.latest is not None:
        return ""
    if deal.state == DealState.APPROVED:
        over = deal.good_until is not None and deal.good_until < day
        return _("What was approved is no longer good. Submit the deal again.") if over else ""
    if deal.state == DealState.DRAFT:
        return _("This is a draft: nothing is agreed yet, so nothing can be quoted. Submit the deal first.")
    if deal.state == DealState.PENDING:
        return _("The deal is not approved yet, so nothing can be quoted.")
    return _("The deal is %(state)s, so there is nothing to quote.") % {"state": deal.get_state_display()}


def quote_of(
    deal: Deal, revision: Revision, document: Document, names: Mapping[str, str], *, shows_list: bool
) -> Quote:
    """Return the quote of an agreed revision, in the language that is active; `document` is the deal of its facts."""
    won = deal.state == DealState.WON
    sums = {"one_off": Decimal(0), "monthly": Decimal(0)}
    for line in document["lines"]:
        sums[line.get("charge", "one_off")] += Decimal(line["unit_price"]) * Decimal(line["quantity"])
    months = int(document["term_months"])
    whole = sums["one_off"] + sums["monthly"] * months
    mixed = bool(sums["monthly"])
    return Quote(
        number=f"{deal.reference}/{revision.number}",
        customer=deal.customer.name,
        customer_reference=deal.customer.reference,
        contact=deal.contact.name,
        contact_mail=deal.contact.email,
        on=revision.on,
        until=None if won else deal.good_until,
        agreed_on=deal.closed_on if won else None,
        currency=deal.currency,
        lines=tuple(_line(line, names, deal.currency, shows_list) for line in document["lines"]),
        shows_list=shows_list,
        once=_money(sums["one_off"], deal.currency) if mixed and sums["one_off"] else "",
        monthly=_money(sums["monthly"], deal.currency) if mixed else "",
        whole=_money(whole, deal.currency),
        term_months=months,
        payment_days=int(document["payment_days"]),
    )


def _line(line: Document, names: Mapping[str, str], currency: str, shows_list: bool) -> QuoteLine:
    places = figures.places(currency)
    listed, price, quantity = Decimal(line["list_price"]), Decimal(line["unit_price"]), Decimal(line["quantity"])
    less = HUNDRED * (listed - price) / listed if listed else Decimal(0)
    return QuoteLine(
        name=names.get(line["product"], line["product"]),
        code=line["product"],
        monthly=line.get("charge") == "monthly",
        quantity=figures.number(quantity, 0),
        unit_price=figures.number(price, places),
        net=figures.number(_cents(price * quantity), places),
        listed=figures.number(listed, places) if shows_list and listed else "",
        discount=figures.percent(less) if shows_list and less > 0 else "",
    )


def _money(value: Decimal, currency: str) -> str:
    return figures.money(_cents(value), currency)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.0001"))
