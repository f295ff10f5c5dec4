"""A team asks for its mandate, and a grantor offers something else instead."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from journal.refusals import Refusal
from mandates.actions import ask_for_mandate, counter, edit_draft
from mandates.actions.asking import wanted_of
from mandates.checking import findings_of, problems_of
from mandates.documents import document_of
from mandates.drafters import aims_of, asking_team_id
from mandates.engine import Problem, check_mandate
from mandates.findings import Finding
from mandates.forms.wanted import CounterForm, RequestForm, WantedForm
from mandates.models import Mandate, MandateVersion, VersionState
from mandates.openness import hidden_rows, sees_margins
from mandates.requests import askable
from mandates.views.looking import OPEN, PageRequest, about, version_of, visible_versions
from teams.models import Team
from teams.permissions import About, may
from teams.views.again import sign_in_again


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ask(request: PageRequest, code: str) -> HttpResponse:
    """Ask for a team's own mandate, or for a wider version of one that it holds."""
    team = get_object_or_404(Team, code=code, is_active=True)
    if not may("mandate.ask", request.person, About(team_id=team.pk)):
        raise Http404
    at = timezone.now()
    held = askable(team, at)
    chosen = _chosen(request, held)
    start = wanted_of(team, chosen, at)
    form = RequestForm(
        request.POST or None, start=start, hidden=_hidden(request, start, [team]), initial=_aims_in_force(chosen, at)
    )
    context = {"team": team, "held": held, "chosen": chosen, "open": _open(request, chosen)}
    if request.method != "POST":
        return _request_page(request, form, context)
    if not (form.is_valid() and _is_sound(form)):
        return _request_page(request, form, context, status=422)
    try:
        version = ask_for_mandate(team=team, by=request.user, at=at, mandate=chosen, **_said(form))
    except Refusal as refusal:
        return _request_page(request, form, context | {"refusal": refusal}, status=refusal.status)
    messages.success(request, _("It is kept as a draft. Look at it, then send it to the grantors."))
    return redirect("mandates:version", code=version.mandate.code, number=version.number)


def _chosen(request: PageRequest, held: list[Mandate]) -> Mandate | None:
    """Return the mandate whose next version is asked for; the only one held where nothing is said."""
    code = request.GET.get("mandate")
    if code is None:
        return held[0] if len(held) == 1 else None
    return next((mandate for mandate in held if mandate.code == code), None)


def _open(request: PageRequest, chosen: Mandate | None) -> dict[str, Any] | None:
    """Return what is being drafted or waits for an answer already, with a link for those who may see it."""
    version = chosen.versions.filter(state__in=OPEN).first() if chosen else None
    if version is None:
        return None
    seen = visible_versions(request.person).filter(pk=version.pk).exists()
    return {
        "version": version,
        "url": reverse("mandates:version", args=[version.mandate.code, version.number]) if seen else "",
    }


def _aims_in_force(chosen: Mandate | None, at: datetime) -> dict[str, str]:
    version = chosen.versions.filter(state=VersionState.GRANTED).order_by("-number").first() if chosen else None
    if version is None:
        return {}
    aims = aims_of(version)
    return {"goal": aims.goal, "walk_away": aims.walk_away, "options": aims.options}


def _hidden(request: PageRequest, start: Mapping[str, Any], teams: list[Team]) -> frozenset[int]:
    return frozenset() if sees_margins(request.person, teams) else hidden_rows(start)


def _said(form: RequestForm) -> dict[str, Any]:
    values = form.cleaned_data
    return {"document": form.document()} | {name: values[name] for name in ("goal", "walk_away", "options", "note")}


def _is_sound(form: WantedForm) -> bool:
    """Say whether the engine reads what was typed; else put what is wrong at its field."""
    document = {"code": "new", "version": 1, **form.document()}
    form.place([Problem(problem.code, problem.detail, problem.path) for problem in check_mandate(document)])
    return not form.errors


