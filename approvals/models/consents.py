"""Asking colleagues for their consent inside the team's own authority."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.revisions import Revision


class ConsentRound(models.Model):
    """One question to the colleagues about one revision; at most one is open for a revision."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CONSENTED = "consented", _("consented")
        ESCALATED = "escalated", _("taken to the committee")
        VOID = "void", _("void")

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="consent_round")
    needed = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # when somebody of the team reminded the colleagues last
    nudged_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="open"), name="consent_round_due"),
            models.Index(fields=["closed_at"], condition=Q(state="consented"), name="consent_round_consented"),
        ]

    def __str__(self) -> str:
        return f"consent on {self.revision_id}"


class ConsentSeat(models.Model):
    """A colleague who was asked (frozen when the round opened), and the answer once given.

    An objection can be answered by the team (`reply`), withdrawn by its author, or taken to the committee.
    """

    class Answer(models.TextChoices):
        CONSENT = "consent", _("consents")
        OBJECTION = "objection", _("objects")

    round = models.ForeignKey(ConsentRound, on_delete=models.PROTECT, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consent_seats")
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    reason = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "user"], name="consent_seat_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="consent_answer_pair",
            ),
            models.CheckConstraint(condition=~Q(answer="objection") | ~Q(reason=""), name="objection_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.answer or 'asked'}"
