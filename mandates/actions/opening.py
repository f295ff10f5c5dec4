"""Opening balances: what had been given away in a period before the product kept its ledger."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Conflict, Invalid
from mandates import budgets
from mandates.actions.writing import lock_teams, reason_given, team_people
from mandates.models import Budget, BudgetOpening, MandateVersion, VersionPeriod
from mandates.snapshots import in_force
from teams.models import Customer, Team, User
from teams.organisation import today
from teams.standing import require_today

LARGEST = Decimal(10) ** 14


@transaction.atomic
def open_balance(
    *,
    version: MandateVersion,
    team: Team | None,
    customer: Customer | None,
    period: str,
    by: User,
    at: datetime,
    amount: Decimal,
    reason: str,
) -> Budget:
    """Say what a team or a customer had received in the present period beside all deals here; it counts as committed.

    Another opening of the same period replaces the one before. Locks the holding teams and the budget's row.
    Raises: NotAllowed; Conflict `not_in_force`; Invalid `no_such_budget`, `amount_wrong`, `reason_missing`.
    """
    day = require_today("budget.open", by=by, at=at)
    lock_teams(version.holders.values_list("team_id", flat=True))
    reason = reason_given(reason)
    if not 0 <= amount < LARGEST or amount != amount.quantize(Decimal("0.0001")):
        raise Invalid("amount_wrong", _("Enter an amount from 0 on, with at most four decimals."), path="amount")
    if not VersionPeriod.objects.filter(in_force(at), version=version).exists():
        raise Conflict("not_in_force", _("Only a mandate in force has a present period."))
    row = budgets.row_of(version=version, team=team, customer=customer, period=period, on=day, at=at)
    if row is None:
        raise Invalid("no_such_budget", _("This mandate has no such budget."), path="budget")
    turn = budgets.reopen(row, amount=amount, by=by, at=at)
    opening = BudgetOpening.objects.create(budget=row, turn=turn, amount=amount, reason=reason, by=by, at=at)
    _tell(version, row, opening)
    return row


def _tell(version: MandateVersion, row: Budget, opening: BudgetOpening) -> None:
    code = version.mandate.code
    data = {"code": code, "budget": row.pk, "opening": opening.pk, "amount": str(opening.amount), "turn": opening.turn}
    holders = [row.team_id] if row.team_id else list(version.holders.values_list("team_id", flat=True))
    told = [person for person in team_people(holders, today(opening.at)) if person != opening.by_id]
    teams = Team.objects.filter(pk__in=holders).order_by("code").values_list("code", flat=True)
    record(
        "budget.opened",
        subject=("mandate", code),
        by=opening.by_id,
        at=opening.at,
        data=data,
        about=[("team", team) for team in teams],
        tell=told,
        link=f"/mandates/{code}/budget/?budget={row.pk}",
    )
