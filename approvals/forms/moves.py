"""The small forms of a deal's page: an answer, a reason, a result."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.models import ConsentSeat, Vote

LONGEST = 4000


def _reason(label: Any, *, required: bool, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": rows})
    )


class ConsentForm(forms.Form):
    """A colleague's answer; an objection says why."""

    answer = forms.ChoiceField(label=_("Your answer"), choices=ConsentSeat.Answer.choices)
    reason = _reason(_("Why"), required=False)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("answer") == ConsentSeat.Answer.OBJECTION and not values.get("reason"):
            self.add_error("reason", _("Say what stands in the way: the team will want to answer it."))
        return values


class VoteForm(forms.Form):
    """A committee member's vote with its reason."""

    choice = forms.ChoiceField(label=_("Your vote"), choices=Vote.Choice.choices)
    reason = _reason(_("Why"), required=True)


class RecuseForm(forms.Form):
    """Why somebody steps back from a case."""

    reason = _reason(_("Why you step back"), required=True)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="recuse_%s")


class ReplyForm(forms.Form):
    """The team's answer to an objection."""

    text = _reason(_("Your reply"), required=True)


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = _reason(_("Why"), required=True)


class OptionalReasonForm(forms.Form):
    """Why something is taken back, where that may stay unsaid."""

    reason = _reason(_("Why"), required=False)


class ResultForm(forms.Form):
    """The day on which a deal was won or lost, and for a loss why."""

    closed_on = forms.DateField(label=_("On"), widget=forms.DateInput(attrs={"type": "date"}))
    why = _reason(_("Why"), required=False)

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["closed_on"].initial = day
        self.fields["closed_on"].widget.attrs["max"] = day.isoformat()


class FilesForm(forms.Form):
    """One file to be kept with a deal."""

    file = forms.FileField(label=_("File"))
