"""What of mandates is still open with a committee or a team, told before it closes."""

import json

from django.urls import reverse
from django.utils import timezone

from mandates.models import MandateVersion, VersionPeriod
from teams import leaving
from teams.leaving import OpenMatter
from teams.models import Committee


def of_committee(committee_id: int) -> list[OpenMatter]:
    """Return the mandates in force, or to come, that send deals to this committee."""
    code = Committee.objects.values_list("code", flat=True).get(pk=committee_id)
    return [_matter(version) for version in _live_versions() if code in _committees_of(version)]


def _live_versions() -> list[MandateVersion]:
    live = VersionPeriod.objects.exclude(ends_at__lte=timezone.now()).values("version")
    return list(MandateVersion.objects.filter(pk__in=live).select_related("mandate").order_by("mandate__code"))


def _committees_of(version: MandateVersion) -> set[str]:
    document = json.loads(version.document)
    rows = {limit["committee"] for limit in document["limits"] if "committee" in limit}
    return rows | {document["committee"]}


def _matter(version: MandateVersion) -> OpenMatter:
    url = reverse("mandates:mandate", args=[version.mandate.code])
    return OpenMatter("mandate", version.mandate.name, url, blocking=True)


def register() -> None:
    """Keep a committee open while a mandate sends deals to it."""
    leaving.committee_matters.append(of_committee)
