"""What the cases behind a precedent justify: the limit that would have made each of them the team's own. Reads only.

Limits on margins are left out, as in the precedent itself: they would tell of costs.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final

from approvals.models import Approval, Case
from insights.models import Precedent
from mandates.documents import document_of, number_text
from mandates.engine import METRICS, evaluate
from mandates.engine.currencies import EXPONENTS
from mandates.models import MandateVersion
from mandates.snapshots import in_force

Document = Mapping[str, Any]
GRANTED: Final = (Case.State.APPROVED, Case.State.COUNTERED)
# so many cases are read, the newest first
MOST_CASES: Final = 50
# a figure that was rounded for reading may lie a little inside the exact one
TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Bid:
    """What one case asked of one limit and got: the row that governs it today, where, and the figure as allowed."""

    case: Case
    place: int | None
    families: frozenset[str]
    value: Decimal
    judged: Document
    as_asked: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One limit of the wider document: its place there, the team's bound in force and the one that is justified.

    `is_new`: a row of its own before the one that governs these cases today.
    """

    place: int
    metric: str
    before: Any
    after: Any
    cases: tuple[int, ...]
    shortest_term: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Promotion:
    """The version in force, the document that the cases justify in its place, and the limits that differ."""

    version: MandateVersion
    document: dict[str, Any]
    steps: tuple[Step, ...]


def promotion_of(precedent: Precedent, at: datetime) -> Promotion | None:
    """Return what a precedent and the cases that cite it justify; None where its mandate allows as much, or is over."""
    judged_by = precedent.case.decision.mandate_version
    if judged_by is None:
        return None
    period = judged_by.mandate.periods.filter(in_force(at)).select_related("version__mandate").first()
    if period is None:
        return None
    document: dict[str, Any] = dict(document_of(period.version))
    cases = _cases(precedent, period.version.mandate_id)
    approvals = _approvals(cases)
    steps: list[Step] = []
    for metric in precedent.metrics.split():
        bids = [bid for case in cases if (bid := _bid(case, metric, document, approvals.get(case.pk)))]
        document, step = _widened(document, metric, _alike(bids, precedent))
        if step is not None:
            steps = [*(_moved(one, step) for one in steps), step]
    return Promotion(period.version, document, tuple(steps)) if steps else None


def _moved(earlier: Step, step: Step) -> Step:
    """Return where an earlier limit stands once another one has been put in."""
    is_moved = step.is_new and step.place <= earlier.place
    return replace(earlier, place=earlier.place + 1) if is_moved else earlier


def _cases(precedent: Precedent, mandate_id: int) -> list[Case]:
    """Return the precedent's own case and those under its mandate that cite it, as far as a committee allowed them."""
    cited = precedent.citations.exclude(case=None).values("case")
    rows = Case.objects.filter(pk__in=cited, state__in=GRANTED, decision__mandate_version__mandate=mandate_id).exclude(
        pk=precedent.case_id
    )
    own = [precedent.case] if precedent.case.state in GRANTED else []
    return [*own, *rows.select_related("decision", "committee").order_by("-pk")[:MOST_CASES]]


def _approvals(cases: Iterable[Case]) -> dict[int, Document]:
    """Return the newest envelope of each case."""
    rows = Approval.objects.filter(case__in=[case.pk for case in cases]).order_by("pk")
    return {one.case_id: json.loads(one.document) for one in rows}


def _bid(case: Case, metric: str, document: Document, approval: Document | None) -> Bid | None:
    """Return what a case asks of a limit under the document; None where that is nothing any more, or unknown."""
    judged = json.loads(case.decision.case_document)
    found = _beyond(judged, metric, document)
    if not found or any(one["value"] is None or one["limit"] != found[0]["limit"] for one in found):
        return None
    lines = [judged["deal"]["lines"][one["line"]] for one in found if one["line"] is not None]
    asked = _widest(metric, [Decimal(one["value"]) for one in found])
    allowed = _allowed(metric, approval, {line["product"] for line in lines}, document["currency"])
    value = asked if allowed is None else _tightest(metric, [asked, allowed])
    families = frozenset(line["family"] for line in lines)
    return Bid(case, found[0]["limit"], families, value, judged, as_asked=value == asked)


