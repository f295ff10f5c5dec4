"""What is asked before a replay, about a precedent, and in a look-back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from insights.models import LookBack
from teams.models import Team


class ReplayForm(forms.Form):
    """The period, team and family whose deals are judged again; left empty, all of them."""

    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    team = forms.ChoiceField(label=_("Team"), required=False, choices=[("", _("all"))])
    family = forms.ChoiceField(
        label=_("Family"), required=False, choices=[("", _("all"))], help_text=_("Deals with a product of it.")
    )

    def __init__(self, *args: Any, teams: Sequence[Team], families: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.teams = {team.code: team for team in teams}
        self._offer("team", [(team.code, team.name) for team in teams])
        self._offer("family", [(family, family) for family in families])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("all")), *choices]

    def chosen(self) -> dict[str, Any]:
        """Return what was chosen, as `insights.actions.ask_replay` takes it."""
        values = self.cleaned_data
        return {
            "since": values["since"],
            "until": values["until"],
            "team": self.teams.get(values["team"]),
            "family": values["family"],
        }


class LaterForm(forms.Form):
    """ "Not now" to a wider mandate: until when, and why."""

    until = forms.DateField(label=_("Not before"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The team and the grantors read it."),
    )
    edition = forms.IntegerField(widget=forms.HiddenInput)


# --- precedents ---


class PublishForm(forms.Form):
    """What a decided case is to be known by."""

    title = forms.CharField(label=_("Title"), max_length=120)
    difference = forms.CharField(
        label=_("What made the difference?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody can read it: leave out what only those who see the deal may know."),
    )
    until = forms.DateField(
        label=_("Good to cite until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: until it is withdrawn."),
    )


class WithdrawForm(forms.Form):
    """Why a precedent is withdrawn."""

    reason = forms.CharField(label=_("Why"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))


class PrecedentFilter(forms.Form):
    """What narrows the list of precedents."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    metric = forms.ChoiceField(label=_("Limit"), required=False)
    answer = forms.ChoiceField(
        label=_("Answer"),
        required=False,
        choices=[("", _("any")), ("approved", _("approved")), ("declined", _("declined"))],
    )
    withdrawn = forms.BooleanField(label=_("Also those that are cited no more"), required=False)

    def __init__(self, *args: Any, metrics: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["metric"].choices = [("", _("any")), *metrics]  # type: ignore[attr-defined]


# --- look-backs ---


class LookBackForm(forms.Form):
    """The three questions of a look-back: the mandate, the exchange, what we would do again."""

    fit = forms.ChoiceField(
        label=_("Did the mandate fit this deal?"), choices=LookBack.Fit.choices, widget=forms.RadioSelect
    )
    mandate_said = forms.CharField(
        label=_("What should the mandate learn from it?"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    gave = forms.CharField(
        label=_("What did we give?"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    got = forms.CharField(
        label=_("What came back?"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    again = forms.ChoiceField(
        label=_("Would we do it again?"), choices=LookBack.Again.choices, widget=forms.RadioSelect
    )
    again_said = forms.CharField(
        label=_("What would we do again, and what in another way?"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)


class DayForm(forms.Form):
    """The day on which a team looks back."""

    on = forms.DateField(label=_("Look back on"), widget=forms.DateInput(attrs={"type": "date"}))


class LookBackFilter(forms.Form):
    """What narrows the list of look-backs."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    mandate = forms.ChoiceField(label=_("Mandate"), required=False)
    team = forms.ChoiceField(label=_("Team"), required=False)
    fit = forms.ChoiceField(label=_("How it fitted"), required=False, choices=[("", _("any")), *LookBack.Fit.choices])
    widening = forms.IntegerField(required=False, min_value=1, max_value=2**31, widget=forms.HiddenInput)
    cause = forms.ChoiceField(label=_("After"), required=False, choices=[("", _("any")), *LookBack.Cause.choices])

    def __init__(
        self, *args: Any, mandates: Sequence[tuple[str, str]], teams: Sequence[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        for name, choices in (("mandate", mandates), ("team", teams)):
            self.fields[name].choices = [("", _("any")), *choices]  # type: ignore[attr-defined]
