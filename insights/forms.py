"""What is asked before a replay: which past deals."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

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
