"""What is left of the budgets of a mandate, as pages show it to the team that decides by it."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from approvals.readings import figures
from approvals.readings.findings import budget_name
from mandates.balances import Usage, fullest, usage
from mandates.documents import document_of
from mandates.models import MandateVersion
from teams.models import Team


def of_team(version: MandateVersion, team: Team, on: date) -> list[dict[str, Any]]:
    """Return the team's own budgets of a version, each for the `budget` component."""
    rows = [row for row in document_of(version).get("budgets", []) if row["per"] == "team"]
    if not rows:
        return []
    uses = usage(version=version, on=on, team=team)
    return [_shown(use, budget_name(row)) for use, row in zip(uses, rows, strict=True)]


def of_customers(version: MandateVersion, team: Team, on: date, *, most: int) -> list[dict[str, Any]]:
    """Return the budgets of the team's customers that are in use, those with the least left first."""
    return [_shown(use, use.receiver) for use in fullest(version=version, on=on, most=most, team=team)]


def _shown(use: Usage, label: str) -> dict[str, Any]:
    return {
        "label": label,
        # a budget may be passed by a committee's yes; its bar then is full
        "amount": max(use.amount, use.used) or 1,
        "used": use.used,
        "committed": use.committed,
        "amount_text": figures.money(use.amount, use.currency),
        "committed_text": figures.money(use.committed, use.currency),
        "held_text": figures.money(use.held, use.currency),
        "left_text": figures.money(use.left, use.currency),
        "note": _("until %(day)s") % {"day": date_format(use.ends_on)},
    }
