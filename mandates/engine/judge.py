"""The judgement: who may agree the deal, with every finding that says why (`docs/decision.md`)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from .authority import Budget, Limit, Mandate, Rules, Table
from .facts import Approval, ApprovedLimit, Case, Deal
from .measures import DEAL_MEASURES, LINE_MEASURES, Sums, is_within, least_of, money, sum_up
from .metrics import METRICS, Metric
from .values import ANY, Ratio, ratio_text

MEMBER: Final = 0
TEAM: Final = 1
COMMITTEE: Final = 2
OUTSIDE_CHARTER: Final = 3
LEVELS: Final = ("member", "team", "committee", "outside_charter")

# The only reasons that a limit without a bound covers: nothing was measured there that it could have bounded.
_COVERED_WITHOUT_BOUND: Final = frozenset({"unknown", "not_covered", "beyond_budget", "no_mandate"})


class Finding(NamedTuple):
    """One thing that was judged. (A tuple, because a deal makes dozens of them.)"""

    source: str
    metric: str
    line: int | None
    limit: int | None
    value: str | None
    level: str
    reason: str
    committee: str | None
    covered_by: int | None


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


class Weighed(NamedTuple):
    """A finding before its value is written out."""

    metric: str
    line: int | None
    limit: int | None
    value: Ratio | None
    level: int
    reason: str
    committee: str | None
    covered_by: int | None


# The rows that govern: for each metric in order, one row for the deal or one for each line; None where none governs.
Governing = tuple[tuple[Metric, tuple[Limit | None, ...]], ...]


class Outlook(NamedTuple):
    """What of a case does not depend on the prices: the mandates considered and the rows that govern."""

    charter: Governing
    mandates: tuple[tuple[Mandate, tuple[Budget, ...], Governing], ...]


class Opinion(NamedTuple):
    """What one mandate, or having none, says."""

    mandate: Mandate | None
    level: int
    committees: frozenset[str]
    findings: Sequence[Weighed]


class Verdict(NamedTuple):
    """The outcome with the findings not yet written out."""

    level: int
    committees: frozenset[str]
    answering: Opinion
    charter: Sequence[Weighed]


def judge(case: Case) -> Answer:
    """The answer to the case."""
    sums = sum_up(case.deal, case.rates)
    return _written(settle(case, look_out(case, sums), sums))


def look_out(case: Case, sums: Sums) -> Outlook:
    """Which mandates are considered, and which of their rows and of the charter's govern."""
    deal = case.deal
    considered = tuple(
        (mandate, held.budgets, governing(mandate.rules, deal, sums))
        for held in case.mandates
        for mandate in (held.mandate,)
        if mandate.valid_from <= case.on <= mandate.valid_until and _covers(mandate, deal, sums)
    )
    return Outlook(governing(case.charter, deal, sums) if case.charter is not None else (), considered)


def _covers(mandate: Mandate, deal: Deal, sums: Sums) -> bool:
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
    lines = deal.lines
    by_line = [table.standing_for_line(line, standing) for line in lines] if table.on_lines else [standing] * len(lines)
    limits = rules.limits
    found = []
    for metric, rows in rules.metrics:
        governed: list[Limit | None] = []
        for bits in by_line if metric.on_lines else (standing,):
            bits &= rows
            if not bits:
                governed.append(None)
                continue
            lowest = bits & -bits
            limit = limits[lowest.bit_length() - 1]
            governed.append(replace(limit, measured=False) if lowest & unmeasured else limit)
        found.append((metric, tuple(governed)))
    return tuple(found)


def settle(case: Case, outlook: Outlook, sums: Sums) -> Verdict:
    """The verdict by section 7: the mandate that asks least answers, then the charter speaks."""
    envelopes = Envelopes(case, sums)
    floor = MEMBER if case.member_may_decide else TEAM
    best: Opinion | None = None
    for mandate, budgets, rows in outlook.mandates:
        findings = [
            *_weigh_limits(mandate, rows, case, sums, envelopes),
            *_weigh_budgets(mandate, budgets, sums, envelopes),
        ]
        opinion = _opinion(mandate, findings, floor)
        if best is None or _rank(opinion) < _rank(best):
            best = opinion
    if best is None or best.level > floor:
        none = _opinion(None, [_no_mandate(case, envelopes)], floor)
        if best is None or (none.level < best.level and none.findings[0].covered_by is not None):
            best = none
    charter = list(_weigh_charter(outlook.charter, case, sums, envelopes)) if outlook.charter else []
    level, committees = best.level, best.committees
    for finding in charter:
        if finding.level == OUTSIDE_CHARTER:
            level = OUTSIDE_CHARTER
        elif finding.covered_by is None:
            level = max(level, COMMITTEE)
            committees |= {case.default_committee}
    return Verdict(level, committees, best, charter)


