"""The rows of the deal desk's grid: what was typed, what the catalogue says, and the lines that come of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from approvals.forms.desk import LineForm
from approvals.readings import figures
from mandates.catalogue import Quote, quotes, why_unpriced
from mandates.engine.currencies import EXPONENTS
from mandates.models import Product

HUNDRED = Decimal(100)
Line = tuple[str, Decimal, Decimal]


@dataclass(slots=True)
class Row:
    """One row as the page shows it. `line` (code, quantity, unit price) is there once the row is complete."""

    product: str = ""
    quantity: str = ""
    price: str = ""
    discount: str = ""
    quote: Quote | None = None
    list_price: str = ""
    list_text: str = ""
    note: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)
    line: Line | None = None


def rows_of_form(forms: Sequence[LineForm], *, currency: str, on: date, discount_leads: bool = False) -> list[Row]:
    """Return the rows that a person sent, each price and discount following what was changed.

    With `discount_leads`, discounts are kept and prices follow: the currency was changed. What is wrong is written
    to the form of the row and to the row.
    """
    codes = resolved({str(form.data.get(form.add_prefix("product"), "")).strip() for form in forms})
    found = quotes(set(codes.values()), currency=currency, on=on)
    return [_row_of_form(form, codes, found, currency, on, discount_leads) for form in forms]


def rows_of_lines(lines: Iterable[Line], *, currency: str, on: date) -> list[Row]:
    """Return the rows of a stored draft, with what the catalogue says today."""
    listed = list(lines)
    found = quotes((code for code, _quantity, _price in listed), currency=currency, on=on)
    rows = []
    for code, quantity, price in listed:
        row = Row(product=code, quantity=figures.for_field(quantity), price=_price_text(price, currency))
        _with_quote(row, code, found.get(code), currency, on)
        _settle(row, code, quantity, price, currency)
        rows.append(row)
    return rows


def complete(rows: Sequence[Row]) -> list[Line]:
    """Return the lines of the rows that have one."""
    return [row.line for row in rows if row.line is not None]


def resolved(typed: set[str]) -> dict[str, str]:
    """Return the product code of each text that is a code, whatever its case, or a product's whole name."""
    lowered = {text.lower() for text in typed if text}
    if not lowered:
        return {}
    known = Product.objects.annotate(low=Lower("code"), low_name=Lower("name"))
    rows = list(known.filter(Q(low__in=lowered) | Q(low_name__in=lowered)).values_list("code", "low", "low_name"))
    by_text = {name: code for code, _low, name in rows} | {low: code for code, low, _name in rows}
    by_text |= {code: code for code, _low, _name in rows}
    return {text: by_text.get(text) or by_text[text.lower()] for text in typed if text.lower() in by_text}


def _row_of_form(
    form: LineForm, codes: dict[str, str], found: dict[str, Quote], currency: str, on: date, discount_leads: bool
) -> Row:
    sent = {name: str(form.data.get(form.add_prefix(name), "")).strip() for name in form.fields}
    row = Row(sent["product"], sent["quantity"], sent["price"], sent["discount"])
    code = codes.get(row.product, "")
    if not row.product:
        form.add_error("product", _("Choose a product."))
    elif not code:
        form.add_error("product", _("“%(text)s” is not in the catalogue.") % {"text": row.product})
    else:
        row.product = code
        _with_quote(row, code, found.get(code), currency, on)
        if row.quote is None:
            form.add_error("product", row.note)
    if form.is_valid():
        data = form.cleaned_data
        leads = form.discount_leads or (discount_leads and data["discount"] is not None)
        _fill(row, form, code, data["quantity"], data["price"], data["discount"] if leads else None, currency)
    row.errors = {name: [str(message) for message in messages] for name, messages in form.errors.items()}
    return row


def _with_quote(row: Row, code: str, quote: Quote | None, currency: str, on: date) -> None:
    row.quote = quote
    if quote is None:
        row.note = why_unpriced(code, currency=currency, on=on)
        return
    row.list_price = figures.plain(quote.list_price, EXPONENTS.get(currency, 2))
    row.list_text = figures.number(quote.list_price, EXPONENTS.get(currency, 2))
    if quote.converted:
        row.note = _("List price converted from %(currency)s.") % {"currency": quote.priced_in}


def _fill(
    row: Row,
    form: LineForm,
    code: str,
    quantity: Decimal | None,
    price: Decimal | None,
    discount: Decimal | None,
    currency: str,
) -> None:
    """Complete a row that is right in itself; without a price the list price stands."""
    if row.quote is None:
        return
    if discount is not None:
        price = price_at(row.quote.list_price, discount, currency)
        if price < 0:
            form.add_error("discount", _("A discount cannot be more than 100 %."))
            return
    _settle(row, code, quantity or Decimal(1), row.quote.list_price if price is None else price, currency)


def _settle(row: Row, code: str, quantity: Decimal, price: Decimal, currency: str) -> None:
    row.quantity = figures.for_field(quantity)
    row.price = _price_text(price, currency)
    row.line = (code, quantity, price)
    row.discount = "" if row.quote is None else _discount_text(row.quote.list_price, price)


def price_at(list_price: Decimal, discount: Decimal, currency: str) -> Decimal:
    """Return the price at a discount, rounded up to the currency's minor unit: never more discount than was typed."""
    exact = list_price * (HUNDRED - discount) / HUNDRED
    return exact.quantize(Decimal(1).scaleb(-EXPONENTS.get(currency, 2)), rounding=ROUND_CEILING)


def _discount_text(list_price: Decimal, price: Decimal) -> str:
    if list_price == 0:
        return ""
    share = HUNDRED * (list_price - price) / list_price
    return figures.for_field(share.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN) + 0)


def _price_text(price: Decimal, currency: str) -> str:
    return figures.for_field(price, EXPONENTS.get(currency, 2))
