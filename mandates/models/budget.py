"""Budgets: one balance row per mandate, receiver and period, with its append-only ledger."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mandates.fields import AmountField
from mandates.models.authority import Mandate
from teams.models import Customer, Team


class Budget(models.Model):
    """What may be given away in one period, and what has been.

    The key is (mandate, team or customer, period): a new version of the mandate goes on with the same row.
    `amount` follows the version that judged last; the room beyond it that a committee gave is `extended`, and what the
    period before left over is `carried`, where the organisation lets it be.
    """

    class Per(models.TextChoices):
        TEAM = "team", _("team")
        CUSTOMER = "customer", _("customer")

    class Span(models.TextChoices):
        MONTH = "month", _("month")
        QUARTER = "quarter", _("quarter")
        YEAR = "year", _("year")
        VALIDITY = "validity", _("the mandate's validity")

    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="budgets")
    per = models.CharField(max_length=10, choices=Per.choices)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="budgets")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="budgets")
    period = models.CharField(max_length=10, choices=Span.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount = AmountField()
    carried = AmountField(default=0)
    extended = AmountField(default=0)
    held = AmountField(default=0)
    committed = AmountField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mandate", "team", "period", "starts_on"],
                condition=Q(per="team"),
                name="budget_once_per_team_and_period",
            ),
            models.UniqueConstraint(
                fields=["mandate", "customer", "period", "starts_on"],
                condition=Q(per="customer"),
                name="budget_once_per_customer_and_period",
            ),
            models.CheckConstraint(
                condition=Q(per="team", team__isnull=False, customer__isnull=True)
                | Q(per="customer", team__isnull=True, customer__isnull=False),
                name="budget_has_one_receiver",
            ),
            models.CheckConstraint(
                condition=Q(held__gte=0, committed__gte=0, amount__gte=0, carried__gte=0, extended__gte=0),
                name="budget_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=F("held") + F("committed") - F("extended") - F("carried")),
                name="budget_never_overspent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandate_id} {self.per} {self.period} {self.starts_on}"

    @property
    def room(self) -> Decimal:
        """What may be used without a committee: the mandate's amount and what was carried over."""
        return self.amount + self.carried


class BudgetOpening(models.Model):
    """What had been given away in a period before the ledger was kept, with the reason; never changed (trigger).

    The budget's ledger holds it as committed by the revision `opening`, in the same turn; another one replaces it.
    """

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="openings")
    turn = models.PositiveSmallIntegerField()
    amount = AmountField()
    reason = models.TextField()
    by = models.ForeignKey("teams.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["budget", "turn"], name="budget_opening_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="budget_opening_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} ({self.budget})"


class LedgerEntry(models.Model):
    """One movement of a budget, never changed (trigger).

    `revision` names the deal's revision, such as `D-1001/2`, or the version whose narrower amount lies below what is
    used, such as `public-2026/3`, or `carried` and `opening` (`BudgetOpening`). A reopened deal moves again under the
    next `turn`.
    """

    class Kind(models.TextChoices):
        HOLD = "hold", _("held")
        COMMIT = "commit", _("committed")
        RELEASE = "release", _("released")
        EXTEND = "extend", _("extended")
        CARRY = "carry", _("carried over")

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="entries")
    revision = models.CharField(max_length=80)
    turn = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount = AmountField()
    at = models.DateTimeField()
    by = models.ForeignKey("teams.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["budget", "revision", "turn", "kind"], name="ledger_entry_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="ledger_amount_not_negative"),
        ]
        indexes = [models.Index(fields=["revision"], name="ledger_by_revision")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} ({self.revision})"
