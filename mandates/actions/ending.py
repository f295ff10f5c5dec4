"""How a granted version stops judging: suspended, revoked with notice, superseded, expired; and how it resumes."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from journal.moves import Move, find
from journal.refusals import Conflict, Invalid
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
from mandates.phrases import day_text
from mandates.snapshots import in_force
from mandates.states import MANDATE_MOVES
from teams.models import User
from teams.organisation import organisation, today

EndCause = VersionPeriod.EndCause
STEP_NAMES = {"confirm_emergency": "emergency"}


@transaction.atomic
def suspend(
    *, version: MandateVersion, by: User, at: datetime, reason: str, edition: int | None = None
) -> MandateVersion:
    """Stop a granted version from judging until it is resumed. Locks every holding team first.

    Raises: Invalid `reason_missing`; NotAllowed; Conflict `illegal_move`, `stale_edition`.
    """
    return stop(version, "suspend", EndCause.SUSPENDED, by=by, at=at, reason=reason, edition=edition)


@transaction.atomic
def revoke(
    *,
    version: MandateVersion,
    by: User,
    at: datetime,
    reason: str,
    from_on: date | None = None,
    edition: int | None = None,
) -> MandateVersion:
    """End a granted version for good: when the notice period is over or on `from_on`, at once where it judges nothing.

    Until then it judges as before. Locks every holding team first.
    Raises: Invalid `reason_missing`, `notice_short`; NotAllowed; Conflict `ends_sooner`, `announced`, `illegal_move`,
    `stale_edition`.
    """
    period = version.periods.filter(in_force(at)).first()
    ends_at = _notice_ends(from_on, at) if period else at
    if ends_at <= at:
        return stop(version, "revoke", EndCause.REVOKED, by=by, at=at, reason=reason, edition=edition)
    lock_teams(holder_ids(version))
    lock_mandate(version.mandate_id)
    version = locked_version(version)
    move, _day = judged_move(version, "announce", by=by, at=at)
    same_edition(version, edition)
    reason = reason_given(reason)
    period = version.periods.select_for_update().filter(in_force(at)).first()
    if period is None:
        raise Conflict("illegal_move", _("This version judges nothing any more. Load the page again."))
    if period.ends_at is not None and period.end_cause == EndCause.REVOKED:
        raise Conflict("announced", _("This version is revoked already: it judges until its notice period is over."))
    if period.ends_at is not None and period.ends_at <= ends_at:
        raise Conflict("ends_sooner", _("This version ends by itself before the notice period would be over."))
    period.ends_at, period.end_cause = ends_at, EndCause.REVOKED
    period.save(update_fields=["ends_at", "end_cause"])
    step(version, move, by, at, reason, takes_effect_at=ends_at)
    return version


def _notice_ends(from_on: date | None, at: datetime) -> datetime:
    """Return when a revocation takes effect. Raises: Invalid `notice_short`."""
    known = organisation()
    first = today(at, of=known) + timedelta(days=known.notice_days)
    if from_on is not None and from_on < first:
        detail = _("The teams hear of it first: it can end on %(day)s or later.") % {"day": day_text(first)}
        raise Invalid("notice_short", detail, path="from_on")
    day = from_on or first
    return at if day == today(at, of=known) else day_begins(day, known.time_zone)


@transaction.atomic
def keep(*, version: MandateVersion, by: User, at: datetime, reason: str, edition: int | None = None) -> MandateVersion:
    """Take an announced revocation back: the version goes on until its last day, or until the next one begins.

    Raises: Invalid `reason_missing`; NotAllowed; Conflict `not_announced`, `illegal_move`, `stale_edition`.
    """
    lock_teams(holder_ids(version))
    mandate = lock_mandate(version.mandate_id)
    version = locked_version(version)
    move, _day = judged_move(version, "keep", by=by, at=at)
    same_edition(version, edition)
    reason = reason_given(reason)
    period = version.periods.select_for_update().filter(in_force(at), end_cause=EndCause.REVOKED).first()
    if period is None:
        raise Conflict("not_announced", _("No revocation of this version is announced any more. Load the page again."))
    period.ends_at, period.end_cause = _goes_on_until(mandate, version, at)
    period.save(update_fields=["ends_at", "end_cause"])
    step(version, move, by, at, reason)
    return version


def _goes_on_until(mandate: Mandate, version: MandateVersion, at: datetime) -> tuple[datetime, VersionPeriod.EndCause]:
    """Return when a version that judges at `at` ends by itself, and why."""
    ends_at = validity_ends(version)
    later = mandate.periods.filter(starts_at__gt=at, starts_at__lt=ends_at).exclude(version=version)
    coming = next((one for one in later.order_by("starts_at") if one.ends_at != one.starts_at), None)
    return (coming.starts_at, EndCause.SUPERSEDED) if coming else (ends_at, EndCause.EXPIRED)


def stop(
    version: MandateVersion,
    name: str,
    cause: VersionPeriod.EndCause,
    *,
    by: User,
    at: datetime,
    reason: str,
    edition: int | None,
    owner_id: int | None = None,
) -> MandateVersion:
    """End what a version judges at once, by the move of that name; `owner_id` is who asked for it, if another did."""
    lock_teams(holder_ids(version))
    mandate = lock_mandate(version.mandate_id)
    version = locked_version(version)
    move, _day = judged_move(version, name, by=by, at=at, owner_id=owner_id)
    same_edition(version, edition)
    reason = reason_given(reason)
    for period in version.periods.select_for_update().exclude(ends_at__lte=at):
        begun = period.starts_at <= at
        planned = period.starts_at
        period.ends_at, period.end_cause = (at if begun else planned), cause
        period.save(update_fields=["ends_at", "end_cause"])
        if not begun:
            _give_back(mandate, planned)
    step(version, move, by, at, reason)
    return version


def _give_back(mandate: Mandate, planned: datetime) -> None:
    """Let the version that was to be superseded at `planned` go on: the one to come will not."""
    rows = mandate.periods.filter(ends_at=planned, end_cause=EndCause.SUPERSEDED, version__state=VersionState.GRANTED)
    previous = rows.exclude(starts_at=planned).select_related("version").first()
    if previous is not None:
        previous.ends_at, previous.end_cause = _announced_or_last(previous.version)
        previous.save(update_fields=["ends_at", "end_cause"])


def _announced_or_last(version: MandateVersion) -> tuple[datetime, VersionPeriod.EndCause]:
    """Return when a version ends: by its announced revocation, unless that was taken back, else with its last day."""
    last = version.steps.filter(name__in=["announce", "keep"]).order_by("-id").first()
    if last is not None and last.takes_effect_at is not None:
        return last.takes_effect_at, EndCause.REVOKED
    return validity_ends(version), EndCause.EXPIRED


def validity_ends(version: MandateVersion) -> datetime:
    """Return the moment at which the version's last day is over where the organisation is."""
    if version.valid_until is None:
        raise ValueError("a granted version has a last day")
    return day_begins(version.valid_until + timedelta(days=1), organisation().time_zone)