def _beyond(judged: Document, metric: str, document: Document) -> list[Document]:
    """Return the findings of a metric that go to a committee when a judged deal meets a document, without approvals."""
    today = judged["on"]
    alone = {**document, "valid_from": today, "valid_until": today, "budgets": []}
    answer = evaluate({**judged, "mandates": [alone], "approvals": [], "charter": None})
    return [one for one in answer["findings"] if one["metric"] == metric and one["level"] == "committee"]


def _allowed(metric: str, approval: Document | None, products: set[str], currency: str) -> Decimal | None:
    """Return what the committee's yes allows, where it says so in this currency: a counter-proposal allows less."""
    bounds = [
        Decimal(limit["bound"])
        for limit in (approval or {}).get("limits", ())
        if limit["metric"] == metric
        and limit["bound"] is not None
        and limit.get("currency", currency) == currency
        and limit.get("product", None) in products | {None}
    ]
    return _widest(metric, bounds) if bounds else None


def _widest(metric: str, values: Sequence[Decimal]) -> Decimal:
    return min(values) if METRICS[metric].is_minimum else max(values)


def _tightest(metric: str, values: Sequence[Decimal]) -> Decimal:
    return max(values) if METRICS[metric].is_minimum else min(values)


def _alike(bids: Sequence[Bid], precedent: Precedent) -> list[Bid]:
    """Return the bids like the precedent's own: under the same limit, in its segment, of its families."""
    own = next((bid for bid in bids if bid.case.pk == precedent.case_id), None)
    if own is None:
        return []
    return [bid for bid in bids if bid.place == own.place and _is_like(bid, own)]


def _is_like(bid: Bid, own: Bid) -> bool:
    return _segment(bid) == _segment(own) and all(_lies_in(family, own.families) for family in bid.families)


def _segment(bid: Bid) -> str:
    return str(bid.judged["deal"]["customer"].get("segment") or "")


def _lies_in(family: str, families: Iterable[str]) -> bool:
    return any(family == one or family.startswith(f"{one}/") for one in families)


# --- the wider document ---


def _widened(document: dict[str, Any], metric: str, bids: Sequence[Bid]) -> tuple[dict[str, Any], Step | None]:
    """Return the document with the limit that lets all of these through, and the limit; as it was where it cannot."""
    if not bids:
        return document, None
    place = bids[0].place
    governs: Document = {"metric": metric, "member": None} if place is None else document["limits"][place]
    when = _conditions(governs, bids)
    is_new = place is None or when != (governs.get("when") or {})
    where = len(document["limits"]) if place is None else place
    bound = _outwards(metric, _widest(metric, [bid.value for bid in bids]), document["currency"])
    for _try in range(TRIES):
        row = {**governs, "when": when, "team": number_text(bound)}
        if not when:
            del row["when"]
        tried = _with(document, row, where, is_new=is_new)
        if not any(_beyond(bid.judged, metric, tried) for bid in bids if bid.as_asked):
            cases = tuple(sorted(bid.case.pk for bid in bids))
            term = min(bid.judged["deal"]["term_months"] for bid in bids)
            before = governs.get("team", governs["member"])
            return tried, Step(where, metric, before, row["team"], cases, term, is_new)
        bound += _unit(metric, document["currency"]) * (-1 if METRICS[metric].is_minimum else 1)
    return document, None


def _conditions(governs: Document, bids: Sequence[Bid]) -> dict[str, Any]:
    """Return the conditions of the row that governs the cases, narrowed to their families and segment."""
    when = dict(governs.get("when") or {})
    families = sorted({family for bid in bids for family in bid.families})
    if families:
        when["family"] = families[0] if len(families) == 1 else families
    if segment := _segment(bids[0]):
        when["segment"] = segment
    return when


def _with(document: dict[str, Any], row: Document, where: int, *, is_new: bool) -> dict[str, Any]:
    rows = list(document["limits"])
    rows[where : where if is_new else where + 1] = [row]
    return {**document, "limits": rows}


def _unit(metric: str, currency: str) -> Decimal:
    """Return the step in which bounds of a metric are written: cents, hundredths of a percent, whole days."""
    kind = METRICS[metric].kind
    decimals = {"percent": 2, "money": EXPONENTS[currency]}.get(kind, 0)
    return Decimal(1).scaleb(-decimals)


def _outwards(metric: str, value: Decimal, currency: str) -> Decimal:
    rounding = ROUND_FLOOR if METRICS[metric].is_minimum else ROUND_CEILING
    return value.quantize(_unit(metric, currency), rounding=rounding)
