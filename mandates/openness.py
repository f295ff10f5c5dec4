"""The open book: everybody reads every mandate, and what depends on cost only who may see cost."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from teams.models import Team
from teams.permissions import Person
from teams.sight import sees_catalogue_cost, sees_cost

COST_METRICS: Final = frozenset({"line_margin", "deal_margin"})


def sees_margins(person: Person, teams: Iterable[Team]) -> bool:
    """Say whether the reader sees the margins that a mandate held by these teams sets: by right in one of them."""
    return sees_catalogue_cost(person) or any(sees_cost(person, team) for team in teams)


def hidden_rows(document: Mapping[str, Any]) -> frozenset[int]:
    """Return the places of the limits whose bounds depend on cost."""
    rows = document.get("limits", [])
    return frozenset(index for index, row in enumerate(rows) if row.get("metric") in COST_METRICS)
