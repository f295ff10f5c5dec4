"""The charter and the mandates: immutable versions, who holds them, and when each is in force."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from teams.models import CODE, Team


class VersionState(models.TextChoices):
    """Where a version stands; whether a granted one judges today is told by its periods."""

    DRAFT = "draft", _("draft")
    PROPOSED = "proposed", _("proposed")
    GRANTED = "granted", _("granted")
    DECLINED = "declined", _("declined")
    COUNTERED = "countered", _("countered")
    SUSPENDED = "suspended", _("suspended")
    SUPERSEDED = "superseded", _("superseded")
    REVOKED = "revoked", _("revoked")
    EXPIRED = "expired", _("expired")


class Version(models.Model):
    """One state of a charter or a mandate.

    INVARIANT: once it has left `draft`, `document`, `sha256`, `number` and `drafted_by` never change (trigger).
    `document` is the canonical JSON of `decision.md` section 2, without `used` in its budgets.
    """

    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=VersionState.choices, default=VersionState.DRAFT)
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    note = models.TextField(_("why"), blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer_note = models.TextField(blank=True)
    edition = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=True, proposed_at__isnull=True)
                | Q(proposed_by__isnull=False, proposed_at__isnull=False),
                name="%(class)s_proposed_pair",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="%(class)s_answered_pair",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("drafted_by")), name="%(class)s_four_eyes"
            ),
        ]


class Period(models.Model):
    """When a version judges: from `starts_at` until just before `ends_at`.

    INVARIANT: the periods of one mandate (or of the charter) never overlap (trigger).
    """

    class Cause(models.TextChoices):
        GRANTED = "granted", _("granted")
        RESUMED = "resumed", _("resumed")

    class EndCause(models.TextChoices):
        SUPERSEDED = "superseded", _("superseded")
        SUSPENDED = "suspended", _("suspended")
        REVOKED = "revoked", _("revoked")
        EXPIRED = "expired", _("expired")

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=12, choices=Cause.choices)
    end_cause = models.CharField(max_length=12, choices=EndCause.choices, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="%(class)s_order"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True, end_cause="") | (Q(ends_at__isnull=False) & ~Q(end_cause="")),
                name="%(class)s_end_pair",
            ),
        ]


class Charter(models.Model):
    """The strategic direction; one row that its versions hang from."""

    edition = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_charter")]

    def __str__(self) -> str:
        return "charter"


class CharterVersion(Version):
    """One version of the charter."""

    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="versions")

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(fields=["charter", "number"], name="charter_version_number"),
        ]

    def __str__(self) -> str:
        return f"charter, version {self.number}"


class CharterPeriod(Period):
    """When a version of the charter is in force."""

    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="periods")
    version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="periods")

    class Meta(Period.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.version} from {self.starts_at}"


class Mandate(models.Model):
    """The authority granted to one team or several; what it says stands in its versions."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=120)
    goal = models.TextField(_("goal"), blank=True)
    edition = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class MandateVersion(Version):
    """One version of a mandate."""

    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="versions")
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)

    class Meta(Version.Meta):
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(fields=["mandate", "number"], name="mandate_version_number"),
            models.UniqueConstraint(
                fields=["mandate"], condition=Q(state__in=["draft", "proposed"]), name="one_open_draft_per_mandate"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandate}, version {self.number}"


class VersionHolder(models.Model):
    """A team that a version grants its authority to; fixed with the version."""

    version = models.ForeignKey(MandateVersion, on_delete=models.CASCADE, related_name="holders")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="held_versions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "team"], name="version_holder_once")]

    def __str__(self) -> str:
        return f"{self.team}: {self.version}"


class VersionTest(models.Model):
    """One of a version's own test cases (`mandates.expectations`), as canonical JSON.

    INVARIANT: fixed with the version once it has left `draft` (trigger).
    """

    version = models.ForeignKey(MandateVersion, on_delete=models.CASCADE, related_name="tests")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    document = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="version_test_number"),
            models.UniqueConstraint(fields=["version", "name"], name="version_test_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.version}"


class VersionStep(models.Model):
    """Why a granted version was suspended, resumed or revoked. INVARIANT: never changed (trigger).

    `takes_effect_at`: when a revocation with notice ends the version; empty where the step took effect at once.
    """

    version = models.ForeignKey(MandateVersion, on_delete=models.PROTECT, related_name="steps")
    name = models.CharField(max_length=12)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    takes_effect_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.version}"


class VersionPeriod(Period):
    """When a version of a mandate is in force."""

    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="periods")
    version = models.ForeignKey(MandateVersion, on_delete=models.PROTECT, related_name="periods")

    class Meta(Period.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.version} from {self.starts_at}"
