"""The ways in: an invitation, the first use, and the demo's sign-in without a password."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from teams import actions, invitations
from teams.actions.people import FirstUse, Invited, is_first_use, open_invitation
from teams.forms.people import FirstUseForm, PasswordForm
from teams.models import User
from teams.views.requests import form_page, posted

BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let the person invited set a name and a password; the link works once."""
    found = open_invitation(token, timezone.now())
    if found is None:
        return render(request, "teams/invitation_spent.html", status=404)
    form = PasswordForm(posted(request), initial={"name": found.name})
    form.email_of_password = found.email

    def act() -> User:
        cleaned = form.cleaned_data
        return actions.accept_invitation(
            token=token, at=timezone.now(), name=cleaned["name"], password=cleaned["password"]
        )

    def done(user: User) -> str:
        login(request, user, backend=BACKEND)
        return "/"

    said = _("Welcome. You are signed in.")
    context = {"invitation": found}
    return form_page(request, form, act, done, context=context, said=said, template="teams/invitation.html")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def first_use(request: HttpRequest) -> HttpResponse:
    """Make the first administrator and invite the second; there is no such page once that has happened."""
    if not is_first_use():
        raise Http404
    form = FirstUseForm(posted(request))

    def act() -> FirstUse:
        return actions.first_use(at=timezone.now(), **form.values)

    def done(made: FirstUse) -> HttpResponse:
        login(request, made.administrator, backend=BACKEND)
        return invited_page(request, made.second, form.cleaned_data["organisation_name"])

    return form_page(request, form, act, done, context={}, template="teams/first_use.html")


def invited_page(request: HttpRequest, invited: Invited, organisation_name: str) -> HttpResponse:
    """Send the letter, and show the link where the letter reaches nobody; it is never shown again."""
    sent = invitations.send(invited, organisation_name)
    context = {"invited": invited, "sent": sent, "link": "" if sent else invitations.link_of(invited)}
    response = render(request, "teams/invited.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as somebody of the demo company; outside the demo there is no such page."""
    if not settings.DEMO:
        raise Http404
    pk = request.POST.get("user", "")
    user = get_object_or_404(User, pk=pk if pk.isdecimal() else 0, is_active=True, is_staff=False)
    login(request, user, backend=BACKEND)
    messages.success(request, _("You are %(name)s now.") % {"name": user.name})
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    return redirect(target)
