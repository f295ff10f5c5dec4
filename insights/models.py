"""What is learnt from past deals: replays over them, widenings that a record earned, precedents, look-backs."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models import Case, Deal
from mandates.fields import AmountField
from mandates.models import Mandate, MandateVersion
from teams.models import Customer, Team


class ReplayState(models.TextChoices):
    """Where a replay stands."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")


OPEN_STATES = (ReplayState.WAITING, ReplayState.RUNNING)


class Replay(models.Model):
    """Past deals judged by one version, part by part, beside what is in force.

    `plan` is canonical JSON of everything that judges (`insights.plans`), frozen when it was asked, so that a part
    judged tomorrow agrees with one judged today; `sha256` is that of the version's document then. `result` holds the
    sums of the parts done so far (`insights.tallies`), `spending` what became of the budgets once all are done.
    The lease is for that last step; each part has its own.
    INVARIANT: `edition` changes with every step that only one worker may take.
    """

    version = models.ForeignKey(MandateVersion, on_delete=models.PROTECT, related_name="replays")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    family = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=10, choices=ReplayState.choices, default=ReplayState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    edition = models.PositiveIntegerField(default=1)
    plan = models.TextField()
    sha256 = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    result = models.TextField(default="{}")
    spending = models.TextField(default="{}")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=Q(state__in=["waiting", "running"]), name="replay_one_open"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, state__in=["waiting", "running"])
                | Q(finished_at__isnull=False, state__in=["done", "cancelled", "failed"]),
                name="replay_finished_at",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state__in=["waiting", "running"]), name="replay_due")]

    def __str__(self) -> str:
        return f"replay {self.pk} of {self.version_id}"


class ReplayPart(models.Model):
    """Some of a replay's deals, by the range of their ids: taken by one worker at a time, counted once.

    `uses` is JSON of what its deals use of budgets (`insights.spending`), until the replay is over.
    INVARIANT: `edition` changes with every step, so that of two workers at one part only one is counted.
    """

    replay = models.ForeignKey(Replay, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    first_deal = models.BigIntegerField()
    last_deal = models.BigIntegerField()
    count = models.PositiveIntegerField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    edition = models.PositiveIntegerField(default=1)
    uses = models.TextField(default="[]")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["replay", "number"], name="replay_part_once")]
        indexes = [
            models.Index(fields=["replay", "number"], condition=Q(done_at__isnull=True), name="replay_part_due"),
        ]

    def __str__(self) -> str:
        return f"{self.replay_id}/{self.number}"


class ReplayChange(models.Model):
    """One deal on which the version in force and the replayed one answer differently.

    `then` is what was answered when it was submitted, empty for imported history; `number` is its revision's.
    """

    replay = models.ForeignKey(Replay, on_delete=models.CASCADE, related_name="changes")
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    then = models.CharField(max_length=16, blank=True)
    before = models.CharField(max_length=16)
    after = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["replay", "deal"], name="replay_change_once")]

    def __str__(self) -> str:
        return f"{self.replay_id}: {self.deal_id}"


class Widening(models.Model):
    """That the record of the teams which hold a version has earned a wider one, and what was said to it.

    `document` is the whole mandate as proposed, canonical; `record` is JSON of the figures that it rests on
    (`insights.trust`). `put_off_until` is the last day of a "not now"; `made` the version that a person drafted from
    it. Nothing is granted by this row.
    INVARIANT: what is proposed never changes (trigger); one of a version is open at a time.
    """

    version = models.ForeignKey(MandateVersion, on_delete=models.PROTECT, related_name="widenings")
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    record = models.TextField()
    at = models.DateTimeField()
    put_off_until = models.DateField(null=True)
    put_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    put_off_at = models.DateTimeField(null=True)
    put_off_reason = models.TextField(blank=True, default="")
    made = models.OneToOneField(MandateVersion, null=True, on_delete=models.PROTECT, related_name="earned_by")
    ended_at = models.DateTimeField(null=True)
    edition = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(put_off_until__isnull=True, made__isnull=True, ended_at__isnull=True),
                name="widening_one_open",
            ),
            models.CheckConstraint(
                condition=Q(put_off_until__isnull=True, put_off_by__isnull=True, put_off_at__isnull=True)
                | Q(put_off_until__isnull=False, put_off_by__isnull=False, put_off_at__isnull=False),
                name="widening_put_off",
            ),
        ]

    def __str__(self) -> str:
        return f"widening {self.pk} of {self.version_id}"


