"""Mandates: the list, one mandate as it is in force, its ledger, its print and its document."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from journal import pdf
from journal.timeline import timeline
from mandates import sections
from mandates.checking import tests_of
from mandates.documents import document_of
from mandates.drafters import aims_of
from mandates.exchange import envelope, written
from mandates.models import Mandate, MandateVersion, VersionHolder, VersionPeriod, VersionState
from mandates.openness import as_read, sees_margins
from mandates.snapshots import in_force
from mandates.views.looking import PageRequest, mandate_of, sees_drafts, today_of, visible_versions
from mandates.views.reading import committee_names, customer_bars, period_text, shown_state, team_bars, told
from teams.permissions import may


@require_safe
@login_required
def listing(request: PageRequest) -> HttpResponse:
    """Show every mandate with its teams, what is in force, and what waits for an answer."""
    at = timezone.now()
    living = visible_versions(request.person).filter(state__in=_LISTED).prefetch_related(_holders())
    periods = VersionPeriod.objects.filter(in_force(at)).values_list("mandate_id", "version_id")
    now = dict(periods)
    seen = visible_versions(request.person).values("mandate")
    found = Mandate.objects.filter(pk__in=seen).order_by("name", "pk").prefetch_related(Prefetch("versions", living))
    rows = [_row(mandate, now.get(mandate.pk)) for mandate in found]
    context = {
        "rows": sorted(rows, key=lambda row: row["rank"]),
        "may_draft": may("mandate.draft", request.person).allowed,
    }
    return render(request, "mandates/mandates.html", context)


_LISTED = (VersionState.DRAFT, VersionState.PROPOSED, VersionState.GRANTED, VersionState.SUSPENDED)


def _holders() -> Prefetch:
    return Prefetch("holders", VersionHolder.objects.select_related("team").order_by("team__name"))


def _row(mandate: Mandate, version_id: int | None) -> dict[str, Any]:
    versions = sorted(mandate.versions.all(), key=lambda version: version.number)
    current = next((version for version in versions if version.pk == version_id), None)
    waiting = [v for v in versions if v.state in (VersionState.DRAFT, VersionState.PROPOSED)]
    shown = current or (versions[-1] if versions else None)
    return {
        "mandate": mandate,
        "current": current,
        "state": shown_state(shown, version_id) if shown else "",
        "teams": [holder.team for holder in shown.holders.all()] if shown else [],
        "until": current.valid_until if current else None,
        "waiting": waiting,
        "rank": 0 if current else 1,
    }


def version_in_force(mandate: Mandate) -> MandateVersion | None:
    """Return the version of a mandate that judges now."""
    periods = mandate.periods.select_related("version__mandate", "version__aims")
    period = periods.filter(in_force(timezone.now())).first()
    return period.version if period else None


@require_safe
@login_required
def detail(request: PageRequest, code: str) -> HttpResponse:
    """Show a mandate as it is in force: sentences, table, budgets, versions, and what happened."""
    mandate = mandate_of(request, code)
    current = version_in_force(mandate)
    versions = _versions(request, mandate, current)
    context: dict[str, Any] = {
        "mandate": mandate,
        "version": current,
        "aims": aims_of(current or versions[0]["version"]),
        "versions": versions,
        "sections": sections.of_mandate(mandate, request.person, request),
        "timeline": timeline("mandate", code, limit=20, once=("mandate.edited",)),
        "may_draft": may("mandate.draft", request.person).allowed,
        "crumbs": [{"url": "/mandates/", "label": _("Mandates")}],
    }
    if current is not None:
        context |= told(current, committee_names(), request.person)
        context["own_team"] = next((team for team in context["teams"] if team.pk in request.person.team_roles), None)
        context["team_bars"] = team_bars(current, context["teams"], today_of(request))
        context["customer_bars"] = customer_bars(current, today_of(request))
    return render(request, "mandates/mandate.html", context)


def _versions(request: PageRequest, mandate: Mandate, current: MandateVersion | None) -> list[dict[str, Any]]:
    at = timezone.now()
    versions = visible_versions(request.person).filter(mandate=mandate).prefetch_related("periods")
    return [
        {
            "version": version,
            "state": shown_state(version, current.pk if current else None),
            "label": _("Taken back") if version.state == VersionState.DECLINED and not version.answered_by_id else "",
            "periods": [period_text(period, at) for period in sorted(version.periods.all(), key=lambda p: p.starts_at)],
        }
        for version in versions.order_by("-number")
    ]


@require_safe
@login_required
def print_view(request: PageRequest, code: str) -> HttpResponse:
    """Show the mandate in force on one printed page."""
    context = _on_paper(request, code)
    context |= {"pdf_url": f"/mandates/{code}/print.pdf", "pdf_offered": pdf.available(), "pdf_missing": pdf.MISSING}
    return render(request, "mandates/print.html", context)


@require_safe
@login_required
def print_pdf(request: PageRequest, code: str) -> HttpResponse:
    """Give the same page as a PDF."""
    context = _on_paper(request, code)
    version = context["version"]
    name = f"{code}-{version.number}.pdf"
    page = f"/mandates/{code}/print/"
    return pdf.answer(request, "mandates/print_pdf.html", context, name=name, page=page, sha256=context["shown_sha256"])


def _on_paper(request: PageRequest, code: str) -> dict[str, Any]:
    """Return what the printed page says. Raises: Http404 where no version is in force."""
    mandate = mandate_of(request, code)
    current = version_in_force(mandate)
    if current is None:
        raise Http404
    return {
        "mandate": mandate,
        "version": current,
        "on": today_of(request),
        "organisation": request.organisation,
        **told(current, committee_names(), request.person),
    }


@require_safe
@login_required
def export(request: PageRequest, code: str, number: int) -> HttpResponse:
    """Send a version's document with its name and teams, as `manage.py mandate import` takes it.

    Its test cases hold deals with their costs: they go only to those who draft, grant or audit.
    """
    version = visible_versions(request.person).filter(mandate__code=code, number=number).first()
    if version is None:
        raise Http404
    teams = version.holders.order_by("team__code").values_list("team__code", flat=True)
    aims = aims_of(version)
    sees = sees_margins(request.person, [holder.team for holder in version.holders.select_related("team")])
    parcel = envelope(
        as_read(document_of(version), sees=sees),
        name=version.mandate.name,
        goal=aims.goal,
        walk_away=aims.walk_away,
        options=aims.options,
        teams=list(teams),
        note=version.note,
        tests=tests_of(version) if sees_drafts(request.person) else (),
    )
    name = f"{code}-{number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(written(parcel), content_type="application/json", headers=headers)
