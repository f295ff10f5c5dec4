"""The charter's life: drafted by one, granted by another executive, in force until the next one is."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from journal.moves import find
from journal.refusals import Conflict, Invalid
from mandates.actions.writing import (
    charter_move,
    grantors,
    lock_teams,
    own_draft,
    reason_given,
    refuse_problems,
    refuse_unconfirmed,
    same_edition,
    stored,
    tell_charter,
)
from mandates.checking import charter_findings, charter_problems
from mandates.documents import document_of
from mandates.drafters import drafter_ids
from mandates.models import Charter, CharterPeriod, CharterVersion, VersionState
from mandates.periods import day_begins
from mandates.snapshots import in_force
from mandates.states import CHARTER_MOVES
from teams.models import Team, User
from teams.organisation import organisation
from teams.standing import require_today

OPEN = (VersionState.DRAFT, VersionState.PROPOSED)


def _locked_charter() -> Charter:
    Charter.objects.get_or_create(pk=1)
    return Charter.objects.select_for_update().get(pk=1)


def _locked(version: CharterVersion) -> CharterVersion:
    return CharterVersion.objects.select_for_update().get(pk=version.pk)


@transaction.atomic
def draft_charter(
    *, by: User, at: datetime, document: Mapping[str, Any] | None = None, note: str = ""
) -> CharterVersion:
    """Begin the charter's next version; without a document it begins as a copy of the one in force.

    Raises: NotAllowed; Conflict `draft_exists`; Invalid for what cannot be stored.
    """
    require_today("charter.draft", by=by, at=at)
    charter = _locked_charter()
    if charter.versions.filter(state__in=OPEN).exists():
        raise Conflict("draft_exists", _("The charter has an open draft already. Go on with that one."))
    if document is None:
        period = charter.periods.filter(in_force(at)).select_related("version").first()
        document = document_of(period.version) if period else {"currency": organisation().currency, "limits": []}
    number = (charter.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    text, sha256 = stored(document)
    version = CharterVersion.objects.create(
        charter=charter,
        number=number,
        document=text,
        sha256=sha256,
        note=note.strip(),
        drafted_by=by,
        drafted_at=at,
    )
    tell_charter("charter.drafted", version, by=by, at=at)
    return version


@transaction.atomic
def edit_charter(
    *,
    version: CharterVersion,
    by: User,
    at: datetime,
    edition: int | None,
    document: Mapping[str, Any],
    note: str = "",
) -> CharterVersion:
    """Replace what the draft says; only its drafters may. Raises: as `edit_draft` for a mandate."""
    version = _locked(version)
    charter_move(version, "edit", by=by, at=at)
    own_draft(version, by)
    same_edition(version, edition)
    text, sha256 = stored(document)
    if (sha256, note.strip()) == (version.sha256, version.note):
        return version
    version.document, version.sha256, version.note = text, sha256, note.strip()
    version.edition += 1
    version.save(update_fields=["document", "sha256", "note", "edition"])
    tell_charter("charter.edited", version, by=by, at=at, data={"edition": version.edition, "sha256": sha256})
    return version


@transaction.atomic
def propose_charter(*, version: CharterVersion, by: User, at: datetime, edition: int | None = None) -> CharterVersion:
    """Put the draft before the executives; from now on it never changes. Raises: as `propose` for a mandate."""
    version = _locked(version)
    move, day = charter_move(version, "propose", by=by, at=at)
    same_edition(version, edition)
    refuse_problems(charter_problems(version))
    version.state = VersionState(move.target)
    version.proposed_by, version.proposed_at = by, at
    version.edition += 1
    version.save(update_fields=["state", "proposed_by", "proposed_at", "edition"])
    tell_charter(move.event, version, by=by, at=at, data={"sha256": version.sha256}, tell=grantors(version, day))
    return version


@transaction.atomic
def take_back_charter(*, version: CharterVersion, by: User, at: datetime, edition: int | None = None) -> CharterVersion:
    """End a draft or proposed version before anybody answered it. Raises: as `take_back` for a mandate."""
    version = _locked(version)
    move, day = charter_move(version, "take_back", by=by, at=at)
    same_edition(version, edition)
    told = grantors(version, day) if version.state == VersionState.PROPOSED else []
    version.state = VersionState(move.target)
    version.edition += 1
    version.save(update_fields=["state", "edition"])
    tell_charter(move.event, version, by=by, at=at, tell=told)
    return version


@transaction.atomic
def decline_charter(
    *, version: CharterVersion, by: User, at: datetime, reason: str, edition: int | None = None
) -> CharterVersion:
    """Answer a proposed version with a reasoned no. Raises: as `decline` for a mandate."""
    version = _locked(version)
    move, _day = charter_move(version, "decline", by=by, at=at)
    same_edition(version, edition)
    _answer(version, move.target, by, at, reason_given(reason))
    tell_charter(move.event, version, by=by, at=at, tell=sorted(drafter_ids(version)))
    return version


def _answer(version: CharterVersion, state: str, by: User, at: datetime, note: str) -> None:
    version.state = VersionState(state)
    version.answered_by, version.answered_at, version.answer_note = by, at, note.strip()
    version.edition += 1
    version.save(update_fields=["state", "answered_by", "answered_at", "answer_note", "edition"])


@transaction.atomic
def grant_charter(
    *,
    version: CharterVersion,
    by: User,
    at: datetime,
    from_on: date | None = None,
    confirmed: Collection[str] = (),
    edition: int | None = None,
    note: str = "",
) -> CharterVersion:
    """Put a proposed charter in force, now or when `from_on` begins; the one before it is superseded then.

    `confirmed`: keys of all of `checking.charter_findings`. Locks every team first: the charter binds them all.
    Raises: as `grant` for a mandate.
    """
    lock_teams(Team.objects.values_list("pk", flat=True))
    charter = _locked_charter()
    version = _locked(version)
    move, day = charter_move(version, "grant", by=by, at=at)
    same_edition(version, edition)
    refuse_problems(charter_problems(version))
    findings = charter_findings(version, at)
    refuse_unconfirmed(findings, confirmed)
    if from_on is not None and from_on < day:
        raise Invalid("date_past", _("A version cannot be granted from a day in the past."), path="from_on")
    starts_at = at if from_on in (None, day) else day_begins(from_on or day, organisation().time_zone)
    _begin(charter, version, starts_at)
    _answer(version, move.target, by, at, note)
    data = {
        "from": starts_at.isoformat(),
        "sha256": version.sha256,
        "confirmed": [finding.key for finding in findings],
    }
    tell_charter(move.event, version, by=by, at=at, data=data, tell=sorted(drafter_ids(version)))
    settle_charter(charter, at)
    return version


def _begin(charter: Charter, version: CharterVersion, starts_at: datetime) -> None:
    living = charter.periods.select_for_update().filter(Q(ends_at__isnull=True) | Q(ends_at__gt=starts_at))
    for period in living.order_by("starts_at", "id"):
        period.ends_at, period.end_cause = max(period.starts_at, starts_at), CharterPeriod.EndCause.SUPERSEDED
        period.save(update_fields=["ends_at", "end_cause"])
    CharterPeriod.objects.create(
        charter=charter, version=version, starts_at=starts_at, cause=CharterPeriod.Cause.GRANTED
    )


def settle_charter(charter: Charter, at: datetime) -> int:
    """Name superseded the granted versions after which another has begun; the caller has locked the charter."""
    count = 0
    for version in charter.versions.select_for_update().filter(state=VersionState.GRANTED).order_by("number"):
        newer = charter.periods.filter(version__number__gt=version.number, starts_at__lte=at)
        if any(period.ends_at != period.starts_at for period in newer):
            move = find(CHARTER_MOVES, "supersede", version.state)
            version.state = VersionState(move.target)
            version.edition += 1
            version.save(update_fields=["state", "edition"])
            tell_charter(move.event, version, by=None, at=at)
            count += 1
    return count


@transaction.atomic
def settle_charter_now(*, at: datetime) -> int:
    """Do what `settle_charter` does, for the ticking."""
    return settle_charter(_locked_charter(), at)
