"""What a mandate and the charter say beside their rows, as forms that a draft may leave incomplete."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy

from teams.models import CODE, Committee, Team

FIGURE = {"inputmode": "decimal", "autocomplete": "off"}


class NeededLater(forms.CharField):
    """A field that a draft may leave empty, although it cannot be proposed without: the engine says so then."""

    def validate(self, value: Any) -> None:
        """Take what there is."""


class CommitteeField(forms.ChoiceField):
    """The choice of a committee, which a draft may leave empty."""

    def validate(self, value: Any) -> None:
        """Take nothing, or one of the committees."""
        if value:
            super().validate(value)


class TeamsField(forms.ModelMultipleChoiceField):
    """The choice of teams, which a draft may leave empty."""

    def clean(self, value: Any) -> Any:
        """Return the teams chosen, perhaps none."""
        return super().clean(value) if value else Team.objects.none()


class CharterFieldsForm(forms.Form):
    """What a charter says beside its rows. Every field may be wrong or empty: the engine judges the document."""

    currency = NeededLater(label=gettext_lazy("Currency"), max_length=3)
    capital_rate = forms.CharField(
        label=gettext_lazy("Capital rate, % a year"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs=FIGURE),
        help_text=gettext_lazy("What late payment costs; used by the effective discount."),
    )
    standard_payment_days = forms.CharField(
        label=gettext_lazy("Standard payment days"),
        required=False,
        max_length=5,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    note = NeededLater(
        label=gettext_lazy("Why"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What changes and for which reason; everybody can read it."),
    )


class MandateFieldsForm(CharterFieldsForm):
    """What a mandate says beside its rows."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    goal = forms.CharField(
        label=gettext_lazy("Goal"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        help_text=gettext_lazy("What the team is to reach with it."),
    )
    walk_away = forms.CharField(
        label=gettext_lazy("Walk-away alternative"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        help_text=gettext_lazy("What the team does where no agreement is found."),
    )
    options = forms.CharField(
        label=gettext_lazy("Options"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        help_text=gettext_lazy("What the team may offer or ask for instead of a lower price."),
    )
    teams = TeamsField(
        label=gettext_lazy("Teams that hold it"),
        queryset=Team.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    valid_from = NeededLater(
        label=gettext_lazy("Valid from"), max_length=10, widget=forms.TextInput(attrs={"type": "date"})
    )
    valid_until = NeededLater(
        label=gettext_lazy("Valid until (included)"),
        max_length=10,
        widget=forms.TextInput(attrs={"type": "date"}),
    )
    committee = CommitteeField(
        label=gettext_lazy("Committee"),
        help_text=gettext_lazy("Where everything goes that no row sends elsewhere."),
    )
    consents = forms.CharField(
        label=gettext_lazy("Consents needed for the team's bound"),
        required=False,
        max_length=3,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, held_by: Sequence[int] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        teams = Team.objects.filter(Q(is_active=True) | Q(pk__in=list(held_by)))
        self.fields["teams"].queryset = teams.order_by("name")  # type: ignore[attr-defined]
        named = self.data.get("committee") or (self.initial or {}).get("committee", "")
        self.fields["committee"].choices = committee_choices(named)  # type: ignore[attr-defined]


class NewMandateForm(MandateFieldsForm):
    """A mandate that is not there yet also needs its code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        validators=[CODE],
        help_text=gettext_lazy("A short name for addresses and documents, such as public-2026."),
    )
    field_order = ("code", "name")


def committee_choices(named: str = "") -> list[tuple[str, str]]:
    """Return the committees to choose from, and whatever unknown one the document names."""
    known = [(c.code, c.name) for c in Committee.objects.filter(is_active=True).order_by("name")]
    unknown = [(named, named)] if named and named not in {code for code, _name in known} else []
    return [("", "—"), *known, *unknown]
