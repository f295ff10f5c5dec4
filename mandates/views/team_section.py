"""What a team's page shows of its mandates: the sentences that it decides by, and its budgets."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from mandates.models import VersionPeriod, VersionState
from mandates.notices import notices_of
from mandates.requests import requests_of
from mandates.snapshots import in_force
from mandates.views.reading import committee_names, team_bars, told
from teams.models import Team
from teams.organisation import today
from teams.permissions import About, Person, may


def team_section(team: Team, person: Person, request: HttpRequest) -> tuple[str, Mapping[str, Any]] | None:
    """Return the section with each mandate in force that the team holds; one that says so where there is none."""
    at = timezone.now()
    periods = VersionPeriod.objects.filter(in_force(at), version__holders__team=team).select_related("version__mandate")
    names = committee_names()
    held = [
        {"mandate": version.mandate, "version": version, "bars": team_bars(version, [team], today(at))}
        | told(version, names, person)
        for version in (period.version for period in periods.order_by("mandate__name"))
    ]
    is_own = team.pk in person.team_roles
    return "mandates/_team_section.html", {
        "held": held,
        "team": team,
        "is_own": is_own,
        "notices": notices_of([team.pk], at),
        "requests": [one for one in requests_of([team.pk], at) if is_own or one.state != VersionState.DRAFT],
        "may_ask": team.is_active and may("mandate.ask", person, About(team_id=team.pk)).allowed,
    }
