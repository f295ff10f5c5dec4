"""How a page of this app is asked for and answered: who may read it, one form, one action."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from journal.refusals import Conflict, Invalid
from teams.forms.edition import STALE, EditionForm, PageForm
from teams.models import Organisation, User
from teams.organisation import today
from teams.permissions import About, Person, may, require

Answer = HttpResponse
View = Callable[..., Answer]
Result = TypeVar("Result")


class PageRequest(HttpRequest):
    """A request as the middleware prepares it for a page behind sign-in."""

    user: User
    person: Person
    organisation: Organisation
    htmx: HtmxDetails


def today_of(request: PageRequest) -> date:
    """Return the organisation's day."""
    return today(timezone.now(), of=request.organisation)


def reader(*permissions: str) -> Callable[[View], View]:
    """Let in who is signed in and holds any of `permissions` (none named: everybody). Others get 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: PageRequest, *arguments: Any, **named: Any) -> Answer:
            if permissions and not any(may(permission, request.person) for permission in permissions):
                require(permissions[0], request.person)
            return view(request, *arguments, **named)

        return require_http_methods(["GET", "HEAD", "POST"])(login_required(guarded))

    return decorate


def allowed(request: PageRequest, permission: str, about: About | None = None) -> bool:
    """Whether a button of this permission is shown."""
    return may(permission, request.person, about or About()).allowed


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, also where it was nothing at all; None for a page that is only shown."""
    return request.POST if request.method == "POST" else None


def form_page(
    request: HttpRequest,
    form: PageForm,
    act: Callable[[], Result],
    done: Callable[[Result], str | Answer],
    *,
    context: Mapping[str, Any],
    said: str = "",
    stored: Callable[[], Mapping[str, Any]] | None = None,
    template: str = "teams/form.html",
) -> Answer:
    """Show a form; when it is sent and valid, run one action and go to where `done` says.

    `stored` tells what the row holds now, for the page on which two editions meet.
    """
    extra: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            result = act()
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal)
            if refusal.code == STALE and isinstance(form, EditionForm) and stored:
                extra["stale"] = form.meet(stored())
        else:
            return _gone_on(request, done(result), said)
    return render(request, template, {**context, **extra, "form": form}, status=form.status)


def _gone_on(request: HttpRequest, target: str | Answer, said: str) -> Answer:
    if isinstance(target, HttpResponse):
        return target
    if said:
        messages.success(request, said)
    return HttpResponseRedirect(target)


def moved(request: HttpRequest, act: Callable[[], object], target: str, said: str) -> Answer:
    """Run one action for a single button and go to `target`; a GET only goes there, so that a reload is harmless."""
    if request.method == "POST":
        act()
        messages.success(request, said)
    return redirect(target)
