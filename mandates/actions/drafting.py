"""Drafting a mandate's next version, changing the draft, and proposing it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from journal.refusals import Conflict, Invalid
from mandates import proposals
from mandates.actions.testing import write_tests
from mandates.actions.writing import (
    asking_leads,
    grantors,
    judged_move,
    lock_mandate,
    locked_version,
    own_draft,
    refuse_other_teams,
    refuse_problems,
    refuse_unconfirmed,
    same_edition,
    stored,
    tell_mandate,
)
from mandates.checking import day_or_none, failing_tests, findings_of, problems_of, tests_of
from mandates.documents import document_of
from mandates.drafters import aims_of, asking_team_id, drafter_ids
from mandates.models import Mandate, MandateVersion, VersionAims, VersionHolder, VersionState
from mandates.openness import sees_margins, told
from mandates.snapshots import in_force
from teams.actions.writing import checked
from teams.models import Team, User
from teams.organisation import organisation
from teams.standing import person_of, require_today

# what follows /mandates/ in the addresses of pages
RESERVED = frozenset({"new", "import", "ask"})
# the highest number that a document may bring for the first version of a mandate
LAST_NUMBER = 999_999


@transaction.atomic
def draft_mandate(
    *,
    by: User,
    at: datetime,
    code: str,
    name: str = "",
    goal: str = "",
    walk_away: str = "",
    options: str = "",
    document: Mapping[str, Any] | None = None,
    teams: Sequence[Team] | None = None,
    note: str = "",
    tests: Sequence[Mapping[str, Any]] | None = None,
) -> MandateVersion:
    """Begin the next version of the mandate `code`, or a new mandate.

    What is not given is taken from the version in force, else from the latest one. A document may still be incomplete:
    `propose` looks. The first version of a mandate keeps the number in its document.
    Raises: NotAllowed; Invalid for a code or name that cannot be stored; Conflict `draft_exists`.
    """
    require_today("mandate.draft", by=by, at=at)
    aims = {"goal": goal, "walk_away": walk_away, "options": options}
    return begin_draft(
        by=by,
        at=at,
        code=code.strip(),
        name=name.strip(),
        aims=aims,
        document=document,
        teams=teams,
        note=note,
        tests=tests,
    )


def begin_draft(
    *,
    by: User,
    at: datetime,
    code: str,
    name: str,
    aims: Mapping[str, str],
    document: Mapping[str, Any] | None,
    teams: Sequence[Team] | None,
    note: str,
    tests: Sequence[Mapping[str, Any]] | None = None,
) -> MandateVersion:
    """Write a draft as `draft_mandate` does, for whoever was found to have the right; inside the caller's transaction.

    Raises: Invalid for a code or name that cannot be stored; Conflict `draft_exists`.
    """
    mandate = _mandate(code, name, aims["goal"].strip())
    source = _source(mandate, at)
    number = _next_number(mandate, document)
    if document is None:
        document = document_of(source) if source else empty_document(at)
    if teams is None:
        teams = [holder.team for holder in source.holders.select_related("team")] if source else []
    version = MandateVersion(mandate=mandate, number=number, note=note.strip(), drafted_by=by, drafted_at=at)
    _write_document(version, document)
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError:
        detail = _("“%(name)s” has an open draft already. Go on with that one, or take it back.")
        raise Conflict("draft_exists", detail % {"name": mandate.name}) from None
    _write_holders(version, teams)
    _begin_aims(version, source, aims)
    write_tests(version, tests if tests is not None else tests_of(source) if source else [])
    tell_mandate("mandate.drafted", version, by=by, at=at, data={"teams": [team.code for team in teams]})
    return version


def _next_number(mandate: Mandate, document: Mapping[str, Any] | None) -> int:
    """Return the number after the last; a mandate that begins with a document goes on from that one's own number."""
    last = mandate.versions.aggregate(last=Max("number"))["last"]
    if last is not None:
        return int(last) + 1
    named = (document or {}).get("version")
    return named if isinstance(named, int) and not isinstance(named, bool) and 1 <= named <= LAST_NUMBER else 1


def _mandate(code: str, name: str, goal: str) -> Mandate:
    """Return the mandate, locked, made where there is none; a name that is given replaces the old one."""
    mandate = Mandate.objects.select_for_update().filter(code=code).first()
    if mandate is None:
        if code in RESERVED:
            raise Invalid("code_reserved", _("This word stands for a page. Choose another code."), path="code")
        mandate = Mandate(code=code, name=name or code, goal=goal)
        checked(mandate, ["code", "name", "goal"])
        mandate.save(force_insert=True)
        return mandate
    _rename(mandate, name or None)
    return mandate


def _rename(mandate: Mandate, name: str | None) -> bool:
    if name is None or mandate.name == name:
        return False
    mandate.name = name
    checked(mandate, ["name"])
    mandate.edition += 1
    mandate.save(update_fields=["name", "edition"])
    return True


def _begin_aims(version: MandateVersion, source: MandateVersion | None, given: Mapping[str, str]) -> None:
    """Write what the draft is for: what is given, else what the version that it copies is for."""
    aims = VersionAims(version=version)
    earlier = aims_of(source) if source else aims
    for name, value in given.items():
        setattr(aims, name, value.strip() or getattr(earlier, name))
    aims.save(force_insert=True)


def _write_aims(version: MandateVersion, given: Mapping[str, str | None]) -> bool:
    """Replace what is given of the draft's aims; say whether that changed anything."""
    aims = aims_of(version)
    before = (aims.goal, aims.walk_away, aims.options)
    for name, value in given.items():
        if value is not None:
            setattr(aims, name, value.strip())
    if (aims.goal, aims.walk_away, aims.options) == before:
        return False
    aims.save()
    return True


