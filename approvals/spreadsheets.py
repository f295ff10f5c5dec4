"""Deals as a CSV file that no spreadsheet mistakes for formulas."""

import csv
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from approvals.models import Deal
from approvals.readings import figures

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")  # noqa: RUF001
# Where the decimal sign is a comma, a spreadsheet takes a semicolon for the end of a cell, quoted or not.
INNER_CELL = re.compile(r"([;\t\r\n]\s*)(?=[=+\-@|%＝＋－＠])")  # noqa: RUF001


class _Line:
    """A file of one line, for the csv writer."""

    def write(self, text: str) -> str:
        return text


def harmless(text: str) -> str:
    """Return a text that a spreadsheet shows and never calculates."""
    text = INNER_CELL.sub(r"\1'", text)
    begins = any(seen.startswith(FORMULA_STARTS) for seen in (text.lstrip(" "), text.lstrip()))
    return f"'{text}" if begins else text


def as_csv(deals: Iterable[Deal]) -> Iterator[str]:
    """Return the file line by line, with a heading; deals need customer, team, contact and latest at hand."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(_heading())
    for deal in deals:
        yield writer.writerow([harmless(cell) for cell in _cells(deal)])


def _heading() -> list[str]:
    return [
        _("Reference"),
        _("Customer"),
        _("Customer's reference"),
        _("Team"),
        _("Contact"),
        _("State"),
        _("Currency"),
        _("At list prices"),
        _("Net value"),
        _("Discount amount"),
        _("Submitted on"),
        _("Closed on"),
    ]


def _cells(deal: Deal) -> list[str]:
    latest = deal.latest
    return [
        deal.reference,
        deal.customer.name,
        deal.customer.reference,
        deal.team.name,
        deal.contact.name,
        deal.get_state_display(),
        deal.currency,
        _amount(None if latest is None else latest.list_value),
        _amount(None if latest is None else latest.net_value),
        _amount(None if latest is None else latest.discount_amount),
        "" if latest is None else latest.on.isoformat(),
        "" if deal.closed_on is None else deal.closed_on.isoformat(),
    ]


def _amount(value: Decimal | None) -> str:
    return "" if value is None else figures.plain(value, 2)
