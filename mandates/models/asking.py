"""Mandates asked for from below: which team asked for a version, and what a grantor offered instead."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mandates.models.authority import MandateVersion
from teams.models import Team


class TeamRequest(models.Model):
    """That a team asked for this version itself. INVARIANT: written with the draft, never changed (trigger)."""

    version = models.OneToOneField(MandateVersion, on_delete=models.PROTECT, primary_key=True, related_name="request")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="requests")

    def __str__(self) -> str:
        return f"{self.team}: {self.version}"


class VersionCounter(models.Model):
    """What a grantor offers in place of what a team asked for.

    `document` is the whole mandate as offered, canonical; `is_wider` where it allows, or may allow, more than was
    asked. `confirmed` are the keys of the findings that the grantor read, as JSON.
    INVARIANT: what is offered never changes (trigger); one counter of a version is open at a time.
    """

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    version = models.ForeignKey(MandateVersion, on_delete=models.PROTECT, related_name="counters")
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    reason = models.TextField()
    from_on = models.DateField(null=True)
    is_wider = models.BooleanField()
    confirmed = models.TextField(default="[]")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer_note = models.TextField(blank=True)
    made = models.OneToOneField(MandateVersion, null=True, on_delete=models.PROTECT, related_name="made_by_counter")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version"], condition=Q(answer=""), name="counter_one_open"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="counter_answered",
            ),
            models.CheckConstraint(
                condition=Q(answer="accepted", made__isnull=False) | (~Q(answer="accepted") & Q(made__isnull=True)),
                name="counter_made",
            ),
        ]

    def __str__(self) -> str:
        return f"counter: {self.version}"