# --- precedents ---


class Precedent(models.Model):
    """A decided case that others may cite: what it was about, how it was answered, and what made the difference.

    `metrics` and `families` are texts of words, for looking similar ones up: which limits the deal was beyond (never
    those on margins, which would tell of costs), and what it sold. `net_value` is in the deal's currency.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="precedent")
    title = models.CharField(_("title"), max_length=120)
    difference = models.TextField(_("what made the difference"))
    until = models.DateField(_("good to cite until"), null=True, blank=True)
    metrics = models.CharField(max_length=200, blank=True, default="")
    families = models.TextField(blank=True, default="")
    segment = models.CharField(max_length=60, blank=True, default="")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="precedents")
    currency = models.CharField(max_length=3)
    net_value = AmountField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.TextField(blank=True, default="")
    # when a change of the mandate was suggested because of it: once
    suggested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="precedent_withdrawn_pair",
            ),
        ]
        indexes = [models.Index(fields=["-id"], condition=Q(withdrawn_at__isnull=True), name="precedent_standing")]

    def __str__(self) -> str:
        return self.title


class Citation(models.Model):
    """A link to a precedent in what was said about a deal: one for each case, or for a deal without one."""

    precedent = models.ForeignKey(Precedent, on_delete=models.PROTECT, related_name="citations")
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="citations")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="citations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["precedent", "case"], condition=Q(case__isnull=False), name="cited_once_per_case"
            ),
            models.UniqueConstraint(
                fields=["precedent", "deal"], condition=Q(case__isnull=True), name="cited_once_per_deal"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} cites {self.precedent_id}"


# --- look-backs ---


class LookBack(models.Model):
    """What a team learnt from a deal that was won or lost, or by a day that it set: about the mandate, never a person.

    INVARIANT: no page and no answer of the API names who answered it.
    """

    class Cause(models.TextChoices):
        WON = "won", _("won")
        LOST = "lost", _("lost")
        DAY = "day", _("a day that the team set")

    class Fit(models.TextChoices):
        FITTED = "fitted", _("it fitted")
        NARROW = "narrow", _("it was too narrow")
        WIDE = "wide", _("it was too wide")
        UNCLEAR = "unclear", _("it was not clear")

    class Again(models.TextChoices):
        YES = "yes", _("yes, the same way")
        OTHERWISE = "otherwise", _("yes, in another way")
        NO = "no", _("no")

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="look_backs")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    mandate = models.ForeignKey(Mandate, null=True, blank=True, on_delete=models.PROTECT, related_name="look_backs")
    due_on = models.DateField()
    asked_at = models.DateTimeField(null=True, blank=True)
    fit = models.CharField(max_length=10, choices=Fit.choices, blank=True, default="")
    mandate_said = models.TextField(blank=True, default="")
    gave = models.TextField(blank=True, default="")
    got = models.TextField(blank=True, default="")
    again = models.CharField(max_length=10, choices=Again.choices, blank=True, default="")
    again_said = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    edition = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "cause"], name="look_back_once_per_cause"),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True, fit="", again="")
                | (Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(fit="") & ~Q(again="")),
                name="look_back_answered_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(asked_at__isnull=True), name="look_back_due"),
            models.Index(fields=["-answered_at"], condition=Q(answered_at__isnull=False), name="look_back_answered"),
            models.Index(fields=["mandate", "-id"], condition=Q(answered_at__isnull=False), name="look_back_mandate"),
        ]

    def __str__(self) -> str:
        return f"look-back on {self.deal_id}"
