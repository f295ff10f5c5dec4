"""The settings' first page with what is still to be set up, and the organisation's own settings."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from teams import actions
from teams.actions.settings import NAMES, Settings
from teams.forms.places import OrganisationForm
from teams.models import Committee, Team
from teams.organisation import organisation as the_organisation
from teams.permissions import require
from teams.setting_up import checklist
from teams.views.requests import PageRequest, allowed, form_page, posted, reader


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
