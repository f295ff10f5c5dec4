"""What happens in a version's life beside its moves: emergencies that two people decide, and reminders of its end."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from mandates.models.authority import MandateVersion


class Emergency(models.Model):
    """One person's question to end a version at once; a second confirms it, or one of them ends the question.

    INVARIANT: whoever asked never confirms (constraint); reason and asker never change (trigger).
    """

    version = models.ForeignKey(MandateVersion, on_delete=models.PROTECT, related_name="emergencies")
    reason = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    dropped_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField(null=True)
    drop_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(confirmed_at__isnull=True, dropped_at__isnull=True),
                name="emergency_one_open",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("asked_by")), name="emergency_two_people"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="emergency_confirmed_pair",
            ),
            models.CheckConstraint(
                condition=Q(dropped_by__isnull=True, dropped_at__isnull=True)
                | Q(dropped_by__isnull=False, dropped_at__isnull=False),
                name="emergency_dropped_pair",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(dropped_at__isnull=True), name="emergency_one_end"
            ),
        ]

    def __str__(self) -> str:
        return f"emergency: {self.version}"


class VersionReminder(models.Model):
    """That people were told so many days before a version's end. INVARIANT: once for each number of days."""

    version = models.ForeignKey(MandateVersion, on_delete=models.PROTECT, related_name="reminders")
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "days"], name="version_reminder_once")]

    def __str__(self) -> str:
        return f"{self.days} days: {self.version}"
