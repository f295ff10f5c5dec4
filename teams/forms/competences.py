"""The form on what one knows about."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from teams.competences import offered
from teams.forms.edition import PageForm
from teams.models import Competence


class CompetenceForm(PageForm):
    """One thing that one knows about: of those offered, or a topic in one's own words."""

    about = forms.ChoiceField(label=_("Product family, segment or clause"), required=False)
    topic = forms.CharField(
        label=_("Or a topic"),
        required=False,
        max_length=80,
        help_text=_("In your own words, such as: leasing, tenders in Luxembourg, data protection."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("What you can help with"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        labels = dict(Competence.Kind.choices)
        groups = [
            (labels[Competence.Kind(kind)], [(f"{kind}:{name}", words) for name, words in choices.items()])
            for kind, choices in offered().items()
        ]
        self.fields["about"].choices = [("", _("choose one")), *groups]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and bool(cleaned.get("about")) == bool(cleaned.get("topic")):
            self.add_error("about", ValidationError(_("Choose one of these, or write a topic."), code="one_of_both"))
        return cleaned

    @property
    def values(self) -> dict[str, str]:
        """What the action takes."""
        kind, _colon, name = self.cleaned_data["about"].partition(":")
        if not kind:
            kind, name = Competence.Kind.TOPIC, self.cleaned_data["topic"]
        return {"kind": str(kind), "name": name, "note": self.cleaned_data["note"]}
