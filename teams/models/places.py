"""Teams with their members, and customers with the team and the contact who look after them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from teams.models.dated import CODE, DatedRow
from teams.models.people import User


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
    # what those of the team see who do not see the figures: good, fair or thin, else nothing
    cost_rating = models.BooleanField(_("the others see a rating of the margin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    # the team that it became part of, and that speaks for it since
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    edition = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(merged_into=None) | Q(is_active=False), name="merged_team_works_no_more")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def speaker_id(self) -> int:
        """The team whose people speak for this one: itself, or the one that it was merged into."""
        return self.merged_into_id or self.pk


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
