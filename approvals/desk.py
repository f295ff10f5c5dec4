"""The deal desk as one thing: a deal's head, terms and rows, as they were sent, stored, or are begun."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from approvals.forms.desk import HeadForm, LineForm, LineFormSet, TermsForm
from approvals.models import Deal
from approvals.readings import figures
from approvals.rows import Line, Row, complete, rows_of_form, rows_of_lines
from approvals.terms import DraftLine, DraftTerms, read
from mandates.engine.currencies import EXPONENTS
from mandates.models import Price
from teams.models import Customer, Team

PREFIX = "lines"
# the values of the buttons that keep what was sent; all others only look at it
SAVING = ("save", "review")
FIELDS = ("product", "quantity", "price", "discount", "seen_price", "seen_discount")
ASKING = ("product", "price", "discount")
FIRST_ROWS = 3
CHANGE = re.compile(r"(payment_days|term_months|unit_price:\d+):(\d+(?:\.\d{1,4})?)")


@dataclass(slots=True)
class Desk:
    """What stands on the desk. `formset` is there once something was sent."""

    customer: Customer
    team: Team
    deal: Deal | None
    head: HeadForm
    terms: TermsForm
    rows: list[Row]
    currency: str
    formset: Any = None

    @property
    def head_is_fixed(self) -> bool:
        return self.deal is not None and self.deal.submitted_at is not None

    @property
    def is_right(self) -> bool:
        """Whether all of it could be read; says nothing about what may be agreed."""
        return self.head.is_valid() and self.terms.is_valid() and not any(row.errors for row in self.rows)

    @property
    def incomplete(self) -> int:
        """How many rows are not ready to be judged."""
        return len(self.rows) - len(complete(self.rows))

    @property
    def minor(self) -> int:
        """Digits after the point of the deal's currency."""
        return EXPONENTS.get(self.currency, 2)

    @property
    def shown_rows(self) -> list[Row]:
        """The rows with empty ones behind them, so that something can be added without a script."""
        return [*self.rows, *(Row() for _ in range(max(1, FIRST_ROWS - len(self.rows))))]

    @property
    def kind(self) -> str:
        return str(self._head("kind", self.deal.kind if self.deal else Deal.Kind.NEW))

    @property
    def channel(self) -> str:
        return str(self._head("channel", self.deal.channel if self.deal else ""))

    def _head(self, name: str, otherwise: str) -> Any:
        """Return what the head says, as far as it can be read."""
        if self.head.is_bound:
            return self.head.cleaned_data.get(name, otherwise)
        return self.head.get_initial_for_field(self.head.fields[name], name) or otherwise

    def draft(self) -> DraftTerms | None:
        """Return the terms with every complete line; None where term or payment cannot be read."""
        if self.terms.is_bound:
            if not self.terms.is_valid():
                return None
            values = self.terms.cleaned_data
        else:
            values = {name: self.terms.get_initial_for_field(self.terms.fields[name], name) for name in TERMS}
        lines = tuple(DraftLine(*line) for line in complete(self.rows))
        return DraftTerms(int(values["term_months"]), int(values["payment_days"]), values["why"] or "", lines)

    def document(self) -> dict[str, Any]:
        """Return what stands on the desk as a deal document with today's prices, as far as its lines have them."""
        draft = self.draft()
        quoted = [(row.line, row.quote) for row in self.rows if row.line is not None and row.quote is not None]
        return {
            "currency": self.currency,
            "term_months": 0 if draft is None else draft.term_months,
            "payment_days": 0 if draft is None else draft.payment_days,
            "lines": [
                {
                    "product": code,
                    "family": quote.product.family,
                    "charge": quote.product.charge,
                    "quantity": str(quantity),
                    "list_price": str(quote.list_price),
                    "unit_cost": None if quote.unit_cost is None else str(quote.unit_cost),
                    "unit_price": str(price),
                }
                for (code, quantity, price), quote in quoted
            ],
        }


TERMS = ("term_months", "payment_days", "why")


