"""What judges a replay: the charter, and for each team the mandates in force and those with the draft among them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from journal.refusals import Conflict
from mandates.documents import document_of
from mandates.engine import canonical
from mandates.models import MandateVersion, VersionPeriod
from mandates.snapshots import charter_in_force, in_force
from teams.models import Team
from teams.organisation import organisation

Document = Mapping[str, Any]
FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that judges, as values. `before` and `after` are the mandates of each team, by its code.

    The mandates are without budgets and without an end: a replay asks what they would have answered, had they been
    in force on the day of each deal. `budgets` keeps apart, for `before` and `after` and by the mandate's code, the
    currency, validity and budgets of each mandate that has some (`insights.spending`).
    """

    default_committee: str
    charter: Document | None
    before: Mapping[str, Sequence[Document]]
    after: Mapping[str, Sequence[Document]]
    budgets: Mapping[str, Mapping[str, Document]] = field(default_factory=dict)

    def stored(self) -> str:
        """Return the plan as canonical JSON."""
        return canonical(
            {
                "default_committee": self.default_committee,
                "charter": self.charter,
                "before": {team: list(held) for team, held in self.before.items()},
                "after": {team: list(held) for team, held in self.after.items()},
                "budgets": {side: dict(found) for side, found in self.budgets.items()},
            }
        )


def read_plan(stored: str) -> Plan:
    """Return a stored plan as values."""
    return Plan(**json.loads(stored))


def plan_of(
    document: Document, teams: Iterable[Team], *, at: datetime, charter: Document | None, only: Team | None = None
) -> Plan:
    """Return what judges a replay of `document` held by `teams`, against what is in force at `at`. Reads only.

    Concerned are the teams that are to hold it and those that hold the mandate today; with `only`, that one alone.
    Raises: Conflict `no_default_committee` where the organisation has not named one.
    """
    committee = organisation().default_committee
    if committee is None:
        raise Conflict(
            "no_default_committee",
            _("No default committee has been chosen yet, so nothing can be judged. Ask a mandate administrator."),
        )
    holding = {team.code for team in teams}
    held = _held(at)
    concerned = holding | {code for code, found in held.items() if document["code"] in found}
    if only is not None:
        concerned &= {only.code}
    before, after = {}, {}
    for code in sorted(concerned):
        others = held.get(code, {})
        changed = {name: found for name, found in others.items() if name != document["code"]}
        if code in holding:
            changed[str(document["code"])] = document
        before[code] = [others[name] for name in sorted(others)]
        after[code] = [changed[name] for name in sorted(changed)]
    budgets = {"before": _budgets(before), "after": _budgets(after)} if _budgets(before) or _budgets(after) else {}
    return Plan(committee.code, charter, _timeless(before), _timeless(after), budgets)


def _budgets(held: Mapping[str, Sequence[Document]]) -> dict[str, Document]:
    names = ("currency", "valid_from", "valid_until", "budgets")
    return {
        str(one["code"]): {name: one[name] for name in names}
        for documents in held.values()
        for one in documents
        if one.get("budgets")
    }


def _timeless(held: Mapping[str, Sequence[Document]]) -> dict[str, list[Document]]:
    return {team: [timeless(one) for one in documents] for team, documents in held.items()}


def version_plan(version: MandateVersion, *, at: datetime, only: Team | None = None) -> Plan:
    """Return what judges a replay of a stored version. Raises: Conflict as `plan_of` does."""
    teams = [holder.team for holder in version.holders.select_related("team")]
    return plan_of(document_of(version), teams, at=at, charter=charter_in_force(at), only=only)


def timeless(document: Document) -> dict[str, Any]:
    """Return a mandate as if it were always in force and its budgets had room for everything."""
    kept = {name: value for name, value in document.items() if name != "budgets"}
    return kept | {"valid_from": FIRST_DAY, "valid_until": LAST_DAY}


def _held(at: datetime) -> dict[str, dict[str, Document]]:
    """Return the mandates in force by the code of the team and their own."""
    periods = VersionPeriod.objects.filter(in_force(at)).select_related("version__mandate")
    held: dict[str, dict[str, Document]] = {}
    for period in periods.prefetch_related("version__holders__team"):
        for holder in period.version.holders.all():
            document = document_of(period.version)
            held.setdefault(holder.team.code, {})[period.version.mandate.code] = document
    return held