def _request_page(request: PageRequest, form: RequestForm, context: dict[str, Any], status: int = 200) -> HttpResponse:
    team = context["team"]
    crumbs = [
        {"url": reverse("teams:teams"), "label": _("Teams")},
        {"url": reverse("teams:team", args=[team.code]), "label": team.name},
    ]
    return render(request, "mandates/ask_for.html", context | {"form": form, "crumbs": crumbs}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: PageRequest, code: str, number: int) -> HttpResponse:
    """Change what a team asks for while it is a draft; only whoever drafts it may."""
    version = version_of(request, code, number)
    team_id = asking_team_id(version)
    may_draft = may("mandate.draft", request.person, about(version))
    if team_id is None or version.state != VersionState.DRAFT or not may_draft:
        raise Http404
    team = Team.objects.get(pk=team_id)
    start, aims = document_of(version), aims_of(version)
    initial = {"goal": aims.goal, "walk_away": aims.walk_away, "options": aims.options, "note": version.note}
    form = RequestForm(
        request.POST or None,
        start=start,
        hidden=_hidden(request, start, [team]),
        initial=initial | {"edition": version.edition},
    )
    context: dict[str, Any] = {"team": team, "version": version}
    if request.method != "POST":
        return _request_page(request, form, context)
    if not (form.is_valid() and _is_sound(form)):
        return _request_page(request, form, context, status=422)
    try:
        edit_draft(
            version=version,
            by=request.user,
            at=timezone.now(),
            edition=form.cleaned_data["edition"] or 0,
            teams=[holder.team for holder in version.holders.select_related("team")],
            **_said(form),
        )
    except Refusal as refusal:
        return _request_page(request, form, context | {"refusal": refusal}, status=refusal.status)
    messages.success(request, _("It is kept as a draft. Look at it, then send it to the grantors."))
    return redirect("mandates:version", code=code, number=number)


# --- what a grantor offers instead ---

OFFER = gettext_lazy("Offer this to the team")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def offer(request: PageRequest, code: str, number: int) -> HttpResponse:
    """Offer the team that asked other bounds; what it asked for stands beside each field."""
    version = version_of(request, code, number)
    if asking_team_id(version) is None or not may("mandate.counter", request.person, about(version)):
        raise Http404
    if version.state != VersionState.PROPOSED:
        return redirect("mandates:version", code=code, number=number)
    at, start = timezone.now(), document_of(version)
    posted = request.POST or None
    findings = findings_of(version, at) if posted is None else _findings(version, request, at)
    form = CounterForm(posted, start=start, findings=findings, initial={"edition": version.edition})
    if posted is None:
        return _offer_page(request, version, form)
    if not (form.is_valid() and _is_sound(form)):
        return _offer_page(request, version, form, status=422)
    back = reverse("mandates:version", args=[code, number])
    if asked := sign_in_again(request, doing=str(OFFER), back=back):
        return asked
    try:
        counter(version=version, by=request.user, at=at, document=form.document(), **_offered(form))
    except Refusal as refusal:
        return _offer_page(request, version, form, status=refusal.status, refusal=refusal)
    messages.success(request, _("The team has been told what you offer, and why."))
    return redirect(back)


def _findings(version: MandateVersion, request: PageRequest, at: datetime) -> list[Finding]:
    """Return what the offered document, as it was typed, asks to be confirmed."""
    unbound = CounterForm(request.POST, start=document_of(version))
    unbound.is_valid()
    if any(name in unbound.errors for name in unbound.fields if name not in ("reason", "confirmed")):
        return findings_of(version, at)
    offered = {**unbound.document(), "code": version.mandate.code, "version": version.number}
    return findings_of(version, at, offered) if not problems_of(version, offered) else []


def _offered(form: CounterForm) -> dict[str, Any]:
    values = form.cleaned_data
    return {
        "reason": values["reason"],
        "from_on": values["from_on"],
        "confirmed": form.confirmed_keys(),
        "edition": values["edition"],
    }


def _offer_page(
    request: PageRequest,
    version: MandateVersion,
    form: CounterForm,
    status: int = 200,
    refusal: Refusal | None = None,
) -> HttpResponse:
    url = reverse("mandates:version", args=[version.mandate.code, version.number])
    said = _("%(name)s, version %(number)s") % {"name": version.mandate.name, "number": version.number}
    crumbs = [{"url": reverse("mandates:mandates"), "label": _("Mandates")}, {"url": url, "label": said}]
    team = version.request.team
    context = {"version": version, "team": team, "form": form, "crumbs": crumbs, "refusal": refusal, "offer": OFFER}
    return render(request, "mandates/counter.html", context, status=status)
