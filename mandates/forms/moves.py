"""What is asked beside a move of a version: a date, a note, a reason, what was read and confirmed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class Confirming(forms.Form):
    """A move that needs its findings confirmed, one box each."""

    confirmed = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, label=_("I have read"))
    edition = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, findings: Any = (), **options: Any) -> None:
        super().__init__(*args, **options)
        if findings:
            self.fields["confirmed"].choices = [  # type: ignore[attr-defined]
                (finding.key, finding.detail) for finding in findings
            ]
        else:
            del self.fields["confirmed"]

    def confirmed_keys(self) -> list[str]:
        """Return the keys of the findings that were ticked."""
        return list(self.cleaned_data.get("confirmed", []))


class ProposeForm(Confirming):
    """Put the draft before the grantors."""


class GrantForm(Confirming):
    """Grant from a day on."""

    from_on = forms.DateField(
        label=_("In force from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: as soon as it may be. The version in force judges until then."),
    )
    note = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Everybody can read it. A version that takes authority away needs one."),
    )


class ReasonForm(forms.Form):
    """A move that needs a reason."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))
    edition = forms.IntegerField(widget=forms.HiddenInput)


class RevokeForm(ReasonForm):
    """End a version for good, with notice where it judges today."""

    from_on = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: as soon as the notice period is over. Until then it judges as before."),
    )


class EditionForm(forms.Form):
    """A move that needs nothing but the edition that was read."""

    edition = forms.IntegerField(widget=forms.HiddenInput)


class DocumentForm(forms.Form):
    """A document to be imported: pasted, or as a file."""

    file = forms.FileField(label=_("File"), required=False, widget=forms.FileInput(attrs={"accept": ".json"}))
    text = forms.CharField(
        label=_("Or paste it here"),
        required=False,
        strip=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "code"}),
    )
    note = forms.CharField(label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        """Take the file's text where one was sent; it must be UTF-8 and of a sensible size."""
        cleaned = super().clean() or {}
        upload = cleaned.get("file")
        if upload is not None:
            if upload.size > 1_000_000:
                raise forms.ValidationError(_("The file is larger than a mandate ever is (1 MB)."), code="too_large")
            try:
                cleaned["text"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise forms.ValidationError(_("The file is not UTF-8 text."), code="not_utf8") from error
        if not cleaned.get("text", "").strip():
            raise forms.ValidationError(_("Choose a file or paste a document."), code="required")
        return cleaned
