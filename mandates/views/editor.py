"""Drafting a mandate in a table, from a document, or as the next version of what is in force."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from journal.refusals import Refusal
from mandates.actions import draft_mandate, edit_draft, join_draft
from mandates.checking import problems_of
from mandates.documents import document_of
from mandates.drafters import aims_of, drafter_ids
from mandates.engine import Problem
from mandates.exchange import read_mandate
from mandates.forms.editor import (
    Editor,
    MandateFieldsForm,
    NewMandateForm,
    editor_after_button,
    editor_of,
    initial_of,
    posted_document,
    pressed,
)
from mandates.forms.moves import DocumentForm
from mandates.models import Mandate, MandateVersion
from mandates.views.looking import PageRequest, open_draft_of
from teams.models import Team
from teams.permissions import may


def _must_draft(request: PageRequest) -> None:
    if not may("mandate.draft", request.person):
        raise Http404


def _crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    return [{"url": "/mandates/", "label": _("Mandates")}, *({"url": url, "label": label} for url, label in more)]


# --- a new mandate ---


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: PageRequest) -> HttpResponse:
    """Begin a mandate that is not there yet, with as much of it as is known."""
    _must_draft(request)
    if request.method != "POST":
        known = request.organisation
        year = timezone.localdate().year
        start: dict[str, Any] = {
            "currency": known.currency,
            "valid_from": f"{year}-01-01",
            "valid_until": f"{year}-12-31",
            "committee": known.default_committee.code if known.default_committee else "",
            "consents": 1,
        }
        form = NewMandateForm(initial=initial_of(start))
        return _new_page(request, editor_of(form, start | {"limits": [{}]}, []))
    form = NewMandateForm(request.POST)
    if button := pressed(request.POST):
        return _new_page(request, editor_after_button(form, request.POST, button))
    document = posted_document(request.POST)
    if not form.is_valid():
        return _new_page(request, editor_of(form, document, []), status=422)
    values = form.cleaned_data
    if Mandate.objects.filter(code=values["code"]).exists():
        form.add_error("code", _("There is a mandate with this code already. Draft its next version on its page."))
        return _new_page(request, editor_of(form, document, []), status=422)
    try:
        version = draft_mandate(
            by=request.user,
            at=timezone.now(),
            code=values["code"],
            name=values["name"],
            goal=values["goal"],
            walk_away=values["walk_away"],
            options=values["options"],
            document=document,
            teams=list(values["teams"]),
            note=values["note"],
        )
    except Refusal as refusal:
        form.add_error(refusal.path if refusal.path in form.fields else None, refusal.detail)
        return _new_page(request, editor_of(form, document, []), status=refusal.status)
    return _saved(request, version)


def _new_page(request: PageRequest, editor: Editor, status: int = 200) -> HttpResponse:
    context = {"editor": editor, "crumbs": _crumbs(), "is_new": True}
    return render(request, "mandates/editor.html", context, status=status)


def _saved(request: PageRequest, version: MandateVersion) -> HttpResponse:
    """Go back to the table, or on to the version's page where that was asked and nothing is wrong."""
    problems = problems_of(version)
    code = version.mandate.code
    if request.POST.get("then") == "look" and not problems:
        return redirect("mandates:version", code=code, number=version.number)
    messages.success(request, _("The draft is saved."))
    return redirect("mandates:draft", code=code)


# --- the draft of a mandate ---


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
        context = {"mandate": mandate, "crumbs": _crumbs((f"/mandates/{code}/", mandate.name))}
        return render(request, "mandates/no_draft.html", context)
    held_by = list(version.holders.values_list("team_id", flat=True))
    if request.method != "POST":
        return _draft_page(request, version, _stored_editor(version, held_by))
    form = MandateFieldsForm(request.POST, held_by=held_by)
    if button := pressed(request.POST):
        return _draft_page(request, version, editor_after_button(form, request.POST, button))
    document = posted_document(request.POST)
    if not form.is_valid():
        return _draft_page(request, version, editor_of(form, document, []), status=422)
    try:
        version = edit_draft(
            version=version,
            by=request.user,
            at=timezone.now(),
            edition=_edition(request),
            document=document,
            teams=list(form.cleaned_data["teams"]),
            note=form.cleaned_data["note"],
            name=form.cleaned_data["name"],
            goal=form.cleaned_data["goal"],
            walk_away=form.cleaned_data["walk_away"],
            options=form.cleaned_data["options"],
        )
    except Refusal as refusal:
        version.refresh_from_db()
        return _draft_page(request, version, editor_of(form, document, []), status=refusal.status, refusal=refusal)
    return _saved(request, version)


def _edition(request: PageRequest) -> int:
    text = request.POST.get("edition", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _stored_editor(version: MandateVersion, held_by: Sequence[int]) -> Editor:
    document = document_of(version)
    aims = aims_of(version)
    initial = initial_of(document) | {
        "name": version.mandate.name,
        "goal": aims.goal,
        "walk_away": aims.walk_away,
        "options": aims.options,
        "note": version.note,
        "teams": list(held_by),
    }
    form = MandateFieldsForm(initial=initial, held_by=held_by)
    return editor_of(form, document, problems_of(version))


def _draft_page(
    request: PageRequest,
    version: MandateVersion,
    editor: Editor,
    status: int = 200,
    refusal: Refusal | None = None,
) -> HttpResponse:
    code = version.mandate.code
    context = {
        "editor": editor,
        "version": version,
        "refusal": refusal,
        "is_own": request.user.pk in drafter_ids(version),
        "crumbs": _crumbs((f"/mandates/{code}/", version.mandate.name)),
    }
    return render(request, "mandates/editor.html", context, status=status)


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
            return _saved(request, version)
    context = {"form": form, "problems": problems, "crumbs": _crumbs()}
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
