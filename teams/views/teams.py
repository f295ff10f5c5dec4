"""Teams for everybody to read: the list, and one team with its people, customers and sections of other apps."""

from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from teams import sections
from teams.competences import in_words
from teams.models import Competence, CustomerTeam, Membership, Team
from teams.views.members import by_role
from teams.views.requests import PageRequest, allowed, reader

SHOWN_CUSTOMERS = 25


@reader()
def teams(request: PageRequest) -> HttpResponse:
    """List the teams with their account lead, one's own first."""
    leads = Membership.objects.filter(role="lead", ended_on=None).select_related("user")
    rows = list(
        Team.objects.filter(is_active=True)
        .prefetch_related(Prefetch("memberships", leads, to_attr="leads"))
        .annotate(
            member_count=Count("memberships", filter=Q(memberships__ended_on=None), distinct=True),
            customer_count=Count("customers", filter=Q(customers__ended_on=None), distinct=True),
        )
        .order_by("name")
    )
    rows.sort(key=lambda team: team.pk not in request.person.team_roles)
    context = {
        "rows": rows,
        "own": frozenset(request.person.team_roles),
        "manages": allowed(request, "team.manage"),
    }
    return render(request, "teams/teams.html", context)


@reader()
def team(request: PageRequest, code: str) -> HttpResponse:
    """Show a team: who is in it, whom it looks after, and what other apps have to say of it."""
    shown = get_object_or_404(Team.objects.select_related("merged_into"), code=code)
    members = Membership.objects.filter(team=shown, ended_on=None).select_related("user").order_by("user__name")
    members = members.prefetch_related(Prefetch("user__competences", Competence.objects.order_by("kind", "name")))
    places = CustomerTeam.objects.filter(team=shown, ended_on=None).select_related("customer", "contact")
    found = list(places.order_by("customer__name")[: SHOWN_CUSTOMERS + 1])
    context = {
        "team": shown,
        "people": [
            {
                "name": row.user.name,
                "role": _role(row),
                "say": "" if _decides(row) else _("asks a colleague first"),
                "knows": in_words(row.user.competences.all()),
            }
            for row in by_role(members)
        ],
        "customers": found[:SHOWN_CUSTOMERS],
        "has_more_customers": len(found) > SHOWN_CUSTOMERS,
        "own_role": request.person.team_roles.get(shown.pk, ""),
        "sections": sections.of_team(shown, request.person, request),
        "manages": allowed(request, "team.manage"),
        "crumbs": [{"url": reverse("teams:teams"), "label": _("Teams")}],
    }
    return render(request, "teams/team.html", context)


def _role(row: Membership) -> str:
    return str(row.get_role_display())


def _decides(row: Membership) -> bool:
    """Whether there is nothing to say of this person's right to decide; a coach decides nothing anyway."""
    return row.may_decide or row.role == Membership.Role.COACH
