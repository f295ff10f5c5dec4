"""What a customer was given, by any team, and for what: the history that the next contact must know."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from approvals.models import Deal, DealState, Revision
from approvals.readings import figures
from approvals.readings.lines import totals_of
from approvals.shown import product_names
from approvals.sight import visible_deals
from mandates.engine import measure
from teams.models import Customer
from teams.permissions import Person
from teams.sight import CostView, cost_view

MOST_SHOWN = 12
MOST_LINES = 3
LONGEST_WHY = 240
HUNDRED = Decimal(100)
# what was promised to the customer: taken, refused by it, or still on the table
GIVEN = (DealState.APPROVED, DealState.WON, DealState.LOST)


@dataclass(frozen=True, slots=True)
class Concession:
    """One deal as a line of the history; `margin` is empty for whoever may not see it."""

    deal: Deal
    on: date
    given: str
    share: str
    lines: tuple[str, ...]
    exchange: tuple[str, ...]
    why: str
    margin: str


def of_customer(customer: Customer, person: Person, request: HttpRequest) -> tuple[str, Mapping[str, Any]] | None:
    """Return the section of the customer's page: what was given when, in exchange for what, of deals one may see."""
    deals = visible_deals(person).filter(customer=customer, state__in=GIVEN, latest__isnull=False)
    found = list(deals.select_related("team", "latest").order_by("-latest__on", "-id")[: MOST_SHOWN + 1])
    if not found:
        return None
    shown = found[:MOST_SHOWN]
    documents = {deal.pk: json.loads(deal.latest.document)["deal"] for deal in shown if deal.latest is not None}
    names = product_names(line["product"] for document in documents.values() for line in document["lines"])
    of = request.organisation  # type: ignore[attr-defined]
    views = {deal.team_id: cost_view(person, deal.team, of) for deal in shown}
    rows = [
        _read(deal, deal.latest, documents[deal.pk], names, views[deal.team_id])
        for deal in shown
        if deal.latest is not None
    ]
    context = {
        "rows": rows,
        "customer": customer,
        "team_count": len({deal.team_id for deal in shown}),
        "has_more": len(found) > MOST_SHOWN,
        "shows_margin": any(row.margin for row in rows),
    }
    return "approvals/_section_concessions.html", context


def _read(
    deal: Deal, revision: Revision, document: Mapping[str, Any], names: Mapping[str, str], view: CostView
) -> Concession:
    amount = revision.discount_amount
    return Concession(
        deal=deal,
        on=revision.on,
        given=_("unknown") if amount is None else figures.money(amount, deal.currency),
        share=_share(revision.list_value - revision.net_value, revision.list_value),
        lines=_lines(document, names),
        exchange=_exchange(revision),
        why=revision.why if len(revision.why) <= LONGEST_WHY else f"{revision.why[:LONGEST_WHY]}…",
        margin=_margin(revision, document, view),
    )


def _share(part: Decimal, whole: Decimal) -> str:
    return "" if whole <= 0 else figures.percent(part * HUNDRED / whole, most_places=1)


def _margin(revision: Revision, document: Mapping[str, Any], view: CostView) -> str:
    """Return the margin as the reader is shown it: a figure, a rating, or nothing."""
    if view.bands is not None:
        return totals_of(document, sees_cost=False, bands=view.bands).rating
    if revision.cost is None or not view.figures:
        return ""
    return _share(revision.net_value - revision.cost, revision.net_value)


def _lines(document: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the lines on which most was given, each with its discount."""
    measured = zip(document["lines"], measure(document)["lines"], strict=True)
    discounts = [(Decimal(one["discount"]), line) for line, one in measured if one["discount"] is not None]
    deepest = sorted(discounts, key=lambda pair: -pair[0])[:MOST_LINES]
    return tuple(
        f"{names.get(line['product'], line['product'])}: {figures.percent(discount, most_places=1)}"
        for discount, line in deepest
        if discount > 0
    )


def _exchange(revision: Revision) -> tuple[str, ...]:
    """Return what the customer takes on: its term, and when it pays."""
    found = [figures.months(revision.term_months)] if revision.term_months else []
    return (*found, _("paid within %(days)s") % {"days": figures.days(revision.payment_days)})
