"""One version of a mandate: what it says and changes, and the moves that its state and the reader's rights allow."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from journal.moves import legal
from journal.refusals import Refusal
from mandates import sections
from mandates.actions import (
    accept,
    ask_emergency,
    confirm_emergency,
    decline,
    drop_emergency,
    grant,
    keep,
    propose,
    refuse,
    resume,
    revoke,
    suspend,
    take_back,
    withdraw_counter,
)
from mandates.catalogue import rates_on
from mandates.checking import findings_of, problems_of
from mandates.comparing import compare
from mandates.documents import document_of
from mandates.drafters import drafter_ids, drafters_said
from mandates.engine import Problem, canonical, check_mandate
from mandates.findings import Finding
from mandates.forms.moves import EditionForm, GrantForm, ProposeForm, ReasonForm, RevokeForm
from mandates.models import MandateVersion, VersionState
from mandates.openness import as_read, sees_margins, without_margins
from mandates.openness import told as told_findings
from mandates.phrases import listed
from mandates.reaching import reach_sentences
from mandates.states import MANDATE_MOVES
from mandates.views.asked import request_of
from mandates.views.life import is_offered, life_of, owned, start_of, told_start
from mandates.views.looking import OPEN, PageRequest, about, refused, version_of
from mandates.views.mandates import version_in_force
from mandates.views.reading import committee_names, period_text, shown_state, told
from mandates.views.testing import shown_trials
from teams.organisation import today
from teams.permissions import Person, may
from teams.views.again import sign_in_again

ACTIONS: dict[str, Callable[[MandateVersion, PageRequest, Any], object]] = {
    "propose": lambda v, r, f: propose(
        version=v, by=r.user, at=timezone.now(), edition=f.cleaned_data["edition"], confirmed=f.confirmed_keys()
    ),
    "take_back": lambda v, r, f: take_back(version=v, by=r.user, at=timezone.now(), edition=f.cleaned_data["edition"]),
    "grant": lambda v, r, f: grant(
        version=v,
        by=r.user,
        at=timezone.now(),
        edition=f.cleaned_data["edition"],
        from_on=f.cleaned_data["from_on"],
        confirmed=f.confirmed_keys(),
        note=f.cleaned_data["note"],
    ),
    "accept": lambda v, r, f: accept(version=v, by=r.user, at=timezone.now(), **f.cleaned_data),
    "refuse": lambda v, r, f: refuse(version=v, by=r.user, at=timezone.now(), **f.cleaned_data),
    "withdraw_counter": lambda v, r, f: withdraw_counter(version=v, by=r.user, at=timezone.now(), **f.cleaned_data),
    "decline": lambda v, r, f: decline(version=v, by=r.user, at=timezone.now(), **f.cleaned_data),
    "suspend": lambda v, r, f: suspend(version=v, by=r.user, at=timezone.now(), **f.cleaned_data),
    "resume": lambda v, r, f: resume(version=v, by=r.user, at=timezone.now(), **f.cleaned_data),
    "keep": lambda v, r, f: keep(version=v, by=r.user, at=timezone.now(), **f.cleaned_data),
    "revoke": lambda v, r, f: revoke(version=v, by=r.user, at=timezone.now(), **f.cleaned_data),
    "ask_emergency": lambda v, r, f: ask_emergency(version=v, by=r.user, at=timezone.now(), **f.cleaned_data),
    "confirm_emergency": lambda v, r, f: confirm_emergency(version=v, by=r.user, at=timezone.now(), **f.cleaned_data),
    "drop_emergency": lambda v, r, f: drop_emergency(version=v, by=r.user, at=timezone.now(), **f.cleaned_data),
}
LABELS = {
    "propose": gettext_lazy("Propose this version"),
    "take_back": gettext_lazy("Take it back"),
    "grant": gettext_lazy("Grant this version"),
    "accept": gettext_lazy("Accept what is offered"),
    "refuse": gettext_lazy("Say no to the offer"),
    "withdraw_counter": gettext_lazy("Take the offer back"),
    "decline": gettext_lazy("Decline it"),
    "suspend": gettext_lazy("Suspend it"),
    "resume": gettext_lazy("Resume it"),
    "revoke": gettext_lazy("Revoke it for good"),
    "keep": gettext_lazy("Take the notice back"),
    "ask_emergency": gettext_lazy("Emergency: revoke it at once"),
    "confirm_emergency": gettext_lazy("Confirm: revoke it at once"),
    "drop_emergency": gettext_lazy("No, it goes on"),
}
SEND = gettext_lazy("Send it to the grantors")
DONE = {
    "propose": gettext_lazy("The version is proposed. Those who may grant it have been told."),
    "take_back": gettext_lazy("The version is taken back."),
    "grant": gettext_lazy("The version is granted. Its teams have been told."),
    "accept": gettext_lazy("The offer is accepted. The new version tells where it stands."),
    "refuse": gettext_lazy("The grantor has been told. Ask anew when you are ready."),
    "withdraw_counter": gettext_lazy("The offer is taken back. What the team asked for waits for an answer again."),
    "decline": gettext_lazy("The version is declined. Its drafter has been told."),
    "suspend": gettext_lazy("The version is suspended. Its teams have been told."),
    "resume": gettext_lazy("The version judges again. Its teams have been told."),
    "revoke": gettext_lazy("The version is revoked, from the day that its page names. Its teams have been told."),
    "keep": gettext_lazy("The version goes on. Its teams have been told."),
    "ask_emergency": gettext_lazy("A second person has been asked to confirm. Until then the version judges on."),
    "confirm_emergency": gettext_lazy("The version is revoked at once. Its teams have been told the reason."),
    "drop_emergency": gettext_lazy("The version goes on. Whoever asked has been told."),
}
DANGER = (
    "decline",
    "refuse",
    "withdraw_counter",
    "suspend",
    "revoke",
    "take_back",
    "ask_emergency",
    "confirm_emergency",
)
WITHOUT_REASON = ("take_back", "confirm_emergency", "accept", "withdraw_counter")
# what asks to sign in again where the session is not recent
BINDING = ("grant", "resume", "keep", "confirm_emergency")


@require_safe
@login_required
def version_page(request: PageRequest, code: str, number: int) -> HttpResponse:
    """Show a version: in sentences, as a table, against what is in force, and what may be done with it."""
    version = version_of(request, code, number)
    return render(request, "mandates/version.html", _context(request, version))


@require_POST
@login_required
def move(request: PageRequest, code: str, number: int, name: str) -> HttpResponse:
    """Make one move; a refusal shows the page again with what was typed."""
    version = version_of(request, code, number)
    if name not in ACTIONS:
        raise Http404
    page = reverse("mandates:version", args=[code, number])
    form = _form(name, findings_to_confirm(version, name, request.person), data=request.POST)
    if not form.is_valid():
        return render(request, "mandates/version.html", _context(request, version, {name: form}), status=422)
    if name in BINDING and (asked := sign_in_again(request, doing=str(LABELS[name]), back=page)):
        return asked
    try:
        done = ACTIONS[name](version, request, form)
    except Refusal as refusal:
        version.refresh_from_db()
        context = _context(request, version, {name: form})
        return refused(request, "mandates/version.html", context, refusal)
    messages.success(request, DONE[name])
    if name == "accept" and isinstance(done, MandateVersion):
        return redirect("mandates:version", code=code, number=done.number)
    return redirect(page)


def findings_to_confirm(version: MandateVersion, name: str, person: Person) -> list[Finding]:
    """Return what this move shows the reader and asks to be confirmed."""
    if name not in ("propose", "grant"):
        return []
    found = findings_of(version, timezone.now())
    if name == "grant":
        return found
    sees = sees_margins(person, [holder.team for holder in version.holders.select_related("team")])
    return told_findings([finding for finding in found if finding.code == "beyond_charter"], sees=sees)


def _form(name: str, findings: Sequence[Finding], data: Any = None, initial: Any = None) -> forms.Form:
    options: dict[str, Any] = {"prefix": "", "auto_id": f"{name}-%s", "initial": initial}
    if name == "propose":
        return ProposeForm(data, findings=findings, **options)
    if name == "grant":
        return GrantForm(data, findings=findings, **options)
    if name in WITHOUT_REASON:
        return EditionForm(data, **options)
    if name == "revoke":
        return RevokeForm(data, **options)
    return ReasonForm(data, **options)


def _problems(version: MandateVersion) -> list[Problem]:
    """Return what is wrong with a draft, or with one that was taken back before it was complete."""
    if version.state == VersionState.DRAFT:
        return problems_of(version)
    return check_mandate(document_of(version)) if version.state == VersionState.DECLINED else []


def _context(
    request: PageRequest, version: MandateVersion, bound: Mapping[str, forms.Form] | None = None
) -> dict[str, Any]:
    problems = _problems(version)
    current = version_in_force(version.mandate)
    names = committee_names()
    context: dict[str, Any] = {
        "version": version,
        "mandate": version.mandate,
        "problems": problems,
        "state": shown_state(version, current.pk if current else None),
        "drafter_ids": drafter_ids(version),
        "drafters": listed(drafters_said(version)),
        "periods": [period_text(period, timezone.now()) for period in version.periods.order_by("starts_at", "id")],
        "crumbs": [
            {"url": "/mandates/", "label": _("Mandates")},
            {"url": f"/mandates/{version.mandate.code}/", "label": version.mandate.name},
        ],
    }
    context |= life_of(version, request.person, timezone.now())
    context |= request_of(request, version, current, names)
    if problems:
        return context | {"moves": [m for m in _moves(request, version, context, bound) if m["name"] != "propose"]}
    context |= told(version, names, request.person) | shown_trials(version)
    grants = may("mandate.grant", request.person, about(version))
    start = start_of(version, timezone.now()) if grants else None
    context |= {
        "current": current,
        "start": told_start(start) if start else None,
        "changes": _changes(version, current, names, sees=context["sees_margins"]),
        "moves": _moves(request, version, context, bound),
        "sections": sections.of_version(version, request.person, request),
    }
    return context


def _changes(version: MandateVersion, current: MandateVersion | None, names: Mapping[str, str], *, sees: bool) -> Any:
    """Compare an open version with the one in force, any other with the one before it, as the reader reads them."""
    other = current
    if version.state not in OPEN or current is None or current.pk == version.pk:
        earlier = version.mandate.versions.filter(number__lt=version.number, periods__isnull=False)
        other = earlier.order_by("-number").first()
    if other is None:
        return None
    teams = [
        [holder.team.name for holder in one.holders.select_related("team").order_by("team__name")]
        for one in (other, version)
    ]
    documents = [as_read(document_of(one), sees=sees) for one in (other, version)]
    rows = compare(documents[0], documents[1], committees=names, teams=(teams[0], teams[1]))
    return {"rows": rows, "other": other, "reach": _reach(document_of(other), document_of(version), sees=sees)}


def _reach(before: Mapping[str, Any], after: Mapping[str, Any], *, sees: bool) -> list[str]:
    """Say where this version allows more and where less; empty where either document would not be valid today."""
    documents = [one if sees else without_margins(one) for one in (before, after)]
    if any(check_mandate(document) for document in documents):
        return []
    same = documents[0]["currency"] == documents[1]["currency"]
    texts = [canonical(document) for document in documents]
    return reach_sentences(texts[0], texts[1], {} if same else rates_on(today(timezone.now())))


def _moves(
    request: PageRequest, version: MandateVersion, life: Mapping[str, Any], bound: Mapping[str, forms.Form] | None
) -> list[dict[str, Any]]:
    """Return the moves that the state and the permission table allow this reader, each with its form."""
    known = owned(about(version), life["emergency"])
    found = []
    for one in legal(MANDATE_MOVES, version.state):
        sensible = is_offered(one.name, life)
        if one.name not in ACTIONS or not sensible or not may(one.permission, request.person, known):
            continue
        findings = findings_to_confirm(version, one.name, request.person)
        form = (bound or {}).get(one.name) or _form(one.name, findings, initial={"edition": version.edition})
        found.append(
            {
                "name": one.name,
                "label": SEND if one.name == "propose" and known.team_id else LABELS[one.name],
                "form": form,
                "danger": one.name in DANGER,
                "asks": len(form.visible_fields()) > 0,
                "open": bool(bound and one.name in bound),
            }
        )
    return found
