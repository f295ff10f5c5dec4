"""The question of "Can I?": customer, product, quantity, price, term."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.forms.desk import LONGEST_PAYMENT, LONGEST_TERM
from approvals.forms.fields import FigureField

Choice = tuple[str, Any]
SEARCHES = {
    "hx-trigger": "input changed delay:200ms",
    "hx-sync": "this:replace",
    "hx-include": "#id_currency",
    "hx-target": "#products",
    "hx-swap": "outerHTML",
}


class AskForm(forms.Form):
    """One product at one price. A discount may be given instead of the price."""

    customer = forms.ChoiceField(label=_("Customer"))
    product = forms.CharField(
        label=_("Product"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "products", "autocomplete": "off"}),
    )
    quantity = FigureField(label=_("Quantity"), initial="1", above_zero=True)
    price = FigureField(label=_("Unit price"), required=False)
    discount = FigureField(label=_("or discount %"), required=False, negative=True)
    term_months = forms.IntegerField(label=_("Term in months"), min_value=0, max_value=LONGEST_TERM, initial=12)
    payment_days = forms.IntegerField(
        label=_("Payment within days"), min_value=0, max_value=LONGEST_PAYMENT, initial=30
    )

    def __init__(self, *args: Any, customers: Sequence[Choice], search: str = "", **kwargs: Any) -> None:
        """`search`: where products are asked for while typing, in a catalogue too large for one list."""
        super().__init__(*args, **kwargs)
        self.customers = customers
        field = self.fields["customer"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(customers)
        if search:
            self.fields["product"].widget.attrs |= SEARCHES | {"hx-get": search}
