"""Judging past deals again: which deals, by what, and what each answer adds to the sums."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from approvals.models import Deal, DealState, Decision, Revision, RevisionLine
from insights.court import RANK, Court, Said, read_facts
from insights.plans import Plan
from insights.spending import Use
from insights.tallies import UNITS, UNKNOWN, Tally, bump
from mandates.engine import Case, InvalidCase
from teams.calendars import calendars
from teams.working_time import WorkingCalendar, worked_between

# A part is a twentieth of the deals, so that the bar moves, but neither too small for columns nor too long for a lease.
PARTS, LEAST, MOST = 20, 200, 5_000
STILL_OPEN = (DealState.DRAFT, DealState.PENDING)
KEEPING = (DealState.APPROVED, DealState.WON)


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
class Found:
    """What some deals came to; `uses` by side, what they use of budgets."""

    tally: Tally = field(default_factory=dict)
    changes: list[Changed] = field(default_factory=list)
    uses: dict[str, list[Use]] = field(default_factory=dict)
    count: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A range of deals by their ids, both inclusive."""

    first: int
    last: int
    count: int


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


def parts_of(plan: Plan, choice: Choice, *, size: int | None = None) -> list[Part]:
    """Return all deals to be judged, in ranges of ids that may be judged in any order."""
    keys = list(past_deals(plan, choice).order_by("pk").values_list("pk", flat=True))
    size = size or min(MOST, max(LEAST, -(-len(keys) // PARTS)))
    return [Part(some[0], some[-1], len(some)) for some in (keys[at : at + size] for at in range(0, len(keys), size))]


def judge_part(court: Court, choice: Choice, part: Part) -> Found:
    """Judge the deals of a part. Reads only; three queries."""
    rows = past_deals(court.plan, choice).filter(pk__gte=part.first, pk__lte=part.last)
    deals = list(rows.select_related("latest", "team", "customer").order_by("pk"))
    answers = _answers_then(deals)
    calendar = calendars(timezone.now()).of(None)
    found = Found(count=len(deals))
    cases: list[tuple[str, int, Case]] = []
    for deal in deals:
        try:
            case = read_facts(court.plan, json.loads(_latest(deal).document))
        except InvalidCase:
            bump(found.tally, 1, "unreadable")
            continue
        cases.append((deal.team.code, deal.pk, case))
    by_key = {deal.pk: deal for deal in deals}
    for key, before, now in court.judge(cases):
        deal = by_key[key]
        then = answers.get(_latest(deal).pk, "")
        _count(found.tally, deal, then, before, now, calendar)
        if before.outcome != now.outcome:
            found.changes.append(Changed(deal, _latest(deal).number, then, before.outcome, now.outcome))
        for side, said in (("before", before), ("after", now)):
            if said.opinions:
                found.uses.setdefault(side, []).append(_use(deal, said))
    found.changes.sort(key=lambda changed: changed.deal.pk)
    return found


def _use(deal: Deal, said: Said) -> Use:
    """What a deal takes of budgets: for good where it was won or may still be, else until the day it ended."""
    revision = _latest(deal)
    ended = deal.closed_on or (deal.answered_at.date() if deal.answered_at else revision.on)
    ends_on = None if deal.state in KEEPING else ended.isoformat()
    submitted = (deal.submitted_at or revision.submitted_at).isoformat()
    on = revision.on.isoformat()
    return Use(submitted, deal.pk, deal.team.code, deal.customer.reference, on, ends_on, said.outcome, said.opinions)


def _latest(deal: Deal) -> Revision:
    if deal.latest is None:  # `past_deals` takes none of these
        raise ValueError(f"{deal.reference} was never submitted")
    return deal.latest


def _answers_then(deals: Sequence[Deal]) -> dict[int, str]:
    """Return what was answered when each latest revision was submitted, by the revision's id."""
    revisions = [deal.latest_id for deal in deals]
    asked = Decision.objects.filter(revision__in=revisions, cause=Decision.Cause.SUBMIT)
    return dict(asked.order_by("-number").values_list("revision_id", "outcome"))


def _count(tally: Tally, deal: Deal, then: str, before: Said, now: Said, calendar: WorkingCalendar) -> None:
    revision = _latest(deal)
    bump(tally, 1, "then", then or UNKNOWN)
    net, month = int(revision.net_value * UNITS), f"{revision.on:%Y-%m}"
    for side, said in (("before", before), ("after", now)):
        bump(tally, 1, side, said.outcome)
        bump(tally, net, "value", deal.currency, side, said.outcome)
        bump(tally, 1, "months", month, side, said.outcome)
        bump(tally, 1, "teams", deal.team.code, side, said.outcome)
    if now.outcome == "committee" and now.unmeasured:
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