def step(
    version: MandateVersion, move: Move, by: User, at: datetime, reason: str, takes_effect_at: datetime | None = None
) -> None:
    """Write the new state, the reason, and the event that everybody in the holding teams hears of."""
    version.state = VersionState(move.target)
    version.edition += 1
    version.save(update_fields=["state", "edition"])
    name = STEP_NAMES.get(move.name, move.name)
    VersionStep.objects.create(version=version, name=name, reason=reason, by=by, at=at, takes_effect_at=takes_effect_at)
    told = [*sorted(drafter_ids(version)), *team_people(holder_ids(version), today(at))]
    data = {"takes_effect_at": takes_effect_at.isoformat()} if takes_effect_at else {}
    tell_mandate(move.event, version, by=by, at=at, data=data, tell=told)


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
    if validity_ends(version) <= at:
        raise Conflict("validity_over", _("The last day of this version is over. Draft a new one."))
    ends_at, end_cause = _goes_on_until(mandate, version, at)
    VersionPeriod.objects.create(
        mandate=mandate,
        version=version,
        starts_at=at,
        ends_at=ends_at,
        cause=VersionPeriod.Cause.RESUMED,
        end_cause=end_cause,
    )
    step(version, move, by, at, reason)
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
            told = team_people(holder_ids(version), today(at)) if name in ("expire", "end") else []
            tell_mandate(move.event, version, by=None, at=at, tell=told)
            count += 1
    return count


def _what_became(version: MandateVersion, at: datetime) -> str:
    """Return `supersede`, `end` or `expire` where the version's time is over, else an empty text."""
    newer = version.mandate.periods.filter(version__number__gt=version.number, starts_at__lte=at)
    if any(period.ends_at != period.starts_at for period in newer):
        return "supersede"
    if version.periods.filter(ends_at__lte=at, end_cause=EndCause.REVOKED).exists():
        return "end"
    if version.valid_until is not None and validity_ends(version) <= at:
        # Without its own end (rows made before periods had one) the last period ends with the validity.
        open_ended = version.periods.filter(ends_at__isnull=True)
        open_ended.update(ends_at=validity_ends(version), end_cause=EndCause.EXPIRED)
        return "expire"
    return ""
