"""What changed between two revisions of a deal, row by row, and which way: gives more, or gives less."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from approvals.readings import figures
from approvals.readings.lines import totals_of

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One row of `components/diff.html`."""

    label: str
    before: str
    after: str
    change: str = ""
    turn: str = ""
    turn_text: str = ""


def changes(before: Document, after: Document, product_names: Mapping[str, str]) -> list[Change]:
    """Return what differs between two deal documents (`decision.md` section 2), nothing that stayed the same."""
    currency = after["currency"]
    net_before, net_after = (totals_of(deal, sees_cost=False).net_value for deal in (before, after))
    rows = [
        _turned(_("Net value"), net_before, net_after, currency),
        _counted(_("Term"), before["term_months"], after["term_months"], more_gives=False),
        _counted(_("Payment days"), before["payment_days"], after["payment_days"], more_gives=True),
        *_line_changes(_by_product(before), _by_product(after), product_names, currency),
    ]
    return [row for row in rows if row is not None]


def _by_product(deal: Document) -> dict[tuple[str, int], Document]:
    """Return the lines by product and, where a product stands on several lines, by which of them it is."""
    found: dict[tuple[str, int], Document] = {}
    for line in deal["lines"]:
        index = sum(code == line["product"] for code, _index in found)
        found[line["product"], index] = line
    return found


def _line_changes(
    before: Mapping[tuple[str, int], Document],
    after: Mapping[tuple[str, int], Document],
    product_names: Mapping[str, str],
    currency: str,
) -> list[Change | None]:
    rows: list[Change | None] = []
    for key in [*after, *(key for key in before if key not in after)]:
        name = product_names.get(key[0], key[0])
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            rows.append(Change(name, _summary(old, currency), _summary(new, currency), turn_text=_came(new)))
            continue
        rows.append(_quantity(name, old, new))
        rows.append(_turned(name, Decimal(old["unit_price"]), Decimal(new["unit_price"]), currency))
        listed = (_("%(product)s, list price") % {"product": name}, old["list_price"], new["list_price"])
        if Decimal(listed[1]) != Decimal(listed[2]):
            rows.append(Change(listed[0], *(figures.money(Decimal(price), currency) for price in listed[1:])))
    return rows


def _came(new: Document | None) -> str:
    return _("removed") if new is None else _("added")


def _summary(line: Document | None, currency: str) -> str:
    if line is None:
        return ""
    words = {"quantity": figures.number(Decimal(line["quantity"]), 0)}
    return _("%(quantity)s at %(price)s") % {**words, "price": figures.money(Decimal(line["unit_price"]), currency)}


def _quantity(name: str, old: Document, new: Document) -> Change | None:
    before, after = Decimal(old["quantity"]), Decimal(new["quantity"])
    if before == after:
        return None
    label = _("%(product)s, quantity") % {"product": name}
    return Change(label, figures.number(before, 0), figures.number(after, 0))


def _counted(label: str, before: int, after: int, *, more_gives: bool) -> Change | None:
    if before == after:
        return None
    gives = (after > before) == more_gives
    return Change(label, str(before), str(after), turn=_turn(gives), turn_text=_turn_text(gives))


def _turned(label: str, before: Decimal, after: Decimal, currency: str) -> Change | None:
    if before == after:
        return None
    gives = after < before
    texts = (figures.money(before, currency), figures.money(after, currency))
    return Change(label, *texts, turn=_turn(gives), turn_text=_turn_text(gives))


def _turn(gives: bool) -> str:
    return "worse" if gives else "better"


def _turn_text(gives: bool) -> str:
    return _("gives more") if gives else _("gives less")
