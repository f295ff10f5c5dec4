"""What the actions on mandates and charter do alike: locks, permission, the stored document, and the event."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from journal.moves import Move, find
from journal.record import record
from journal.refusals import Conflict, Invalid, NotAllowed
from mandates.drafters import asking_team_id, drafter_ids
from mandates.engine import Problem, canonical, digest
from mandates.findings import Finding, unconfirmed
from mandates.models import CharterVersion, Mandate, MandateVersion
from mandates.states import CHARTER_MOVES, MANDATE_MOVES
from teams.models import Membership, OrganisationRole, Team, User, holds_on
from teams.organisation import today
from teams.permissions import About, may
from teams.standing import person_of, require_today


def locked_version(version: MandateVersion) -> MandateVersion:
    """Return the version as it stands now, locked until the transaction ends."""
    rows = MandateVersion.objects.select_for_update(of=("self",)).select_related("mandate")
    return rows.get(pk=version.pk)


def lock_teams(team_ids: Iterable[int]) -> None:
    """Lock team rows in id order: whatever judges under a mandate locks its team first, so nothing judges now."""
    list(Team.objects.select_for_update().filter(pk__in=set(team_ids)).order_by("pk").values_list("pk", flat=True))


def lock_mandate(mandate_id: int) -> Mandate:
    """Return the mandate, locked after its teams and before its versions."""
    return Mandate.objects.select_for_update().get(pk=mandate_id)


def holder_ids(version: MandateVersion) -> frozenset[int]:
    """Return the ids of the teams that hold the version."""
    return frozenset(version.holders.values_list("team_id", flat=True))


def judged_move(
    version: MandateVersion, name: str, *, by: User, at: datetime, owner_id: int | None = None
) -> tuple[Move, date]:
    """Return the move from the version's state and today's date; `owner_id`: who asked for an emergency.

    Raises: Conflict `illegal_move`; NotAllowed.
    """
    move = find(MANDATE_MOVES, name, version.state)
    about = About(
        team_id=asking_team_id(version),
        drafter_ids=drafter_ids(version),
        holder_team_ids=holder_ids(version),
        owner_id=owner_id,
    )
    return move, require_today(move.permission, by=by, at=at, about=about)


def charter_move(version: CharterVersion, name: str, *, by: User, at: datetime) -> tuple[Move, date]:
    """Return the move from the version's state and today's date. Raises: Conflict `illegal_move`; NotAllowed."""
    move = find(CHARTER_MOVES, name, version.state)
    return move, require_today(move.permission, by=by, at=at, about=About(drafter_ids=drafter_ids(version)))


def same_edition(row: Any, edition: int | None) -> None:
    """Raises: Conflict where the row is no longer the one that was read; None asks for no such check."""
    if edition is not None and row.edition != edition:
        raise Conflict("stale_edition", _("Somebody changed this since you read it. Look at both, then decide."))


def own_draft(version: MandateVersion | CharterVersion, by: User) -> None:
    """Raises: NotAllowed unless `by` drafts it: who edits a version drafts it, and may not grant it."""
    if by.pk not in drafter_ids(version):
        raise NotAllowed(
            "not_allowed_not_drafter",
            _("%(name)s drafts this. Join in to change it: whoever drafts a version never grants it.")
            % {"name": version.drafted_by},
        )


def refuse_other_teams(version: MandateVersion, teams: Sequence[Team], *, by: User, at: datetime) -> None:
    """Raises: Invalid where a team that asks for its mandate would give it to other teams, or take it from them."""
    if may("mandate.draft", person_of(by, today(at))):
        return
    if {team.pk for team in teams} != holder_ids(version):
        detail = _("Your team asks for itself: an administrator changes which teams hold a mandate.")
        raise Invalid("teams_kept", detail, path="teams")


def stored(document: Mapping[str, Any]) -> tuple[str, str]:
    """Return a document in its canonical form with its hash, without what budgets have used.

    Raises: Invalid where it cannot be written exactly (a float, a key that is no text).
    """
    kept = dict(document)
    if isinstance(kept.get("budgets"), list):
        kept["budgets"] = [
            {key: value for key, value in row.items() if key != "used"} if isinstance(row, Mapping) else row
            for row in kept["budgets"]
        ]
    try:
        return canonical(kept), digest(kept)
    except TypeError as error:
        raise Invalid("not_exact", str(error)) from None


def refuse_problems(problems: Sequence[Problem]) -> None:
    """Raises: Invalid with the first problem and the number of all."""
    if problems:
        first = problems[0]
        raise Invalid(first.code, first.detail, path=first.path)


def refuse_unconfirmed(findings: Sequence[Finding], confirmed: Collection[str]) -> None:
    """Raises: Conflict where something is found that was not confirmed."""
    missing = unconfirmed(findings, confirmed)
    if missing:
        raise Conflict("unconfirmed", _("Please read and confirm: %(detail)s") % {"detail": missing[0].detail})


def reason_given(reason: str) -> str:
    """Return the reason without idle space. Raises: Invalid where there is none."""
    if not reason.strip():
        raise Invalid("reason_missing", _("Give a reason: those concerned will read it."), path="reason")
    return reason.strip()


# --- telling ---


def team_people(team_ids: Collection[int], day: date) -> list[int]:
    """Return everybody in these teams on a day, coaches included."""
    rows = Membership.objects.filter(holds_on(day), team__in=team_ids, user__is_active=True)
    return list(rows.order_by("user_id").values_list("user_id", flat=True).distinct())


def leads(team_ids: Collection[int], day: date) -> list[int]:
    """Return the account leads of these teams on a day."""
    rows = Membership.objects.filter(holds_on(day), team__in=team_ids, role="lead", user__is_active=True)
    return list(rows.order_by("user_id").values_list("user_id", flat=True).distinct())


def asking_leads(version: MandateVersion, day: date) -> list[int]:
    """Return the account leads of the team that asked for a version, nobody where none did."""
    team_id = asking_team_id(version)
    return [] if team_id is None else leads([team_id], day)


def administrators(day: date) -> list[int]:
    """Return the mandate administrators on a day."""
    return _with_roles(day, "mandate_administrator")


def directors(day: date) -> list[int]:
    """Return the mandate administrators and executives on a day."""
    return _with_roles(day, "mandate_administrator", "executive")


def _with_roles(day: date, *roles: str) -> list[int]:
    rows = OrganisationRole.objects.filter(holds_on(day), user__is_active=True, role__in=roles)
    return list(rows.order_by("user_id").values_list("user_id", flat=True).distinct())


def grantors_for(team_ids: Collection[int], day: date) -> list[int]:
    """Return who may grant what somebody is still to draft for these teams: nobody of the teams themselves."""
    own = set(team_people(team_ids, day))
    return [person for person in directors(day) if person not in own]


def grantors(version: MandateVersion | CharterVersion, day: date) -> list[int]:
    """Return who may answer a proposed version: not its drafter, nobody of a holding team."""
    wanted = ["executive"]
    rows = OrganisationRole.objects.filter(holds_on(day), user__is_active=True).exclude(user__in=drafter_ids(version))
    if isinstance(version, MandateVersion):
        wanted.append("mandate_administrator")
        rows = rows.exclude(user__in=team_people(holder_ids(version), day))
    return list(rows.filter(role__in=wanted).order_by("user_id").values_list("user_id", flat=True).distinct())


def tell_mandate(
    verb: str,
    version: MandateVersion,
    *,
    by: User | None,
    at: datetime,
    data: Mapping[str, object] | None = None,
    tell: Iterable[int] = (),
    link: str = "",
) -> None:
    """Record an event about a version of a mandate, seen on its page or at `link`; its teams' timelines show it too."""
    code = version.mandate.code
    record(
        verb,
        subject=("mandate", code),
        by=None if by is None else by.pk,
        at=at,
        data={"code": code, "version": version.number, **(data or {})},
        about=[("team", team) for team in version.holders.order_by("team").values_list("team__code", flat=True)],
        tell=[person for person in dict.fromkeys(tell) if by is None or person != by.pk],
        link=link or f"/mandates/{code}/versions/{version.number}/",
    )


def tell_charter(
    verb: str,
    version: CharterVersion,
    *,
    by: User | None,
    at: datetime,
    data: Mapping[str, object] | None = None,
    tell: Iterable[int] = (),
) -> None:
    """Record an event about a version of the charter."""
    record(
        verb,
        subject=("charter", "1"),
        by=None if by is None else by.pk,
        at=at,
        data={"version": version.number, **(data or {})},
        tell=[person for person in dict.fromkeys(tell) if by is None or person != by.pk],
        link=f"/charter/versions/{version.number}/",
    )
