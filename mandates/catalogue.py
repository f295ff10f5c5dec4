"""What products cost on a day: dated prices, converted where a product is not priced in the deal's currency."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from django.utils.translation import gettext as _

from mandates.models import Price, Product, Rate

EURO = "EUR"
OLDEST_RATE = timedelta(days=7)
PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Quote:
    """A product's figures in the currency asked for; `priced_in` is the currency of the catalogue's own row."""

    product: Product
    list_price: Decimal
    unit_cost: Decimal | None
    converted: bool
    priced_in: str


def rates_on(day: date) -> dict[str, str]:
    """Return each currency's last rate before or on `day`, at most 7 days old, as exact texts; EUR is always "1"."""
    rows = (
        Rate.objects.filter(on__lte=day, on__gte=day - OLDEST_RATE).order_by("on").values_list("currency", "per_euro")
    )
    return {currency: rate_text(per_euro) for currency, per_euro in rows} | {EURO: "1"}


def quotes(
    codes: Iterable[str], *, currency: str, on: date, rates: Mapping[str, str] | None = None
) -> dict[str, Quote]:
    """Return what each product costs on that day, by code; one that cannot be priced is left out (`why_unpriced`)."""
    rows = Price.objects.select_related("product").filter(product__code__in=set(codes), product__is_active=True)
    products, prices = _by_product(rows.filter(from_on__lte=on).order_by("from_on"))
    if rates is None:
        needed = any(currency not in prices.get(product.pk, {}) for product in products.values())
        rates = rates_on(on) if needed else {}
    found = {}
    for code, product in products.items():
        if quote := _quote(product, prices.get(product.pk, {}), currency, rates):
            found[code] = quote
    return found


def why_unpriced(code: str, *, currency: str, on: date) -> str:
    """Return the sentence that tells why `quotes` left this product out, and what to do."""
    product = Product.objects.filter(code=code).first()
    if product is None:
        return _("There is no product %(code)s in the catalogue.") % {"code": code}
    if not product.is_active:
        return _("%(code)s is no longer sold.") % {"code": code}
    prices = _prices([product], on).get(product.pk, {})
    if not prices:
        return _("%(code)s has no list price on %(day)s.") % {"code": code, "day": on.isoformat()}
    if _quote(product, prices, currency, rates_on(on)):
        return ""
    return _("%(code)s is priced in %(priced)s, and there is no exchange rate to %(currency)s for %(day)s.") % {
        "code": code,
        "priced": ", ".join(sorted(prices)),
        "currency": currency,
        "day": on.isoformat(),
    }


def convert(amount: Decimal, *, into: str, of: str, rates: Mapping[str, str]) -> Decimal:
    """Return an amount in another currency, half-even to 4 decimals; both rates must be known."""
    exact = amount * Decimal(rates[into]) / Decimal(rates[of])
    return exact.quantize(PLACES, rounding=ROUND_HALF_EVEN)


def rate_text(rate: Decimal) -> str:
    """Return a rate as `decision.md` section 1 writes it, without idle zeros."""
    return f"{rate.normalize():f}"


def _prices(products: Iterable[Product], on: date) -> dict[int, dict[str, Price]]:
    """Return the price row in force for each product and currency."""
    rows = Price.objects.select_related("product").filter(product__in=list(products), from_on__lte=on)
    return _by_product(rows.order_by("from_on"))[1]


def _by_product(rows: Iterable[Price]) -> tuple[dict[str, Product], dict[int, dict[str, Price]]]:
    """Return the products of these price rows by code, and the last row of each product and currency."""
    products: dict[str, Product] = {}
    found: dict[int, dict[str, Price]] = {}
    for row in rows:
        products.setdefault(row.product.code, row.product)
        found.setdefault(row.product_id, {})[row.currency] = row
    return products, found


def _quote(product: Product, prices: Mapping[str, Price], currency: str, rates: Mapping[str, str]) -> Quote | None:
    """Return the figures from the row in this currency, else converted: from euros first, then by currency code."""
    if price := prices.get(currency):
        return Quote(product, price.list_price, price.unit_cost, False, currency)
    if currency not in rates:
        return None
    for source in sorted(prices, key=lambda code: (code != EURO, code)):
        if source in rates:
            price = prices[source]
            cost = price.unit_cost
            return Quote(
                product,
                convert(price.list_price, into=currency, of=source, rates=rates),
                None if cost is None else convert(cost, into=currency, of=source, rates=rates),
                True,
                source,
            )
    return None
