"""Fields that several forms share."""

from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from teams.models import User

Label = str | Promise

STEPS = 10_000


@cache
def _zones() -> list[str]:
    regions = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return ["UTC", *sorted(zone for zone in available_timezones() if zone.startswith(regions))]


def zone_choices(blank: Label = "") -> list[tuple[str, Label]]:
    """The time zones offered; `blank` is the label of the empty choice, if there is to be one."""
    zones: list[tuple[str, Label]] = [(zone, zone.replace("_", " ")) for zone in _zones()]
    return [("", blank), *zones] if blank else zones


def language_choices(blank: Label) -> list[tuple[str, Label]]:
    return [("", blank), *settings.LANGUAGES]


class PercentField(forms.CharField):
    """A percentage with comma or point, given as an integer of 1/10000 of a percent."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return format((Decimal(value) / STEPS).normalize(), "f") if isinstance(value, int) else value

    def clean(self, value: Any) -> int:
        text = str(super().clean(value)).strip().replace(",", ".")
        try:
            percent = Decimal(text) * STEPS
        except InvalidOperation:
            percent = Decimal("NaN")
        if not percent.is_finite() or percent != percent.to_integral_value():
            raise ValidationError(_("Give a percentage with at most four decimals."), code="no_percentage")
        if not 0 <= percent <= 100 * STEPS:
            raise ValidationError(_("Give a percentage between 0 and 100."), code="no_percentage")
        return int(percent)


class PersonField(forms.ModelChoiceField):
    """A choice of active people, by name and address."""

    def __init__(self, **arguments: Any) -> None:
        people = User.objects.filter(is_active=True, is_staff=False).order_by("name", "pk")
        super().__init__(queryset=people, **{"empty_label": _("choose somebody"), **arguments})

    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name} ({obj.email})"
