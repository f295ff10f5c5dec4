"""Forms that know which edition they were filled in from, and forms that tell an action's refusal at its field."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from journal.refusals import Refusal

STALE = "stale_edition"


class PageForm(forms.Form):
    """A form whose action may refuse."""

    def refuse(self, refusal: Refusal) -> None:
        """Show an action's refusal at the field that it names, or above all fields."""
        path = refusal.path if refusal.path in self.fields else None
        self.add_error(path, ValidationError(refusal.detail, code=refusal.code))

    @property
    def status(self) -> int:
        """The HTTP status with which this form is shown: 409 where somebody else was first, 422 for other errors."""
        if not self.is_bound or self.is_valid():
            return 200
        return 409 if self.has_error("__all__", STALE) else 422


class EditionForm(PageForm):
    """A form that changes a row; `edition` is the one that the reader saw."""

    edition = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def values(self) -> dict[str, Any]:
        """What the action takes, without the edition."""
        return {name: value for name, value in self.cleaned_data.items() if name != "edition"}

    def facts(self, stored: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What is stored, for those who may only read it."""
        shown = ((name, field) for name, field in self.fields.items() if name != "edition")
        return [{"label": field.label, "value": _shown(field, stored[name]) or _("none")} for name, field in shown]

    def meet(self, stored: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Set what is stored now beside what was entered, and let the next submission know both.

        Returns rows of label, before (stored), after (entered) and change. To send the form again means to overwrite
        knowingly.
        """
        self.data = {**self.data.dict(), self.add_prefix("edition"): stored["edition"]}  # type: ignore[attr-defined]
        rows = []
        for name, field in self.fields.items():
            if name == "edition":
                continue
            now, mine = _shown(field, stored[name]), _shown(field, self.cleaned_data.get(name))
            rows.append({"label": field.label, "before": now, "after": mine, "change": "same" if now == mine else ""})
        return rows


def _shown(field: forms.Field, value: Any) -> str:
    """A value in the words in which the form offers it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = getattr(field, "choices", None)
    if choices is not None and not isinstance(field, forms.ModelChoiceField):
        return str(dict(choices).get(value, value))
    if value is None:
        return ""
    return str(field.prepare_value(value) if isinstance(field, forms.CharField) else value)
