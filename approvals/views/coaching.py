"""The coach's page: the work of their teams, and the questions put to them. There is nothing here to refuse."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from approvals.coaching import near_limits, unused
from approvals.models import Advice
from approvals.views.looking import PageRequest, today_of
from mandates.models import MandateVersion
from mandates.snapshots import authority
from mandates.views.reading import team_bars
from teams.models import Team
from teams.permissions import COACH

MOST_SHOWN = 20


@require_safe
@login_required
def coaching(request: PageRequest) -> HttpResponse:
    """Show every team that the reader coaches, and what waits for the reader's advice."""
    coached = [team for team, role in request.person.team_roles.items() if role == COACH]
    teams = list(Team.objects.filter(pk__in=coached, is_active=True).order_by("name"))
    now = timezone.now()
    asked = Advice.objects.filter(asked_of=request.user).select_related("asked_by", "deal__customer", "deal__team")
    context = {
        "teams": [_team(request, team, now) for team in teams],
        "questions": list(asked.filter(state=Advice.State.ASKED).order_by("id")[:MOST_SHOWN]),
        "answered": list(asked.exclude(answer="").order_by("-id")[:5]),
    }
    return render(request, "approvals/coaching.html", context)


def _team(request: PageRequest, team: Team, now: datetime) -> dict[str, Any]:
    versions: list[MandateVersion] = authority(team=team, at=now).versions
    return {
        "team": team,
        "mandates": [
            {
                "mandate": version.mandate,
                "bars": team_bars(version, [team], today_of(request)),
                "unused": unused(version, team, request.person, at=now),
            }
            for version in versions
        ],
        "near": near_limits(team, request.person),
    }
