"""Findings: each measured value held against the bounds that govern it (`docs/decision.md`)."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from .authority import Budget, Limit, Mandate, Rules
from .envelopes import Envelopes
from .facts import Case, Deal
from .measures import DEAL_MEASURES, LINE_MEASURES, Sums, is_within, least_of, money
from .metrics import Metric
from .values import ANY, Ratio, ratio_text

MEMBER: Final = "member"
TEAM: Final = "team"
COMMITTEE: Final = "committee"
OUTSIDE_CHARTER: Final = "outside_charter"

# The rows that govern: for each metric in order, one row for the deal or one for each line; None where none governs.
Governing = Sequence[tuple[Metric, Sequence[Limit | None]]]


class Finding(NamedTuple):
    """One thing that was judged. (A tuple, because judging a deal is mostly making these.)"""

    source: str
    metric: str
    line: int | None
    limit: int | None
    value: str | None
    level: str
    reason: str
    committee: str | None
    covered_by: int | None


# The long way round the constructor of a NamedTuple, which takes twice as long.
_make = tuple.__new__


def _unread(ratio: Ratio | None) -> None:
    """In place of the text of a value that nobody is going to read."""


class Weighing:
    """One deal being weighed; values are written out only where the findings are going to be read."""

    __slots__ = ("_deal", "_default_committee", "_envelopes", "_sums", "_text")

    def __init__(self, case: Case, deal: Deal, sums: Sums, *, read: bool) -> None:
        self._deal = deal
        self._default_committee = case.default_committee
        self._envelopes = Envelopes(case, deal, sums)
        self._sums = sums
        self._text = ratio_text if read else _unread

    def under(self, mandate: Mandate, budgets: Sequence[Budget], rows: Governing) -> list[Finding]:
        """The findings of section 5 for one mandate."""
        rules = mandate.rules
        text = self._text
        lines = self._deal.lines
        found: list[Finding] = []
        add = found.append
        for metric, limits in rows:
            name, minimum, on_lines = metric.name, metric.is_minimum, metric.on_lines
            values = LINE_MEASURES[name](lines) if on_lines else [DEAL_MEASURES[name](self._sums, rules)]
            line = 0 if on_lines else None
            for limit, value in zip(limits, values, strict=True):
                # `is_within`, written out: this is the way nearly every finding goes.
                if limit is not None and (
                    (member := limit.member) is ANY
                    or (
                        member is not None
                        and value is not None
                        and (value[0] >= member * value[1] if minimum else value[0] <= member * value[1])
                    )
                ):
                    row = ("mandate", name, line, limit.index, text(value), MEMBER, "within", None, None)
                    add(_make(Finding, row))
                else:
                    add(self._beyond_member(mandate, metric, line, limit, value))
                if line is not None:
                    line += 1
        for index, budget in enumerate(budgets):
            add(self._on_budget(mandate, index, budget))
        return found

    def under_charter(self, charter: Rules, rows: Governing) -> list[Finding]:
        """Only what the charter forbids or cannot measure; what is within it is no finding."""
        found = []
        lines = self._deal.lines
        for metric, limits in rows:
            name = metric.name
            values = LINE_MEASURES[name](lines) if metric.on_lines else [DEAL_MEASURES[name](self._sums, charter)]
            for index, (limit, value) in enumerate(zip(limits, values, strict=True)):
                if limit is None:
                    continue
                line = index if metric.on_lines else None
                place = ("charter", name, line, limit.index, self._text(value))
                if self._is_forbidden(limit, value, charter):
                    found.append(Finding(*place, OUTSIDE_CHARTER, "beyond_charter", None, None))
                elif not limit.measured or (value is None and limit.team is not ANY):
                    committee = self._default_committee
                    by = self._covering(committee, name, line, "unknown")
                    found.append(Finding(*place, COMMITTEE, "unknown", committee, by))
        return found

    def under_none(self) -> Finding:
        """The finding of having no mandate."""
        committee, reason = self._default_committee, "no_mandate"
        by = self._covering(committee, "mandate", None, reason)
        return Finding("mandate", "mandate", None, None, None, COMMITTEE, reason, committee, by)

    def _beyond_member(
        self, mandate: Mandate, metric: Metric, line: int | None, limit: Limit | None, value: Ratio | None
    ) -> Finding:
        name = metric.name
        if limit is None:
            level, reason, row, committee = COMMITTEE, "not_covered", None, mandate.committee
        else:
            level, reason = self._grade(limit, value, mandate.rules)
            row, committee = limit.index, limit.committee
        if level == TEAM:
            return _make(Finding, ("mandate", name, line, row, self._text(value), level, reason, None, None))
        by = self._covering(committee, name, line, reason)
        return _make(Finding, ("mandate", name, line, row, self._text(value), level, reason, committee, by))

    def _grade(self, limit: Limit, value: Ratio | None, rules: Rules) -> tuple[str, str]:
        """The level and the reason by the table of section 5 for a value that is not within the member's bound."""
        if not limit.measured:
            return COMMITTEE, "unknown"
        team, metric = limit.team, limit.metric
        if is_within(team, value, metric.is_minimum):
            return TEAM, "beyond_member"
        if value is None:
            least = least_of(metric.name, self._sums, rules)
            if least is None or team is None or is_within(team, least, metric.is_minimum):
                return COMMITTEE, "unknown"
        return COMMITTEE, "beyond_team"

    def _on_budget(self, mandate: Mandate, index: int, budget: Budget) -> Finding:
        given = money(self._sums, self._sums.discount, mandate.rules.currency)
        value: Ratio | None = None
        beyond = False
        if given is not None:
            value = budget.used * given[1] + given[0], given[1]
            beyond = given[0] > 0 and value[0] > budget.amount * given[1]
        text = self._text(value) if self._sums.discount_known else None
        if beyond or not self._sums.discount_known or given is None:
            committee, reason = mandate.committee, "beyond_budget" if beyond else "unknown"
            by = self._covering(committee, "budget", None, reason)
            return Finding("mandate", "budget", None, index, text, COMMITTEE, reason, committee, by)
        return Finding("mandate", "budget", None, index, text, MEMBER, "within", None, None)

    def _is_forbidden(self, limit: Limit, value: Ratio | None, charter: Rules) -> bool:
        bound, minimum = limit.team, limit.metric.is_minimum
        if bound is None:
            return True
        if not limit.measured:
            return False
        if value is None:
            value = least_of(limit.metric.name, self._sums, charter)
            return value is not None and not is_within(bound, value, minimum)
        return not is_within(bound, value, minimum)

    def _covering(self, committee: str, metric: str, line: int | None, reason: str) -> int | None:
        product = self._deal.lines[line].product if line is not None else None
        return self._envelopes.covering(committee, metric, product, reason)
