"""The charter: what nobody may go beyond, its versions, and its draft as a table."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.moves import legal
from journal.refusals import Refusal
from journal.timeline import timeline
from mandates.actions import (
    decline_charter,
    draft_charter,
    grant_charter,
    join_charter_draft,
    propose_charter,
    take_back_charter,
)
from mandates.checking import charter_findings, charter_problems
from mandates.comparing import compare_charters
from mandates.documents import document_of
from mandates.drafters import drafter_ids, drafters_said
from mandates.engine import check_charter
from mandates.exchange import read_charter, written
from mandates.forms.moves import DocumentForm, EditionForm, GrantForm, ReasonForm
from mandates.models import CharterPeriod, CharterVersion, VersionState
from mandates.openness import as_read, hash_as_read, sees_charter_margins
from mandates.phrases import bound_text, conditions_text, listed, metric_label
from mandates.sentences import charter_sentences
from mandates.snapshots import in_force
from mandates.states import CHARTER_MOVES
from mandates.views.drafting import answer
from mandates.views.looking import PageRequest, refused, visible_charters
from mandates.views.subjects import Subject
from mandates.views.versions import BINDING, DANGER, LABELS
from teams.permissions import About, Person, may
from teams.views.again import sign_in_again

ACTIONS: dict[str, Callable[[CharterVersion, PageRequest, Any], CharterVersion]] = {
    "propose": lambda v, r, f: propose_charter(version=v, by=r.user, at=timezone.now(), **f.cleaned_data),
    "take_back": lambda v, r, f: take_back_charter(version=v, by=r.user, at=timezone.now(), **f.cleaned_data),
    "grant": lambda v, r, f: grant_charter(
        version=v,
        by=r.user,
        at=timezone.now(),
        edition=f.cleaned_data["edition"],
        from_on=f.cleaned_data["from_on"],
        confirmed=f.confirmed_keys(),
        note=f.cleaned_data["note"],
    ),
    "decline": lambda v, r, f: decline_charter(version=v, by=r.user, at=timezone.now(), **f.cleaned_data),
}


def charter_now() -> CharterVersion | None:
    """Return the version of the charter that binds everybody now."""
    period = CharterPeriod.objects.filter(in_force(timezone.now())).select_related("version").first()
    return period.version if period else None


@require_safe
@login_required
def charter(request: PageRequest) -> HttpResponse:
    """Show the charter in force, its versions, and what happened to it."""
    current = charter_now()
    versions = visible_charters(request.person).order_by("-number")
    context: dict[str, Any] = {
        "version": current,
        "versions": [(version, _state(version, current)) for version in versions],
        "draft": versions.filter(state=VersionState.DRAFT).first(),
        "may_draft": may("charter.draft", request.person).allowed,
        "timeline": timeline("charter", "1", limit=20, once=("charter.edited",)),
    }
    if current is not None:
        context |= _told(current, request.person)
    return render(request, "mandates/charter.html", context)


def _state(version: CharterVersion, current: CharterVersion | None) -> str:
    return "in_force" if current is not None and version.pk == current.pk else str(VersionState(version.state).value)


def _told(version: CharterVersion, person: Person) -> dict[str, Any]:
    """Return what a page about a version shows this reader of its document; it is valid."""
    sees = sees_charter_margins(person)
    document = as_read(document_of(version), sees=sees)
    currency = document["currency"]
    rows = [
        {
            "metric": metric_label(row["metric"]),
            "conditions": conditions_text(row.get("when") or {}, currency) or _("all"),
            "limit": bound_text(row["metric"], row["limit"], currency),
        }
        for row in document["limits"]
    ]
    return {
        "document": document,
        "sentences": charter_sentences(document),
        "rows": rows,
        "sees_margins": sees,
        "shown_sha256": hash_as_read(document_of(version), version.sha256, sees=sees),
    }


# --- one version ---


def _version(request: PageRequest, number: int) -> CharterVersion:
    versions = visible_charters(request.person).prefetch_related("drafters__user")
    return get_object_or_404(versions, number=number)


@require_safe
@login_required
def version_page(request: PageRequest, number: int) -> HttpResponse:
    """Show a version of the charter, what it changes, and what may be done with it."""
    return render(request, "mandates/charter_version.html", _context(request, _version(request, number)))


@require_POST
@login_required
def move(request: PageRequest, number: int, name: str) -> HttpResponse:
    """Make one move; a refusal shows the page again with what was typed."""
    version = _version(request, number)
    if name not in ACTIONS:
        raise Http404
    form = _form(name, version, data=request.POST)
    if not form.is_valid():
        return render(request, "mandates/charter_version.html", _context(request, version, {name: form}), status=422)
    page = reverse("mandates:charter_version", args=[number])
    if name in BINDING and (asked := sign_in_again(request, doing=str(LABELS[name]), back=page)):
        return asked
    try:
        version = ACTIONS[name](version, request, form)
    except Refusal as refusal:
        version.refresh_from_db()
        return refused(request, "mandates/charter_version.html", _context(request, version, {name: form}), refusal)
    messages.success(request, _("Done. Those concerned have been told."))
    return redirect(page)


def _form(name: str, version: CharterVersion, data: Any = None, initial: Any = None) -> forms.Form:
    options: dict[str, Any] = {"auto_id": f"{name}-%s", "initial": initial}
    if name == "grant":
        return GrantForm(data, findings=charter_findings(version, timezone.now()), **options)
    return ReasonForm(data, **options) if name == "decline" else EditionForm(data, **options)


def _context(
    request: PageRequest, version: CharterVersion, bound: Mapping[str, forms.Form] | None = None
) -> dict[str, Any]:
    current = charter_now()
    problems = charter_problems(version) if version.state == VersionState.DRAFT else []
    if version.state == VersionState.DECLINED:
        problems = check_charter(document_of(version))
    context: dict[str, Any] = {
        "version": version,
        "state": _state(version, current),
        "drafter_ids": drafter_ids(version),
        "drafters": listed(drafters_said(version)),
        "problems": problems,
        "moves": _moves(request, version, bound, with_problems=bool(problems)),
        "crumbs": [{"url": "/charter/", "label": _("Charter")}],
    }
    if not problems:
        context |= _told(version, request.person)
        context["changes"] = _changes(version, current, sees=context["sees_margins"])
    return context


def _changes(version: CharterVersion, current: CharterVersion | None, *, sees: bool) -> Any:
    other = current
    if current is None or version.number <= current.number:
        earlier = version.charter.versions.filter(number__lt=version.number, periods__isnull=False)
        other = earlier.order_by("-number").first()
    if other is None:
        return None
    documents = [as_read(document_of(one), sees=sees) for one in (other, version)]
    return {"rows": compare_charters(*documents), "other": other}


def _moves(
    request: PageRequest,
    version: CharterVersion,
    bound: Mapping[str, forms.Form] | None,
    *,
    with_problems: bool,
) -> list[dict[str, Any]]:
    known = About(drafter_ids=drafter_ids(version))
    found = []
    for one in legal(CHARTER_MOVES, version.state):
        allowed = one.name in ACTIONS and may(one.permission, request.person, known)
        if not allowed or (with_problems and one.name == "propose"):
            continue
        form = (bound or {}).get(one.name) or _form(one.name, version, initial={"edition": version.edition})
        found.append(
            {
                "name": one.name,
                "label": LABELS[one.name],
                "form": form,
                "danger": one.name in DANGER,
                "asks": len(form.visible_fields()) > 0,
                "open": bool(bound and one.name in bound),
            }
        )
    return found


@require_safe
@login_required
def export(request: PageRequest, number: int) -> HttpResponse:
    """Send a version's document, as the reader may read it."""
    document = document_of(_version(request, number))
    headers = {"Content-Disposition": f'attachment; filename="charter-{number}.json"'}
    shown = as_read(document, sees=sees_charter_margins(request.person))
    return HttpResponse(written(shown), content_type="application/json", headers=headers)


