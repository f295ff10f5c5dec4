"""Today: what waits for the reader, the reader's deals, and what is left of the teams' budgets."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from approvals.catalogue_search import offered
from approvals.clock import clock_of
from approvals.models import OPEN_STATES, Deal
from approvals.readings import budgets
from approvals.sight import own_deals, visible_deals
from approvals.views.asking import ask_form
from approvals.views.choosing import own_teams
from approvals.views.looking import PageRequest, today_of
from approvals.views.waiting import MOST_SHOWN, net_of, waiting_for
from mandates.notices import notices_of
from mandates.requests import requests_of
from mandates.snapshots import authority
from teams.duty_sentences import own_duty
from teams.models import Team
from teams.permissions import may
from teams.setting_up import checklist


@require_safe
@login_required
def today(request: PageRequest) -> HttpResponse:
    """Show the reader's day."""
    clock = clock_of(request.organisation)
    now = clock.now
    requests = requests_of(list(request.person.team_roles), now)
    waiting = waiting_for(request, clock, requests)
    mine = _own_deals(request)
    teams = list(Team.objects.filter(pk__in=request.person.team_roles, is_active=True).order_by("name"))
    writes_deals = bool(own_teams(request.person))
    currency = request.organisation.currency
    is_new = not waiting and not mine and not visible_deals(request.person).exists()
    context = {
        "waiting": waiting,
        "duties": own_duty(request.user.pk, request.person.committees, today_of(request)),
        "requests": requests,
        "notices": notices_of(list(request.person.team_roles), now) if request.person.team_roles else [],
        "deals": [_deal_item(deal) for deal in mine],
        "teams": [_team(team, now, request) for team in teams],
        "writes_deals": writes_deals,
        "ask_form": ask_form(request, None) if writes_deals else None,
        "offers": offered(currency=currency, on=today_of(request)) if writes_deals else [],
        "is_new": is_new,
        "sets_up": is_new and _sets_up(request),
    }
    return render(request, "approvals/today.html", context)


def _sets_up(request: PageRequest) -> bool:
    """Say whether the reader sets up the organisation, and something is still missing."""
    return bool(may("organisation.manage", request.person)) and not all(step.is_done for step in checklist())


def _own_deals(request: PageRequest) -> Sequence[Deal]:
    deals = visible_deals(request.person).filter(own_deals(request.user.pk, OPEN_STATES))
    return list(deals.select_related("customer", "latest").order_by("-id")[:MOST_SHOWN])


def _deal_item(deal: Deal) -> dict[str, Any]:
    net = None if deal.latest is None else deal.latest.net_value
    return {"deal": deal, "sub": net_of(deal, net, deal.reference)}


def _team(team: Team, now: Any, request: PageRequest) -> dict[str, Any]:
    """Return a team's mandates in force and what is left of its own budgets."""
    versions = authority(team=team, at=now).versions
    left = [budget for version in versions for budget in budgets.of_team(version, team, today_of(request))]
    return {"team": team, "versions": versions, "budgets": left}
