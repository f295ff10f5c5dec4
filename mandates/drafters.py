"""Everybody who wrote a part of a version, and what the version is for."""

from mandates.models import CharterDrafter, CharterVersion, MandateVersion, TeamRequest, VersionAims, VersionDrafter


def drafter_ids(version: MandateVersion | CharterVersion) -> frozenset[int]:
    """Return the ids of all who drafted a version: whoever began it, and whoever joined."""
    return frozenset({version.drafted_by_id, *(drafter.user_id for drafter in version.drafters.all())})


def drafters_said(version: MandateVersion | CharterVersion) -> list[str]:
    """Return the names of all who drafted a version, whoever began it first."""
    joined: list[VersionDrafter | CharterDrafter] = sorted(version.drafters.all(), key=lambda one: one.pk)
    return [str(version.drafted_by), *(str(one.user) for one in joined)]


def aims_of(version: MandateVersion) -> VersionAims:
    """Return what a version is for; empty where nobody said so."""
    try:
        return version.aims
    except VersionAims.DoesNotExist:
        return VersionAims(version=version)


def asking_team_id(version: MandateVersion) -> int | None:
    """Return the id of the team that asked for a version, None where an administrator drafted it."""
    try:
        return version.request.team_id
    except TeamRequest.DoesNotExist:
        return None
