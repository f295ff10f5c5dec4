"""Managing teams: a team's facts, its members, and somebody's leaving."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from teams import actions, leaving
from teams.forms.places import LeaveForm, MemberForm, MergeForm, NewMemberForm, NewTeamForm, TeamForm
from teams.models import CustomerTeam, Membership, Team
from teams.views.requests import PageRequest, form_page, posted, reader


def crumbs(team: Team | None = None, *, managed: bool = False) -> list[dict[str, str]]:
    trail = [{"url": reverse("teams:teams"), "label": _("Teams")}]
    if team:
        trail.append({"url": reverse("teams:team", args=[team.code]), "label": team.name})
    if team and managed:
        trail.append({"url": reverse("teams:manage_team", args=[team.code]), "label": _("Manage")})
    return trail


def _managed(code: str) -> tuple[Team, str]:
    team = get_object_or_404(Team, code=code)
    return team, reverse("teams:manage_team", args=[code])


@reader("team.manage")
def new(request: PageRequest) -> HttpResponse:
    """Make a team."""
    form = NewTeamForm(posted(request), initial={"cost_sight": Team.CostSight.TEAM})
    context = {
        "title": _("New team"),
        "lead": _("Its members are added next. It decides alone once a mandate is granted to it."),
        "crumbs": crumbs(),
        "primary": _("Create the team"),
        "back": reverse("teams:teams"),
    }
    return form_page(
        request,
        form,
        lambda: actions.create_team(by=request.user, at=timezone.now(), **form.cleaned_data),
        lambda team: reverse("teams:manage_team", args=[team.code]),
        context=context,
        said=_("The team is created."),
    )


def by_role(rows: Iterable[Membership]) -> list[Membership]:
    """The account lead first, then members, then coaches."""
    order = list(Membership.Role.values)
    return sorted(rows, key=lambda row: order.index(row.role))


@reader("team.manage")
def team(request: PageRequest, code: str) -> HttpResponse:
    """Show who is in a team, and the way to each change."""
    shown, _url = _managed(code)
    rows = Membership.objects.filter(team=shown).select_related("user")
    context = {
        "team": shown,
        "members": by_role(rows.filter(ended_on=None).order_by("user__name")),
        "former": rows.exclude(ended_on=None).order_by("-ended_on", "-pk")[:50],
        "crumbs": crumbs(shown),
    }
    return render(request, "teams/manage_team.html", context)


def _stored(pk: int) -> dict[str, Any]:
    names = ("edition", "name", "group", "cost_sight", "cost_rating", "is_active")
    return dict(Team.objects.filter(pk=pk).values(*names).get())


@reader("team.manage")
def edit(request: PageRequest, code: str) -> HttpResponse:
    """Change a team's facts."""
    shown, url = _managed(code)
    form = TeamForm(posted(request), initial=_stored(shown.pk))
    context = {
        "title": _("Change %(name)s") % {"name": shown.name},
        "lead": _("Who sees cost and margin changes for everybody in the team at once."),
        "crumbs": crumbs(shown, managed=True),
        "primary": _("Save"),
        "back": url,
    }
    return form_page(
        request,
        form,
        lambda: actions.change_team(
            team=shown, by=request.user, at=timezone.now(), edition=form.cleaned_data["edition"], **form.values
        ),
        lambda _team: url,
        context=context,
        said=_("Saved."),
        stored=lambda: _stored(shown.pk),
    )


@reader("team.manage")
def merge(request: PageRequest, code: str) -> HttpResponse:
    """Show what is open in a team, and make the team part of another."""
    shown, url = _managed(code)
    form = MergeForm(posted(request), team=shown, initial={"edition": shown.edition})
    people = Membership.objects.filter(team=shown, ended_on=None).select_related("user").order_by("user__name")
    customers = CustomerTeam.objects.filter(team=shown, ended_on=None).select_related("customer", "contact")
    context = {
        "team": shown,
        "people": by_role(people),
        "customers": customers.order_by("customer__name"),
        "matters": leaving.of_merge(shown.pk),
        "crumbs": crumbs(shown, managed=True),
        "back": url,
    }
    return form_page(
        request,
        form,
        lambda: actions.merge_teams(
            team=shown, by=request.user, at=timezone.now(), edition=form.cleaned_data["edition"], **form.values
        ),
        lambda into: reverse("teams:team", args=[into.code]),
        context=context,
        said=_("The teams are one now."),
        template="teams/merge_team.html",
    )


@reader("team.manage")
def new_member(request: PageRequest, code: str) -> HttpResponse:
    """Bring a person into a team."""
    shown, url = _managed(code)
    form = NewMemberForm(posted(request))
    context = {
        "title": _("Bring somebody into %(name)s") % {"name": shown.name},
        "lead": _("From today. A new account lead makes the one before a member."),
        "crumbs": crumbs(shown, managed=True),
        "primary": _("Bring in"),
        "back": url,
    }
    return form_page(
        request,
        form,
        lambda: actions.add_member(team=shown, by=request.user, at=timezone.now(), **form.cleaned_data),
        lambda _row: url,
        context=context,
        said=_("The team has a new member."),
    )


def _member(code: str, pk: int) -> Membership:
    rows = Membership.objects.select_related("team", "user")
    return get_object_or_404(rows, pk=pk, team__code=code, ended_on=None)


@reader("team.manage")
def member(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """Change a person's role in a team."""
    row, url = _member(code, pk), reverse("teams:manage_team", args=[code])
    form = MemberForm(posted(request), initial={"role": row.role, "may_decide": row.may_decide})
    context = {
        "title": _("%(name)s in %(team)s") % {"name": row.user.name, "team": row.team.name},
        "lead": _("The new role holds from today; the one before stays in the history."),
        "crumbs": crumbs(row.team, managed=True),
        "primary": _("Change the role"),
        "back": url,
    }
    return form_page(
        request,
        form,
        lambda: actions.change_role(membership=row, by=request.user, at=timezone.now(), **form.cleaned_data),
        lambda _row: url,
        context=context,
        said=_("The role is changed."),
    )


@reader("team.manage")
def end(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """Show what is open for a person in a team, hand it over, and end their place."""
    row, url = _member(code, pk), reverse("teams:manage_team", args=[code])
    matters = leaving.of_person(row.user_id, row.team_id)
    needs_contact = any(matter.blocking for matter in matters)
    form = LeaveForm(posted(request), team=row.team, leaver=row.user, needs_contact=needs_contact)
    context = {
        "row": row,
        "matters": matters,
        "needs_contact": needs_contact,
        "crumbs": crumbs(row.team, managed=True),
        "back": url,
    }
    return form_page(
        request,
        form,
        lambda: actions.end_membership(
            membership=row, by=request.user, at=timezone.now(), new_contact=form.cleaned_data["new_contact"]
        ),
        lambda _row: url,
        context=context,
        said=_("The place in the team has ended."),
        template="teams/end_member.html",
    )
