"""Deals that people follow without taking part in them."""

from django.conf import settings
from django.db import models

from approvals.models.deals import Deal


class Follow(models.Model):
    """A person who wants to hear how a deal and its cases go on; a personal mark, so the journal does not tell it."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="followers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="follows")
    since_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deal", "user"], name="follow_once")]
        indexes = [models.Index(fields=["user", "-id"], name="follow_user")]

    def __str__(self) -> str:
        return f"{self.user} follows {self.deal_id}"
