"""The organisation's own settings."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from teams.models.calendars import Calendar
from teams.models.committees import Committee


class Organisation(models.Model):
    """The organisation's own settings; one row."""

    name = models.CharField(_("name"), max_length=120, default="Our organisation")
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Brussels")
    country = models.CharField(_("country of the working calendar"), max_length=2, default="BE")
    workday_starts_at = models.TimeField(_("working day starts"), default="09:00")
    workday_ends_at = models.TimeField(_("working day ends"), default="17:00")
    calendar = models.ForeignKey(
        Calendar,
        verbose_name=_("working calendar"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
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
    carries_budgets = models.BooleanField(_("carry over what a budget's period leaves over"), default=False)
    trusts_records = models.BooleanField(_("propose a wider version where a team's record has earned it"), default=True)
    trust_days = models.PositiveSmallIntegerField(_("days that a record looks back"), default=180)
    trust_deals = models.PositiveSmallIntegerField(
        _("deals decided inside the mandate and ended, at least"), default=20
    )
    trust_won = models.PositiveSmallIntegerField(_("of these won, at least, in percent"), default=60)
    trust_near = models.PositiveSmallIntegerField(_("deals that came near a bound, at least"), default=5)
    trust_wide = models.PositiveSmallIntegerField(
        _("of the look-backs that found the mandate too wide, at most, in percent"), default=25
    )
    trust_step = models.PositiveSmallIntegerField(_("how much wider a bound is proposed, in percent of it"), default=10)
    notice_days = models.PositiveSmallIntegerField(_("days of notice before a narrower version judges"), default=14)
    # in so many cases a precedent is cited before a change of the mandate is suggested
    citations_suggest = models.PositiveSmallIntegerField(
        _("citations of a precedent before a change of the mandate is suggested"), default=3
    )
    # a margin as a rating: good from here on, fair from there on, below that thin
    margin_good = models.PositiveSmallIntegerField(_("margin that is rated good, in percent"), default=40)
    margin_fair = models.PositiveSmallIntegerField(_("margin that is rated fair, in percent"), default=20)
    # in whole units of the currency; empty: never
    vote_again_above = models.PositiveBigIntegerField(
        _("net value above which a vote asks to sign in again"), null=True, blank=True, default=100_000
    )
    edition = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_organisation"),
            models.CheckConstraint(
                condition=Q(margin_fair__lt=F("margin_good"), margin_good__lte=100), name="margin_bands_in_order"
            ),
            models.CheckConstraint(
                condition=Q(workday_starts_at__lt=F("workday_ends_at")), name="working_day_starts_before_it_ends"
            ),
        ]

    def __str__(self) -> str:
        return self.name
