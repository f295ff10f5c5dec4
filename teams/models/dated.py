"""What the rows of who is who have in common: codes, and days from which and until which a row holds."""

from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

CODE = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", _("Lower-case letters, digits and single hyphens."))


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
