"""Forms that know which edition they were filled in from, and forms that tell an action's refusal at its field."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from journal.refusals import Refusal
from journal.threeway import FieldMerge

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
    """A form that changes a row; `edition` is the one that the reader saw, `base` what the fields said then."""

    edition = forms.IntegerField(widget=forms.HiddenInput)
    base = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100_000)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.is_bound and self.initial:
            said = {name: _shown(field, self.initial.get(name)) for name, field in self._facts()}
            self.initial = {**self.initial, "base": json.dumps(said, ensure_ascii=False)}

    def _facts(self) -> list[tuple[str, forms.Field]]:
        """The fields that say something about the row."""
        return [(name, field) for name, field in self.fields.items() if name not in ("edition", "base")]

    @property
    def values(self) -> dict[str, Any]:
        """What the action takes, without the edition."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("edition", "base")}

    def facts(self, stored: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What is stored, for those who may only read it."""
        return [
            {"label": field.label, "value": _shown(field, stored[name]) or _("none")} for name, field in self._facts()
        ]

    def meet(self, stored: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Set three states beside one another: as it was, what is stored now, and what was entered.

        What only they changed is taken into the form; where both changed the same, the form keeps what was entered.
        The next submission knows both, so to send the form again means to overwrite knowingly.
        """
        base = self._base()
        data = {**self.data.dict(), self.add_prefix("edition"): stored["edition"]}  # type: ignore[attr-defined]
        rows = []
        for name, field in self._facts():
            now, mine = _shown(field, stored[name]), _shown(field, self.cleaned_data.get(name))
            # a page that does not tell what it began with: whatever differs may be a change of both
            was = base.get(name, now if now == mine else None)
            one = FieldMerge(name, was, now, mine)
            if one.kind == "theirs":
                _put(data, self.add_prefix(name), field, stored[name])
            rows.append({"label": field.label, "base": one.base, "before": now, "after": mine, "kind": one.kind})
        data[self.add_prefix("base")] = json.dumps({name: _shown(field, stored[name]) for name, field in self._facts()})
        self.data = data
        return rows

    def _base(self) -> Mapping[str, Any]:
        """What the fields said when the form was opened; nothing where the form does not tell."""
        try:
            base = json.loads(self.cleaned_data.get("base") or "{}")
        except (ValueError, RecursionError):
            return {}
        return base if isinstance(base, dict) else {}


def _put(data: dict[str, Any], name: str, field: forms.Field, value: Any) -> None:
    """Put a stored value into what a form was sent, as a browser would send it."""
    if isinstance(value, bool):
        data.pop(name, None)
        if value:
            data[name] = "on"
    else:
        data[name] = "" if value is None else field.prepare_value(value)


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
