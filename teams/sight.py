"""What a person may see of a team and its figures."""

from collections.abc import Iterable, Mapping

from teams.models import Team
from teams.permissions import About, Person, may


def sees_cost(
    person: Person, team: Team, *, committee_ids: Iterable[int] = (), stand_ins: Mapping[int, int] | None = None
) -> bool:
    """Whether this team's cost and margin are shown.

    `committee_ids` are the committees asked about the deal, `stand_ins` who stands in on one of its cases, for whom.
    """
    about = About(
        team_id=team.pk,
        cost_sight=team.cost_sight,
        committee_ids=frozenset(committee_ids),
        stand_ins=stand_ins or {},
    )
    return may("cost.see", person, about).allowed


def sees_catalogue_cost(person: Person) -> bool:
    """Whether unit costs of the catalogue are shown: to those who answer for the whole organisation."""
    return may("cost.see", person).allowed
