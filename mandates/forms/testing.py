"""A mandate's own test case as a person types it: a customer, lines, and what must become of the deal."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.refusals import Refusal
from mandates.engine import InvalidCase, parse_text
from mandates.forms.figures import plain
from mandates.models import MandateVersion
from mandates.snapshots import freeze
from teams.models import Customer

EXPECTATIONS: dict[str, tuple[Any, dict[str, str]]] = {
    "member": (gettext_lazy("must be an immediate yes"), {"at_most": "member"}),
    "team": (gettext_lazy("must be the team's own to agree"), {"at_most": "team"}),
    "committee": (gettext_lazy("must never be the team's own to agree"), {"at_least": "committee"}),
    "outside": (gettext_lazy("must be outside the charter"), {"at_least": "outside_charter"}),
}
KINDS = [
    ("new", gettext_lazy("new business")),
    ("renewal", gettext_lazy("renewal")),
    ("expansion", gettext_lazy("expansion")),
]
LINE = re.compile(r"^(?P<product>\S+)\s*[\t; ]\s*(?P<quantity>[0-9.,]+)\s*[\t; ]\s*(?P<price>[0-9.,]+)\s*(?P<off>%?)$")


class TestForm(forms.Form):
    """One test case: from the catalogue of a day, or as a deal in JSON."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("What this deal stands for, such as “twenty switches for a town at 15 %”."),
    )
    expects = forms.ChoiceField(
        label=gettext_lazy("The deal"), choices=[(key, label) for key, (label, _bounds) in EXPECTATIONS.items()]
    )
    customer = forms.CharField(
        label=gettext_lazy("Customer"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("The customer's reference."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KINDS)
    term_months = forms.IntegerField(label=gettext_lazy("Term in months"), min_value=0, max_value=999, initial=12)
    payment_days = forms.IntegerField(label=gettext_lazy("Payment days"), min_value=0, max_value=999, initial=30)
    lines = forms.CharField(
        label=gettext_lazy("Lines"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "code"}),
        help_text=gettext_lazy(
            "One line for each product: its code, the quantity, and the unit price or the discount with %. "
            "Rows from a spreadsheet can be pasted."
        ),
    )
    document = forms.CharField(
        label=gettext_lazy("Or the deal as JSON"),
        required=False,
        strip=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "code"}),
        help_text=gettext_lazy("As in a document: then customer, terms and lines above do not count."),
    )
    edition = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, version: MandateVersion, currency: str, on: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.version, self.currency, self.on = version, currency, on

    def clean(self) -> dict[str, Any]:
        """Make the test case of what was typed."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        facts = self._written() if cleaned["document"].strip() else self._from_catalogue()
        if facts is not None:
            bounds = EXPECTATIONS[cleaned["expects"]][1]
            cleaned["test"] = {"name": cleaned["name"], **bounds, **facts}
        return cleaned

    def _written(self) -> dict[str, Any] | None:
        try:
            deal = parse_text(self.cleaned_data["document"])
        except InvalidCase as error:
            self.add_error("document", error.detail)
            return None
        return {"deal": deal}

    def _from_catalogue(self) -> dict[str, Any] | None:
        values = self.cleaned_data
        customer = Customer.objects.filter(reference=values["customer"].strip()).first()
        if customer is None:
            self.add_error("customer", _("There is no customer with this reference."))
            return None
        lines = self._lines()
        if lines is None:
            return None
        try:
            facts = freeze(
                on=self.on,
                currency=self.currency,
                reference="test",
                kind=values["kind"],
                channel="",
                customer=customer,
                term_months=values["term_months"],
                payment_days=values["payment_days"],
                lines=[(code, quantity, price if not off else Decimal(0)) for code, quantity, price, off in lines],
            )
        except Refusal as refusal:
            self.add_error("lines", refusal.detail)
            return None
        for line, (_code, _quantity, share, off) in zip(facts["deal"]["lines"], lines, strict=True):
            if off:
                line["unit_price"] = _less(line["list_price"], share)
        return {"on": facts["on"], "rates": facts["rates"], "deal": facts["deal"]}

    def _lines(self) -> list[tuple[str, Decimal, Decimal, bool]] | None:
        found = []
        rows = [row.strip() for row in self.cleaned_data["lines"].splitlines() if row.strip()]
        for number, row in enumerate(rows, start=1):
            match = LINE.match(row)
            figures = [plain(match[name]) for name in ("quantity", "price")] if match else []
            if match is None or not all(re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,4})?", figure) for figure in figures):
                detail = _("Line %(number)s is not understood: write product, quantity, and price or discount (%%).")
                self.add_error("lines", detail % {"number": number})
                return None
            found.append((match["product"], Decimal(figures[0]), Decimal(figures[1]), bool(match["off"])))
        if not found:
            self.add_error("lines", _("Add at least one line."))
            return None
        return found


def _less(list_price: str, share: Decimal) -> str:
    """Return the list price less a discount in percent, to the fourth decimal."""
    price = Decimal(list_price) * (100 - share) / 100
    return f"{price.quantize(Decimal('0.0001')):f}"
