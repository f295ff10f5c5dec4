"""How a granted version stops judging: suspended, revoked, superseded, expired; and how it resumes."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from journal.moves import Move, find
from journal.refusals import Conflict
from mandates.actions.writing import (
    holder_ids,
    judged_move,
    lock_mandate,
    lock_teams,
    locked_version,
    reason_given,
    same_edition,
    team_people,
    tell_mandate,
)
from mandates.drafters import drafter_ids
from mandates.models import Mandate, MandateVersion, VersionPeriod, VersionState, VersionStep
from mandates.periods import day_begins
from mandates.snapshots import in_force
from mandates.states import MANDATE_MOVES
from teams.models import User
from teams.organisation import organisation, today

EndCause = VersionPeriod.EndCause


@transaction.atomic
def suspend(
    *, version: MandateVersion, by: User, at: datetime, reason: str, edition: int | None = None
) -> MandateVersion:
    """Stop a granted version from judging until it is resumed. Locks every holding team first.

    Raises: Invalid `reason_missing`; NotAllowed; Conflict `illegal_move`, `stale_edition`.
    """
    return _stop(version, "suspend", EndCause.SUSPENDED, by=by, at=at, reason=reason, edition=edition)


@transaction.atomic
def revoke(
    *, version: MandateVersion, by: User, at: datetime, reason: str, edition: int | None = None
) -> MandateVersion:
    """End a granted version for good; from now on it grants nothing. Locks every holding team first.

    Raises: Invalid `reason_missing`; NotAllowed; Conflict `illegal_move`, `stale_edition`.
    """
    return _stop(version, "revoke", EndCause.REVOKED, by=by, at=at, reason=reason, edition=edition)


def _stop(
    version: MandateVersion,
    name: str,
    cause: VersionPeriod.EndCause,
    *,
    by: User,
    at: datetime,
    reason: str,
    edition: int | None,
) -> MandateVersion:
    lock_teams(holder_ids(version))
    mandate = lock_mandate(version.mandate_id)
    version = locked_version(version)
    move, _day = judged_move(version, name, by=by, at=at)
    same_edition(version, edition)
    reason = reason_given(reason)
    for period in version.periods.select_for_update().exclude(ends_at__lte=at):
        begun = period.starts_at <= at
        planned = period.starts_at
        period.ends_at, period.end_cause = (at if begun else planned), cause
        period.save(update_fields=["ends_at", "end_cause"])
        if not begun:
            _give_back(mandate, planned)
    _step(version, move, by, at, reason)
    return version


def _give_back(mandate: Mandate, planned: datetime) -> None:
    """Let the version that was to be superseded at `planned` go on: the one to come will not."""
    rows = mandate.periods.filter(ends_at=planned, end_cause=EndCause.SUPERSEDED, version__state=VersionState.GRANTED)
    previous = rows.exclude(starts_at=planned).select_related("version").first()
    if previous is not None:
        previous.ends_at, previous.end_cause = validity_ends(previous.version), EndCause.EXPIRED
        previous.save(update_fields=["ends_at", "end_cause"])


def validity_ends(version: MandateVersion) -> datetime:
    """Return the moment at which the version's last day is over where the organisation is."""
    if version.valid_until is None:
        raise ValueError("a granted version has a last day")
    return day_begins(version.valid_until + timedelta(days=1), organisation().time_zone)


def _step(version: MandateVersion, move: Move, by: User, at: datetime, reason: str) -> None:
    """Write the new state, the reason, and the event that everybody in the holding teams hears of."""
    version.state = VersionState(move.target)
    version.edition += 1
    version.save(update_fields=["state", "edition"])
    VersionStep.objects.create(version=version, name=move.name, reason=reason, by=by, at=at)
    told = [*sorted(drafter_ids(version)), *team_people(holder_ids(version), today(at))]
    tell_mandate(move.event, version, by=by, at=at, tell=told)


@transaction.atomic
def resume(
    *, version: MandateVersion, by: User, at: datetime, reason: str, edition: int | None = None
) -> MandateVersion:
    """Let a suspended version judge again, until it is superseded or its last day is over.

    Raises: Conflict `another_in_force`, `validity_over`, `illegal_move`, `stale_edition`; NotAllowed; Invalid.
    """
    lock_teams(holder_ids(version))
    mandate = lock_mandate(version.mandate_id)
    version = locked_version(version)
    move, _day = judged_move(version, "resume", by=by, at=at)
    same_edition(version, edition)
    reason = reason_given(reason)
    if mandate.periods.filter(in_force(at)).exists():
        raise Conflict("another_in_force", _("Another version is in force. Revoke that one first, or draft a new one."))
    ends_at = validity_ends(version)
    if ends_at <= at:
        raise Conflict("validity_over", _("The last day of this version is over. Draft a new one."))
    follower = mandate.periods.filter(starts_at__gt=at, starts_at__lt=ends_at).exclude(ends_at__lte=at)
    follower = follower.exclude(version=version).order_by("starts_at")
    coming = next((period for period in follower if period.ends_at != period.starts_at), None)
    VersionPeriod.objects.create(
        mandate=mandate,
        version=version,
        starts_at=at,
        ends_at=coming.starts_at if coming else ends_at,
        cause=VersionPeriod.Cause.RESUMED,
        end_cause=EndCause.SUPERSEDED if coming else EndCause.EXPIRED,
    )
    _step(version, move, by, at, reason)
    return version


# --- what time does ---


def settle(*, mandate: Mandate, at: datetime) -> int:
    """Give every version of a mandate whose time is over its final state; return how many it was.

    Periods say who judges; this only names what has become of the others, and tells their teams.
    """
    with transaction.atomic():
        return settle_mandate(lock_mandate(mandate.pk), at)


def settle_mandate(mandate: Mandate, at: datetime) -> int:
    """Do what `settle` does, with the mandate locked by the caller."""
    living = mandate.versions.select_for_update().filter(state__in=[VersionState.GRANTED, VersionState.SUSPENDED])
    count = 0
    for version in living.order_by("number"):
        version.mandate = mandate
        if name := _what_became(version, at):
            move = find(MANDATE_MOVES, name, version.state)
            version.state = VersionState(move.target)
            version.edition += 1
            version.save(update_fields=["state", "edition"])
            told = team_people(holder_ids(version), today(at)) if name == "expire" else []
            tell_mandate(move.event, version, by=None, at=at, tell=told)
            count += 1
    return count


def _what_became(version: MandateVersion, at: datetime) -> str:
    """Return `supersede` or `expire` where the version's time is over, else an empty text."""
    newer = version.mandate.periods.filter(version__number__gt=version.number, starts_at__lte=at)
    if any(period.ends_at != period.starts_at for period in newer):
        return "supersede"
    if version.valid_until is not None and validity_ends(version) <= at:
        # Without its own end (rows made before periods had one) the last period ends with the validity.
        open_ended = version.periods.filter(ends_at__isnull=True)
        open_ended.update(ends_at=validity_ends(version), end_cause=EndCause.EXPIRED)
        return "expire"
    return ""
