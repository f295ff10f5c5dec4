"""A deal, its working draft, and who takes part in it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from teams.models import Customer, Team


class DealState(models.TextChoices):
    """The way of a deal (`docs/states.md`)."""

    DRAFT = "draft", _("draft")
    PENDING = "pending", _("pending")
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    LAPSED = "lapsed", _("lapsed")
    WON = "won", _("won")
    LOST = "lost", _("lost")


OPEN_STATES = (DealState.DRAFT, DealState.PENDING, DealState.APPROVED)


class Deal(models.Model):
    """One negotiation with one customer.

    `draft` is the JSON working copy that members edit: `term_months`, `payment_days`, `why` and `lines` of
    `{"product", "quantity", "unit_price"}`; what was submitted stands in the revisions.
    `result_why` says why it was lost or withdrawn.
    INVARIANT: customer, kind, channel and currency never change once `submitted_at` is set.
    """

    class Kind(models.TextChoices):
        NEW = "new", _("new business")
        RENEWAL = "renewal", _("renewal")
        EXPANSION = "expansion", _("expansion")

    reference = models.CharField(_("reference"), max_length=60, unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="deals")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="deals")
    contact = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deals_as_contact")
    state = models.CharField(max_length=10, choices=DealState.choices, default=DealState.DRAFT)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.NEW)
    channel = models.CharField(_("channel"), max_length=60, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    draft = models.TextField()
    edition = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deals_created")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    good_until = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    result_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    result_why = models.TextField(blank=True, default="")
    reopened_count = models.PositiveSmallIntegerField(default=0)
    latest = models.OneToOneField("approvals.Revision", null=True, on_delete=models.PROTECT, related_name="+")
    imported = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["team", "state", "-id"], name="deal_team_state"),
            models.Index(fields=["customer", "-id"], name="deal_customer"),
            models.Index(fields=["contact", "state", "-id"], name="deal_contact_state"),
            models.Index(fields=["created_by", "state", "-id"], name="deal_maker_state"),
            models.Index(fields=["state", "-id"], name="deal_state"),
            models.Index(fields=["-id"], condition=Q(imported=False), name="deal_made_here"),
            models.Index(fields=["good_until"], condition=Q(state="approved"), name="deal_lapse_due"),
        ]

    def __str__(self) -> str:
        return self.reference


class DealEditor(models.Model):
    """A person who has edited or submitted this deal, and so never votes or consents on it."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="editors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deal", "user"], name="deal_editor_once")]

    def __str__(self) -> str:
        return f"{self.user} edited {self.deal}"


class DealSupport(models.Model):
    """Another team that sees this deal and advises."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="supports")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="supported_deals")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deal", "team"], name="deal_support_once")]

    def __str__(self) -> str:
        return f"{self.team} supports {self.deal}"


class Attachment(models.Model):
    """A file that belongs to a deal: a tender, a competitor's quote."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(upload_to="deals/%Y/%m/")
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
