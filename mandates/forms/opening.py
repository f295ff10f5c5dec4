"""An opening balance as an administrator types it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandates.forms.figures import FigureField
from teams.models import Customer


class OpeningForm(forms.Form):
    """Which budget, how much had been given away in its present period, and why that is so."""

    budget = forms.ChoiceField(label=gettext_lazy("Budget"))
    customer = forms.CharField(
        label=gettext_lazy("Customer"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("The customer's reference, for a budget per customer."),
    )
    amount = FigureField(label=gettext_lazy("Given away before"), min_value=0)
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["budget"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Look the customer up where the budget is one per customer."""
        cleaned = super().clean() or {}
        if cleaned.get("budget", "").startswith("customer:"):
            found = Customer.objects.filter(reference=cleaned.get("customer", "").strip()).first()
            if found is None:
                self.add_error("customer", _("There is no customer with this reference."))
            cleaned["found_customer"] = found
        return cleaned
