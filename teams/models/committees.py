"""Committees, the rule by which they decide, who sits on them, and who is on duty."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from teams.models.calendars import Calendar
from teams.models.dated import CODE, DatedRow
from teams.models.people import User


class Committee(models.Model):
    """A deal approval committee and the rule by which it decides."""

    class Rule(models.TextChoices):
        NUMBER = "number", _("a fixed number of approvals")
        MAJORITY = "majority", _("more approvals than half of the votes cast")
        SHARE = "share", _("a share of the electorate")
        UNANIMITY = "unanimity", _("everybody in the electorate")

    class Silence(models.TextChoices):
        """What happens when the answer time is over and the votes do not decide; never a yes."""

        REMIND = "remind", _("whoever has not voted is reminded")
        PASS_ON = "pass_on", _("the case passes to the member on duty, else to the chair")
        LAPSE = "lapse", _("the case lapses")

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=120)
    rule = models.CharField(_("rule"), max_length=10, choices=Rule.choices, default=Rule.MAJORITY)
    approvals_needed = models.PositiveSmallIntegerField(_("approvals needed"), default=1)
    share = models.PositiveSmallIntegerField(_("share of the electorate, in percent"), default=50)
    quorum = models.PositiveSmallIntegerField(_("quorum"), default=1)
    chair_casts = models.BooleanField(_("the chair's vote decides a tie"), default=False)
    decline_closes = models.BooleanField(_("a decline closes at once"), default=False)
    silence = models.CharField(_("on silence"), max_length=10, choices=Silence.choices, default=Silence.REMIND)
    answer_hours = models.PositiveSmallIntegerField(_("answer time in working hours"), default=8)
    calendar = models.ForeignKey(
        Calendar,
        verbose_name=_("working calendar"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="committees",
    )
    is_active = models.BooleanField(_("active"), default=True)
    edition = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quorum__gte=1), name="committee_quorum_positive"),
            models.CheckConstraint(condition=Q(approvals_needed__gte=1), name="committee_approvals_positive"),
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="committee_share_percent"),
        ]

    def __str__(self) -> str:
        return self.name


class CommitteeSeat(DatedRow):
    """A person's seat on a committee for a time."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="seats")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="committee_seats")
    is_chair = models.BooleanField(_("chair"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "user"], condition=Q(ended_on__isnull=True), name="committee_seat_open_once"
            ),
            models.UniqueConstraint(
                fields=["committee"], condition=Q(ended_on__isnull=True, is_chair=True), name="one_chair_per_committee"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")), name="committee_seat_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.committee})"


class DutyTurn(DatedRow):
    """A member's turn on the rota of a committee: who answers first, and to whom a case passes on silence.

    INVARIANT: turns of one committee do not overlap (trigger). One that was taken back holds no day.
    """

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="duty_turns")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duty_turns")
    # empty for turns from before there was a page for them
    planned_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")), name="duty_turn_days"
            ),
        ]
        indexes = [models.Index(fields=["committee", "started_on"], name="duty_turn_by_day")]

    def __str__(self) -> str:
        return f"{self.user} on duty for {self.committee}"


class CommitteeChange(models.Model):
    """A change of a committee that one person proposed and a second one answers.

    INVARIANT: nobody confirms what they proposed or gain by (`teams.permissions`); what was proposed never changes.
    `document` is JSON: the facts of a `rule`, `{"user", "is_chair"}` of a `seat`, `{"seat"}` of the others.
    """

    class Kind(models.TextChoices):
        RULE = "rule", _("its facts and rule")
        SEAT = "seat", _("a new member")
        UNSEAT = "unseat", _("a member less")
        CHAIR = "chair", _("another chair")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined")
        TAKEN_BACK = "taken_back", _("taken back")

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    document = models.TextField()
    committee_edition = models.PositiveIntegerField()
    reason = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "kind", "document"],
                condition=Q(state="proposed"),
                name="committee_change_proposed_once",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(state="proposed") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="committee_change_answer_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.committee}: {self.get_kind_display()}"
