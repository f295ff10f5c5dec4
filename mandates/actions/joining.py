"""Drafting together: a second person joins the drafters of a version, and so will never answer it."""

from datetime import datetime

from django.db import transaction

from mandates.actions.writing import charter_move, judged_move, locked_version, tell_charter, tell_mandate
from mandates.drafters import drafter_ids
from mandates.models import CharterDrafter, CharterVersion, MandateVersion, VersionDrafter
from teams.models import User


@transaction.atomic
def join_draft(*, version: MandateVersion, by: User, at: datetime) -> MandateVersion:
    """Let somebody change a mandate's draft that another began; they can never answer this version afterwards.

    Nothing is written where they draft it already. Raises: Conflict `illegal_move`; NotAllowed.
    """
    version = locked_version(version)
    move, _day = judged_move(version, "join", by=by, at=at)
    drafters = drafter_ids(version)
    if by.pk in drafters:
        return version
    VersionDrafter.objects.create(version=version, user=by, at=at)
    tell_mandate(move.event, version, by=by, at=at, tell=sorted(drafters))
    return version


@transaction.atomic
def join_charter_draft(*, version: CharterVersion, by: User, at: datetime) -> CharterVersion:
    """Let somebody change a charter's draft that another began. Raises: as `join_draft`."""
    version = CharterVersion.objects.select_for_update().get(pk=version.pk)
    move, _day = charter_move(version, "join", by=by, at=at)
    drafters = drafter_ids(version)
    if by.pk in drafters:
        return version
    CharterDrafter.objects.create(version=version, user=by, at=at)
    tell_charter(move.event, version, by=by, at=at, tell=sorted(drafters))
    return version
