"""Ending a version at once, without notice: one person asks with a reason, a second confirms."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from journal.refusals import Conflict
from mandates.actions.ending import EndCause, stop
from mandates.actions.writing import (
    directors,
    judged_move,
    lock_mandate,
    locked_version,
    reason_given,
    same_edition,
    tell_mandate,
)
from mandates.models import Emergency, MandateVersion
from teams.models import User


def open_emergency(version: MandateVersion) -> Emergency | None:
    """Return the question that waits for a second person, None where there is none."""
    rows = Emergency.objects.filter(version=version, confirmed_at=None, dropped_at=None)
    return rows.select_related("asked_by").first()


@transaction.atomic
def ask_emergency(
    *, version: MandateVersion, by: User, at: datetime, reason: str, edition: int | None = None
) -> Emergency:
    """Ask a second person to end the version at once; nothing ends yet, and its teams are not told yet.

    Raises: Invalid `reason_missing`; NotAllowed; Conflict `emergency_open`, `illegal_move`, `stale_edition`.
    """
    lock_mandate(version.mandate_id)
    version = locked_version(version)
    move, day = judged_move(version, "ask_emergency", by=by, at=at)
    same_edition(version, edition)
    reason = reason_given(reason)
    if open_emergency(version) is not None:
        raise Conflict("emergency_open", _("Somebody has asked for this already. A second person confirms it."))
    asked = Emergency.objects.create(version=version, reason=reason, asked_by=by, asked_at=at)
    tell_mandate(move.event, version, by=by, at=at, data={"emergency": asked.pk}, tell=directors(day))
    return asked


@transaction.atomic
def confirm_emergency(*, version: MandateVersion, by: User, at: datetime, edition: int | None = None) -> MandateVersion:
    """End the version now, as a second person; its teams read the reason. Locks every holding team first.

    Raises: NotAllowed for whoever asked; Conflict `no_emergency`, `illegal_move`, `stale_edition`.
    """
    found = open_emergency(version)
    owner_id = found.asked_by_id if found else None
    judged_move(version, "confirm_emergency", by=by, at=at, owner_id=owner_id)
    asked = _asked(version)
    version = stop(
        version,
        "confirm_emergency",
        EndCause.REVOKED,
        by=by,
        at=at,
        reason=asked.reason,
        edition=edition,
        owner_id=owner_id,
    )
    if _asked(version) != asked:
        raise Conflict("no_emergency", _("Nobody asks for this any more. Load the page again."))
    asked.confirmed_by, asked.confirmed_at = by, at
    asked.save(update_fields=["confirmed_by", "confirmed_at"])
    return version


@transaction.atomic
def drop_emergency(
    *, version: MandateVersion, by: User, at: datetime, reason: str, edition: int | None = None
) -> Emergency:
    """End the question with a reason: whoever asked takes it back, or somebody else says no. The version goes on.

    Raises: Invalid `reason_missing`; NotAllowed; Conflict `no_emergency`, `illegal_move`, `stale_edition`.
    """
    lock_mandate(version.mandate_id)
    version = locked_version(version)
    move, _day = judged_move(version, "drop_emergency", by=by, at=at)
    same_edition(version, edition)
    asked = _asked(version)
    asked.drop_reason = reason_given(reason)
    asked.dropped_by, asked.dropped_at = by, at
    asked.save(update_fields=["dropped_by", "dropped_at", "drop_reason"])
    tell_mandate(move.event, version, by=by, at=at, data={"emergency": asked.pk}, tell=[asked.asked_by_id])
    return asked


def _asked(version: MandateVersion) -> Emergency:
    """Return the open question. Raises: Conflict `no_emergency`."""
    found = open_emergency(version)
    if found is None:
        raise Conflict("no_emergency", _("Nobody asks for this any more. Load the page again."))
    return found
