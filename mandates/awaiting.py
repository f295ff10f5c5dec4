"""Which proposed versions wait for somebody's grant."""

from mandates.drafters import drafter_ids
from mandates.models import CharterVersion, MandateVersion, VersionState
from teams.permissions import About, Person, may


def mandates_awaiting(person: Person) -> list[MandateVersion]:
    """Return the proposed versions that this person may grant, the oldest first."""
    if not may("mandate.grant", person):
        return []
    versions = MandateVersion.objects.filter(state=VersionState.PROPOSED).order_by("id")
    found = versions.select_related("mandate", "proposed_by").prefetch_related("holders", "drafters")
    return [version for version in found if may("mandate.grant", person, _about(version))]


def charters_awaiting(person: Person) -> list[CharterVersion]:
    """Return the proposed version of the charter that this person may grant, if there is one."""
    if not may("charter.grant", person):
        return []
    proposed = CharterVersion.objects.filter(state=VersionState.PROPOSED)
    found = proposed.select_related("proposed_by").prefetch_related("drafters")
    return [one for one in found if may("charter.grant", person, About(drafter_ids=drafter_ids(one)))]


def _about(version: MandateVersion) -> About:
    holders = frozenset(holder.team_id for holder in version.holders.all())
    return About(drafter_ids=drafter_ids(version), holder_team_ids=holders)
