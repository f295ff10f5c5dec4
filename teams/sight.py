"""What a person may see of a team and its figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from teams.models import Organisation, Team
from teams.permissions import About, Person, may


@dataclass(frozen=True, slots=True)
class Bands:
    """From which margin on, in percent, it is rated good or fair; below that it is thin."""

    good: int
    fair: int


@dataclass(frozen=True, slots=True)
class CostView:
    """How one reader is shown cost and margin: as figures, as a rating (by these bands), or not at all."""

    figures: bool
    bands: Bands | None = None


def cost_view(
    person: Person,
    team: Team,
    of: Organisation,
    *,
    committee_ids: Iterable[int] = (),
    stand_ins: Mapping[int, int] | None = None,
) -> CostView:
    """Return how this team's cost and margin are shown to a person; the organisation's settings hold the bands."""
    if sees_cost(person, team, committee_ids=committee_ids, stand_ins=stand_ins):
        return CostView(figures=True)
    about = About(team_id=team.pk, cost_rating=team.cost_rating)
    rated = may("cost.rate", person, about).allowed
    return CostView(figures=False, bands=Bands(of.margin_good, of.margin_fair) if rated else None)


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
