"""What people say about a deal or a case beside their votes, and whom they mention."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from approvals.models.cases import Case
from approvals.models.deals import Deal


class Comment(models.Model):
    """A remark in Markdown; taken back, its text is erased."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="comments")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(taken_back_at__isnull=True) & ~Q(text="")) | Q(taken_back_at__isnull=False, text=""),
                name="comment_taken_back_pair",
            ),
        ]
        indexes = [models.Index(fields=["deal", "id"], name="comment_deal")]

    def __str__(self) -> str:
        return f"comment on {self.deal_id}"


class Mention(models.Model):
    """A person whom a comment mentions, and who could see the deal then."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mentions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="mention_once")]
        indexes = [models.Index(fields=["user", "-comment"], name="mention_user")]

    def __str__(self) -> str:
        return f"{self.user} mentioned"
