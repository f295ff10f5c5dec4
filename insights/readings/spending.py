"""What a replay found of budgets, in sentences and as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from approvals.models import Deal
from approvals.readings import figures
from mandates.engine.currencies import EXPONENTS

SAID: dict[tuple[str, str], Promise] = {
    ("team", "month"): gettext_lazy("%(amount)s a month for each team"),
    ("team", "quarter"): gettext_lazy("%(amount)s a quarter for each team"),
    ("team", "year"): gettext_lazy("%(amount)s a year for each team"),
    ("team", "validity"): gettext_lazy("%(amount)s for each team while the version is valid"),
    ("customer", "month"): gettext_lazy("%(amount)s a month for each customer"),
    ("customer", "quarter"): gettext_lazy("%(amount)s a quarter for each customer"),
    ("customer", "year"): gettext_lazy("%(amount)s a year for each customer"),
    ("customer", "validity"): gettext_lazy("%(amount)s for each customer while the version is valid"),
}


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One budget on one side. `fullest` says who used the most of it, and from which day."""

    side: str
    mandate: str
    said: str
    periods: str
    used_up: str
    most: str
    fullest: str
    deals: str
    given: str


@dataclass(frozen=True, slots=True)
class ShortDeal:
    """A deal that this version's limits allow and whose budget had no room for it."""

    deal: Deal
    given: str
    left: str
    budget: str


def budget_sentences(spending: Mapping[str, Any]) -> list[str]:
    """Return what the budgets do to the deals that the limits allow; nothing of a side without budgets."""
    said = []
    if after := spending.get("after", {}).get("budgets"):
        count = spending["after"]["deals"]
        said.append(
            _("The budgets of this version would have had room for every deal that its limits allow.")
            if not count
            else ngettext(
                "With the budgets of this version, %(count)s deal that its limits allow would have found one used up.",
                "With the budgets of this version, %(count)s deals that its limits allow would have found one used up.",
                count,
            )
            % {"count": _count(count)}
        )
    if spending.get("before", {}).get("budgets"):
        count = spending["before"]["deals"]
        said.append(
            _("The budgets in force would have had room for every deal that today's limits allow.")
            if not count
            else ngettext(
                "With the budgets in force, %(count)s deal that today's limits allow would have.",
                "With the budgets in force, %(count)s deals that today's limits allow would have.",
                count,
            )
            % {"count": _count(count)}
        )
        if not after:
            said.append(_("This version has no budgets."))
    return said


def budget_rows(spending: Mapping[str, Any], names: Mapping[str, str]) -> list[BudgetRow]:
    """Return a row for each budget of each side; `names` those of mandates, teams and customers by their codes."""
    labels = {"before": _("In force"), "after": _("This version")}
    return [
        _row(str(labels[side]), row, names)
        for side in ("before", "after")
        for row in spending.get(side, {}).get("budgets", ())
    ]


def short_deals(spending: Mapping[str, Any], deals: Mapping[int, Deal]) -> list[ShortDeal]:
    """Return those of the deals without room that are among `deals`, which the reader may see."""
    found = spending.get("after", {})
    budgets: dict[str, list[Mapping[str, Any]]] = {}
    for row in found.get("budgets", ()):
        budgets.setdefault(row["mandate"], []).append(row)
    shown = []
    for key, mandate, index, left, given in found.get("shown", ()):
        if key in deals:
            row = budgets[mandate][index]
            shown.append(ShortDeal(deals[key], _money(given, row), _money(left, row), _said(row)))
    return shown


def _row(side: str, row: Mapping[str, Any], names: Mapping[str, str]) -> BudgetRow:
    fullest = ""
    if row["most_by"] is not None:
        day = date_format(date.fromisoformat(row["most_from"]), "DATE_FORMAT")
        receiver = names.get(f"{row['per']}:{row['most_by']}", row["most_by"])
        fullest = _("%(receiver)s, from %(day)s") % {"receiver": receiver, "day": day}
    return BudgetRow(
        side,
        names.get(f"mandate:{row['mandate']}", row["mandate"]),
        _said(row),
        _count(row["periods"]),
        _count(row["used_up"]),
        _money(row["most"], row),
        fullest,
        _count(row["deals"]),
        _money(row["given"], row),
    )


def _said(row: Mapping[str, Any]) -> str:
    return str(SAID[row["per"], row["period"]]) % {"amount": _money(row["amount"], row)}


def _money(amount: str | None, row: Mapping[str, Any]) -> str:
    if amount is None:
        return _("not known")
    places = Decimal(1).scaleb(-EXPONENTS.get(row["currency"], 2))
    return figures.money(Decimal(amount).quantize(places), row["currency"])


def _count(count: int) -> str:
    return figures.number(Decimal(count), 0)


def codes_of(spending: Mapping[str, Any]) -> Sequence[tuple[str, str, str]]:
    """Return of each budget the mandate's code, for whom it is, and the code of who used the most."""
    rows = (row for side in spending.values() for row in side["budgets"])
    return [(row["mandate"], row["per"], row["most_by"] or "") for row in rows]
