"""The open book: everybody reads every mandate, and what depends on cost only who may see cost."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from mandates.engine import digest
from mandates.findings import Finding
from mandates.phrases import HIDDEN
from teams.models import Team
from teams.permissions import About, Person, may
from teams.sight import sees_catalogue_cost, sees_cost

COST_METRICS: Final = frozenset({"line_margin", "deal_margin"})
BOUNDS: Final = ("member", "team", "limit")


def sees_margins(person: Person, teams: Iterable[Team]) -> bool:
    """Say whether the reader sees the margins that a mandate held by these teams sets: by right in one of them."""
    return sees_catalogue_cost(person) or any(sees_cost(person, team) for team in teams)


def sees_charter_margins(person: Person) -> bool:
    """Say whether the reader sees the margins that the charter sets: by right in a team, or on a committee."""
    if may("cost.see", person, About(committee_ids=person.committees)):
        return True
    teams = Team.objects.filter(pk__in=person.team_roles) if person.team_roles else ()
    return any(sees_cost(person, team) for team in teams)


def told(findings: Iterable[Finding], *, sees: bool) -> list[Finding]:
    """Return what may be said to the reader: without sight of cost nothing that compares bounds on margins."""
    return [finding for finding in findings if sees or finding.metric not in COST_METRICS]


def hidden_rows(document: Mapping[str, Any]) -> frozenset[int]:
    """Return the places of the limits whose bounds depend on cost."""
    rows = document.get("limits", [])
    return frozenset(index for index, row in enumerate(rows) if row.get("metric") in COST_METRICS)


def as_read(document: Mapping[str, Any], *, sees: bool) -> Mapping[str, Any]:
    """Return a document as a reader may read it: without sight of cost, the bounds of margins are not there.

    Two documents that differ in nothing but such bounds are then the same.
    """
    if sees:
        return document
    return {**document, "limits": [_covered(row) for row in document["limits"]]}


def _covered(row: Mapping[str, Any]) -> dict[str, Any]:
    if row.get("metric") not in COST_METRICS:
        return dict(row)
    kept = {name: value for name, value in row.items() if name not in BOUNDS}
    return kept | ({"limit": HIDDEN} if "limit" in row else {"member": HIDDEN, "team": HIDDEN})


def as_meant(document: Mapping[str, Any], source: Mapping[str, Any]) -> dict[str, Any]:
    """Return what somebody without sight of cost sent back: a bound that reads as hidden is the one of its source.

    The row is found by what it limits and under which conditions; one that the source does not have stays as it is.
    """
    rows = document.get("limits")
    if not isinstance(rows, list):
        return dict(document)
    known = {_place_of(row): row for row in source.get("limits", []) if row.get("metric") in COST_METRICS}
    return {**document, "limits": [known.get(_place_of(row), row) if _is_covered(row) else row for row in rows]}


def _is_covered(row: Any) -> bool:
    return isinstance(row, Mapping) and HIDDEN in (row.get("member"), row.get("team"))


def _place_of(row: Mapping[str, Any]) -> str:
    return json.dumps([row.get("metric"), row.get("when") or {}], sort_keys=True, default=str)


def without_margins(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document as if it had no limits on margins, to be compared before a reader without sight of cost."""
    return {**document, "limits": [row for row in document["limits"] if row.get("metric") not in COST_METRICS]}


def hash_as_read(document: Mapping[str, Any], sha256: str, *, sees: bool) -> str:
    """Return the hash of what the reader reads: the stored one, or that of the document without its margins."""
    return sha256 if sees else digest(as_read(document, sees=False))
