"""Escalation: one question to one committee, its frozen electorate, the votes, and what a yes allows."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.deals import Deal
from approvals.models.revisions import Decision, Revision
from teams.models import Committee, Substitution


class Case(models.Model):
    """One question to one committee about one revision; its rule is frozen when it opens.

    `paused_at` is set while the case waits for its team (`CasePause`): its clock then stands still, and `due_at` moves
    when it goes on.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")
        VOID = "void", _("void")
        LAPSED = "lapsed", _("lapsed")
        COUNTERED = "countered", _("counter-proposal accepted")

    class Cause(models.TextChoices):
        LIMIT = "limit", _("beyond the team's authority")
        OBJECTION = "objection", _("a colleague objected")
        SILENCE = "silence", _("colleagues did not answer")
        TOO_FEW = "too_few", _("too few colleagues may consent")

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="cases")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="cases")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="cases")
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="cases")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    rule = models.CharField(max_length=10, choices=Committee.Rule.choices)
    approvals_needed = models.PositiveSmallIntegerField()
    share = models.PositiveSmallIntegerField(default=50)
    quorum = models.PositiveSmallIntegerField()
    chair_casts = models.BooleanField(default=False)
    decline_closes = models.BooleanField(default=False)
    silence = models.CharField(max_length=10, choices=Committee.Silence.choices, default=Committee.Silence.REMIND)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # when it was noticed that those who may still vote cannot decide it by its rule
    stuck_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    # when somebody of the team reminded the committee last
    nudged_at = models.DateTimeField(null=True, blank=True)
    # when the product looks at it next by itself: to remind, and from `due_at` on to do what its rule on silence says
    looks_at = models.DateTimeField(null=True, blank=True)
    # after silence, the one elector who answers alone; only a vote of theirs since then counts
    passed_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    passed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    edition = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "committee"], condition=Q(state="open"), name="one_open_case_per_deal_and_committee"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="case_closed_pair",
            ),
        ]
        indexes = [
            models.Index(fields=["committee", "state", "-id"], name="case_committee_state"),
            models.Index(fields=["due_at"], condition=Q(state="open"), name="case_due"),
            models.Index(fields=["committee", "closed_at"], condition=~Q(state="open"), name="case_committee_closed"),
            models.Index(fields=["looks_at"], condition=Q(state="open", paused_at=None), name="case_looks_at"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"


class Elector(models.Model):
    """A person who may vote on a case; frozen when it opens. A right that was lost meanwhile never comes back."""

    class Lost(models.TextChoices):
        LEFT = "left", _("left the committee")
        INACTIVE = "inactive", _("works here no more")
        PARTY = "party", _("took the deal into their own hands")
        ENDED = "ended", _("stands in no more")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="electors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="electorates")
    is_chair = models.BooleanField(default=False)
    # where the elector stands in for a member who was away when the case opened
    substitution = models.ForeignKey(
        Substitution, null=True, blank=True, on_delete=models.PROTECT, related_name="electors"
    )
    lost_at = models.DateTimeField(null=True, blank=True)
    lost_why = models.CharField(max_length=10, choices=Lost.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], name="elector_once"),
            models.CheckConstraint(
                condition=Q(lost_at__isnull=True, lost_why="") | (Q(lost_at__isnull=False) & ~Q(lost_why="")),
                name="elector_lost_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.case_id}"


class Vote(models.Model):
    """A person's vote on a case; changed in place until it closes, with the history in the journal and in `PastVote`.

    `figures` and `until` are the conditions of a "yes, if", written as a counter-proposal's are: they tighten the
    approval.
    """

    class Choice(models.TextChoices):
        APPROVE = "approve", _("approve")
        CONDITIONS = "conditions", _("approve with conditions")
        DECLINE = "decline", _("decline")
        ABSTAIN = "abstain", _("abstain")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="votes")
    choice = models.CharField(max_length=10, choices=Choice.choices)
    reason = models.TextField()
    figures = models.TextField(blank=True, default="", db_default="")
    until = models.DateField(null=True, blank=True)
    cast_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="one_vote_per_person_and_case")]
        indexes = [models.Index(fields=["user", "-cast_at"], name="vote_user")]

    def __str__(self) -> str:
        return f"{self.user}: {self.choice}"


class Recusal(models.Model):
    """A person steps back from a case: it counts for the quorum, and whoever did so votes on it no more.

    INVARIANT: it is never changed or taken back (trigger); a vote cast before it does not count.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="recusals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recusals")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="recusal_once")]

    def __str__(self) -> str:
        return f"{self.user} recused from {self.case_id}"


class Approval(models.Model):
    """The envelope that a committee's yes allows for this deal (`docs/decision.md`, earlier approvals).

    `proposal`: the counter-proposal that it is the yes to; without one it is the yes to the ask itself.
    INVARIANT: `document` never changes (trigger); it ends by date or by an `ApprovalRevocation`.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="approvals")
    proposal = models.OneToOneField(
        "approvals.CounterProposal", null=True, on_delete=models.PROTECT, related_name="approval"
    )
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="approvals")
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    until = models.DateField()
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(proposal__isnull=True), name="one_approval_of_the_ask_per_case"
            ),
        ]

    def __str__(self) -> str:
        return f"approval of {self.deal_id} until {self.until}"


class ApprovalRevocation(models.Model):
    """The end of an approval before its date."""

    approval = models.OneToOneField(Approval, on_delete=models.PROTECT, related_name="revocation")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()

    def __str__(self) -> str:
        return f"revoked: {self.approval_id}"
