"""What a coach sees of a team: its headroom, deals near a limit, authority that nobody has used. Nothing to refuse.

Deals and limits are compared, people never: no figure here is anybody's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from approvals.models import Deal, DealState, Decision
from approvals.readings import figures
from approvals.readings.advice import share_of
from approvals.readings.findings import Reading
from approvals.shown import documents_of, findings_of, names_of
from mandates.documents import document_of
from mandates.models import MandateVersion
from mandates.views.reading import clauses, committee_names
from teams.models import Team
from teams.permissions import Person
from teams.sight import sees_cost

NEAR = Decimal("0.8")
# a limit of which less than this was ever asked for is authority that nobody uses
UNUSED = Decimal("0.5")
SPAN = timedelta(days=90)
MOST_DEALS = 40
MOST_SHOWN = 8
MOST_DECISIONS = 200
FEWEST_DECISIONS = 5


@dataclass(frozen=True, slots=True)
class NearLimit:
    """An open deal, and the finding that lies closest to the team's bound."""

    deal: Deal
    reading: Reading
    share: str


@dataclass(frozen=True, slots=True)
class Unused:
    """A limit of a mandate in force, and the most of it that any deal of late has asked for."""

    sentence: str
    most: str


def near_limits(team: Team, person: Person) -> list[NearLimit]:
    """Return the team's open deals that use most of a limit or go beyond it, the closest first."""
    # by key, so that the team's open deals are found without walking over all that it ever made
    open_keys = Deal.objects.filter(team=team, state__in=(DealState.PENDING, DealState.APPROVED)).values("pk")
    deals = Deal.objects.filter(pk__in=open_keys, latest__isnull=False)
    open_deals = {deal.latest_id: deal for deal in deals.select_related("customer").order_by("-id")[:MOST_DEALS]}
    decisions = Decision.objects.filter(revision__in=open_deals).order_by("revision_id", "number")
    latest = {decision.revision_id: decision for decision in decisions}
    cost = sees_cost(person, team)
    names = names_of(*(documents_of(one)[0]["deal"] for one in latest.values()))
    found = []
    for revision, decision in latest.items():
        groups = findings_of(decision, sees_cost=cost, names=names)
        shares = [(share_of(one), one) for group in groups for one in (group.worst, *group.others)]
        close = max(
            ((share, one) for share, one in shares if share is not None), key=lambda pair: pair[0], default=None
        )
        if close is not None and close[0] >= NEAR:
            found.append((close[0], NearLimit(open_deals[revision], close[1], _percent(close[0]))))
    found.sort(key=lambda pair: (-pair[0], pair[1].deal.pk))
    return [near for _share, near in found[:MOST_SHOWN]]


def _percent(share: Decimal) -> str:
    return figures.percent(share * 100, most_places=0)


def unused(version: MandateVersion, team: Team, person: Person, *, at: datetime) -> list[Unused]:
    """Return the limits of which no deal of late has asked for half; nothing where too few deals say anything."""
    decisions = Decision.objects.filter(revision__deal__team=team, mandate_version=version, at__gte=at - SPAN)
    answers = [documents_of(one)[1] for one in decisions.order_by("-at", "-id")[:MOST_DECISIONS]]
    if len(answers) < FEWEST_DECISIONS:
        return []
    document = document_of(version)
    most = _most_used(document, answers)
    cost = sees_cost(person, team)
    shown = []
    for clause, row in zip(clauses(document, committee_names()), document["limits"], strict=True):
        share = most.get(clause.number - 1)
        if (share is None or share < UNUSED) and (cost or row["metric"] not in figures.MARGIN):
            shown.append(Unused(clause.sentence, "" if share is None else _percent(share)))
    return shown


def _most_used(document: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]) -> dict[int, Decimal]:
    """Return by the place of each limit the largest share of its team bound that an answer found."""
    most: dict[int, Decimal] = {}
    for answer in answers:
        for finding in answer["findings"]:
            index = finding["limit"]
            if finding["source"] == "charter" or finding["metric"] == "budget" or index is None:
                continue
            row = document["limits"][index]
            share = _share_of(row, finding["value"])
            if share is not None:
                most[index] = max(most.get(index, share), share)
    return most


def _share_of(row: Mapping[str, Any], value: str | None) -> Decimal | None:
    bound = row.get("team", row["member"])
    if value is None or bound == "any" or Decimal(str(bound)) <= 0:
        return None
    limit, given = Decimal(str(bound)), Decimal(str(value))
    if figures.is_minimum(row["metric"]):
        return limit / given if given > 0 else Decimal(1)
    return max(Decimal(0), given / limit)
