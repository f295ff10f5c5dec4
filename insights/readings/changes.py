"""Why a past deal would be answered differently, as far as the reader may know."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from approvals.models import Case, Deal, Revision
from approvals.readings import figures
from approvals.readings.blind import tells_cost, without_cost
from approvals.readings.findings import Names
from approvals.readings.verdict import readings_of
from approvals.shown import names_of
from insights.court import RANK, case_document
from insights.models import ReplayChange
from insights.plans import Plan
from insights.replay import Changed
from mandates.engine import evaluate
from teams.permissions import About, Person, may

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One deal that changes, ready to be shown: money as words, and the finding that decides."""

    deal: Deal
    net: str
    discount: str
    then: str
    before: str
    after: str
    what: str
    figure: str
    why: str


def shown_changes(changes: Sequence[ReplayChange], plan: Plan, person: Person) -> list[ShownChange]:
    """Return changes with their reasons; five queries, however many they are.

    The deals must be the reader's to see; who may not see their costs is told nothing that depends on one.
    """
    facts = _facts(changes)
    names = names_of(*(document["deal"] for _revision, document in facts.values()))
    asked = _asked([change.deal_id for change in changes])
    shown = []
    for change in changes:
        revision, document = facts[change.deal_id]
        deal = change.deal
        about = About(deal.team_id, deal.team.cost_sight, committee_ids=asked.get(deal.pk, frozenset()))
        sees_cost = bool(may("cost.see", person, about))
        reason = reason_of(change, plan, document, names, sees_cost=sees_cost)
        net, given = revision.net_value, revision.discount_amount
        discount = "" if given is None else figures.money(given, deal.currency)
        shown.append(
            ShownChange(
                deal,
                figures.money(net, deal.currency),
                discount,
                change.then,
                change.before,
                change.after,
                *reason,
            )
        )
    return shown


def reason_of(
    change: ReplayChange | Changed, plan: Plan, facts: Document, names: Names, *, sees_cost: bool
) -> tuple[str, str, str]:
    """Return the finding that makes the stricter of the two answers: what it is about, its figure, and why."""
    wider = RANK[change.after] < RANK[change.before]
    held = plan.before if wider else plan.after
    outcome = change.before if wider else change.after
    case = case_document(plan, facts, held[change.deal.team.code])
    if not sees_cost and tells_cost(case):
        case = without_cost(case)
    answer = evaluate(case)
    if answer["outcome"] != outcome:
        return "", "", _("The reason depends on a cost, which is not shown to you.")
    readings = [reading for reading in readings_of(answer, case, names) if reading.counts]
    worst = min(readings, key=lambda reading: reading.weight, default=None)
    return ("", "", "") if worst is None else (worst.what, worst.figure, worst.why)


def _facts(changes: Sequence[ReplayChange]) -> dict[int, tuple[Revision, Document]]:
    """Return the judged revision of each deal with its frozen facts; one query."""
    wanted = {(change.deal_id, change.number) for change in changes}
    rows = Revision.objects.filter(
        deal__in=[deal for deal, _number in wanted], number__in={number for _deal, number in wanted}
    )
    return {row.deal_id: (row, json.loads(row.document)) for row in rows if (row.deal_id, row.number) in wanted}


def _asked(deals: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return the committees that were asked about each deal; one query."""
    found: dict[int, set[int]] = {}
    for deal, committee in Case.objects.filter(deal__in=deals).values_list("deal_id", "committee_id"):
        found.setdefault(deal, set()).add(committee)
    return {deal: frozenset(committees) for deal, committees in found.items()}
