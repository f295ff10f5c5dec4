"""Judging past deals again: which deals, by what, and what each answer adds to the sums."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from approvals.models import Deal, DealState, Decision, Revision, RevisionLine
from insights.plans import Plan
from insights.tallies import UNITS, UNKNOWN, Tally, bump
from mandates.engine import Answer, Case, InvalidCase, judge, parse_case
from teams.organisation import calendar_of, organisation
from teams.working_time import WorkingCalendar, worked_between

CHUNK = 500
RANK = {"member": 0, "team": 1, "committee": 2, "outside_charter": 3}
STILL_OPEN = (DealState.DRAFT, DealState.PENDING)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which past deals: of a period (both days inclusive), with a product of one family; None and "" mean all."""

    since: date | None = None
    until: date | None = None
    family: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A deal on which the two answer differently: its revision's number, and the three answers.

    `then` is empty where the answer of that time is not known.
    """

    deal: Deal
    number: int
    then: str
    before: str
    after: str

    @property
    def document(self) -> str:
        """The frozen facts of the judged revision."""
        return _latest(self.deal).document


@dataclass(slots=True)
class Chunk:
    """What some deals came to. `last` is the id of the last of them, None where there was none left."""

    tally: Tally = field(default_factory=dict)
    changes: list[Changed] = field(default_factory=list)
    count: int = 0
    last: int | None = None


def past_deals(plan: Plan, choice: Choice) -> QuerySet[Deal]:
    """Return the deals to be judged again: approved or closed ones of the plan's teams, by their latest revision."""
    deals = Deal.objects.filter(team__code__in=sorted(plan.before), latest__isnull=False)
    deals = deals.exclude(state__in=STILL_OPEN)
    if choice.since:
        deals = deals.filter(latest__on__gte=choice.since)
    if choice.until:
        deals = deals.filter(latest__on__lte=choice.until)
    if choice.family:
        in_family = Q(product__family=choice.family) | Q(product__family__startswith=f"{choice.family}/")
        deals = deals.filter(Exists(RevisionLine.objects.filter(in_family, revision=OuterRef("latest"))))
    return deals


def judge_chunk(plan: Plan, choice: Choice, *, after: int, size: int = CHUNK) -> Chunk:
    """Judge the next `size` deals behind the deal with the id `after`. Reads only; three queries."""
    rows = past_deals(plan, choice).filter(pk__gt=after).select_related("latest", "team").order_by("pk")
    deals = list(rows[:size])
    answers = _answers_then(deals)
    court = Court(plan)
    calendar = calendar_of(organisation())
    chunk = Chunk(count=len(deals), last=deals[-1].pk if deals else None)
    for deal in deals:
        revision = _latest(deal)
        try:
            before, now = court.judge(deal.team.code, json.loads(revision.document))
        except InvalidCase:
            bump(chunk.tally, 1, "unreadable")
            continue
        then = answers.get(revision.pk, "")
        _count(chunk.tally, deal, revision, then, before, now, calendar)
        if before.outcome != now.outcome:
            chunk.changes.append(Changed(deal, revision.number, then, before.outcome, now.outcome))
    return chunk


def chunks(plan: Plan, choice: Choice) -> Iterator[Chunk]:
    """Yield chunk after chunk until no deal is left."""
    after = 0
    while True:
        chunk = judge_chunk(plan, choice, after=after)
        if chunk.last is None:
            return
        yield chunk
        after = chunk.last


class Court:
    """Judges deals by what is in force and by the replayed version; each team's mandates are read once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._held: dict[str, tuple[Any, Any]] = {}

    def judge(self, team: str, facts: Mapping[str, Any]) -> tuple[Answer, Answer]:
        """Return the answer of what is in force, and that with the replayed version. Raises: InvalidCase."""
        held = self._held.get(team)
        if held is None:
            sides = (self.plan.before[team], self.plan.after[team])
            held = self._held[team] = (self._read(facts, sides[0]).mandates, self._read(facts, sides[1]).mandates)
        case = self._read(facts, ())
        before = judge(replace(case, mandates=held[0]))
        if self.plan.before[team] == self.plan.after[team]:
            return before, before
        return before, judge(replace(case, mandates=held[1]))

    def _read(self, facts: Mapping[str, Any], mandates: Sequence[Mapping[str, Any]]) -> Case:
        return parse_case(case_document(self.plan, facts, mandates))


def case_document(plan: Plan, facts: Mapping[str, Any], mandates: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the case of a replay: frozen facts, a member who may decide alone, no earlier approval."""
    return {
        "on": facts["on"],
        "member_may_decide": True,
        "default_committee": plan.default_committee,
        "rates": facts["rates"],
        "charter": plan.charter,
        "mandates": list(mandates),
        "approvals": [],
        "deal": facts["deal"],
    }


def _latest(deal: Deal) -> Revision:
    if deal.latest is None:  # `past_deals` takes none of these
        raise ValueError(f"{deal.reference} was never submitted")
    return deal.latest


def _answers_then(deals: Sequence[Deal]) -> dict[int, str]:
    """Return what was answered when each latest revision was submitted, by the revision's id."""
    revisions = [deal.latest_id for deal in deals]
    asked = Decision.objects.filter(revision__in=revisions, cause=Decision.Cause.SUBMIT)
    return dict(asked.order_by("-number").values_list("revision_id", "outcome"))


def _count(
    tally: Tally,
    deal: Deal,
    revision: Revision,
    then: str,
    before: Answer,
    now: Answer,
    calendar: WorkingCalendar,
) -> None:
    bump(tally, 1, "then", then or UNKNOWN)
    bump(tally, 1, "before", before.outcome)
    bump(tally, 1, "after", now.outcome)
    if now.outcome == "committee" and any(finding.reason == "unknown" for finding in now.findings):
        bump(tally, 1, "unmeasured")
    if before.outcome != now.outcome:
        bump(tally, 1, "wider" if RANK[now.outcome] < RANK[before.outcome] else "narrower")
        bump(tally, 1, "moves", f"{before.outcome}>{now.outcome}")
        if "member" in (before.outcome, now.outcome):
            _count_money(tally, "gained" if now.outcome == "member" else "lost", deal.currency, revision)
    if now.outcome == "member":
        _count_wait(tally, deal, then, before.outcome, calendar)


def _count_money(tally: Tally, side: str, currency: str, revision: Revision) -> None:
    bump(tally, 1, side, currency, "deals")
    bump(tally, int(revision.net_value * UNITS), side, currency, "net")
    if revision.discount_amount is None:
        bump(tally, 1, side, currency, "unmeasured")
    else:
        bump(tally, int(revision.discount_amount * UNITS), side, currency, "discount")


def _count_wait(tally: Tally, deal: Deal, then: str, before: str, calendar: WorkingCalendar) -> None:
    """Add the time that a deal waited which would be an immediate yes now."""
    asked = (then or before) in ("team", "committee")
    if not asked:
        return
    span = _span(deal) if then else None
    if span is None:
        bump(tally, 1, "waited", "unknown")
        return
    bump(tally, 1, "waited", "deals")
    bump(tally, round((span[1] - span[0]).total_seconds()), "waited", "wall")
    bump(tally, round(worked_between(calendar, *span).total_seconds()), "waited", "working")


def _span(deal: Deal) -> tuple[datetime, datetime] | None:
    if deal.submitted_at is None or deal.answered_at is None:
        return None
    return deal.submitted_at, deal.answered_at
