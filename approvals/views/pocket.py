"""The pocket mandate: what the reader's team may agree itself, on a phone, with "Can I?" first."""

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from approvals.catalogue_search import offered
from approvals.judging import may_decide
from approvals.readings import budgets
from approvals.views.asking import asked
from approvals.views.choosing import own_teams
from approvals.views.looking import PageRequest, signed_in_part, today_of
from mandates.documents import document_of
from mandates.models import MandateVersion
from mandates.notices import notices_of
from mandates.openness import as_read, sees_margins
from mandates.phrases import day_text
from mandates.pocket import topics
from mandates.sentences import Names, budget_sentences, opening, rest_sentence
from mandates.snapshots import authority
from teams.models import Committee, Team

MOST_CUSTOMERS = 3
SOON_DAYS = 30


@require_safe
@signed_in_part
def pocket(request: PageRequest) -> HttpResponse:
    """Show one team's pocket mandate; the answer's part alone where the page asks while somebody types."""
    teams = list(Team.objects.filter(pk__in=request.person.team_roles, is_active=True).order_by("name"))
    code = request.GET.get("team", "")
    team = _chosen(request, teams, code)
    if code and team is None:  # every team's mandates are open to read, on its own page
        return redirect("teams:team", get_object_or_404(Team, code=code).code)
    context: dict[str, Any] = {"team": team}
    if team is not None:
        context |= {"asks": team.pk in own_teams(request.person), "tabs": _tabs(teams, team)}
        if context["asks"]:
            context |= _ask(request, team)
        if request.htmx:
            return render(request, "approvals/_ask_answer.html", context)
        context |= _authority(request, team)
    return render(request, "approvals/pocket.html", context)


def _chosen(request: PageRequest, teams: list[Team], code: str) -> Team | None:
    """Return the team that the address names, if it is the reader's; unnamed, the first whose deals they write."""
    if code:
        return next((team for team in teams if team.code == code), None)
    own = own_teams(request.person)
    return min(teams, key=lambda team: team.pk not in own, default=None)


def _tabs(teams: list[Team], chosen: Team) -> list[dict[str, Any]]:
    """Return the teams to choose from; nothing where there is one."""
    if len(teams) < 2:
        return []
    url = reverse("approvals:pocket")
    return [{"url": f"{url}?team={team.code}", "label": team.name, "current": team == chosen} for team in teams]


def _ask(request: PageRequest, team: Team) -> dict[str, Any]:
    form, answer = asked(request, team=team)
    currency = request.organisation.currency
    return {
        **answer,
        "form": form,
        "currency": currency,
        "offers": [] if request.htmx else offered(currency=currency, on=today_of(request)),
        "decides_alone": may_decide(request.person, team),
    }


def _authority(request: PageRequest, team: Team) -> dict[str, Any]:
    """Return the mandates in force that the team holds, and what stopped of them."""
    at = timezone.now()
    committees = list(Committee.objects.order_by("name"))
    names = {one.code: one.name for one in committees}
    held = [_held(version, team, at, request, names) for version in authority(team=team, at=at).versions]
    asked_for = {code for one in held for code in one.pop("committees")}
    return {
        "held": held,
        "committees": [_committee(one) for one in committees if one.code in asked_for],
        "notices": notices_of([team.pk], at),
    }


def _committee(committee: Committee) -> dict[str, str]:
    """Return a committee and how soon it answers."""
    hours = committee.answer_hours
    within = ngettext("answers within %(count)s working hour", "answers within %(count)s working hours", hours)
    return {"label": committee.name, "value": within % {"count": hours}}


def _held(version: MandateVersion, team: Team, at: datetime, request: PageRequest, names: Names) -> dict[str, Any]:
    """Return one mandate in short: until when, what is left, its limits by metric, and the rest."""
    day = today_of(request)
    document = as_read(document_of(version), sees=sees_margins(request.person, [team]))
    _held_by, *conditions = opening(document, teams=[team.name])
    until = date.fromisoformat(document["valid_until"])
    days_left = (until - day).days
    return {
        "version": version,
        "until": day_text(until),
        "days_left": days_left if days_left <= SOON_DAYS else None,
        "conditions": conditions,
        "budgets": budgets.of_team(version, team, day),
        "customers": budgets.of_customers(version, team, day, most=MOST_CUSTOMERS),
        "budget_sentences": budget_sentences(document),
        "topics": topics(document, names),
        "rest": rest_sentence(document, names),
        "committees": {
            document["committee"],
            *(row["committee"] for row in document["limits"] if row.get("committee")),
        },
    }
