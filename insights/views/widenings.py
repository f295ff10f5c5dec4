"""What a record has earned: the figures, and a person's answer to it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from insights.actions import draft_widening, put_off
from insights.actions.widening import about
from insights.forms import LaterForm
from insights.models import Widening
from insights.readings.trust import told
from insights.trust import read_record
from journal.refusals import Refusal
from mandates.drafters import asking_team_id
from mandates.models import MandateVersion
from mandates.views.looking import PageRequest, mandate_of, today_of
from teams.permissions import Person, may

PAGE = "insights/widening.html"
QUARTER = timedelta(days=91)


@require_safe
@login_required
def page(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """Show a proposal with the figures it rests on."""
    return render(request, PAGE, _context(request, _found(request, code, pk)))


@require_POST
@login_required
def draft(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """Draft what is proposed, and go on to the draft."""
    widening = _found(request, code, pk)
    edition = _number(request.POST.get("edition"))
    try:
        made = draft_widening(widening=widening, by=request.user, at=timezone.now(), edition=edition)
    except Refusal as refusal:
        return _refused(request, widening, refusal)
    messages.success(request, _("It is your draft now. Look at it, change what you would, and propose it."))
    return redirect(draft_url(made))


@require_POST
@login_required
def later(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """Say "not now", until a day."""
    widening = _found(request, code, pk)
    form = LaterForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, _context(request, widening, form), status=422)
    values = form.cleaned_data
    try:
        put_off(widening=widening, by=request.user, at=timezone.now(), **values)
    except Refusal as refusal:
        if refusal.path in form.fields:
            form.add_error(refusal.path, refusal.detail)
            return render(request, PAGE, _context(request, widening, form), status=refusal.status)
        return _refused(request, widening, refusal, form)
    messages.success(request, _("Not now. The record goes on, and is looked at again after that day."))
    return redirect("mandates:mandate", code=code)


def _found(request: PageRequest, code: str, pk: int) -> Widening:
    """Return the proposal if the reader may see its mandate. Raises: Http404."""
    mandate = mandate_of(request, code)
    rows = Widening.objects.select_related("version__mandate", "put_off_by", "made__mandate")
    return get_object_or_404(rows, pk=pk, version__mandate=mandate)


def _refused(request: PageRequest, widening: Widening, refusal: Refusal, form: LaterForm | None = None) -> HttpResponse:
    widening.refresh_from_db()
    context = _context(request, widening, form) | {"refusal": refusal}
    return render(request, PAGE, context, status=refusal.status)


def _context(request: PageRequest, widening: Widening, form: LaterForm | None = None) -> dict[str, Any]:
    mandate = widening.version.mandate
    crumbs = [
        {"url": reverse("mandates:mandates"), "label": _("Mandates")},
        {"url": reverse("mandates:mandate", args=[mandate.code]), "label": mandate.name},
    ]
    return {"mandate": mandate, "crumbs": crumbs, **shown(request.person, widening, today_of(request), form)}


def shown(person: Person, widening: Widening, day: Any, form: LaterForm | None = None) -> dict[str, Any]:
    """Return what the section says, and what this reader may answer."""
    known = about(widening.version)
    is_open = widening.made_id is None and widening.ended_at is None
    is_later = widening.put_off_until is not None and widening.put_off_until >= day
    answers: dict[str, Callable[[], Any]] = {
        "may_draft": lambda: may("widening.draft", person, known).allowed,
        "may_put_off": lambda: may("widening.put_off", person, known).allowed,
    }
    initial = {"until": (day + QUARTER).isoformat(), "edition": widening.edition}
    return {
        **told(widening, read_record(widening.record)),
        "is_open": is_open,
        "is_later": is_later,
        "form": form or LaterForm(initial=initial),
        **{name: is_open and answer() for name, answer in answers.items()},
    }


def draft_url(made: MandateVersion) -> str:
    """Return where a draft is looked at: a request on its own page, an administrator's in the table."""
    if asking_team_id(made) is not None:
        return reverse("mandates:version", args=[made.mandate.code, made.number])
    return reverse("mandates:draft", args=[made.mandate.code])


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0
