"""Granting a proposed version from a date, or declining it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from journal.refusals import Conflict, Invalid
from mandates.actions.ending import settle_mandate, validity_ends
from mandates.actions.writing import (
    holder_ids,
    judged_move,
    lock_mandate,
    lock_teams,
    locked_version,
    reason_given,
    refuse_problems,
    refuse_unconfirmed,
    same_edition,
    team_people,
    tell_mandate,
)
from mandates.checking import failing_tests, findings_of, problems_of
from mandates.drafters import aims_of, drafter_ids
from mandates.findings import Finding
from mandates.models import Mandate, MandateVersion, VersionHolder, VersionPeriod, VersionState
from mandates.narrowing import earliest
from mandates.phrases import day_text
from teams.models import User
from teams.organisation import today


def concerned_teams(version: MandateVersion, at: datetime) -> frozenset[int]:
    """Return the teams that hold this version, or any version of its mandate that judges now or will."""
    live = VersionPeriod.objects.filter(mandate=version.mandate_id).exclude(ends_at__lte=at).values("version")
    others = VersionHolder.objects.filter(version__in=live).values_list("team_id", flat=True)
    return holder_ids(version) | frozenset(others)


@transaction.atomic
def grant(
    *,
    version: MandateVersion,
    by: User,
    at: datetime,
    from_on: date | None = None,
    confirmed: Collection[str] = (),
    edition: int | None = None,
    note: str = "",
) -> MandateVersion:
    """Put a proposed version in force: now, or when `from_on` begins; never before its own validity does.

    One that takes authority away needs a reason as its `note` and begins when the notice period is over, at the
    earliest. The version in force until then is superseded at that moment, and so is any that was to begin later.
    `confirmed`: the keys of all of `checking.findings_of`. Locks every holding team first.
    Raises: NotAllowed for its drafter and for members of a holding team; Conflict `unconfirmed`, `validity_over`,
    `illegal_move`, `stale_edition`; Invalid `notice_short`, `reason_missing`, and where it cannot be granted as it
    stands any more, `test_failed` where one of its own test cases does not hold.
    """
    teams = concerned_teams(version, at)
    lock_teams(teams)
    mandate = lock_mandate(version.mandate_id)
    version = locked_version(version)
    move, day = judged_move(version, "grant", by=by, at=at)
    same_edition(version, edition)
    put_in_force(mandate, version, by=by, at=at, from_on=from_on, confirmed=confirmed, note=note)
    data = granted_data(version, findings_of(version, at))
    told = [*sorted(drafter_ids(version)), *team_people(teams, day)]
    tell_mandate(move.event, version, by=by, at=at, data=data, tell=told)
    settle_mandate(mandate, at)
    return version


def _take_goal(mandate: Mandate, version: MandateVersion) -> None:
    """Let the mandate be read with the goal of the version that was granted last."""
    goal = aims_of(version).goal
    if mandate.goal != goal:
        mandate.goal = goal
        mandate.edition += 1
        mandate.save(update_fields=["goal", "edition"])


def put_in_force(
    mandate: Mandate,
    version: MandateVersion,
    *,
    by: User,
    at: datetime,
    from_on: date | None,
    confirmed: Collection[str],
    note: str,
) -> None:
    """Make a version granted by `by`, with its period; the caller has locked teams and mandate and asked who may.

    Raises: Conflict `unconfirmed`, `validity_over`; Invalid as `grant` does.
    """
    refuse_problems(problems_of(version) or failing_tests(version, at))
    refuse_unconfirmed(findings_of(version, at), confirmed)
    starts_at = _start(version, from_on=from_on, at=at, note=note)
    version.state = VersionState.GRANTED
    answer(version, by, at, note)
    _take_goal(mandate, version)
    _begin(mandate, version, starts_at, validity_ends(version))


def granted_data(version: MandateVersion, findings: Sequence[Finding]) -> dict[str, object]:
    """Return what the event of a grant holds."""
    period = version.periods.order_by("-id")[0]
    return {
        "from": period.starts_at.isoformat(),
        "until": str(version.valid_until),
        "sha256": version.sha256,
        "teams": sorted(version.holders.values_list("team__code", flat=True)),
        "confirmed": [finding.key for finding in findings],
    }


def answer(version: MandateVersion, by: User, at: datetime, note: str) -> None:
    """Write who answered a proposed version, with its new state, which the caller has set."""
    version.answered_by, version.answered_at, version.answer_note = by, at, note.strip()
    version.edition += 1
    version.save(update_fields=["state", "answered_by", "answered_at", "answer_note", "edition"])


def _start(version: MandateVersion, *, from_on: date | None, at: datetime, note: str) -> datetime:
    """Return from when the version judges; what takes authority away has a reason and begins with notice.

    Raises: Conflict `validity_over`; Invalid `date_past`, `notice_short`, `reason_missing`.
    """
    day = today(at)
    if version.valid_from is None or version.valid_until is None:
        raise Invalid("validity_missing", _("Say from when until when the mandate is valid."), path="valid_from")
    if from_on is not None and from_on < day:
        raise Invalid("date_past", _("A version cannot be granted from a day in the past."), path="from_on")
    _within_validity(version, max(from_on or day, version.valid_from))
    start = earliest(version, wanted=from_on, at=at)
    if from_on is not None and start.too_soon:
        detail = _("This version takes authority away, so its teams hear of it first: it begins on %(day)s or later.")
        raise Invalid("notice_short", detail % {"day": day_text(start.first)}, path="from_on")
    _within_validity(version, start.first)
    if start.narrowings and not note.strip():
        detail = _("This version takes authority away. Give the reason: its teams will read it.")
        raise Invalid("reason_missing", detail, path="note")
    return start.at


def _within_validity(version: MandateVersion, first: date) -> None:
    """Raises: Conflict `validity_over`."""
    if version.valid_until is not None and first > version.valid_until:
        raise Conflict(
            "validity_over", _("This version would begin after its own last day. Draft one with another validity.")
        )


def _begin(mandate: Mandate, version: MandateVersion, starts_at: datetime, ends_at: datetime) -> None:
    """Write the version's period, and end where it begins whatever was or would be in force then."""
    superseded = VersionPeriod.EndCause.SUPERSEDED
    for period in mandate.periods.select_for_update().order_by("starts_at", "id"):
        ended = period.ends_at is not None and period.ends_at <= starts_at
        if ended and not (period.ends_at == starts_at and period.end_cause == VersionPeriod.EndCause.EXPIRED):
            continue
        period.ends_at, period.end_cause = max(period.starts_at, starts_at), superseded
        period.save(update_fields=["ends_at", "end_cause"])
    VersionPeriod.objects.create(
        mandate=mandate,
        version=version,
        starts_at=starts_at,
        ends_at=ends_at,
        cause=VersionPeriod.Cause.GRANTED,
        end_cause=VersionPeriod.EndCause.EXPIRED,
    )


@transaction.atomic
def decline(
    *, version: MandateVersion, by: User, at: datetime, reason: str, edition: int | None = None
) -> MandateVersion:
    """Answer a proposed version with a reasoned no; what is in force stays in force.

    Raises: Invalid `reason_missing`; NotAllowed; Conflict `illegal_move`, `stale_edition`.
    """
    version = locked_version(version)
    move, _day = judged_move(version, "decline", by=by, at=at)
    same_edition(version, edition)
    reason = reason_given(reason)
    version.state = VersionState(move.target)
    answer(version, by, at, reason)
    told = sorted({*drafter_ids(version), version.proposed_by_id or version.drafted_by_id})
    tell_mandate(move.event, version, by=by, at=at, tell=told)
    return version
