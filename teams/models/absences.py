"""Who is away, and who stands in for whom on a committee; nobody says why."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from teams.models.committees import Committee
from teams.models.dated import DatedRow


class Absence(DatedRow):
    """The days on which a person is away, set by that person or by the chair of a committee of theirs."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="absences")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")), name="absence_days"
            ),
        ]
        indexes = [models.Index(fields=["user", "started_on"], name="absence_by_day")]

    def __str__(self) -> str:
        return f"{self.user} away from {self.started_on}"


class Substitution(DatedRow):
    """Who may stand in for a member of a committee while that member is away, within these days.

    Named by the chair it is allowed by the committee at once; named by the member it must be confirmed. What was ended
    early (`ended_at`) gives no vote any more, on open cases either; what ends by its date leaves those as they are.
    """

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="substitutions")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="substituted_by")
    substitute = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stands_in")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(member=F("substitute")), name="nobody_substitutes_for_themselves"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")), name="substitution_days"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="substitution_confirmed_pair",
            ),
            # one vote each: whoever confirms is a third person
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | (~Q(confirmed_by=F("member")) & ~Q(confirmed_by=F("substitute"))),
                name="substitution_confirmed_by_a_third",
            ),
        ]
        indexes = [models.Index(fields=["committee", "started_on"], name="substitution_by_day")]

    def __str__(self) -> str:
        return f"{self.substitute} for {self.member} ({self.committee})"
