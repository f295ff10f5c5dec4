"""Who is who: people, teams, customers, committees, and the dated rows that tie them together."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

CODE = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", _("Lower-case letters, digits and single hyphens."))


class UserManager(BaseUserManager["User"]):
    """Makes people by e-mail address."""

    def create_user(self, email: str, name: str = "", password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), name=name or email.split("@")[0], **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, name: str = "", password: str | None = None, **fields: Any) -> "User":
        """An operator: runs the site, decides nothing."""
        return self.create_user(email, name, password, **{"is_staff": True, **fields})

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. `is_staff` is the operator role, which carries no right to decide."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=5, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    is_staff = models.BooleanField(_("operator"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    edition = models.PositiveIntegerField(default=1)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_case")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class DatedRow(models.Model):
    """A row that held from one day until another (exclusive); open while `ended_on` is empty."""

    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    def holds_on(self, day: date) -> bool:
        return self.started_on <= day and (self.ended_on is None or day < self.ended_on)


def holds_on(day: date, prefix: str = "") -> Q:
    """The filter for dated rows that hold on `day`."""
    return Q(**{f"{prefix}started_on__lte": day}) & (
        Q(**{f"{prefix}ended_on__isnull": True}) | Q(**{f"{prefix}ended_on__gt": day})
    )


class OrganisationRole(DatedRow):
    """A right over the whole organisation, held by one person for a time."""

    class Role(models.TextChoices):
        MANDATE_ADMINISTRATOR = "mandate_administrator", _("mandate administrator")
        EXECUTIVE = "executive", _("executive")
        AUDITOR = "auditor", _("auditor")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="organisation_roles")
    role = models.CharField(max_length=30, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(ended_on__isnull=True), name="organisation_role_open_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")), name="organisation_role_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class Team(models.Model):
    """An account team: the "we" that agrees prices."""

    class CostSight(models.TextChoices):
        TEAM = "team", _("the whole team")
        LEAD = "lead", _("the account lead only")
        NOBODY = "nobody", _("nobody in the team")

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=120)
    group = models.CharField(_("group"), max_length=120, blank=True)
    cost_sight = models.CharField(
        _("who sees cost and margin"), max_length=10, choices=CostSight.choices, default=CostSight.TEAM
    )
    is_active = models.BooleanField(_("active"), default=True)
    edition = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Membership(DatedRow):
    """A person's place in a team for a time."""

    class Role(models.TextChoices):
        LEAD = "lead", _("account lead")
        MEMBER = "member", _("member")
        COACH = "coach", _("coach")

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    may_decide = models.BooleanField(_("may decide alone inside the member bounds"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"], condition=Q(ended_on__isnull=True), name="membership_open_once"
            ),
            models.UniqueConstraint(
                fields=["team"], condition=Q(ended_on__isnull=True, role="lead"), name="one_account_lead_per_team"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")), name="membership_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()}, {self.team})"


class Customer(models.Model):
    """An account that the organisation sells to."""

    reference = models.CharField(_("reference"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    segment = models.CharField(_("segment"), max_length=60, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    edition = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class CustomerTeam(DatedRow):
    """Which team looks after a customer and which one person speaks to it, for a time.

    Handing over the baton (another contact) or moving the customer (another team) ends the row and starts the next.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="teams")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="customers")
    contact = models.ForeignKey(User, on_delete=models.PROTECT, related_name="contact_of")
    # what the contact before wrote for this one
    note = models.TextField(_("note for the next contact"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_on__isnull=True), name="one_team_per_customer"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")), name="customer_team_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer}: {self.team}, {self.contact}"


class Committee(models.Model):
    """A deal approval committee and the rule by which it decides."""

    class Rule(models.TextChoices):
        NUMBER = "number", _("a fixed number of approvals")
        MAJORITY = "majority", _("more approvals than half of the votes cast")

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=120)
    rule = models.CharField(_("rule"), max_length=10, choices=Rule.choices, default=Rule.MAJORITY)
    approvals_needed = models.PositiveSmallIntegerField(_("approvals needed"), default=1)
    quorum = models.PositiveSmallIntegerField(_("quorum"), default=1)
    answer_hours = models.PositiveSmallIntegerField(_("answer time in working hours"), default=8)
    is_active = models.BooleanField(_("active"), default=True)
    edition = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quorum__gte=1), name="committee_quorum_positive"),
            models.CheckConstraint(condition=Q(approvals_needed__gte=1), name="committee_approvals_positive"),
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


class Organisation(models.Model):
    """The organisation's own settings; one row."""

    name = models.CharField(_("name"), max_length=120, default="Our organisation")
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Brussels")
    country = models.CharField(_("country of the working calendar"), max_length=2, default="BE")
    workday_starts_at = models.TimeField(_("working day starts"), default="09:00")
    workday_ends_at = models.TimeField(_("working day ends"), default="17:00")
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    default_committee = models.ForeignKey(
        Committee,
        verbose_name=_("default committee"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    approval_days = models.PositiveSmallIntegerField(_("days an approval is good for"), default=30)
    tolerance = models.PositiveIntegerField(_("tolerance of an approval, in 1/10000 of a percent"), default=0)
    consent_days = models.PositiveSmallIntegerField(_("working days a colleague has to answer"), default=2)
    notice_days = models.PositiveSmallIntegerField(_("days of notice before a narrower version judges"), default=14)
    edition = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_organisation"),
            models.CheckConstraint(
                condition=Q(workday_starts_at__lt=F("workday_ends_at")), name="working_day_starts_before_it_ends"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A way in for one person, until a date; the token itself is never stored."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120)
    token_sha256 = models.CharField(max_length=64, unique=True)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="invitation")
    invited_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.email


class ApiToken(models.Model):
    """A key to the API for one person, limited to scopes; the key itself is never stored."""

    class Scope(models.TextChoices):
        READ = "read", _("read")
        EVALUATE = "evaluate", _("evaluate")
        DEALS = "deals", _("write deals")
        ADMINISTER = "administer", _("write customers, products and drafts of mandates")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=12)
    token_sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
