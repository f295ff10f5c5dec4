"""What a committee answers beside a vote: what it asks for, counter-proposals, and what votes said before."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.cases import Case, Vote


class CaseRequest(models.Model):
    """What a committee member asks of the team before the case is answered: points, each to be ticked off.

    The case's clock pauses while one is open.
    """

    class Kind(models.TextChoices):
        CHANGES = "changes", _("changes")
        INFORMATION = "information", _("information")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        TAKEN_BACK = "taken_back", _("taken back")
        VOID = "void", _("void")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="case_request_closed_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} asked on {self.case_id}"


class AskedPoint(models.Model):
    """One point of a request; the team ticks it off with an answer."""

    request = models.ForeignKey(CaseRequest, on_delete=models.PROTECT, related_name="points")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="asked_point_once"),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True, answer="")
                | (Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer="")),
                name="asked_point_answer_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"point {self.position} of {self.request_id}"


class CasePause(models.Model):
    """A time in which a case waited for its team; the committee's clock stood still."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pauses")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="one_open_pause_per_case"
            ),
        ]

    def __str__(self) -> str:
        return f"pause of {self.case_id}"


class CounterProposal(models.Model):
    """A bounded yes that a member proposes: figures that the committee votes on like the ask itself.

    `figures` is canonical JSON of `[{"metric", "bound"}]`, with `product` on line metrics; money is in the deal's
    currency. Adopted, it is an approval of its own, inside which the team may agree without another vote.
    """

    class State(models.TextChoices):
        OPEN = "open", _("being voted on")
        ADOPTED = "adopted", _("waiting for the team")
        REJECTED = "rejected", _("rejected")
        TAKEN_BACK = "taken_back", _("taken back")
        ACCEPTED = "accepted", _("accepted")
        GONE_ON = "gone_on", _("not taken up")
        VOID = "void", _("void")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="counter_proposals")
    number = models.PositiveSmallIntegerField()
    figures = models.TextField()
    until = models.DateField(null=True, blank=True)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    adopted_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_reason = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="counter_proposal_number_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=["open", "adopted"]), name="one_live_counter_proposal_per_case"
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="counter_proposal_answer_pair",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "adopted"], closed_at__isnull=True)
                | (~Q(state__in=["open", "adopted"]) & Q(closed_at__isnull=False)),
                name="counter_proposal_closed_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"counter-proposal {self.number} on {self.case_id}"


class CounterVote(models.Model):
    """A person's vote on a counter-proposal; changed in place until it is decided."""

    class Choice(models.TextChoices):
        APPROVE = "approve", _("approve")
        DECLINE = "decline", _("decline")
        ABSTAIN = "abstain", _("abstain")

    proposal = models.ForeignKey(CounterProposal, on_delete=models.PROTECT, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="counter_votes")
    choice = models.CharField(max_length=10, choices=Choice.choices)
    reason = models.TextField()
    cast_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "user"], name="one_vote_per_person_and_counter")]

    def __str__(self) -> str:
        return f"{self.user}: {self.choice}"


class PastVote(models.Model):
    """What a vote said before it was changed. INVARIANT: never changed (trigger)."""

    vote = models.ForeignKey(Vote, null=True, on_delete=models.PROTECT, related_name="past")
    counter_vote = models.ForeignKey(CounterVote, null=True, on_delete=models.PROTECT, related_name="past")
    choice = models.CharField(max_length=10)
    reason = models.TextField()
    figures = models.TextField(blank=True)
    until = models.DateField(null=True, blank=True)
    cast_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(vote__isnull=True, counter_vote__isnull=False)
                | Q(vote__isnull=False, counter_vote__isnull=True),
                name="past_vote_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"before: {self.choice}"
