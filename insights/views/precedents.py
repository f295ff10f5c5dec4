"""Precedents: the list, one of them, publishing a decided case, withdrawing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from approvals.readings import figures
from approvals.sight import about_case, visible_cases, visible_deals
from insights.actions import precedents as actions
from insights.actions.promoting import draft_promoted
from insights.actions.widening import about as about_version
from insights.forms import PrecedentFilter, PublishForm, WithdrawForm
from insights.models import Precedent
from insights.precedents import all_precedents, answered, is_citable, narrowed, turned_out
from insights.promoting import promotion_of
from insights.readings.promoting import step_rows
from insights.views.widenings import draft_url
from journal.paging import page
from journal.refusals import Conflict, Invalid, Refusal
from mandates.engine import METRICS
from mandates.models import MandateVersion
from mandates.phrases import listed, metric_label
from mandates.views.looking import OPEN, PageRequest, today_of
from teams.permissions import LEAD, MEMBER, may

UNREADABLE = 422


@require_safe
@login_required
def precedents(request: PageRequest) -> HttpResponse:
    """List the precedents that may be cited, newest first, by the filters in the address."""
    known = [(name, metric_label(name)) for name in METRICS if name not in figures.MARGIN]
    form = PrecedentFilter(request.GET or {}, metrics=known)
    values = form.cleaned_data if form.is_valid() else {}
    current = page(narrowed(all_precedents(), values, today_of(request)), request.GET)
    context = {
        "form": form,
        "active": form.is_valid() and any(form.cleaned_data.values()),
        "rows": [_row(one, request) for one in current.items],
        "page": current,
    }
    return render(request, "insights/precedents.html", context)


def _row(one: Precedent, request: PageRequest) -> dict[str, Any]:
    return {
        "precedent": one,
        "answered": answered(one.case),
        "turned_out": turned_out(one.case.deal),
        "metrics": listed([metric_label(name) for name in one.metrics.split()]),
        "families": listed(one.families.split("\n")),
        "cases": one.cases,  # type: ignore[attr-defined]
        "ended": not is_citable(one, today_of(request)),
    }


@require_safe
@login_required
def precedent(request: PageRequest, pk: int) -> HttpResponse:
    """Show one precedent; everybody may read it, its case only those who see the deal."""
    return _page(request, get_object_or_404(all_precedents(), pk=pk))


def _page(
    request: PageRequest,
    one: Precedent,
    form: WithdrawForm | None = None,
    status: int = 200,
    refusal: Refusal | None = None,
) -> HttpResponse:
    known = about_case(one.case, owner_id=one.published_by_id)
    may_withdraw = one.withdrawn_at is None and bool(may("precedent.withdraw", request.person, known))
    context = {
        **_row(one, request),
        "sees_case": visible_deals(request.person).filter(pk=one.case.deal_id).exists(),
        "address": request.build_absolute_uri(reverse("insights:precedent", args=[one.pk])),
        "withdraw_form": (form or WithdrawForm()) if may_withdraw else None,
        "suggestion": _suggestion(request, one) if one.suggested_at and one.withdrawn_at is None else None,
        "refusal": refusal,
    }
    return render(request, "insights/precedent.html", context, status=status)


def _suggestion(request: PageRequest, one: Precedent) -> dict[str, Any]:
    """Return what its cases justify and whether the reader may draft it; else where a draft begins by hand."""
    version = actions.version_of(one)
    if version is None or not may("widening.draft", request.person, about_version(version)):
        return _by_hand(request, one, version)
    found = promotion_of(one, timezone.now())
    if found is None:
        return _by_hand(request, one, version)
    begun = found.version.mandate.versions.filter(state__in=OPEN).first()
    cases = {case for step in found.steps for case in step.cases}
    return {
        "rows": step_rows(found),
        "seen": set(visible_cases(request.person).filter(pk__in=cases).values_list("pk", flat=True)),
        "mandate": found.version.mandate,
        "begun": begun,
    }


def _by_hand(request: PageRequest, one: Precedent, version: MandateVersion | None) -> dict[str, Any]:
    team = one.case.deal.team
    if request.person.team_roles.get(team.pk) in (LEAD, MEMBER):
        asked = f"?mandate={version.mandate.code}" if version else ""
        url = reverse("mandates:ask_for", args=[team.code]) + asked
        return {"url": url, "action": _("Ask for a wider mandate")}
    if version is not None and may("mandate.draft", request.person):
        return {"url": reverse("mandates:draft", args=[version.mandate.code]), "action": _("Draft the next version")}
    return {"url": "", "action": ""}


@require_POST
@login_required
def draft(request: PageRequest, pk: int) -> HttpResponse:
    """Draft what the cases behind a precedent justify, and go on to the draft."""
    one = get_object_or_404(all_precedents(), pk=pk)
    try:
        made = draft_promoted(precedent=one, by=request.user, at=timezone.now())
    except Conflict as refusal:
        return _page(request, one, status=refusal.status, refusal=refusal)
    messages.success(request, _("It is your draft now. Look at it, change what you would, and propose it."))
    return redirect(draft_url(made))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def publish(request: PageRequest, pk: int) -> HttpResponse:
    """Make a precedent of a decided case."""
    cases = visible_cases(request.person).select_related("deal__team", "deal__customer", "committee", "revision")
    case = get_object_or_404(cases, pk=pk)
    if case.state not in actions.DECIDED or not may("precedent.publish", request.person, about_case(case)):
        raise Http404
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.publish(case=case, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as refusal:
            form.add_error(refusal.path if refusal.path in form.fields else None, refusal.detail)
        else:
            messages.success(request, _("It is a precedent now: everybody can read and cite it."))
            return redirect("insights:precedent", pk=made.pk)
    context = {
        "title": _("Publish as a precedent"),
        "lead": answered(case),
        "form": form,
        "primary": _("Publish"),
        "back": reverse("approvals:case", args=[case.pk]),
        "crumbs": [{"url": reverse("approvals:case", args=[case.pk]), "label": case.deal.reference}],
    }
    return render(request, "teams/form.html", context, status=UNREADABLE if form.is_bound else 200)


@require_POST
@login_required
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Withdraw a precedent."""
    one = get_object_or_404(all_precedents(), pk=pk)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _page(request, one, form, UNREADABLE)
    actions.withdraw(precedent=one, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
    messages.success(request, _("The precedent is withdrawn: it is cited no more."))
    return redirect("insights:precedent", pk=one.pk)
