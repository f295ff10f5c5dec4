"""What a letter says of a version of a mandate: who would hold it, what it allows, and why; margins by right."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from journal.letters import Told
from journal.models import Event
from mandates.models import MandateVersion, VersionState
from mandates.views.looking import visible_versions
from mandates.views.reading import Clause, committee_names, told
from teams.models import User
from teams.organisation import today
from teams.standing import person_of

# events whose reader wants to know what the version allows; the others tell of its end
ALLOWING = {"mandate.proposed", "mandate.granted", "mandate.granted_as_offered", "mandate.expiring"}
# so many limits stand in a letter; the page shows them all
MOST_LIMITS = 8
NO_BREAK = "\u00a0"


def of_mandate(event: Event, user: User) -> Told | None:
    """Return a version as this reader may know it; None where they may not see it, or the event is about no version."""
    person = person_of(user, today(timezone.now()))
    number = json.loads(event.data).get("version")
    rows = visible_versions(person).exclude(state=VersionState.DRAFT)
    version = rows.filter(mandate__code=event.subject_id, number=number).first()
    if version is None:
        return None
    shown = told(version, committee_names(), person)
    facts = _facts(shown) if event.verb in ALLOWING else ()
    said = f"{version.mandate.name}: {shown['opening'][0]}"
    over = event.verb == "mandate.proposed" and version.state != VersionState.PROPOSED
    note = _("It is answered: nothing is asked of you any more.") if over else ""
    return Told(said, facts, _why(version, event), note, over=over)


def _facts(shown: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    clauses: list[Clause] = shown["clauses"]
    facts = [(_label(clause), _bounds(clause)) for clause in clauses[:MOST_LIMITS]]
    if len(clauses) > MOST_LIMITS:
        facts.append((_("More limits"), str(len(clauses) - MOST_LIMITS)))
    return tuple(facts)


def _label(clause: Clause) -> str:
    said = clause.metric[:1].upper() + clause.metric[1:]
    return said if clause.conditions == _("all") else f"{said} ({clause.conditions})"


def _bounds(clause: Clause) -> str:
    if clause.member == clause.team:
        return clause.member
    said = _("%(member)s alone, %(team)s together") % {"member": clause.member, "team": clause.team}
    # a narrow screen breaks it between the two, and nowhere else
    return said.replace(" ", NO_BREAK).replace(f",{NO_BREAK}", ", ")


def _why(version: MandateVersion, event: Event) -> str:
    """Return the reason that was given with what the event tells of."""
    step = version.steps.filter(at=event.at).first()
    if step is not None:
        return str(step.reason)
    if event.verb == "mandate.proposed":
        return str(version.note)
    return str(version.answer_note) if event.at == version.answered_at else ""