def _rank(opinion: Opinion) -> tuple[int, int, int, str]:
    mandate = opinion.mandate
    assert mandate is not None  # noqa: S101 - having no mandate is never ranked
    return (
        opinion.level,
        len(opinion.committees),
        mandate.consents if opinion.level == TEAM else 0,
        mandate.code,
    )


def _opinion(mandate: Mandate | None, findings: Sequence[Weighed], floor: int) -> Opinion:
    level = floor
    committees: set[str] = set()
    for finding in findings:
        if finding.level > MEMBER and finding.covered_by is None:
            level = max(level, finding.level)
            if finding.committee is not None:
                committees.add(finding.committee)
    return Opinion(mandate, level, frozenset(committees), findings)


def _no_mandate(case: Case, envelopes: "Envelopes") -> Weighed:
    committee = case.default_committee
    by = envelopes.covering(committee, "mandate", None, "no_mandate")
    return Weighed("mandate", None, None, None, COMMITTEE, "no_mandate", committee, by)


def _weigh_limits(
    mandate: Mandate, rows: Governing, case: Case, sums: Sums, envelopes: "Envelopes"
) -> Iterator[Weighed]:
    lines = case.deal.lines
    rules = mandate.rules
    for metric, limits in rows:
        name = metric.name
        if metric.on_lines:
            measure = LINE_MEASURES[name]
            values = [measure(line) for line in lines]
        else:
            values = [DEAL_MEASURES[name](sums, rules)]
        for index, (limit, value) in enumerate(zip(limits, values, strict=True)):
            line = index if metric.on_lines else None
            level, reason = _grade(limit, value) if limit is not None else (COMMITTEE, "not_covered")
            if reason == "unknown" and limit is not None and limit.measured and isinstance(limit.team, int):
                least = least_of(name, sums, rules)
                if least is not None and not is_within(name, least, limit.team):
                    reason = "beyond_team"
            if level < COMMITTEE:
                yield Weighed(name, line, limit.index if limit else None, value, level, reason, None, None)
                continue
            committee = limit.committee if limit is not None else mandate.committee
            product = lines[index].product if metric.on_lines else None
            by = envelopes.covering(committee, name, product, reason)
            yield Weighed(name, line, limit.index if limit else None, value, level, reason, committee, by)


def _grade(limit: Limit, value: Ratio | None) -> tuple[int, str]:
    """The level and the reason by the table of section 5, as far as the value itself says."""
    if not limit.measured:
        return COMMITTEE, "unknown"
    member, team, name = limit.member, limit.team, limit.metric.name
    if member is ANY or (member is not None and is_within(name, value, member)):
        return MEMBER, "within"
    if team is ANY or (team is not None and is_within(name, value, team)):
        return TEAM, "beyond_member"
    return COMMITTEE, "unknown" if value is None else "beyond_team"


def _weigh_budgets(
    mandate: Mandate, budgets: tuple[Budget, ...], sums: Sums, envelopes: "Envelopes"
) -> Iterator[Weighed]:
    if not budgets:
        return
    given = money(sums, sums.discount, mandate.rules.currency)
    known = given is not None and sums.discount_known
    for index, budget in enumerate(budgets):
        value: Ratio | None = None
        beyond = False
        if given is not None:
            value = budget.used * given[1] + given[0], given[1]
            beyond = value[0] > budget.amount * given[1] and given[0] > 0
        if known and not beyond:
            yield Weighed("budget", None, index, value, MEMBER, "within", None, None)
            continue
        reason = "beyond_budget" if beyond else "unknown"
        by = envelopes.covering(mandate.committee, "budget", None, reason)
        shown = value if known else None
        yield Weighed("budget", None, index, shown, COMMITTEE, reason, mandate.committee, by)


