"""Drafting a mandate in a table, from a document, or as the next version of what is in force."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from journal.refusals import Refusal
from mandates.actions import draft_mandate, join_draft
from mandates.engine import Problem
from mandates.exchange import read_mandate
from mandates.forms.moves import DocumentForm
from mandates.models import Mandate, MandateVersion
from mandates.views.drafting import answer
from mandates.views.looking import PageRequest, open_draft_of
from mandates.views.subjects import Subject
from teams.models import Team
from teams.permissions import may


def _must_draft(request: PageRequest) -> None:
    if not may("mandate.draft", request.person):
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: PageRequest) -> HttpResponse:
    """Begin a mandate that is not there yet, with as much of it as is known."""
    _must_draft(request)
    return answer(Subject(request, None))


@require_POST
@login_required
def begin(request: PageRequest, code: str) -> HttpResponse:
    """Begin the next version as a copy of what is in force."""
    _must_draft(request)
    mandate = get_object_or_404(Mandate, code=code)
    draft_mandate(by=request.user, at=timezone.now(), code=mandate.code)
    return redirect("mandates:draft", code=code)


@require_POST
@login_required
def join(request: PageRequest, code: str) -> HttpResponse:
    """Join the drafters of somebody else's draft."""
    version = open_draft_of(request, code)
    if version is None:
        raise Http404
    join_draft(version=version, by=request.user, at=timezone.now())
    messages.success(request, _("You draft this version too. Somebody else will answer it."))
    return redirect("mandates:draft", code=code)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def draft(request: PageRequest, code: str) -> HttpResponse:
    """Show the draft as a table and save it; rows are judged by the engine and their problems shown beside them."""
    version = open_draft_of(request, code)
    if version is None:
        mandate = get_object_or_404(Mandate, code=code)
        crumbs = [{"url": "/mandates/", "label": _("Mandates")}, {"url": f"/mandates/{code}/", "label": mandate.name}]
        return render(request, "mandates/no_draft.html", {"mandate": mandate, "crumbs": crumbs})
    return answer(Subject(request, version))


# --- a document ---


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_page(request: PageRequest) -> HttpResponse:
    """Take a JSON document and make it the draft of its mandate."""
    _must_draft(request)
    form = DocumentForm(request.POST or None, request.FILES or None)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        version, problems = import_document(request, form.cleaned_data["text"], form.cleaned_data["note"])
        if version is not None:
            messages.success(request, _("The draft is saved."))
            return redirect("mandates:draft", code=version.mandate.code)
    context = {"form": form, "problems": problems, "crumbs": [{"url": "/mandates/", "label": _("Mandates")}]}
    return render(request, "mandates/import.html", context, status=422 if request.method == "POST" else 200)


def import_document(request: PageRequest, text: str, note: str) -> tuple[MandateVersion | None, list[Problem]]:
    """Return the draft that a document made, or what is wrong with it."""
    parcel, problems = read_mandate(text)
    if parcel is None:
        return None, problems
    teams = None if parcel.teams is None else list(Team.objects.filter(code__in=parcel.teams, is_active=True))
    if teams is not None and len(teams) < len(set(parcel.teams or ())):
        missing = sorted(set(parcel.teams or ()) - {team.code for team in teams})
        return None, [
            Problem("unknown_team", _("There is no team %(codes)s.") % {"codes": ", ".join(missing)}, "teams")
        ]
    try:
        version = draft_mandate(
            by=request.user,
            at=timezone.now(),
            code=parcel.document["code"],
            name=parcel.name,
            goal=parcel.goal,
            walk_away=parcel.walk_away,
            options=parcel.options,
            document=parcel.document,
            teams=teams,
            note=note or parcel.note,
            tests=parcel.tests,
        )
    except Refusal as refusal:
        return None, [Problem(refusal.code, refusal.detail, refusal.path or "")]
    return version, []
