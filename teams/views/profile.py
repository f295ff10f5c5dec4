"""What people set for themselves: their profile and their API tokens."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from teams import actions
from teams.actions.keys import NewToken
from teams.forms.people import TokenForm, UserForm
from teams.models import ApiToken, User
from teams.views.requests import PageRequest, form_page, moved, posted, reader


def stored_user(pk: int) -> dict[str, Any]:
    """What a person's row holds now."""
    names = ("edition", "name", "language", "time_zone")
    return dict(User.objects.filter(pk=pk).values(*names).get())


def crumbs() -> list[dict[str, str]]:
    return [{"url": reverse("teams:settings"), "label": _("Settings")}]


@reader()
def profile(request: PageRequest) -> HttpResponse:
    """Change one's own name, language and time zone."""
    form = UserForm(posted(request), initial=stored_user(request.user.pk))
    context = {
        "title": _("My profile"),
        "lead": _("You sign in as %(email)s.") % {"email": request.user.email},
        "crumbs": crumbs(),
        "primary": _("Save"),
        "back": reverse("teams:settings"),
    }
    return form_page(
        request,
        form,
        lambda: actions.change_user(
            user=request.user,
            by=request.user,
            at=timezone.now(),
            edition=form.cleaned_data["edition"],
            **form.values,
        ),
        lambda _user: reverse("teams:profile"),
        context=context,
        said=_("Saved."),
        stored=lambda: stored_user(request.user.pk),
    )


@reader()
def tokens(request: PageRequest) -> HttpResponse:
    """List one's own tokens; a key itself is not known any more."""
    labels = dict(ApiToken.Scope.choices)
    now = timezone.now()
    rows = [
        {
            "token": token,
            "scopes": ", ".join(str(labels[scope]) for scope in token.scopes.split()),
            "is_usable": token.revoked_at is None and (token.expires_at is None or token.expires_at > now),
        }
        for token in ApiToken.objects.filter(user=request.user).order_by("-pk")[:100]
    ]
    return render(request, "teams/tokens.html", {"rows": rows, "crumbs": crumbs()})


@reader()
def new_token(request: PageRequest) -> HttpResponse:
    """Make a token and show its key, this once."""
    form = TokenForm(posted(request))

    def done(new: NewToken) -> HttpResponse:
        response = render(request, "teams/token_made.html", {"new": new, "crumbs": token_crumbs()})
        response["Cache-Control"] = "no-store"
        return response

    context = {
        "title": _("New API token"),
        "lead": _("A program that holds it acts in your name, within what you allow here."),
        "crumbs": token_crumbs(),
        "primary": _("Make the token"),
        "back": reverse("teams:tokens"),
    }
    return form_page(
        request,
        form,
        lambda: actions.create_token(by=request.user, at=timezone.now(), **form.cleaned_data),
        done,
        context=context,
    )


def token_crumbs() -> list[dict[str, str]]:
    return [*crumbs(), {"url": reverse("teams:tokens"), "label": _("API tokens")}]


@reader()
def revoke(request: PageRequest, pk: int) -> HttpResponse:
    """Make one of one's own tokens useless."""
    token = get_object_or_404(ApiToken, pk=pk, user=request.user)
    return moved(
        request,
        lambda: actions.revoke_token(token=token, by=request.user, at=timezone.now()),
        reverse("teams:tokens"),
        _("The token is revoked."),
    )
