"""What a letter says of a version of a mandate or the charter: what it allows, and why; margins by right."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from journal.letters import Told
from journal.models import Event
from mandates.documents import document_of
from mandates.models import CharterVersion, MandateVersion, VersionState
from mandates.openness import as_read, sees_charter_margins
from mandates.phrases import bound_text, conditions_text, metric_label
from mandates.views.looking import visible_charters, visible_versions
from mandates.views.reading import Clause, committee_names, told
from teams.models import User
from teams.organisation import today
from teams.standing import person_of

# events whose reader wants to know what the version allows; the others tell of its end
ALLOWING = {"mandate.proposed", "mandate.granted", "mandate.granted_as_offered", "mandate.expiring"}
ASK_TO_GRANT = {"mandate.proposed", "charter.proposed"}
SETTING_BOUNDS = {"charter.proposed", "charter.granted"}
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
    return _told(event, version, said, facts, _why(version, event))


def of_charter(event: Event, user: User) -> Told | None:
    """Return a version of the charter as this reader may know it; None where they may not see it."""
    person = person_of(user, today(timezone.now()))
    rows = visible_charters(person).exclude(state=VersionState.DRAFT)
    version = rows.filter(number=json.loads(event.data).get("version")).first()
    if version is None:
        return None
    document = as_read(document_of(version), sees=sees_charter_margins(person))
    bounds = [_bound(row, document["currency"]) for row in document["limits"]]
    facts = _shortened(bounds) if event.verb in SETTING_BOUNDS else ()
    return _told(event, version, "", facts, _reason(version, event))


def _told(
    event: Event, version: MandateVersion | CharterVersion, ask: str, facts: tuple[tuple[str, str], ...], why: str
) -> Told:
    over = event.verb in ASK_TO_GRANT and version.state != VersionState.PROPOSED
    note = _("It is answered: nothing is asked of you any more.") if over else ""
    return Told(ask, facts, why, note, over=over)


def _facts(shown: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    clauses: list[Clause] = shown["clauses"]
    return _shortened([(_label(clause.metric, clause.conditions), _bounds(clause)) for clause in clauses])


def _shortened(facts: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    left = len(facts) - MOST_LIMITS
    return tuple(facts) if left <= 0 else (*facts[:MOST_LIMITS], (_("More limits"), str(left)))


def _label(metric: str, conditions: str) -> str:
    said = metric[:1].upper() + metric[1:]
    return said if conditions in ("", _("all")) else f"{said} ({conditions})"


def _bound(row: Mapping[str, Any], currency: str) -> tuple[str, str]:
    conditions = conditions_text(row.get("when") or {}, currency)
    return _label(metric_label(row["metric"]), conditions), bound_text(row["metric"], row["limit"], currency)


def _bounds(clause: Clause) -> str:
    if clause.member == clause.team:
        return clause.member
    said = _("%(member)s alone, %(team)s together") % {"member": clause.member, "team": clause.team}
    # a narrow screen breaks it between the two, and nowhere else
    return said.replace(" ", NO_BREAK).replace(f",{NO_BREAK}", ", ")


def _why(version: MandateVersion, event: Event) -> str:
    """Return the reason that was given with what the event tells of."""
    step = version.steps.filter(at=event.at).first()
    return _reason(version, event) if step is None else str(step.reason)


def _reason(version: MandateVersion | CharterVersion, event: Event) -> str:
    if event.verb in ASK_TO_GRANT:
        return str(version.note)
    return str(version.answer_note) if event.at == version.answered_at else ""
