"""What of mandates is still open with a committee or a team, told before it closes or becomes part of another."""

import json
from collections.abc import Collection
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mandates.actions.drafting import draft_mandate
from mandates.models import Mandate, MandateVersion, VersionPeriod, VersionState
from mandates.snapshots import in_force
from teams import leaving
from teams.leaving import OpenMatter
from teams.models import Committee, Team, User


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


# --- teams that merge ---


def of_merge(team_id: int) -> list[OpenMatter]:
    """Return the mandates in force that a team holds: they stay with it, and a draft for the other team is made."""
    found = []
    for version in _held_by(team_id, timezone.now()):
        note = _("judges what is pending; the other team gets it once somebody grants the next version to it")
        if _has_draft(version.mandate):
            note = _("judges what is pending; its open draft says who holds it next")
        url = reverse("mandates:mandate", args=[version.mandate.code])
        found.append(OpenMatter("mandate", version.mandate.name, url, note=note))
    return found


def _held_by(team_id: int, at: datetime) -> list[MandateVersion]:
    periods = VersionPeriod.objects.filter(in_force(at), version__holders__team=team_id)
    versions = [period.version for period in periods.select_related("version__mandate").order_by("mandate_id")]
    return list(dict.fromkeys(versions))


def _has_draft(mandate: Mandate) -> bool:
    return mandate.versions.filter(state__in=(VersionState.DRAFT, VersionState.PROPOSED)).exists()


def lock_mandates(*, user_id: int | None, team_ids: Collection[int], at: datetime) -> None:
    """Lock the mandates of a team that merges, by id, before the first draft of one is written."""
    if user_id is None:
        held = [version.mandate_id for team_id in team_ids for version in _held_by(team_id, at)]
        list(Mandate.objects.select_for_update().filter(pk__in=held).order_by("pk"))


def draft_for(*, team: Team, into: Team, by: User, at: datetime) -> None:
    """Draft the next version of each mandate that the merged team holds, for the other team as well.

    No authority changes by merging: it does once a second person grants the draft. A mandate that the other team holds
    already, or that has an open draft, is left alone.
    """
    for version in _held_by(team.pk, at):
        holders = [row.team for row in version.holders.select_related("team").order_by("team__code")]
        if into in holders or _has_draft(version.mandate):
            continue
        note = _("%(team)s became part of %(into)s.") % {"team": team.name, "into": into.name}
        draft_mandate(by=by, at=at, code=version.mandate.code, teams=[*holders, into], note=note)


def register() -> None:
    """Keep a committee open while a mandate sends deals to it, and go along when teams merge."""
    leaving.committee_matters.append(of_committee)
    leaving.merge_matters.append(of_merge)
    leaving.locks.append(lock_mandates)
    leaving.team_merges.append(draft_for)
