"""Forms on people: inviting, joining, first use, profile, roles, tokens."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from teams.forms.edition import EditionForm, PageForm
from teams.forms.fields import language_choices, zone_choices
from teams.models import ApiToken, OrganisationRole, User


class InviteForm(PageForm):
    """Whom to invite."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("It is what this person signs in with, and cannot be changed later."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class PasswordForm(PageForm):
    """A name and a new password, twice."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters; four plain words are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("Password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    email_of_password = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password = cleaned.get("password")
        if password and "password_again" in cleaned and password != cleaned["password_again"]:
            self.add_error("password_again", ValidationError(_("The two passwords differ."), code="passwords_differ"))
        if password:
            self._judge(password, cleaned)
        return cleaned

    def _judge(self, password: str, cleaned: dict[str, Any]) -> None:
        user = User(name=cleaned.get("name", ""), email=cleaned.get("email", self.email_of_password))
        try:
            password_validation.validate_password(password, user)
        except ValidationError as error:
            self.add_error("password", error)


class FirstUseForm(PasswordForm):
    """The organisation, its first administrator, and the second person."""

    organisation_name = forms.CharField(
        label=_("Name of your organisation"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    email = forms.EmailField(label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    second_name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    second_email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))

    @property
    def values(self) -> dict[str, str]:
        """What the action takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "password_again"}


class UserForm(EditionForm):
    """What a person, or an administrator, changes of a person."""

    name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["language"].choices = language_choices(_("as the browser has it"))  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = zone_choices(_("as the organisation has it"))  # type: ignore[attr-defined]


class RoleForm(PageForm):
    """Which role over the whole organisation to give."""

    role = forms.ChoiceField(label=_("Role"), choices=OrganisationRole.Role.choices, widget=forms.RadioSelect)


class TokenForm(PageForm):
    """What a new API token is called, what it may do, and for how long."""

    name = forms.CharField(label=_("What it is for"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=ApiToken.Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=_("Good for"),
        coerce=int,
        initial=90,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year"))],
    )
