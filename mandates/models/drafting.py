"""What belongs to a version beside its document: what it is for, and everybody who wrote a part of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mandates.models.authority import CharterVersion, MandateVersion


class VersionAims(models.Model):
    """What a mandate is to reach, what the team does without an agreement, and what it may offer instead of price.

    INVARIANT: fixed once the version has left `draft` (trigger).
    """

    version = models.OneToOneField(MandateVersion, on_delete=models.CASCADE, primary_key=True, related_name="aims")
    goal = models.TextField(_("goal"), blank=True)
    walk_away = models.TextField(_("walk-away alternative"), blank=True)
    options = models.TextField(_("options"), blank=True)

    def __str__(self) -> str:
        return f"aims: {self.version}"


class VersionDrafter(models.Model):
    """Somebody who drafts a mandate's version together with the one who began it, and so never answers it.

    INVARIANT: joins a draft only, and is never taken away (triggers).
    """

    version = models.ForeignKey(MandateVersion, on_delete=models.PROTECT, related_name="drafters")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="version_drafter_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.version}"


class CharterDrafter(models.Model):
    """Somebody who drafts a charter's version together with the one who began it. INVARIANT: as for a mandate."""

    version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="drafters")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="charter_drafter_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.version}"
