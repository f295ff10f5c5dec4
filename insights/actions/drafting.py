"""Making a draft of what the product suggests, in the name of the person who takes it up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from mandates.actions import ask_for_mandate, draft_mandate
from mandates.actions.writing import holder_ids
from mandates.drafters import aims_of
from mandates.models import MandateVersion
from teams.models import Team, User
from teams.organisation import today
from teams.permissions import LEAD, MEMBER
from teams.standing import person_of


def draft_next(
    *, version: MandateVersion, by: User, at: datetime, document: Mapping[str, Any], note: str
) -> MandateVersion:
    """Draft what comes after a version: one of a holding team asks for it from below, an administrator drafts it.

    Inside the caller's transaction. Raises: NotAllowed; Conflict `draft_exists`, `not_held`; Invalid.
    """
    team = _own_team(version, by, at)
    if team is None:
        return draft_mandate(by=by, at=at, code=version.mandate.code, document=document, note=note)
    aims = aims_of(version)
    return ask_for_mandate(
        team=team,
        by=by,
        at=at,
        document=document,
        goal=aims.goal or _("Answer more of our customers at once."),
        walk_away=aims.walk_away,
        options=aims.options,
        note=note,
        mandate=version.mandate,
    )


def _own_team(version: MandateVersion, by: User, at: datetime) -> Team | None:
    roles = person_of(by, today(at)).team_roles
    own = [pk for pk in sorted(holder_ids(version)) if roles.get(pk) in (LEAD, MEMBER)]
    return Team.objects.get(pk=own[0]) if own else None
