"""Ask to sign in again before what binds others, where the session was signed in more than 15 minutes ago."""

from typing import cast

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from teams.forms.again import PREFIX, DemoAgainForm, PasswordAgainForm
from teams.models import User
from teams.sessions import is_recent, stamp

UNSENT = "csrfmiddlewaretoken"


def sign_in_again(request: HttpRequest, *, doing: str, back: str) -> HttpResponse | None:
    """Return the page that asks to sign in again; None where the session is recent or just became so.

    Call it for a POST whose form is valid, before the action: the page sends everything that was typed once more,
    to the same address, together with the password. Files are not carried. `doing` names what waits, on the button
    (as "Grant this version"); `back` is where one goes who does not.
    """
    if is_recent(request.session):
        return None
    form = _form(request)
    if form.is_bound and form.is_valid():
        request.session.cycle_key()
        stamp(request.session)
        return None
    context = {
        "form": form,
        "doing": doing,
        "back": back,
        "kept": _kept(request),
        "is_demo": settings.DEMO,
        "minutes": settings.ACCOUNT_REAUTHENTICATION_TIMEOUT // 60,
    }
    response = render(request, "teams/sign_in_again.html", context, status=403)
    response["Cache-Control"] = "no-store"
    if request.headers.get("HX-Request"):
        response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML"
    return response


def _form(request: HttpRequest) -> PasswordAgainForm | DemoAgainForm:
    answers = any(name.startswith(f"{PREFIX}-") for name in request.POST)
    left = bool(ratelimit.consume(request, action="reauthenticate", user=request.user)) if answers else True
    user = cast("User", request.user)  # a page behind sign-in
    kind = DemoAgainForm if settings.DEMO else PasswordAgainForm
    return kind(request.POST if answers else None, user=user, tries_left=left)


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was typed, name by name, without the answer to the question itself."""
    sent = ((name, value) for name, values in request.POST.lists() for value in values)
    return [(name, str(value)) for name, value in sent if name != UNSENT and not name.startswith(f"{PREFIX}-")]
