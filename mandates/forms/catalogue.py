"""Products, their prices, and the filters of their lists."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mandates.forms.figures import FigureField
from mandates.models import Product, Rate


class ProductFilter(forms.Form):
    """The filters of the product list; they live in the address."""

    q = forms.CharField(
        label=_("Code or name"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    family = forms.CharField(label=_("Family"), required=False, max_length=200)
    inactive = forms.BooleanField(label=_("Also those no longer sold"), required=False)

    def narrow(self, products: QuerySet[Product]) -> QuerySet[Product]:
        """Return the products that fit."""
        wanted = self.cleaned_data if self.is_valid() else {}
        if text := wanted.get("q", "").strip():
            products = products.filter(Q(code__icontains=text) | Q(name__icontains=text))
        if family := wanted.get("family", "").strip().rstrip("/"):
            products = products.filter(Q(family=family) | Q(family__startswith=f"{family}/"))
        return products if wanted.get("inactive") else products.filter(is_active=True)

    @property
    def is_set(self) -> bool:
        """Whether the list is narrowed."""
        return self.is_valid() and any(self.cleaned_data.values())


class ProductForm(forms.Form):
    """A product's facts."""

    code = forms.CharField(label=_("Code"), max_length=60)
    name = forms.CharField(label=_("Name"), max_length=200)
    family = forms.CharField(
        label=_("Family"), max_length=200, help_text=_("A path, such as network/switches: limits can name any part.")
    )
    charge = forms.ChoiceField(label=_("Charge"), choices=Product.Charge.choices)
    is_active = forms.BooleanField(label=_("Sold"), required=False, initial=True)
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, product: Product | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if product is not None:
            del self.fields["code"]
        else:
            del self.fields["is_active"]


class PriceForm(forms.Form):
    """A price from a day on."""

    currency = forms.CharField(label=_("Currency"), max_length=3)
    from_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    list_price = FigureField(label=_("List price"), min_value=0)
    unit_cost = FigureField(
        label=_("Unit cost"),
        required=False,
        min_value=0,
        help_text=_("Empty: unknown. Then no margin can be measured."),
    )


class RateFilter(forms.Form):
    """The filters of the list of rates."""

    currency = forms.CharField(label=_("Currency"), required=False, max_length=3)
    on = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def narrow(self, rates: QuerySet[Rate]) -> QuerySet[Rate]:
        """Return the rates that fit."""
        wanted = self.cleaned_data if self.is_valid() else {}
        if currency := wanted.get("currency", "").strip().upper():
            rates = rates.filter(currency=currency)
        if wanted.get("on"):
            rates = rates.filter(on__lte=wanted["on"])
        return rates

    @property
    def is_set(self) -> bool:
        """Whether the list is narrowed."""
        return self.is_valid() and any(self.cleaned_data.values())
