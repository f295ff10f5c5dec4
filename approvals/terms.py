"""What a team works on: the terms of a draft, their limits, and the text in which a deal keeps them."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from journal.refusals import Invalid
from mandates.documents import money_text, number_text
from mandates.engine import canonical

MOST_LINES = 500
LONGEST_WHY = 10_000
MOST = Decimal(10) ** 15
PLACES = -4
LONGEST_TERM = 1200
LONGEST_PAYMENT = 3650


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One product in a draft, at the price that is asked for."""

    product: str
    quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class DraftTerms:
    """What may change from one revision to the next."""

    term_months: int
    payment_days: int
    why: str = ""
    lines: tuple[DraftLine, ...] = ()

    def says_the_same_as(self, other: "DraftTerms") -> bool:
        """Compare what is agreed; the reason is not part of it."""
        mine = (self.term_months, self.payment_days, self.lines)
        return mine == (other.term_months, other.payment_days, other.lines)


def check_terms(terms: DraftTerms) -> None:
    """Refuse what no deal can hold; whether it may be agreed is for the engine to say.

    Raises: Invalid with the path of the field.
    """
    _within(terms.term_months, LONGEST_TERM, "term_months", _("A term is 0 to %(most)s months."))
    _within(terms.payment_days, LONGEST_PAYMENT, "payment_days", _("Payment is due after 0 to %(most)s days."))
    if len(terms.why) > LONGEST_WHY:
        raise Invalid("too_long", _("The reason is too long. Shorten it or attach a file."), path="why")
    if len(terms.lines) > MOST_LINES:
        detail = _("A deal has at most %(most)s lines. Make two deals of it.") % {"most": MOST_LINES}
        raise Invalid("too_many_lines", detail, path="lines")
    for index, line in enumerate(terms.lines):
        _check_line(line, f"lines[{index}]")


def _within(value: int, most: int, path: str, detail: str) -> None:
    if not 0 <= value <= most:
        raise Invalid("out_of_range", detail % {"most": most}, path=path)


def _check_line(line: DraftLine, path: str) -> None:
    if not line.product.strip():
        raise Invalid("no_product", _("Name the product of this line."), path=f"{path}.product")
    if not _is_amount(line.quantity) or line.quantity <= 0:
        detail = _("A quantity is above 0 and has at most 4 decimals.")
        raise Invalid("bad_quantity", detail, path=f"{path}.quantity")
    if not _is_amount(line.unit_price) or line.unit_price < 0:
        detail = _("A price is 0 or more and has at most 4 decimals.")
        raise Invalid("bad_price", detail, path=f"{path}.unit_price")


def _is_amount(value: Decimal) -> bool:
    if not value.is_finite() or abs(value) >= MOST:
        return False
    return value == round(value, -PLACES)


def written(terms: DraftTerms, currency: str) -> str:
    """Return the draft as the text that `Deal.draft` keeps."""
    lines = [
        {
            "product": line.product,
            "quantity": number_text(line.quantity),
            "unit_price": money_text(line.unit_price, currency),
        }
        for line in terms.lines
    ]
    return canonical(
        {
            "term_months": terms.term_months,
            "payment_days": terms.payment_days,
            "why": terms.why,
            "lines": lines,
        }
    )


def read(draft: str) -> DraftTerms:
    """Return the draft that a deal keeps."""
    return _from(json.loads(draft))


def of_facts(deal: dict[str, Any]) -> DraftTerms:
    """Return the terms that a revision froze."""
    return _from(deal)


def _from(document: dict[str, Any]) -> DraftTerms:
    return DraftTerms(
        term_months=document["term_months"],
        payment_days=document["payment_days"],
        why=document.get("why", ""),
        lines=tuple(
            DraftLine(line["product"], Decimal(line["quantity"]), Decimal(line["unit_price"]))
            for line in document["lines"]
        ),
    )
