"""Advice that is asked of somebody about a deal, and the talk beneath a round of consent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.consents import ConsentRound
from approvals.models.deals import Deal
from approvals.models.revisions import Revision


class Advice(models.Model):
    """A question to one person about a deal, with the answer once given. It is no vote and stops nothing.

    `clause` is the metric that it is about, empty for none; `named_for` is JSON of the reasons for which the finder
    named this person, as `approvals.knowing.as_document` writes them. `revision` is the latest one when it was asked.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        ANSWERED = "answered", _("answered")
        THANKED = "thanked", _("thanked")
        PASSED = "passed", _("does not know")
        WITHDRAWN = "withdrawn", _("withdrawn")
        CLOSED = "closed", _("closed with the deal")

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="advice")
    revision = models.ForeignKey(Revision, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    clause = models.CharField(max_length=30, blank=True)
    question = models.TextField()
    named_for = models.TextField(default="[]")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="advice_asked")
    asked_of = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="advice_given")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    thanks = models.TextField(blank=True)
    thanked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    thanked_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "asked_of"], condition=Q(state="asked"), name="advice_asked_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="advice_answer_pair",
            ),
            models.CheckConstraint(
                condition=Q(thanked_by__isnull=True, thanked_at__isnull=True)
                | Q(thanked_by__isnull=False, thanked_at__isnull=False),
                name="advice_thanks_pair",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_of", "-id"], condition=Q(state="asked"), name="advice_waiting"),
            models.Index(fields=["-id"], condition=Q(state="thanked"), name="advice_thanked"),
        ]

    def __str__(self) -> str:
        return f"{self.asked_by} asks {self.asked_of} about {self.deal_id}"


class Remark(models.Model):
    """What somebody said in the talk beneath a round of consent."""

    round = models.ForeignKey(ConsentRound, on_delete=models.PROTECT, related_name="remarks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="remark_says_something")]

    def __str__(self) -> str:
        return f"{self.by} on round {self.round_id}"
