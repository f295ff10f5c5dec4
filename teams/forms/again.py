"""What is asked of somebody who signed in long ago: the password, or in the demo one click."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from teams.models import User

PREFIX = "again"


class PasswordAgainForm(forms.Form):
    """The person's own password."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, data: Any, *, user: User, tries_left: bool) -> None:
        super().__init__(data, prefix=PREFIX)
        self.user, self.tries_left = user, tries_left

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not self.tries_left:
            raise ValidationError(_("Too many tries. Wait a minute."), code="too_many_tries")
        if not self.user.check_password(password):
            raise ValidationError(_("This is not your password."), code="wrong_password")
        return password


class DemoAgainForm(forms.Form):
    """The demo's people have no password: the click itself is the answer."""

    person = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, user: User, tries_left: bool) -> None:
        super().__init__(data, prefix=PREFIX, initial={"person": user.pk})
        self.user, self.tries_left = user, tries_left

    def clean_person(self) -> str:
        if str(self.cleaned_data["person"]) != str(self.user.pk):
            raise ValidationError(_("You are somebody else now."), code="somebody_else")
        return str(self.cleaned_data["person"])