def _source(mandate: Mandate, at: datetime) -> MandateVersion | None:
    """Return the version that a new draft copies: the one in force, else the latest."""
    period = mandate.periods.filter(in_force(at)).select_related("version").first()
    return period.version if period else mandate.versions.order_by("-number").first()


def empty_document(at: datetime) -> dict[str, Any]:
    """Return what a first draft begins with: a calendar year, and nothing allowed yet."""
    known = organisation()
    committee = known.default_committee
    return {
        "currency": known.currency,
        "valid_from": f"{at.year}-01-01",
        "valid_until": f"{at.year}-12-31",
        "committee": committee.code if committee else "",
        "consents": 1,
        "budgets": [],
        "limits": [],
    }


def _write_document(version: MandateVersion, document: Mapping[str, Any]) -> None:
    """Put the document into the row, with its own code and number, and the readable copies beside it."""
    own = {**document, "code": version.mandate.code, "version": version.number}
    version.document, version.sha256 = stored(own)
    version.valid_from = day_or_none(own.get("valid_from"))
    version.valid_until = day_or_none(own.get("valid_until"))


def _write_holders(version: MandateVersion, teams: Sequence[Team]) -> bool:
    """Make these teams the holders; say whether that changed anything."""
    wanted = {team.pk for team in teams}
    held = set(version.holders.values_list("team_id", flat=True))
    version.holders.filter(team__in=held - wanted).delete()
    VersionHolder.objects.bulk_create(VersionHolder(version=version, team_id=pk) for pk in sorted(wanted - held))
    return wanted != held


@transaction.atomic
def edit_draft(
    *,
    version: MandateVersion,
    by: User,
    at: datetime,
    edition: int | None,
    document: Mapping[str, Any],
    teams: Sequence[Team],
    note: str = "",
    name: str | None = None,
    goal: str | None = None,
    walk_away: str | None = None,
    options: str | None = None,
    tests: Sequence[Mapping[str, Any]] | None = None,
) -> MandateVersion:
    """Replace what the draft says; only its drafters may. What is None stays. Nothing is written where nothing changes.

    Test cases that are not given stay as they are.

    Raises: Conflict `stale_edition`, `illegal_move`; NotAllowed; Invalid for what cannot be stored.
    """
    mandate = lock_mandate(version.mandate_id)
    version = locked_version(version)
    judged_move(version, "edit", by=by, at=at)
    own_draft(version, by)
    same_edition(version, edition)
    if asking_team_id(version) is not None:
        refuse_other_teams(version, teams, by=by, at=at)
        name = None if mandate.periods.exists() else name
    before = (version.sha256, version.note)
    version.mandate = mandate
    version.note = note.strip()
    _write_document(version, document)
    holders_changed = _write_holders(version, teams)
    renamed = _rename(mandate, name)
    aimed = _write_aims(version, {"goal": goal, "walk_away": walk_away, "options": options})
    tested = tests is not None and write_tests(version, tests)
    if (version.sha256, version.note) == before and not (holders_changed or renamed or aimed or tested):
        return version
    version.edition += 1
    version.save(update_fields=["document", "sha256", "note", "valid_from", "valid_until", "edition"])
    data = {"edition": version.edition, "sha256": version.sha256, "teams": [team.code for team in teams]}
    tell_mandate("mandate.edited", version, by=by, at=at, data=data)
    return version


@transaction.atomic
def propose(
    *, version: MandateVersion, by: User, at: datetime, edition: int | None = None, confirmed: Collection[str] = ()
) -> MandateVersion:
    """Put a draft before the grantors; from now on it never changes.

    `confirmed`: keys of `checking.findings_of`; bounds beyond the charter must be among them, except those on margins
    where these are not shown to `by`: its grantor confirms them.
    Raises: Invalid with the first problem and its path; Conflict `unconfirmed`, `stale_edition`, `illegal_move`.
    """
    version = locked_version(version)
    move, day = judged_move(version, "propose", by=by, at=at)
    same_edition(version, edition)
    refuse_problems(problems_of(version) or failing_tests(version, at))
    sees = sees_margins(person_of(by, day), [holder.team for holder in version.holders.select_related("team")])
    beyond = [finding for finding in findings_of(version, at) if finding.code == "beyond_charter"]
    beyond = told(beyond, sees=sees)
    refuse_unconfirmed(beyond, confirmed)
    version.state = VersionState(move.target)
    version.proposed_by, version.proposed_at = by, at
    version.edition += 1
    version.save(update_fields=["state", "proposed_by", "proposed_at", "edition"])
    data = {"sha256": version.sha256, "confirmed": [finding.key for finding in beyond]}
    tell_mandate(
        move.event, version, by=by, at=at, data=data, tell=[*grantors(version, day), *asking_leads(version, day)]
    )
    if asking_team_id(version) is not None:
        proposals.follow(version, by, at)
    return version


@transaction.atomic
def take_back(*, version: MandateVersion, by: User, at: datetime, edition: int | None = None) -> MandateVersion:
    """End a draft or a proposed version before anybody answered it; another draft may then begin.

    Raises: Conflict `illegal_move`, `stale_edition`; NotAllowed.
    """
    version = locked_version(version)
    move, day = judged_move(version, "take_back", by=by, at=at)
    same_edition(version, edition)
    told = grantors(version, day) if version.state == VersionState.PROPOSED else []
    version.state = VersionState(move.target)
    version.edition += 1
    version.save(update_fields=["state", "edition"])
    tell_mandate(move.event, version, by=by, at=at, tell=[*told, *sorted(drafter_ids(version))])
    return version
