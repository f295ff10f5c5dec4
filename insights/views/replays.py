"""The page of replays of one version: ask, watch, read, cancel."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from approvals.sight import on_visible_deals, visible_deals
from insights.actions import ask_replay, cancel_replay
from insights.forms import ReplayForm
from insights.models import OPEN_STATES, Replay
from insights.plans import read_plan
from insights.readings.changes import shown_changes
from insights.readings.charts import months_of, teams_of
from insights.readings.outcome import bars_of, rows_of, sentences_of, worth_of
from insights.readings.spending import budget_rows, budget_sentences, codes_of, short_deals
from insights.tallies import Summary, summary
from journal.paging import page
from journal.refusals import Refusal
from mandates.models import Mandate, MandateVersion, Product
from mandates.views.looking import PageRequest, refused, version_of
from teams.models import Customer, Team
from teams.permissions import About, may

MOST_EARLIER = 10
CHANGES_A_PAGE = 25
PAGE = "insights/replay.html"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def replay_page(request: PageRequest, code: str, number: int) -> HttpResponse:
    """Show the newest replay of a version, or the one asked for; start one on POST; tell its progress to htmx."""
    version = version_of(request, code, number)
    if request.method == "POST":
        return _ask(request, version)
    replay = _chosen(request, version)
    if request.htmx and request.htmx.target == "_progress":
        if replay is None or replay.state not in OPEN_STATES:
            return HttpResponseClientRefresh()
        return render(request, "insights/_progress.html", {"replay": replay, **_percent(replay)})
    return render(request, PAGE, _context(request, version, replay))


@require_POST
@login_required
def cancel(request: PageRequest, code: str, number: int, pk: int) -> HttpResponse:
    """Stop a replay."""
    version = version_of(request, code, number)
    replay = get_object_or_404(Replay, pk=pk, version=version)
    try:
        cancel_replay(replay=replay, by=request.user, at=timezone.now())
    except Refusal as refusal:
        replay.refresh_from_db()
        return refused(request, PAGE, _context(request, version, replay), refusal)
    messages.success(request, _("The replay is cancelled. What was counted until then can be read below."))
    return redirect("insights:replay", code=code, number=number)


def _ask(request: PageRequest, version: MandateVersion) -> HttpResponse:
    form = _form(version, request.POST)
    newest = _newest(version)
    if not form.is_valid():
        return render(request, PAGE, _context(request, version, newest, form), status=422)
    try:
        ask_replay(version=version, by=request.user, at=timezone.now(), **form.chosen())
    except Refusal as refusal:
        return refused(request, PAGE, _context(request, version, newest, form), refusal)
    return redirect("insights:replay", code=version.mandate.code, number=version.number)


def _newest(version: MandateVersion) -> Replay | None:
    return _replays(version).first()


def _replays(version: MandateVersion) -> Any:
    return Replay.objects.filter(version=version).select_related("asked_by", "team").order_by("-pk")


def _chosen(request: PageRequest, version: MandateVersion) -> Replay | None:
    text = request.GET.get("replay", "")
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return get_object_or_404(_replays(version), pk=text)
    return _newest(version)


def _form(version: MandateVersion, data: Any = None) -> ReplayForm:
    held = Team.objects.filter(held_versions__version__mandate=version.mandate).distinct().order_by("name")
    families = Product.objects.order_by("family").values_list("family", flat=True).distinct()
    return ReplayForm(data, teams=list(held), families=_with_parents(families))


def _with_parents(families: Any) -> list[str]:
    """Return each family with those that it lies below."""
    found: set[str] = set()
    for family in families:
        parts = family.split("/")
        found |= {"/".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
    return sorted(found - {""})


def _percent(replay: Replay) -> dict[str, int]:
    return {"percent": 100 * replay.done_count // replay.total if replay.total else 0}


def _context(
    request: PageRequest, version: MandateVersion, replay: Replay | None, form: ReplayForm | None = None
) -> dict[str, Any]:
    code = version.mandate.code
    is_open = replay is not None and replay.state in OPEN_STATES
    may_ask = bool(may("replay.ask", request.person)) and not is_open
    context: dict[str, Any] = {
        "version": version,
        "mandate": version.mandate,
        "replay": replay,
        "is_open": is_open,
        "form": (form or _form(version)) if may_ask else None,
        "crumbs": [
            {"url": "/mandates/", "label": _("Mandates")},
            {"url": f"/mandates/{code}/", "label": version.mandate.name},
            {
                "url": f"/mandates/{code}/versions/{version.number}/",
                "label": _("Version %(number)s") % {"number": version.number},
            },
        ],
    }
    if replay is None:
        return context
    context["earlier"] = _replays(version).exclude(pk=replay.pk).defer("plan", "result")[:MOST_EARLIER]
    context["may_cancel"] = is_open and bool(may("replay.cancel", request.person, About(owner_id=replay.asked_by_id)))
    return context | _percent(replay) | ({} if is_open else _found(request, version, replay))


def _found(request: PageRequest, version: MandateVersion, replay: Replay) -> dict[str, Any]:
    """Return the sums for everybody, and the deals that change as far as the reader may see them."""
    found = summary(json.loads(replay.result))
    visible = replay.changes.filter(on_visible_deals(request.person, "deal_id"))
    rows = visible.select_related("deal__team", "deal__customer")
    shown = page(rows, request.GET, order="pk", size=CHANGES_A_PAGE)
    return {
        "found": found,
        "sentences": sentences_of(found),
        "rows": rows_of(found),
        "worth": worth_of(found),
        "bars": bars_of(found),
        "months": months_of(found),
        "teams": teams_of(found, _team_names(found)),
        **_budgets(request, replay),
        "changes": shown_changes(shown.items, read_plan(replay.plan), request.person) if shown.items else [],
        "page": shown,
        "outdated": replay.sha256 != version.sha256,
    }


def _team_names(found: Summary) -> dict[str, str]:
    codes = [sides.name for sides in found.teams]
    return dict(Team.objects.filter(code__in=codes).values_list("code", "name")) if len(codes) > 1 else {}


def _budgets(request: PageRequest, replay: Replay) -> dict[str, Any]:
    """What became of the budgets; of the deals that found one used up those that the reader may see."""
    spending = json.loads(replay.spending)
    if not spending:
        return {}
    keys = [row[0] for row in spending.get("after", {}).get("shown", ())]
    deals = visible_deals(request.person).filter(pk__in=keys).select_related("customer") if keys else ()
    return {
        "budget_sentences": budget_sentences(spending),
        "budgets": budget_rows(spending, _names(spending)),
        "short": short_deals(spending, {deal.pk: deal for deal in deals}),
    }


def _names(spending: dict[str, Any]) -> dict[str, str]:
    """Return what the mandates, teams and customers of budgets are called, by `kind:code`."""
    rows = codes_of(spending)
    mandates = Mandate.objects.filter(code__in={mandate for mandate, _per, _who in rows}).values_list("code", "name")
    names = {f"mandate:{code}": name for code, name in mandates}
    for per, model, key in (("team", Team, "code"), ("customer", Customer, "reference")):
        wanted = {who for _mandate, kind, who in rows if kind == per and who}
        if wanted:
            found = model.objects.filter(**{f"{key}__in": wanted}).values_list(key, "name")
            names |= {f"{per}:{code}": name for code, name in found}
    return names
