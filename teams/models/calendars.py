"""Working calendars: versions whose public holidays are written down, so that no newer library changes what was due."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from teams.models.dated import CODE


class Calendar(models.Model):
    """When somebody works: an organisation has one, a committee may have its own."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=120)
    edition = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """One state of a calendar: its zone, its week and, as rows, every day that is worked otherwise.

    `week` holds seven texts from Monday on, like `09:00-12:30, 13:30-17:00`; an empty one is a day off. Of the versions
    put in force whose day has come, the one with the highest number holds.

    INVARIANT: once in force, neither the version nor its days change (triggers); an edited draft is another version.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_FORCE = "in_force", _("in force")
        DISCARDED = "discarded", _("discarded")

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    time_zone = models.CharField(_("time zone"), max_length=60)
    country = models.CharField(_("country"), max_length=2, blank=True)
    subdivision = models.CharField(_("region"), max_length=40, blank=True)
    week = models.JSONField()
    # as they were typed, to be edited again; the days themselves are rows
    own_days = models.TextField(blank=True)
    first_on = models.DateField()
    last_on = models.DateField()
    # which library said which days are holidays
    source = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    starts_on = models.DateField(null=True, blank=True)
    put_in_force_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    put_in_force_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_number_once"),
            models.UniqueConstraint(fields=["calendar"], condition=Q(state="draft"), name="one_draft_of_a_calendar"),
            models.CheckConstraint(
                condition=Q(state="in_force", starts_on__isnull=False, put_in_force_at__isnull=False)
                | (~Q(state="in_force") & Q(starts_on__isnull=True, put_in_force_at__isnull=True)),
                name="calendar_version_in_force_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calendar}, version {self.number}"


class CalendarDay(models.Model):
    """A day that is worked otherwise than its weekday; without hours it is a day off."""

    version = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, related_name="days")
    on = models.DateField()
    hours = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=200)
    is_own = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "on"], name="calendar_day_once")]

    def __str__(self) -> str:
        return f"{self.on}: {self.name}"