def sent(data: QueryDict, *, customer: Customer, team: Team, deal: Deal | None, on: date) -> Desk:
    """Return the desk as a person sent it; blank rows are gone, prices and discounts follow each other."""
    fixed = deal is not None and deal.submitted_at is not None
    head = _head_form(data=_stored_head(deal) if fixed and deal is not None else data)
    head.is_valid()
    currency = head.cleaned_data.get("currency", "EUR" if deal is None else deal.currency)
    terms = TermsForm(data)
    terms.is_valid()
    formset = LineFormSet(_compacted(data), prefix=PREFIX)
    formset.is_valid()
    repriced = data.get("priced_in", currency) != currency
    forms: Sequence[LineForm] = formset.forms
    rows = rows_of_form(forms, currency=currency, on=on, discount_leads=repriced)
    return Desk(customer, team, deal, head, terms, rows, currency, formset)


def begun(
    *, customer: Customer, team: Team, initial: Mapping[str, Any], lines: Sequence[Line], currency: str, on: date
) -> Desk:
    """Return an empty desk for a new deal, or one with values carried over from a link."""
    head = _head_form(initial={"kind": Deal.Kind.NEW, **initial, "currency": currency})
    terms = TermsForm(initial={"term_months": 12, "payment_days": 30, **initial})
    rows = rows_of_lines(lines, currency=currency, on=on)
    return Desk(customer, team, None, head, terms, rows, currency)


def stored(deal: Deal, *, on: date) -> Desk:
    """Return the desk as the deal's draft keeps it."""
    draft = read(deal.draft)
    initial = {"term_months": draft.term_months, "payment_days": draft.payment_days, "why": draft.why}
    lines = [(line.product, line.quantity, line.unit_price) for line in draft.lines]
    rows = rows_of_lines(lines, currency=deal.currency, on=on)
    head = _head_form(initial=_stored_head(deal))
    return Desk(deal.customer, deal.team, deal, head, TermsForm(initial=initial), rows, deal.currency)


def with_change(data: QueryDict, change: str, rows: Sequence[Row]) -> QueryDict:
    """Return what was sent with one of the verdict's ways to a yes applied; unchanged where it is none."""
    match = CHANGE.fullmatch(change)
    if match is None:
        return data
    what, to = match.groups()
    changed = data.copy()
    if not what.startswith("unit_price"):
        changed[what] = to
        return changed
    ready = [number for number, row in enumerate(rows) if row.line is not None]
    index = int(what.partition(":")[2])
    if index < len(ready):
        prefix = f"{PREFIX}-{ready[index]}"
        values = {**_compacted(data), f"{prefix}-price": figures.for_field(Decimal(to)), f"{prefix}-seen_price": ""}
        for name, value in values.items():
            changed[name] = value
    return changed


def without_row(data: QueryDict, number: str) -> QueryDict:
    """Return what was sent without one row."""
    changed = data.copy()
    for name in FIELDS:
        changed[f"{PREFIX}-{number}-{name}"] = ""
    return changed


def currencies() -> list[str]:
    """Return the currencies that products are priced in, the euro first."""
    found = set(Price.objects.values_list("currency", flat=True).distinct())
    return sorted(found | {"EUR"}, key=lambda code: (code != "EUR", code))


def _head_form(**options: Any) -> HeadForm:
    return HeadForm(currencies=currencies, **options)


def _stored_head(deal: Deal | None) -> dict[str, str]:
    return {} if deal is None else {"kind": deal.kind, "channel": deal.channel, "currency": deal.currency}


def _compacted(data: QueryDict) -> dict[str, str]:
    """Return the rows that ask for something, numbered anew, as a formset reads them."""
    try:
        total = min(int(data.get(f"{PREFIX}-TOTAL_FORMS", "0")), 1000)
    except ValueError:
        total = 0
    kept: dict[str, str] = {}
    count = 0
    for number in range(total):
        values = {name: str(data.get(f"{PREFIX}-{number}-{name}", "")) for name in FIELDS}
        if any(values[name].strip() for name in ASKING):
            kept |= {f"{PREFIX}-{count}-{name}": value for name, value in values.items()}
            count += 1
    return kept | {f"{PREFIX}-TOTAL_FORMS": str(count), f"{PREFIX}-INITIAL_FORMS": "0"}
