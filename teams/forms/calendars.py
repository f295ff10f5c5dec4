"""Forms on working calendars."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from teams.actions.calendars import WEEKDAYS as NAMES
from teams.actions.calendars import Terms
from teams.forms.edition import EditionForm, PageForm
from teams.forms.fields import zone_choices
from teams.forms.places import CODE_HELP
from teams.models import CODE, Calendar, CalendarVersion

HOURS_HELP = _("Like 09:00-12:30, 13:30-17:00; left empty, the day is not worked.")


class TermsFields(forms.Form):
    """What a version of a calendar is made of."""

    time_zone = forms.ChoiceField(label=_("Time zone"))
    country = forms.CharField(
        label=_("Country"),
        min_length=2,
        max_length=2,
        required=False,
        help_text=_("Two letters, like BE. Its public holidays are not worked; left empty, there are none."),
    )
    subdivision = forms.CharField(
        label=_("Region"),
        max_length=40,
        required=False,
        help_text=_("Where a region has holidays of its own: BY with DE for Bavaria, SCT with GB for Scotland."),
    )
    own_days = forms.CharField(
        label=_("Days of your own"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_(
            "One a line: 2026-12-24 09:00-12:00 Christmas Eve. Without hours it is a day off, without a year it comes "
            "every year (12-24). It goes before a public holiday of the same day."
        ),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["time_zone"].choices = zone_choices()  # type: ignore[attr-defined]
        for number, name in enumerate(NAMES):
            help_text = HOURS_HELP if number == 0 else ""
            self.fields[name] = forms.CharField(
                label=WEEKDAYS[number], max_length=120, required=False, help_text=help_text
            )
        self.order_fields([*self.before, "time_zone", "country", "subdivision", *NAMES, "own_days"])

    before: tuple[str, ...] = ()

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_subdivision(self) -> str:
        return str(self.cleaned_data["subdivision"]).strip()

    @property
    def terms(self) -> Terms:
        given = self.cleaned_data
        return Terms(
            time_zone=given["time_zone"],
            country=given["country"],
            subdivision=given["subdivision"],
            week=tuple(given[name] for name in NAMES),
            own_days=given["own_days"],
        )


def initial_of(version: CalendarVersion) -> dict[str, Any]:
    """What a form begins with that makes the next version of this one."""
    facts = ("time_zone", "country", "subdivision", "own_days")
    return {name: getattr(version, name) for name in facts} | dict(zip(NAMES, version.week, strict=True))


class NewCalendarForm(TermsFields, PageForm):
    """A calendar to be made."""

    before = ("code", "name")
    code = forms.CharField(label=_("Code"), max_length=40, validators=[CODE], help_text=CODE_HELP)
    name = forms.CharField(label=_("Name"), max_length=120)


class DraftForm(TermsFields, EditionForm):
    """The next version of a calendar."""

    before = ("edition",)


class StartForm(EditionForm):
    """From which day a draft holds."""

    starts_on = forms.DateField(label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"}))


class ChooseCalendarForm(EditionForm):
    """The calendar that a committee works by."""

    calendar = forms.ModelChoiceField(
        label=_("Working calendar"),
        queryset=Calendar.objects.none(),
        required=False,
        empty_label=_("the organisation's"),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        known = Calendar.objects.filter(versions__state=CalendarVersion.State.IN_FORCE).distinct()
        self.fields["calendar"].queryset = known.order_by("name")  # type: ignore[attr-defined]