# --- the draft ---


def _must_draft(request: PageRequest) -> None:
    if not may("charter.draft", request.person):
        raise Http404


@require_POST
@login_required
def begin(request: PageRequest) -> HttpResponse:
    """Begin the next version as a copy of the charter in force."""
    _must_draft(request)
    draft_charter(by=request.user, at=timezone.now())
    return redirect("mandates:charter_draft")


@require_POST
@login_required
def join(request: PageRequest) -> HttpResponse:
    """Join the drafters of somebody else's draft."""
    _must_draft(request)
    version = get_object_or_404(CharterVersion, state=VersionState.DRAFT)
    join_charter_draft(version=version, by=request.user, at=timezone.now())
    messages.success(request, _("You draft this version too. Somebody else will answer it."))
    return redirect("mandates:charter_draft")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def draft(request: PageRequest) -> HttpResponse:
    """Show the draft as a table and save it."""
    _must_draft(request)
    version = visible_charters(request.person).filter(state=VersionState.DRAFT).first()
    if version is None:
        return render(request, "mandates/no_draft.html", {"crumbs": [{"url": "/charter/", "label": _("Charter")}]})
    return answer(Subject(request, version, is_charter=True))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_page(request: PageRequest) -> HttpResponse:
    """Take a JSON document and make it the charter's draft."""
    _must_draft(request)
    form = DocumentForm(request.POST or None, request.FILES or None)
    problems: Any = []
    if request.method == "POST" and form.is_valid():
        document, problems = read_charter(form.cleaned_data["text"])
        if document is not None:
            draft_charter(by=request.user, at=timezone.now(), document=document, note=form.cleaned_data["note"])
            messages.success(request, _("The draft is saved."))
            return redirect("mandates:charter_draft")
    crumbs = [{"url": "/charter/", "label": _("Charter")}]
    context = {"form": form, "problems": problems, "is_charter": True, "crumbs": crumbs}
    return render(request, "mandates/import.html", context, status=422 if request.method == "POST" else 200)
