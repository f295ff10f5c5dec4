"""Findings: each measured value held against the bounds that govern it (`docs/decision.md`)."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
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
    """One thing that was judged."""

    source: str
    metric: str
    line: int | None
    limit: int | None
    value: str | None
    level: str
    reason: str
    committee: str | None
    covered_by: int | None


# A finding before it is named: judging a deal is mostly making these.
Row = tuple[str, str, int | None, int | None, str | None, str, str, str | None, int | None]

_WHOLE_DEAL: Final = (None,)


def named(rows: Iterable[Row]) -> Iterator[Finding]:
    """The rows as findings, in half the time that their own constructor takes."""
    return map(tuple.__new__, repeat(Finding), rows)


def _unread(ratio: Ratio | None) -> None:
    """In place of the text of a value that nobody is going to read."""


class Weighing:
    """One deal being weighed; values are written out only where the findings are going to be read."""

    __slots__ = ("_deal", "_default_committee", "_envelopes", "_sums", "_text")

    def __init__(self, case: Case, deal: Deal, sums: Sums, *, read: bool) -> None:
        self._deal = deal
        self._default_committee = case.default_committee
        self._envelopes = Envelopes(case, deal, sums) if case.approvals else None
        self._sums = sums
        self._text = ratio_text if read else _unread

    def under(self, mandate: Mandate, budgets: Sequence[Budget], governing: Governing) -> tuple[list[Row], list[Row]]:
        """The findings of section 5 for one mandate, and those of them that are beyond a member's level."""
        text, lines = self._text, self._deal.lines
        rows: list[Row] = []
        beyond: list[Row] = []
        add = rows.append
        for metric, limits in governing:
            name, minimum = metric.name, metric.is_minimum
            places: Iterable[int | None] = range(len(lines)) if metric.on_lines else _WHOLE_DEAL
            values = LINE_MEASURES[name](lines) if metric.on_lines else [DEAL_MEASURES[name](self._sums, mandate.rules)]
            for line, limit, value in zip(places, limits, values, strict=True):
                if limit is not None and value is not None:
                    # `is_within`, written out: this is the way nearly every finding goes.
                    numerator, denominator = value
                    bound = limit.member
                    if bound is ANY or (
                        bound is not None
                        and (numerator >= bound * denominator if minimum else numerator <= bound * denominator)
                    ):
                        add(("mandate", name, line, limit.index, text(value), MEMBER, "within", None, None))
                        continue
                row = self._beyond_measure(mandate, metric, line, limit, value)
                add(row)
                if row[5] != MEMBER:
                    beyond.append(row)
        for index, budget in enumerate(budgets):
            row = self._on_budget(mandate, index, budget)
            add(row)
            if row[5] != MEMBER:
                beyond.append(row)
        return rows, beyond

    def under_charter(self, charter: Rules, governing: Governing) -> list[Row]:
        """Only what the charter forbids or cannot measure; what is within it is no finding."""
        rows: list[Row] = []
        lines = self._deal.lines
        for metric, limits in governing:
            name = metric.name
            values = LINE_MEASURES[name](lines) if metric.on_lines else [DEAL_MEASURES[name](self._sums, charter)]
            for index, (limit, value) in enumerate(zip(limits, values, strict=True)):
                if limit is None:
                    continue
                line = index if metric.on_lines else None
                text = self._text(value)
                if self._is_forbidden(limit, value, charter):
                    rows.append(
                        ("charter", name, line, limit.index, text, OUTSIDE_CHARTER, "beyond_charter", None, None)
                    )
                elif not limit.measured or (value is None and limit.team is not ANY):
                    committee = self._default_committee
                    by = self._covering(committee, name, line, "unknown")
                    rows.append(("charter", name, line, limit.index, text, COMMITTEE, "unknown", committee, by))
        return rows

    def under_none(self) -> Row:
        """The finding of having no mandate."""
        committee, reason = self._default_committee, "no_mandate"
        by = self._covering(committee, "mandate", None, reason)
        return "mandate", "mandate", None, None, None, COMMITTEE, reason, committee, by

    def _beyond_measure(
        self, mandate: Mandate, metric: Metric, line: int | None, limit: Limit | None, value: Ratio | None
    ) -> Row:
        """The finding where the value is unknown or beyond the member's bound, by the table of section 5."""
        name, text = metric.name, self._text(value)
        committee, row = mandate.committee, None
        if limit is None:
            reason = "not_covered"
        else:
            committee, row = limit.committee, limit.index
            if not limit.measured:
                reason = "unknown"
            elif limit.member is ANY:
                return "mandate", name, line, row, text, MEMBER, "within", None, None
            elif is_within(limit.team, value, metric.is_minimum):
                return "mandate", name, line, row, text, TEAM, "beyond_member", None, None
            else:
                reason = self._beyond_team(limit, value, mandate.rules)
        by = self._covering(committee, name, line, reason)
        return "mandate", name, line, row, text, COMMITTEE, reason, committee, by

    def _beyond_team(self, limit: Limit, value: Ratio | None, rules: Rules) -> str:
        """The reason where no authority reaches: even of an unknown discount the least may be too much."""
        if value is None:
            least = least_of(limit.metric.name, self._sums, rules)
            if least is None or limit.team is None or is_within(limit.team, least, limit.metric.is_minimum):
                return "unknown"
        return "beyond_team"

    def _on_budget(self, mandate: Mandate, index: int, budget: Budget) -> Row:
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
            return "mandate", "budget", None, index, text, COMMITTEE, reason, committee, by
        return "mandate", "budget", None, index, text, MEMBER, "within", None, None

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
        if self._envelopes is None:
            return None
        product = self._deal.lines[line].product if line is not None else None
        return self._envelopes.covering(committee, metric, product, reason)
