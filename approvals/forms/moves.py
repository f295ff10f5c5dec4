"""The small forms of a deal's page: an answer, a reason, a result."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.models import ConsentSeat, CounterVote, Vote

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


class CounterVoteForm(forms.Form):
    """A committee member's vote on a counter-proposal."""

    choice = forms.ChoiceField(label=_("Your vote on the counter-proposal"), choices=CounterVote.Choice.choices)
    reason = _reason(_("Why"), required=True)


class RequestForm(forms.Form):
    """What the committee asks of the team, a point on each line."""

    kind = forms.ChoiceField(
        label=_("What you need"),
        choices=[("information", _("Information")), ("changes", _("Changes to the deal"))],
        widget=forms.RadioSelect,
        initial="information",
    )
    points = forms.CharField(
        label=_("Your points"),
        help_text=_("One point on each line; the team ticks them off one by one."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = _reason(_("Why"), required=True)

    def asked(self) -> list[str]:
        """Return the points, without empty lines."""
        return [line.strip(" -*\t") for line in self.cleaned_data["points"].splitlines() if line.strip(" -*\t")]


class AnswerForm(forms.Form):
    """The team's answer to one point."""

    answer = _reason(_("Your answer"), required=True)


class CommentForm(forms.Form):
    """A comment in Markdown."""

    text = forms.CharField(
        label=_("Your comment"),
        help_text=_("Markdown: **bold**, - lists, > quotes. @Name tells somebody who sees this deal."),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


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
