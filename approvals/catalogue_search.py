"""Products to choose from while a deal is being written, with their list prices of the day."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from approvals.readings import figures
from mandates.catalogue import quotes
from mandates.engine.currencies import EXPONENTS
from mandates.models import Product

MOST_OFFERED = 300
MOST_FOUND = 30


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as the list of suggestions holds it."""

    code: str
    name: str
    family: str
    list_price: str
    monthly: bool


def offered(*, currency: str, on: date, text: str = "") -> list[Offer]:
    """Return products that `text` is found in, or the whole catalogue as far as it goes into one list.

    What has no price on that day in that currency is left out.
    """
    products = Product.objects.filter(is_active=True)
    for word in text.split():
        products = products.filter(Q(code__icontains=word) | Q(name__icontains=word) | Q(family__icontains=word))
    codes = list(products.order_by("code").values_list("code", flat=True)[: MOST_FOUND if text else MOST_OFFERED])
    found = quotes(codes, currency=currency, on=on)
    return [
        Offer(
            code=code,
            name=found[code].product.name,
            family=found[code].product.family,
            list_price=figures.plain(found[code].list_price, EXPONENTS.get(currency, 2)),
            monthly=found[code].product.charge == Product.Charge.MONTHLY,
        )
        for code in codes
        if code in found
    ]


def is_large() -> bool:
    """Whether the catalogue is too large for one list, so that the page asks while a product is typed."""
    return Product.objects.filter(is_active=True)[MOST_OFFERED : MOST_OFFERED + 1].exists()
