"""A team asks for its own mandate, or for a wider version of the one it holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from journal.refusals import Conflict, NotAllowed
from mandates.actions.drafting import begin_draft, empty_document
from mandates.documents import document_of
from mandates.models import Mandate, MandateVersion, TeamRequest
from mandates.snapshots import in_force
from teams.models import Team, User
from teams.permissions import About
from teams.standing import require_today

MOST_CODES = 100


@transaction.atomic
def ask_for_mandate(
    *,
    team: Team,
    by: User,
    at: datetime,
    document: Mapping[str, Any],
    goal: str,
    walk_away: str = "",
    options: str = "",
    note: str = "",
    mandate: Mandate | None = None,
) -> MandateVersion:
    """Draft what a team wants: the next version of a mandate that it holds, or a mandate of its own.

    Whoever asks drafts it, and proposes it when it is ready; the other teams that hold the mandate go on holding it.
    Raises: NotAllowed for whoever is no member of the team; Conflict `not_held`, `draft_exists`; Invalid.
    """
    require_today("mandate.ask", by=by, at=at, about=About(team_id=team.pk))
    teams = [team]
    if mandate is not None:
        teams = _holders(mandate, at)
        if team not in teams:
            raise Conflict("not_held", _("The team does not hold this mandate today. Ask for one of its own."))
    version = begin_draft(
        by=by,
        at=at,
        code=mandate.code if mandate else _free_code(team),
        name="" if mandate else _("%(team)s mandate") % {"team": team.name},
        aims={"goal": goal, "walk_away": walk_away, "options": options},
        document=document,
        teams=teams,
        note=note,
    )
    TeamRequest.objects.create(version=version, team=team)
    return version


def wanted_of(team: Team, mandate: Mandate | None, at: datetime) -> dict[str, Any]:
    """Return the document that a request begins with: what is in force, else a year with nothing allowed yet.

    A mandate of its own begins with a row on the discount, to be filled in, and one on the days of payment.
    """
    period = mandate.periods.filter(in_force(at)).select_related("version").first() if mandate else None
    if period is not None:
        return dict(document_of(period.version))
    rows = [
        {"metric": "line_discount", "member": None, "team": None},
        {"metric": "payment_days", "member": "30", "team": "30"},
    ]
    return empty_document(at) | {"limits": rows}


def _holders(mandate: Mandate, at: datetime) -> list[Team]:
    period = mandate.periods.filter(in_force(at)).first()
    if period is None:
        return []
    return list(Team.objects.filter(held_versions__version=period.version_id).order_by("pk"))


def _free_code(team: Team) -> str:
    """Return a code for a mandate of the team that no mandate has: the team's own, else with a number."""
    taken = set(Mandate.objects.filter(code__startswith=team.code).values_list("code", flat=True))
    codes = [team.code, *(f"{team.code}-{number}" for number in range(2, MOST_CODES))]
    free = next((code for code in codes if code not in taken), None)
    if free is None:
        raise NotAllowed("too_many_mandates", _("This team has many mandates already. Ask a mandate administrator."))
    return free
