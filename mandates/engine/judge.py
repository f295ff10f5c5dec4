"""The judgement: who may agree the deal, with every finding that says why (`docs/decision.md`)."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from .authority import Budget, Limit, Mandate, Rules, Table
from .facts import Case, Deal
from .measures import Sums, money, sum_up
from .metrics import Metric
from .weighing import COMMITTEE, MEMBER, OUTSIDE_CHARTER, TEAM, Finding, Governing, Row, Weighing, named

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


# What of a case does not depend on the prices: the rows that govern, of the charter and of each mandate considered.
# (This and what follows are plain tuples, because they are made anew for every deal.)
Outlook = tuple[Governing, list[tuple[Mandate, tuple[Budget, ...], Governing]]]

# What one mandate says, or having none: its rank, the committees it asks, all its findings, the mandate.
Opinion = tuple[int, frozenset[str], list[Row], Mandate | None]

# The rank of the outcome, the committees asked, the charter's findings and the answering mandate's, that mandate.
Verdict = tuple[int, frozenset[str], list[Row], list[Row], Mandate | None]


def judge(case: Case) -> Answer:
    """The answer to the case."""
    deal = case.deal
    sums = sum_up(deal, case.rates)
    rank, committees, charter, findings, mandate = settle(case, deal, look_out(case, deal, sums), sums, read=True)
    outcome = LEVELS[rank]
    return Answer(
        outcome,
        mandate.code if mandate is not None else None,
        mandate.version if mandate is not None else None,
        0 if outcome != TEAM else mandate.consents if mandate is not None else 1,
        tuple(sorted(committees)) if outcome == COMMITTEE else (),
        tuple(named(charter + findings if charter else findings)),
    )


def look_out(case: Case, deal: Deal, sums: Sums) -> Outlook:
    """Which mandates are considered for the deal, and which of their rows and of the charter's govern."""
    considered = []
    for held in case.mandates:
        mandate = held.mandate
        if mandate.valid_from <= case.on <= mandate.valid_until and _is_in_scope(mandate, deal, sums):
            considered.append((mandate, held.budgets, governing(mandate.rules, deal, sums)))
    return (governing(case.charter, deal, sums) if case.charter is not None else ()), considered


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
    limits = rules.rows
    found: list[tuple[Metric, Sequence[Limit | None]]] = []
    for metric, rows in rules.metrics:
        if metric.on_lines and by_line is not None:
            governed = [limits[((left := bits & rows) & -left).bit_length() - 1] for bits in by_line]
        else:
            left = standing & rows
            governed = [limits[(left & -left).bit_length() - 1]]
            if metric.on_lines:
                governed *= len(deal.lines)
        if unmeasured & rows:
            governed = [
                limit.unmeasured() if limit is not None and unmeasured >> limit.index & 1 else limit
                for limit in governed
            ]
        found.append((metric, governed))
    return found


def settle(case: Case, deal: Deal, outlook: Outlook, sums: Sums, *, read: bool) -> Verdict:
    """The verdict on the deal by section 7: the mandate that asks least answers, then the charter speaks.

    Values stand in the findings only where they are going to be `read`.
    """
    weighing = Weighing(case, deal, sums, read=read)
    floor = RANKS[MEMBER if case.member_may_decide else TEAM]
    best: Opinion | None = None
    charter_rows, considered = outlook
    for mandate, budgets, rows in considered:
        findings, beyond = weighing.under(mandate, budgets, rows)
        opinion = (*_highest(beyond, floor), findings, mandate)
        if best is None or _order(opinion) < _order(best):
            best = opinion
    if best is None or (case.approvals and best[0] > floor):
        nothing = weighing.under_none()
        if best is None or nothing[8] is not None:
            best = (*_highest([nothing], floor), [nothing], None)
    rank, committees, findings, answering = best
    charter: list[Row] = []
    if case.charter is not None:
        charter = weighing.under_charter(case.charter, charter_rows)
        rank, asked = _highest(charter, rank)
        committees |= asked
    return rank, committees, charter, findings, answering


def _highest(findings: Iterable[Row], floor: int) -> tuple[int, frozenset[str]]:
    """The rank that the findings which count come to, and the committees they ask."""
    rank = floor
    committees = _NOBODY
    for _, _, _, _, _, level, _, committee, covered_by in findings:
        if covered_by is None:
            rank = max(rank, RANKS[level])
            if committee is not None:
                committees |= {committee}
    return rank, committees


def _order(opinion: Opinion) -> tuple[int, int, int, str]:
    """Which mandate comes first by rule 3 of section 7."""
    rank, committees, _, mandate = opinion
    if mandate is None:
        return rank, len(committees), 0, ""
    return rank, len(committees), mandate.consents if LEVELS[rank] == TEAM else 0, mandate.code
