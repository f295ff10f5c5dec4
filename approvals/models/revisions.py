"""What was submitted, never changed afterwards, and each judgement of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from approvals.models.deals import Deal
from mandates.fields import AmountField
from mandates.models import MandateVersion, Product


class Revision(models.Model):
    """One submitted state of a deal. INVARIANT: never changed, never deleted (trigger).

    `document` is canonical JSON of the frozen facts: `{"on", "rates", "deal"}` as in `decision.md` section 2.
    The columns beside it are copies for lists. `judged` is false for imported history.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    why = models.TextField(blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    on = models.DateField()
    judged = models.BooleanField(default=True)
    term_months = models.PositiveSmallIntegerField()
    payment_days = models.PositiveSmallIntegerField()
    list_value = AmountField()
    net_value = AmountField()
    discount_amount = AmountField(null=True)
    cost = AmountField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deal", "number"], name="revision_number_once")]
        indexes = [models.Index(fields=["on", "id"], name="revision_on")]

    def __str__(self) -> str:
        return f"{self.deal}/{self.number}"


class RevisionLine(models.Model):
    """One line of a revision, as frozen. INVARIANT: never changed (trigger).

    `judged` is false for imported history, which an import may take back.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    charge = models.CharField(max_length=10)
    quantity = AmountField()
    list_price = AmountField()
    unit_cost = AmountField(null=True)
    unit_price = AmountField()
    judged = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "position"], name="revision_line_once")]

    def __str__(self) -> str:
        return f"{self.revision_id}: {self.product_id}"


class Decision(models.Model):
    """One judgement: the case given to the engine and its answer, byte for byte.

    INVARIANT: never changed, never deleted (trigger). Judging `case_document` again gives `answer_document` (P11).
    """

    class Cause(models.TextChoices):
        SUBMIT = "submit", _("submitted")
        CONSENT = "consent", _("colleagues consented")
        CASE = "case", _("committee decided")
        COUNTER = "counter", _("counter-proposal accepted")
        RECHECK = "recheck", _("judged again")

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField()
    cause = models.CharField(max_length=10, choices=Cause.choices)
    outcome = models.CharField(max_length=16)
    mandate_version = models.ForeignKey(MandateVersion, null=True, on_delete=models.PROTECT, related_name="decisions")
    case_document = models.TextField()
    case_sha256 = models.CharField(max_length=64)
    answer_document = models.TextField()
    answer_sha256 = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "number"], name="decision_number_once")]
        indexes = [
            models.Index(fields=["-at"], name="decision_at"),
            models.Index(fields=["mandate_version", "-at"], name="decision_version_at"),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id}: {self.outcome}"
