"""The judgement: who may agree the deal, with every finding that says why (`docs/decision.md`)."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from .authority import Budget, Limit, Mandate, Rules, Table
from .facts import Case, Deal
from .measures import Sums, money, sum_up
from .metrics import Metric
from .weighing import COMMITTEE, MEMBER, OUTSIDE_CHARTER, TEAM, Finding, Governing, Weighing

LEVELS: Final = (MEMBER, TEAM, COMMITTEE, OUTSIDE_CHARTER)
RANKS: Final = {level: rank for rank, level in enumerate(LEVELS)}
_NOBODY: Final[frozenset[str]] = frozenset()


class Answer(NamedTuple):
    """The outcome and all that led to it, in the order of `docs/decision.md`, "The answer"."""

    outcome: str
    mandate: str | None
    version: int | None
    consents: int
    committees: tuple[str, ...]
    findings: tuple[Finding, ...]

    def as_document(self) -> dict[str, Any]:
        document = self._asdict()
        document["committees"] = list(self.committees)
        document["findings"] = [finding._asdict() for finding in self.findings]
        return document


class Outlook(NamedTuple):
    """What of a case does not depend on the prices: the mandates considered and the rows that govern."""

    charter: Governing
    mandates: Sequence[tuple[Mandate, tuple[Budget, ...], Governing]]


class Opinion(NamedTuple):
    """What one mandate says, or having none; then there is no code."""

    code: str | None
    version: int | None
    consents: int
    rank: int
    committees: frozenset[str]
    findings: list[Finding]


class Verdict(NamedTuple):
    """The outcome, by its rank, with the opinion that answered and what the charter added."""

    rank: int
    committees: frozenset[str]
    answering: Opinion
    charter: list[Finding]


def judge(case: Case) -> Answer:
    """The answer to the case."""
    deal = case.deal
    sums = sum_up(deal, case.rates)
    rank, committees, answering, charter = settle(case, deal, look_out(case, deal, sums), sums, read=True)
    outcome = LEVELS[rank]
    return Answer(
        outcome,
        answering.code,
        answering.version,
        answering.consents if outcome == TEAM else 0,
        tuple(sorted(committees)) if outcome == COMMITTEE else (),
        tuple(charter + answering.findings),
    )


def look_out(case: Case, deal: Deal, sums: Sums) -> Outlook:
    """Which mandates are considered for the deal, and which of their rows and of the charter's govern."""
    considered = []
    for held in case.mandates:
        mandate = held.mandate
        if mandate.valid_from <= case.on <= mandate.valid_until and _is_in_scope(mandate, deal, sums):
            considered.append((mandate, held.budgets, governing(mandate.rules, deal, sums)))
    return Outlook(governing(case.charter, deal, sums) if case.charter is not None else (), considered)


def _is_in_scope(mandate: Mandate, deal: Deal, sums: Sums) -> bool:
    """Whether the scope holds; one that cannot be measured does not."""
    if mandate.scope is None:
        return True
    standing, unmeasured = mandate.scope.standing_for_deal(deal, _list_value(mandate.scope, sums, mandate.rules))
    return bool(standing and not unmeasured)


def _list_value(table: Table, sums: Sums, rules: Rules) -> int | None:
    if table.list_value is None:
        return None
    value = money(sums, sums.list_value, rules.currency)
    return None if value is None else value[0] // value[1]


def governing(rules: Rules, deal: Deal, sums: Sums) -> Governing:
    """The first row of each metric whose conditions all hold, for the deal or for each line of it."""
    table = rules.table
    standing, unmeasured = table.standing_for_deal(deal, _list_value(table, sums, rules))
    by_line = [table.standing_for_line(line, standing) for line in deal.lines] if table.on_lines else None
    limits = rules.limits
    found: list[tuple[Metric, Sequence[Limit | None]]] = []
    for metric, rows in rules.metrics:
        governed: list[Limit | None] = []
        for bits in by_line or [standing] * len(deal.lines) if metric.on_lines else [standing]:
            bits &= rows
            lowest = bits & -bits
            if not lowest:
                governed.append(None)
            elif lowest & unmeasured:
                governed.append(limits[lowest.bit_length() - 1].unmeasured())
            else:
                governed.append(limits[lowest.bit_length() - 1])
        found.append((metric, governed))
    return found


def settle(case: Case, deal: Deal, outlook: Outlook, sums: Sums, *, read: bool) -> Verdict:
    """The verdict on the deal by section 7: the mandate that asks least answers, then the charter speaks.

    Values stand in the findings only where they are going to be `read`.
    """
    weighing = Weighing(case, deal, sums, read=read)
    floor = RANKS[MEMBER if case.member_may_decide else TEAM]
    best: Opinion | None = None
    for mandate, budgets, rows in outlook.mandates:
        findings = weighing.under(mandate, budgets, rows)
        opinion = _opinion(mandate.code, mandate.version, mandate.consents, findings, floor)
        if best is None or _order(opinion) < _order(best):
            best = opinion
    if best is None or (best.rank > floor and case.approvals):
        nothing = weighing.under_none()
        if best is None or nothing.covered_by is not None:
            best = _opinion(None, None, 1, [nothing], floor)
    rank, committees = best.rank, best.committees
    charter: list[Finding] = []
    if case.charter is not None:
        charter = weighing.under_charter(case.charter, outlook.charter)
        for finding in charter:
            if finding.covered_by is None:
                rank = max(rank, RANKS[finding.level])
                committees |= {case.default_committee}
    return Verdict(rank, committees, best, charter)


def _opinion(code: str | None, version: int | None, consents: int, findings: list[Finding], floor: int) -> Opinion:
    rank = floor
    committees = _NOBODY
    for finding in findings:
        if finding[5] != MEMBER and finding[8] is None:  # its level, its covered_by
            rank = max(rank, RANKS[finding.level])
            if finding.committee is not None:
                committees |= {finding.committee}
    return Opinion(code, version, consents, rank, committees, findings)


def _order(opinion: Opinion) -> tuple[int, int, int, str]:
    """Which mandate comes first by rule 3 of section 7."""
    consents = opinion.consents if LEVELS[opinion.rank] == TEAM else 0
    return opinion.rank, len(opinion.committees), consents, opinion.code or ""
