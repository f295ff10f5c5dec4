"""A draft's own test cases: seen with what became of them, added and taken away; and the published schemas."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.refusals import Refusal
from mandates.actions import add_test, remove_test
from mandates.checking import expectation_text, trials_of
from mandates.documents import document_of
from mandates.drafters import drafter_ids
from mandates.engine import check_mandate
from mandates.forms.testing import TestForm
from mandates.models import MandateVersion
from mandates.schemas import CHARTER_SCHEMA, MANDATE_SCHEMA
from mandates.views.looking import PageRequest, open_draft_of, today_of


def shown_trials(version: MandateVersion) -> dict[str, Any]:
    """Return a version's test cases for a page: each in words, and how many of them fail."""
    trials, problems = trials_of(version, timezone.now())
    rows = [
        {
            "name": trial.name,
            "expected": expectation_text(trial.at_most, trial.at_least),
            "outcome": trial.outcome,
            "holds": trial.holds,
        }
        for trial in trials
    ]
    return {"trials": rows, "trial_problems": problems, "failing": sum(not trial.holds for trial in trials)}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def tests_page(request: PageRequest, code: str) -> HttpResponse:
    """Show a draft's test cases, and take another one."""
    version = _draft(request, code)
    form = _form(request, version)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            add_test(
                version=version, by=request.user, at=timezone.now(), test=values["test"], edition=values["edition"]
            )
        except Refusal as refusal:
            form.add_error(_field_of(refusal, form), refusal.detail)
        else:
            messages.success(request, _("The test case is kept with the draft."))
            return redirect("mandates:tests", code=code)
    return _page(request, version, form, status=422 if form.is_bound else 200)


def _draft(request: PageRequest, code: str) -> MandateVersion:
    version = open_draft_of(request, code)
    if version is None:
        raise Http404
    return version


def _form(request: PageRequest, version: MandateVersion) -> TestForm:
    document = document_of(version)
    day = today_of(request)
    first, last = version.valid_from or day, version.valid_until or day
    on: date = min(max(day, first), last)
    return TestForm(
        request.POST if request.method == "POST" else None,
        version=version,
        currency=str(document.get("currency", "")),
        on=on,
        initial={"edition": version.edition},
    )


def _field_of(refusal: Refusal, form: TestForm) -> str | None:
    """Return the field that a refusal is about."""
    path = refusal.path or ""
    if path.endswith(".name"):
        return "name"
    return "document" if ".deal" in path and form.cleaned_data.get("document", "").strip() else None


def _page(request: PageRequest, version: MandateVersion, form: TestForm, status: int) -> HttpResponse:
    mandate = version.mandate
    context = {
        "version": version,
        "mandate": mandate,
        "form": form,
        "is_own": request.user.pk in drafter_ids(version),
        "complete": not check_mandate(document_of(version)),
        "crumbs": [
            {"url": "/mandates/", "label": _("Mandates")},
            {"url": f"/mandates/{mandate.code}/", "label": mandate.name},
            {"url": f"/mandates/{mandate.code}/draft/", "label": _("Draft")},
        ],
        **shown_trials(version),
    }
    return render(request, "mandates/tests.html", context, status=status)


@require_POST
@login_required
def remove(request: PageRequest, code: str) -> HttpResponse:
    """Take a test case out of the draft."""
    version = _draft(request, code)
    edition = request.POST.get("edition", "")
    remove_test(
        version=version,
        by=request.user,
        at=timezone.now(),
        name=request.POST.get("name", ""),
        edition=int(edition) if edition.isascii() and edition.isdecimal() and len(edition) < 9 else 0,
    )
    messages.success(request, _("The test case is gone."))
    return redirect("mandates:tests", code=code)


# --- the published schemas ---


@require_safe
@cache_control(public=True, max_age=3600)
def schema(request: HttpRequest, name: str) -> HttpResponse:
    """Give the JSON Schema of mandates or of the charter; it is public, for editors and a repository's CI."""
    found = {"mandate": MANDATE_SCHEMA, "charter": CHARTER_SCHEMA}.get(name)
    if found is None:
        raise Http404
    return JsonResponse(found, content_type="application/schema+json")
