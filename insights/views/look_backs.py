"""Look-backs: what all teams learnt, one card, its three questions, and the day that a team sets."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from approvals.sight import about, visible_deals
from approvals.views.looking import deal_of
from insights.actions import look_backs as actions
from insights.forms import DayForm, LookBackFilter, LookBackForm
from insights.look_backs import answered_look_backs, narrowed
from insights.models import LookBack, Widening
from insights.trust import read_record
from journal.paging import page
from journal.refusals import Refusal
from mandates.models import Mandate
from mandates.views.looking import PageRequest
from teams.models import Team
from teams.permissions import may

UNREADABLE = 422
ANSWERS = ("fit", "mandate_said", "gave", "got", "again", "again_said")
PAGE_SIZE = 20


@require_safe
@login_required
def look_backs(request: PageRequest) -> HttpResponse:
    """List what teams learnt, newest first, by the filters in the address; how often the mandates fitted first."""
    mandates = list(Mandate.objects.filter(look_backs__answered_at__isnull=False).distinct().order_by("name"))
    teams = list(Team.objects.order_by("name"))
    form = LookBackFilter(
        request.GET or {},
        mandates=[(one.code, one.name) for one in mandates],
        teams=[(one.code, one.name) for one in teams],
    )
    found = _narrowed(form)
    current = page(found, request.GET, size=PAGE_SIZE)
    counts = {row["fit"]: row["count"] for row in found.values("fit").annotate(count=Count("pk")).order_by("fit")}
    seen = set(
        visible_deals(request.person).filter(pk__in=[one.deal_id for one in current.items]).values_list("pk", flat=True)
    )
    context = {
        "form": form,
        "active": form.is_valid() and any(form.cleaned_data.values()),
        "fits": [(label, counts.get(value, 0)) for value, label in LookBack.Fit.choices],
        "total": sum(counts.values()),
        "rows": [{"look_back": one, "sees_deal": one.deal_id in seen} for one in current.items],
        "page": current,
    }
    return render(request, "insights/look_backs.html", context)


def _narrowed(form: LookBackFilter) -> QuerySet[LookBack]:
    values = form.cleaned_data if form.is_valid() else {}
    rows = narrowed(answered_look_backs(), values)
    number = values.get("widening")
    return rows.filter(pk__in=_carrying(number)) if number else rows


def _carrying(number: int) -> list[int]:
    """Return the look-backs that the record behind a proposal counts; none where there is no such proposal."""
    widening = Widening.objects.filter(pk=number).first()
    found = read_record(widening.record).look_backs.values() if widening else ()
    return [one for ids in found for one in ids]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def look_back(request: PageRequest, pk: int) -> HttpResponse:
    """Show a card; those who worked on the deal answer it, or say it better."""
    rows = LookBack.objects.filter(asked_at__isnull=False).select_related("deal__customer", "deal__team", "mandate")
    one = get_object_or_404(rows, pk=pk)
    may_answer = bool(may("lookback.answer", request.person, about(one.deal)))
    if one.answered_at is None and not may_answer:
        raise Http404
    if request.method == "POST":
        if not may_answer:
            raise Http404
        return _answered(request, one)
    initial = {name: getattr(one, name) for name in ANSWERS} | {"edition": one.edition}
    return _page(request, one, LookBackForm(initial=initial) if may_answer else None)


def _answered(request: PageRequest, one: LookBack) -> HttpResponse:
    form = LookBackForm(request.POST)
    if not form.is_valid():
        return _page(request, one, form, UNREADABLE)
    values = dict(form.cleaned_data)
    edition = values.pop("edition")
    answers = actions.Answers(**values)
    try:
        actions.answer(look_back=one, by=request.user, at=timezone.now(), edition=edition, answers=answers)
    except Refusal as refusal:
        form.add_error(refusal.path if refusal.path in form.fields else None, refusal.detail)
        return _page(request, one, form, refusal.status)
    messages.success(request, _("Thank you: every team can learn from it."))
    return redirect("insights:look_back", pk=one.pk)


def _page(request: PageRequest, one: LookBack, form: LookBackForm | None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "look_back": one,
        "form": form,
        "sees_deal": visible_deals(request.person).filter(pk=one.deal_id).exists(),
    }
    return render(request, "insights/look_back.html", context, status=status)


@require_POST
@login_required
def plan(request: PageRequest, reference: str) -> HttpResponse:
    """Set the day on which the team looks back on a deal."""
    deal = deal_of(request, reference)
    form = DayForm(request.POST)
    if form.is_valid():
        made = actions.plan_day(deal=deal, by=request.user, at=timezone.now(), on=form.cleaned_data["on"])
        messages.success(request, _("Those who worked on the deal will be asked on that day."))
        return redirect(f"/deals/{made.deal.reference}/#look-backs")
    messages.error(request, _("Choose a day from today on, within three years."))
    return redirect("approvals:deal", deal.reference)
