"""Forms on asking for advice, answering, and the talk beneath a round."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mandates.engine.metrics import METRICS
from mandates.phrases import metric_label

LONGEST = 4000
# the value that stands for the first of those who are named, whoever they are
WHOEVER = "whoever"


def clauses() -> list[tuple[str, Any]]:
    """Return what a question may be about besides customer and products."""
    return [("", _("nothing in particular")), *((metric, metric_label(metric)) for metric in METRICS)]


class SeekForm(forms.Form):
    """What to look for among those who may know; it lives in the address."""

    clause = forms.ChoiceField(label=_("About which clause"), choices=clauses, required=False)
    q = forms.CharField(
        label=_("Or about"),
        required=False,
        max_length=120,
        help_text=_("A topic in your own words, such as leasing."),
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class PeopleField(forms.MultipleChoiceField):
    """People by their ids, or whoever knows; whether they can be asked is for the action to say."""

    def valid_value(self, value: Any) -> bool:
        return value == WHOEVER or (str(value).isascii() and str(value).isdigit() and len(str(value)) < 19)


class AskAdviceForm(forms.Form):
    """A question to one or several people."""

    question = forms.CharField(
        label=_("Your question"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"})
    )
    clause = forms.ChoiceField(label=_("About which clause"), choices=clauses, required=False)
    people = PeopleField(label=_("Whom to ask"), error_messages={"required": _("Choose whom to ask.")})

    @property
    def chosen(self) -> list[int]:
        """The people that were ticked, without whoever knows."""
        return [int(one) for one in self.cleaned_data["people"] if one != WHOEVER]

    @property
    def asks_whoever(self) -> bool:
        return WHOEVER in self.cleaned_data["people"]


class AdviceForm(forms.Form):
    """The answer to a question."""

    text = forms.CharField(label=_("Your advice"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))


class ThanksForm(forms.Form):
    """Thanks for an answer, with a word or without."""

    thanks = forms.CharField(
        label=_("What it helped with"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )


class RemarkForm(forms.Form):
    """Something to say in the talk beneath a round."""

    remark = forms.CharField(label=_("Say something"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))
