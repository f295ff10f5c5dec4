"""The figures of a yes that is bound to something: one field for each line and each figure of the whole deal."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.bounding import ON_DEALS, ON_LINES, Figure, Rates, value_of
from approvals.forms.fields import FigureField
from approvals.readings import figures
from approvals.readings.effect import decimal_of
from mandates.documents import number_text
from mandates.engine import METRICS

Document = Mapping[str, Any]
LABELS = {
    "line_discount": gettext_lazy("Discount, at most (%%)"),
    "line_margin": gettext_lazy("Margin, at least (%%)"),
    "deal_discount": gettext_lazy("Discount of the whole deal, at most (%%)"),
    "deal_margin": gettext_lazy("Margin of the whole deal, at least (%%)"),
    "effective_discount": gettext_lazy("Effective discount, at most (%%)"),
    "discount_amount": gettext_lazy("Discount amount, at most (%(currency)s)"),
    "minimum_value": gettext_lazy("Net value, at least (%(currency)s)"),
    "minimum_term": gettext_lazy("Term, at least (months)"),
    "term_months": gettext_lazy("Term, at most (months)"),
    "payment_days": gettext_lazy("Payment, at most (days)"),
}


class FiguresForm(forms.Form):
    """Figures, a day, and the reason; what is left empty is not bound.

    `names` are what products are called, `without` metrics that this deal is not measured by.
    """

    until = forms.DateField(
        label=gettext_lazy("Good until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(
        self,
        *args: Any,
        deal: Document,
        names: Mapping[str, str],
        rates: Rates,
        without: frozenset[str] = frozenset(),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.deal, self.rates = deal, rates
        self.products = list(dict.fromkeys(line["product"] for line in deal["lines"]))
        self.names = names
        for index, product in enumerate(self.products):
            for metric in ON_LINES:
                self._add(f"{metric}_{index}", {"metric": metric, "product": product}, names.get(product, product))
        for metric in ON_DEALS:
            if metric not in without:
                self._add(metric, {"metric": metric}, "")

    def _add(self, name: str, figure: dict[str, str], product: str) -> None:
        label = str(LABELS[figure["metric"]]) % {"currency": self.deal["currency"]}
        value = value_of({**figure, "bound": "0"}, self.deal, self.rates)
        asked = "" if value is None else figures.figure(figure["metric"], decimal_of(value), self.deal["currency"])
        field = FigureField(
            label=f"{product}: {label}" if product else label,
            required=False,
            negative=True,
            help_text=_("asked: %(figure)s") % {"figure": asked} if asked else "",
        )
        self.fields[name] = field

    @property
    def line_rows(self) -> list[dict[str, Any]]:
        """The fields of each product."""
        return [
            {
                "name": self.names.get(product, product),
                "fields": [self[f"{metric}_{index}"] for metric in ON_LINES],
            }
            for index, product in enumerate(self.products)
        ]

    @property
    def deal_fields(self) -> list[Any]:
        """The fields of the whole deal."""
        return [self[metric] for metric in ON_DEALS if metric in self.fields]

    def figures(self) -> list[Figure]:
        """Return the figures that were given."""
        found: list[Figure] = []
        for name, bound in self.cleaned_data.items():
            metric, _mark, index = name.rpartition("_")
            if metric in ON_LINES and bound is not None:
                row = {"metric": metric, "product": self.products[int(index)], "bound": number_text(bound)}
                found.append(row)
            elif name in METRICS and bound is not None:
                found.append({"metric": name, "bound": number_text(bound)})
        return found


def as_fields(rows: list[dict[str, str]], products: list[str]) -> dict[str, Decimal]:
    """Return these figures by the names of their fields."""
    found = {}
    for row in rows:
        product = row.get("product")
        name = row["metric"] if product is None else f"{row['metric']}_{products.index(product)}"
        found[name] = Decimal(row["bound"])
    return found
