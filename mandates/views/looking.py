"""Find the row that an address names, as far as the reader may see it; else there is nothing there."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from journal.refusals import Refusal
from mandates.drafters import asking_team_id, drafter_ids
from mandates.models import CharterVersion, Mandate, MandateVersion, VersionState
from teams.permissions import About, Person, may
from teams.views.requests import PageRequest as PageRequest
from teams.views.requests import today_of as today_of

OPEN = (VersionState.DRAFT, VersionState.PROPOSED)


def sees_drafts(person: Person) -> bool:
    """Say whether somebody sees versions that are not proposed yet."""
    return bool(may("charter.draft", person) or may("journal.read", person))


def visible_versions(person: Person) -> QuerySet[MandateVersion]:
    """Return the versions that somebody may see: all but drafts, and the drafts of what one's own team asks for."""
    people = ("drafted_by", "proposed_by", "answered_by")
    versions = MandateVersion.objects.select_related("mandate", "aims", "request__team", *people)
    if sees_drafts(person):
        return versions
    return versions.filter(~Q(state=VersionState.DRAFT) | Q(request__team__in=list(person.team_roles)))


def mandate_of(request: PageRequest, code: str) -> Mandate:
    """Return the mandate if the reader may see any version of it. Raises: Http404."""
    seen = visible_versions(request.person).values("mandate")
    return get_object_or_404(Mandate.objects.filter(pk__in=seen), code=code)


def version_of(request: PageRequest, code: str, number: int) -> MandateVersion:
    """Return the version if the reader may see it. Raises: Http404."""
    versions = visible_versions(request.person).prefetch_related("drafters__user")
    return get_object_or_404(versions, mandate__code=code, number=number)


def open_draft_of(request: PageRequest, code: str) -> MandateVersion | None:
    """Return the mandate's draft for those who may draft, None where there is none. Raises: Http404."""
    if not may("mandate.draft", request.person):
        raise Http404
    mandate = get_object_or_404(Mandate, code=code)
    drafts = MandateVersion.objects.select_related("mandate", "aims", "drafted_by").prefetch_related(
        "drafters__user", "holders__team"
    )
    return drafts.filter(mandate=mandate, state=VersionState.DRAFT).first()


def visible_charters(person: Person) -> QuerySet[CharterVersion]:
    """Return the versions of the charter that somebody may see."""
    versions = CharterVersion.objects.select_related("drafted_by", "proposed_by", "answered_by")
    return versions if sees_drafts(person) else versions.filter(~Q(state=VersionState.DRAFT))


def about(version: MandateVersion) -> About:
    """Return what the permission table asks about a version."""
    holders = frozenset(version.holders.values_list("team_id", flat=True))
    return About(team_id=asking_team_id(version), drafter_ids=drafter_ids(version), holder_team_ids=holders)


def refused(request: HttpRequest, template: str, context: dict[str, Any], refusal: Refusal) -> HttpResponse:
    """Show the page again with the sentence of a refusal and its status; what was typed is in the context."""
    return render(request, template, {**context, "refusal": refusal}, status=refusal.status)
