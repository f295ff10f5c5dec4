"""What a version's page says of a request: its way, and what is offered in place of what the team asked for."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from mandates.catalogue import rates_on
from mandates.comparing import compare
from mandates.documents import document_of
from mandates.drafters import asking_team_id
from mandates.engine import canonical
from mandates.models import MandateVersion, VersionCounter, VersionState
from mandates.openness import as_read, sees_margins, without_margins
from mandates.phrases import day_text
from mandates.reaching import reach_sentences
from mandates.requests import steps_of
from mandates.views.looking import PageRequest, about
from teams.organisation import today
from teams.permissions import may


def request_of(
    request: PageRequest, version: MandateVersion, current: MandateVersion | None, names: Mapping[str, str]
) -> dict[str, Any]:
    """Return the request's way and its offers; nothing where no team asked for the version."""
    if asking_team_id(version) is None:
        return {"asking_team": None, "offer": None}
    offers = list(version.counters.select_related("by", "answered_by", "made").order_by("-id"))
    known = about(version)
    is_draft = version.state == VersionState.DRAFT
    return {
        "asking_team": version.request.team,
        "steps_of_request": steps_of(version, is_in_force=current is not None and current.pk == version.pk),
        "offers": [_offer(version, one, names, sees=_sees(request, version)) for one in offers],
        "offer": next((one for one in offers if not one.answer), None),
        "may_counter": version.state == VersionState.PROPOSED and may("mandate.counter", request.person, known).allowed,
        "may_change": is_draft and request.user.pk in known.drafter_ids,
    }


def _sees(request: PageRequest, version: MandateVersion) -> bool:
    return sees_margins(request.person, [holder.team for holder in version.holders.select_related("team")])


def _offer(version: MandateVersion, one: VersionCounter, names: Mapping[str, str], *, sees: bool) -> dict[str, Any]:
    """Return one offer beside what was asked for, line by line, as the reader reads them."""
    asked, offered = document_of(version), json.loads(one.document)
    compared = [canonical(document if sees else without_margins(document)) for document in (asked, offered)]
    return {
        "counter": one,
        "rows": compare(as_read(asked, sees=sees), as_read(offered, sees=sees), committees=names),
        "reach": reach_sentences(compared[0], compared[1], rates_on(today(timezone.now()))),
        "from": day_text(one.from_on) if one.from_on else "",
    }
