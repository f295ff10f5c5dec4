"""What a customer may be given of an agreed deal: its prices and terms, and nothing of how they came about.

INVARIANT: a quote is made of the fields named here alone, so that nothing internal comes along: no cost, no limit,
mandate, committee, reason, file or colleague but the contact; list prices only where the seller asks for them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from approvals.models import Deal, DealState, Revision
from approvals.readings import figures
from approvals.shown import product_names
from journal.refusals import Conflict
from mandates.documents import money_text, number_text

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


def expect_agreed(deal: Deal, day: date) -> None:
    """Raises: Conflict `not_agreed` where there is no quote of a deal on a day."""
    if why := why_none(deal, day):
        raise Conflict("not_agreed", why)


def _quoted(deal: Deal) -> tuple[Revision, Document, dict[str, str]]:
    """Return the revision that is quoted, the deal as its facts have it, and what its products are called."""
    revision = deal.latest
    if revision is None:
        raise Conflict("not_agreed", _("The deal is not approved yet, so nothing can be quoted."))
    document = json.loads(revision.document)["deal"]
    return revision, document, product_names(line["product"] for line in document["lines"])


def _sums(document: Document) -> tuple[Decimal, Decimal, Decimal]:
    """Return what is paid once, what each month, and both over the term."""
    sums = {"one_off": Decimal(0), "monthly": Decimal(0)}
    for line in document["lines"]:
        sums[line.get("charge", "one_off")] += Decimal(line["unit_price"]) * Decimal(line["quantity"])
    return sums["one_off"], sums["monthly"], sums["one_off"] + sums["monthly"] * int(document["term_months"])


def _parties(deal: Deal, revision: Revision) -> dict[str, Any]:
    """Return whom a quote is for, from whom, and from when until when it is good."""
    won = deal.state == DealState.WON
    return {
        "number": f"{deal.reference}/{revision.number}",
        "customer": deal.customer.name,
        "customer_reference": deal.customer.reference,
        "contact": deal.contact.name,
        "contact_mail": deal.contact.email,
        "on": revision.on,
        "until": None if won else deal.good_until,
        "agreed_on": deal.closed_on if won else None,
        "currency": deal.currency,
    }


def figures_of(deal: Deal, *, shows_list: bool) -> dict[str, Any]:
    """Return the quote of an agreed deal with its figures as programs read them."""
    revision, document, names = _quoted(deal)
    once, monthly, whole = _sums(document)
    money = {"once": once, "monthly": monthly, "whole": whole}
    return {
        **_parties(deal, revision),
        "lines": [_line_figures(line, names, deal.currency, shows_list) for line in document["lines"]],
        **{name: money_text(figures.cents(value), deal.currency) for name, value in money.items()},
        "term_months": int(document["term_months"]),
        "payment_days": int(document["payment_days"]),
    }


def _line_figures(line: Document, names: Mapping[str, str], currency: str, shows_list: bool) -> dict[str, Any]:
    listed, price, quantity = Decimal(line["list_price"]), Decimal(line["unit_price"]), Decimal(line["quantity"])
    shown = shows_list and bool(listed)
    return {
        "product": line["product"],
        "name": names.get(line["product"], line["product"]),
        "charge": line.get("charge", "one_off"),
        "quantity": number_text(quantity),
        "unit_price": money_text(price, currency),
        "net": money_text(figures.cents(price * quantity), currency),
        "list_price": money_text(listed, currency) if shown else None,
        "discount": number_text(figures.cents(_less(listed, price))) if shown and price < listed else None,
    }


def _less(listed: Decimal, price: Decimal) -> Decimal:
    return HUNDRED * (listed - price) / listed if listed else Decimal(0)


def quote_of(deal: Deal, *, shows_list: bool) -> Quote:
    """Return the quote of an agreed deal, in words of the language that is active. Raises: Conflict `not_agreed`."""
    revision, document, names = _quoted(deal)
    once, monthly, whole = _sums(document)
    mixed = bool(monthly)
    return Quote(
        **_parties(deal, revision),
        lines=tuple(_line(line, names, deal.currency, shows_list) for line in document["lines"]),
        shows_list=shows_list,
        once=_money(once, deal.currency) if mixed and once else "",
        monthly=_money(monthly, deal.currency) if mixed else "",
        whole=_money(whole, deal.currency),
        term_months=int(document["term_months"]),
        payment_days=int(document["payment_days"]),
    )


def _line(line: Document, names: Mapping[str, str], currency: str, shows_list: bool) -> QuoteLine:
    places = figures.places(currency)
    listed, price, quantity = Decimal(line["list_price"]), Decimal(line["unit_price"]), Decimal(line["quantity"])
    less = _less(listed, price)
    return QuoteLine(
        name=names.get(line["product"], line["product"]),
        code=line["product"],
        monthly=line.get("charge") == "monthly",
        quantity=figures.number(quantity, 0),
        unit_price=figures.number(price, places),
        net=figures.number(figures.cents(price * quantity), places),
        listed=figures.number(listed, places) if shows_list and listed else "",
        discount=figures.percent(less) if shows_list and less > 0 else "",
    )


def _money(value: Decimal, currency: str) -> str:
    return figures.money(figures.cents(value), currency)
