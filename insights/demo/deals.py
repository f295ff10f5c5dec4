"""Drawing plausible deals: who sells what to whom, how much is given away, and what people say about it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random

from approvals.actions.draft import create_deal
from approvals.models import Deal
from approvals.terms import DraftLine, DraftTerms
from mandates.models import Price
from teams.models import Customer, CustomerTeam, User

WHYS = [
    "A competitor's quote is on the table; the customer wants to stay with us if we come close.",
    "The budget for this year closes next week, and the council has approved this amount.",
    "First project with this customer; three more sites follow if it goes well.",
    "Renewal of what they have, with the term they asked for.",
    "They take over our standard installation plan, which saves us two days on site.",
    "Framework agreement: these are the volumes that they named.",
    "They pay on time and give us references in their sector.",
    "The tender asks for one price for the whole lot.",
]
CONSENTS = ["Agreed, this is what we said we would do here.", "Fine with me.", "Yes; the term makes it worth it.", ""]
OBJECTIONS = [
    "We gave them the same discount in spring and got nothing back. Can we ask for a longer term?",
    "This leaves nothing for the extension in autumn.",
]
APPROVALS = [
    "The term carries it.",
    "Strategic site; the next two projects depend on it.",
    "Margin stays above what we need with the support contract in it.",
    "Comparable to the case of last quarter.",
]
DECLINES = [
    "Too much for one year. Come back with 36 months.",
    "We would set this price for the whole sector.",
]
SIZES: dict[str, tuple[int, int]] = {"public": (2, 14), "enterprise": (3, 22), "regional": (1, 6)}
# How deep the asked discount goes: (share of deals, lowest, highest percent).
DEPTHS = [(55, 0, 7), (25, 7, 13), (16, 13, 24), (4, 24, 48)]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What can be sold and to whom, read once."""

    prices: list[Price]
    customers: dict[str, list[tuple[Customer, User]]]

    @classmethod
    def read(cls) -> "Shelf":
        rows = CustomerTeam.objects.filter(ended_on__isnull=True).select_related("customer", "team", "contact")
        customers: dict[str, list[tuple[Customer, User]]] = {}
        for row in rows.order_by("customer__reference"):
            customers.setdefault(row.team.code, []).append((row.customer, row.contact))
        return cls(list(Price.objects.select_related("product").order_by("product__code")), customers)


def price_after(list_price: Decimal, percent: Decimal) -> Decimal:
    """The list price less so many percent, in whole cents."""
    return (list_price * (100 - percent) / 100).quantize(Decimal("0.01"))


def _percent(random: Random) -> Decimal:
    _share, low, high = random.choices(DEPTHS, weights=[share for share, _low, _high in DEPTHS])[0]
    return Decimal(random.randint(low * 2, high * 2)) / 2


def _line(random: Random, price: Price, size: tuple[int, int], percent: Decimal) -> DraftLine:
    many = price.list_price < 50
    quantity = random.randint(*size) * (3 if many else 1)
    if price.list_price > 2500:
        quantity = random.randint(1, 2)
    spread = max(Decimal(0), percent + Decimal(random.randint(-4, 2)) / 2)
    return DraftLine(price.product.code, Decimal(quantity), price_after(price.list_price, spread))


def draw_terms(random: Random, shelf: Shelf, team: str) -> DraftTerms:
    """The terms of one deal as a member of `team` might ask for them."""
    percent = _percent(random)
    chosen = random.sample(shelf.prices, random.choices([1, 2, 3, 4], weights=[3, 4, 3, 1])[0])
    lines = tuple(_line(random, price, SIZES[team], percent) for price in chosen)
    monthly = any(price.product.charge == "monthly" for price in chosen)
    term = random.choice([12, 24, 36, 36, 48] if monthly else [0, 12, 24, 36])
    payment = random.choices([30, 14, 45, 60], weights=[80, 8, 8, 4])[0]
    return DraftTerms(term_months=term, payment_days=payment, why=random.choice(WHYS), lines=lines)


def draw_deal(random: Random, shelf: Shelf, *, at: datetime) -> Deal:
    """A new draft for some customer of some team, made by the customer's contact."""
    team = random.choices(["public", "enterprise", "regional"], weights=[4, 4, 3])[0]
    customer, contact = random.choice(shelf.customers[team])
    return create_deal(
        by=contact,
        at=at,
        customer=customer,
        kind=random.choices(["new", "renewal", "expansion"], weights=[4, 3, 3])[0],
        channel=random.choices(["", "partner"], weights=[5, 1])[0],
        currency="EUR",
        terms=draw_terms(random, shelf, team),
    )