def _weigh_charter(rows: Governing, case: Case, sums: Sums, envelopes: "Envelopes") -> Iterator[Weighed]:
    """Only what the charter forbids or cannot measure; what is within it is no finding."""
    charter = case.charter
    assert charter is not None  # noqa: S101 - rows of a charter govern only where there is one
    lines = case.deal.lines
    committee = case.default_committee
    for metric, limits in rows:
        name = metric.name
        for index, limit in enumerate(limits):
            if limit is None:
                continue
            line = index if metric.on_lines else None
            value = LINE_MEASURES[name](lines[index]) if metric.on_lines else DEAL_MEASURES[name](sums, charter)
            if _is_forbidden(limit, value, sums, charter):
                yield Weighed(name, line, limit.index, value, OUTSIDE_CHARTER, "beyond_charter", None, None)
            elif not limit.measured or (value is None and limit.member is not ANY):
                product = lines[index].product if metric.on_lines else None
                by = envelopes.covering(committee, name, product, "unknown")
                yield Weighed(name, line, limit.index, value, COMMITTEE, "unknown", committee, by)


def _is_forbidden(limit: Limit, value: Ratio | None, sums: Sums, charter: Rules) -> bool:
    bound = limit.member
    if bound is None:
        return True
    if bound is ANY or not limit.measured:
        return False
    name = limit.metric.name
    if value is None:
        value = least_of(name, sums, charter)
        return value is not None and not is_within(name, value, bound)
    return not is_within(name, value, bound)


class Envelopes:
    """The approvals of the case, looked at only where a finding needs one."""

    __slots__ = ("_case", "_live", "_sums")

    def __init__(self, case: Case, sums: Sums) -> None:
        self._case = case
        self._sums = sums
        self._live: list[tuple[int, Approval]] | None = None

    def covering(self, committee: str, metric: str, product: str | None, reason: str) -> int | None:
        """The index of the first live approval of that committee which covers such a finding."""
        if not self._case.approvals:
            return None
        if self._live is None:
            self._live = [
                (index, approval)
                for index, approval in enumerate(self._case.approvals)
                if is_live(approval, self._case, self._sums)
            ]
        for index, approval in self._live:
            if approval.committee == committee and any(
                limit.metric == metric
                and (limit.product is None or limit.product == product)
                and (limit.bound is not None or reason in _COVERED_WITHOUT_BOUND)
                for limit in approval.limits
            ):
                return index
        return None


def is_live(approval: Approval, case: Case, sums: Sums) -> bool:
    """Whether the approval holds for the deal as it stands."""
    return (
        case.on <= approval.until
        and _is_pinned(approval, case.deal)
        and all(_holds(limit, case.deal, sums) for limit in approval.limits)
    )


def _is_pinned(approval: Approval, deal: Deal) -> bool:
    if approval.products is None:
        return True
    sold: dict[str, int] = {}
    for line in deal.lines:
        pin = approval.products.get(line.product)
        if pin is None or (pin.unit_price is not None and line.unit_price < pin.unit_price):
            return False
        sold[line.product] = sold.get(line.product, 0) + line.quantity
        if pin.quantity is not None and sold[line.product] > pin.quantity:
            return False
    return True


def _holds(limit: ApprovedLimit, deal: Deal, sums: Sums) -> bool:
    bound = limit.bound
    if bound is None:
        return True
    name = limit.metric
    if METRICS[name].on_lines:
        measure = LINE_MEASURES[name]
        return all(
            is_within(name, measure(line), bound)
            for line in deal.lines
            if limit.product is None or line.product == limit.product
        )
    return is_within(name, DEAL_MEASURES[name](sums, limit), bound)


def _written(verdict: Verdict) -> Answer:
    answering = verdict.answering
    mandate = answering.mandate
    outcome = verdict.level
    consents = mandate.consents if mandate is not None else 1
    return Answer(
        LEVELS[outcome],
        mandate.code if mandate is not None else None,
        mandate.version if mandate is not None else None,
        consents if outcome == TEAM else 0,
        tuple(sorted(verdict.committees)) if outcome == COMMITTEE else (),
        (*_findings("charter", verdict.charter), *_findings("mandate", answering.findings)),
    )


def _findings(source: str, weighed: Iterable[Weighed]) -> Iterator[Finding]:
    for metric, line, limit, value, level, reason, committee, by in weighed:
        yield Finding(source, metric, line, limit, ratio_text(value), LEVELS[level], reason, committee, by)
