"""The settings' first page with what is still to be set up, and the organisation's own settings."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from teams import actions
from teams.actions.people import grantors_count
from teams.actions.settings import NAMES, Settings
from teams.forms.places import OrganisationForm
from teams.models import Committee, CommitteeSeat, Customer, Membership, Organisation, Team
from teams.organisation import organisation as the_organisation
from teams.permissions import require
from teams.views.requests import PageRequest, allowed, form_page, posted, reader


@dataclass(frozen=True, slots=True)
class Step:
    """One step of setting up: what, why, where, and whether it is done."""

    label: str
    why: str
    url: str
    is_done: bool


def checklist() -> list[Step]:
    """What a new installation needs before the first deal can be decided."""
    return [
        Step(
            _("Two people who can grant"),
            _("Nobody grants what they drafted, so a mandate needs two."),
            reverse("teams:users"),
            grantors_count() > 1,
        ),
        Step(
            _("A team with its account lead"),
            _("Mandates are granted to teams."),
            reverse("teams:teams"),
            Membership.objects.filter(role="lead", ended_on=None).exists(),
        ),
        Step(
            _("A committee with members"),
            _("It answers what lies beyond a mandate."),
            reverse("teams:committees"),
            CommitteeSeat.objects.filter(ended_on=None, committee__is_active=True).exists(),
        ),
        Step(
            _("The default committee"),
            _("It is asked where no mandate says which one."),
            reverse("teams:organisation"),
            Organisation.objects.filter(default_committee__isnull=False).exists(),
        ),
        Step(
            _("Customers"),
            _("Each with its team and its one contact."),
            reverse("teams:customers"),
            Customer.objects.exists(),
        ),
    ]


@reader()
def settings(request: PageRequest) -> HttpResponse:
    """Show what can be set here, and to administrators what is still missing."""
    steps = checklist() if allowed(request, "organisation.manage") else []
    context = {
        "steps": steps,
        "is_set_up": all(step.is_done for step in steps),
        "sees_users": allowed(request, "user.manage") or allowed(request, "journal.read"),
        "sees_organisation": allowed(request, "organisation.manage") or allowed(request, "journal.read"),
        "team_count": Team.objects.filter(is_active=True).count(),
        "committee_count": Committee.objects.filter(is_active=True).count(),
    }
    return render(request, "teams/settings.html", context)


def _stored() -> dict[str, Any]:
    row = the_organisation()
    return {name: getattr(row, name) for name in ("edition", *NAMES)}


@reader("organisation.manage", "journal.read")
def organisation(request: PageRequest) -> HttpResponse:
    """Change the organisation's settings; an auditor reads them."""
    if not allowed(request, "organisation.manage"):
        return _read_only(request)
    form = OrganisationForm(posted(request), initial=_stored())
    context = {
        "title": _("Organisation"),
        "lead": _("What holds for all teams. What is judged, asked or due already keeps the settings it began with."),
        "crumbs": [{"url": reverse("teams:settings"), "label": _("Settings")}],
        "primary": _("Save"),
        "back": reverse("teams:settings"),
    }
    return form_page(
        request,
        form,
        lambda: actions.change_organisation(
            by=request.user, at=timezone.now(), edition=form.cleaned_data["edition"], to=Settings(**form.values)
        ),
        lambda _row: reverse("teams:organisation"),
        context=context,
        said=_("Saved."),
        stored=_stored,
    )


def _read_only(request: PageRequest) -> HttpResponse:
    if request.method != "GET":
        require("organisation.manage", request.person)
    facts = OrganisationForm(initial=_stored()).facts(_stored())
    crumbs = [{"url": reverse("teams:settings"), "label": _("Settings")}]
    return render(request, "teams/organisation.html", {"facts": facts, "crumbs": crumbs})
