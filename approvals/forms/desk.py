"""The deal desk's form: the deal's head, its terms, and its lines."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy as _

from approvals.forms.fields import FigureField
from approvals.models import Deal
from mandates.engine.currencies import EXPONENTS

MOST_LINES = 200
LONGEST_TERM = 120
LONGEST_PAYMENT = 365


class HeadForm(forms.Form):
    """What cannot change any more once the deal was submitted."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Deal.Kind.choices, initial=Deal.Kind.NEW)
    channel = forms.CharField(
        label=_("Channel"), required=False, max_length=60, widget=forms.TextInput(attrs={"list": "channels"})
    )
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        min_length=3,
        # the list prices of the grid follow the currency
        widget=forms.Select(
            attrs={
                "hx-post": reverse_lazy("approvals:grid"),
                "hx-trigger": "change",
                "hx-target": "#_lines",
                "hx-swap": "outerHTML",
                # its own line of requests: the live answer must not cut it off
                "hx-sync": "this:replace",
            }
        ),
    )

    def __init__(self, *args: Any, currencies: Callable[[], Sequence[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        picker = self.fields["currency"].widget
        if isinstance(picker, forms.Select):
            # asked for only where the field is drawn: the live answer draws none
            picker.choices = CallableChoiceIterator(lambda: [(code, code) for code in currencies()])

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).upper()
        if code not in EXPONENTS:
            raise forms.ValidationError(_("Choose a currency of the list."), code="currency")
        return code


class TermsForm(forms.Form):
    """Term, payment and the reason of a deal."""

    term_months = forms.IntegerField(
        label=_("Term in months"),
        min_value=0,
        max_value=LONGEST_TERM,
        initial=12,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    payment_days = forms.IntegerField(
        label=_("Payment within days"),
        min_value=0,
        max_value=LONGEST_PAYMENT,
        initial=30,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    why = forms.CharField(
        label=_("Why this deal, on these terms"),
        required=False,
        max_length=4000,
        help_text=_("For whoever is asked: what the customer needs, and what you get in return."),
        widget=forms.Textarea(attrs={"rows": 3, "data-live-skip": ""}),
    )


class LineForm(forms.Form):
    """One row of the grid. Price and discount follow each other: what was changed since it was shown leads."""

    product = forms.CharField(
        label=_("Product"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "products", "data-col": "product", "autocomplete": "off"}),
    )
    quantity = FigureField(
        label=_("Quantity"),
        required=False,
        above_zero=True,
        widget=forms.TextInput(attrs={"data-col": "quantity"}),
    )
    price = FigureField(label=_("Unit price"), required=False, widget=forms.TextInput(attrs={"data-col": "price"}))
    discount = FigureField(
        label=_("Discount %"),
        required=False,
        negative=True,
        widget=forms.TextInput(attrs={"data-col": "discount"}),
    )
    seen_price = forms.CharField(required=False, widget=forms.HiddenInput())
    seen_discount = forms.CharField(required=False, widget=forms.HiddenInput())

    @property
    def discount_leads(self) -> bool:
        """Whether the discount was changed since the row was shown, and the price was not."""
        price, discount = self._sent("price"), self._sent("discount")
        if not discount:
            return False
        return not price or (price == self._sent("seen_price") and discount != self._sent("seen_discount"))

    def _sent(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name), "")).strip()


LineFormSet = forms.formset_factory(
    LineForm, extra=0, max_num=MOST_LINES, absolute_max=MOST_LINES + 1, validate_max=True
)
