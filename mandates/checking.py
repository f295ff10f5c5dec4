"""Whether a draft may be proposed, and what its grantor will be shown: valid, complete, inside the charter."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandates.advice import Check, problem_check
from mandates.catalogue import rates_on
from mandates.documents import document_of
from mandates.drafters import aims_of, asking_team_id
from mandates.engine import Problem, canonical, check_charter, check_mandate
from mandates.expectations import Trial, check_tests, run_tests
from mandates.findings import Finding, beyond_charter, never_applying, overlapping, uncovered
from mandates.models import Budget, CharterVersion, MandateVersion, VersionPeriod
from mandates.remedies import finding_check
from mandates.snapshots import charter_in_force
from mandates.unknown import unknown_values
from teams.models import Committee
from teams.organisation import today


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a mandate's draft says, stored or not: its document, and what stands beside it."""

    document: Mapping[str, Any]
    mandate_id: int | None = None
    team_ids: frozenset[int] = field(default_factory=frozenset)
    note: str = ""
    tests: tuple[Mapping[str, Any], ...] = ()


def drafted(version: MandateVersion) -> Drafted:
    """Return what a stored version says."""
    teams = frozenset(holder.team_id for holder in version.holders.all())
    return Drafted(document_of(version), version.mandate_id, teams, version.note)


def problems_of(version: MandateVersion, document: Mapping[str, Any] | None = None) -> list[Problem]:
    """Return all that keeps a mandate's draft from being proposed; paths are those of its document.

    `document`: what is offered in place of the version's own.
    """
    draft = drafted(version)
    return problems_in(draft if document is None else replace(draft, document=document)) + _unsaid(version)


def problems_in(draft: Drafted) -> list[Problem]:
    """Return all that keeps a draft from being proposed, whether it is stored or not."""
    document = draft.document
    found = check_mandate(document)
    found += unknown_committees(document, set(_committee_codes()))
    found += doubled_budgets(document)
    found += _other_currency(draft.mandate_id, document)
    if not draft.team_ids:
        found.append(Problem("no_team", _("Name at least one team that holds this mandate."), "teams"))
    return found + _unexplained(draft.note)


def _unexplained(note: str) -> list[Problem]:
    said = _("Say why: the grantor and every reader later will ask.")
    return [] if note.strip() else [Problem("no_note", said, "note")]


def _unsaid(version: MandateVersion) -> list[Problem]:
    """A team that asks says what it wants to reach, and what it does without an agreement."""
    if asking_team_id(version) is None:
        return []
    aims = aims_of(version)
    wanted = {
        "goal": (aims.goal, _("Say what the team wants to reach.")),
        "walk_away": (aims.walk_away, _("Say what the team does without an agreement.")),
    }
    return [Problem("not_said", detail, path) for path, (said, detail) in wanted.items() if not said.strip()]


def _committee_codes() -> Collection[str]:
    return Committee.objects.filter(is_active=True).values_list("code", flat=True)


def unknown_committees(document: Mapping[str, Any], known: Collection[str]) -> list[Problem]:
    """Return the committees that a document names and that there are not; pure."""
    named = [("committee", document.get("committee"))]
    rows = document.get("limits")
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, Mapping) and "committee" in row:
            named.append((f"limits[{index}].committee", row["committee"]))
    detail = _("There is no committee %(code)s.")
    return [
        Problem("unknown_committee", detail % {"code": code}, path)
        for path, code in named
        if isinstance(code, str) and code and code not in known
    ]


def doubled_budgets(document: Mapping[str, Any]) -> list[Problem]:
    """Return budgets that another one of the same receiver and period precedes: they would be one budget; pure."""
    rows = document.get("budgets")
    seen: set[tuple[Any, Any]] = set()
    found = []
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        if not isinstance(row, Mapping):
            continue
        key = (str(row.get("per")), str(row.get("period")))
        if key in seen:
            detail = _("There is a budget for this receiver and period already. Keep one of them.")
            found.append(Problem("budget_twice", detail, f"budgets[{index}].period"))
        seen.add(key)
    return found


def _other_currency(mandate_id: int | None, document: Mapping[str, Any]) -> list[Problem]:
    """A mandate's budgets go on from version to version, so its currency does too once one of them was used."""
    budget = Budget.objects.filter(mandate=mandate_id).first() if mandate_id else None
    if budget is None or budget.currency == document.get("currency"):
        return []
    detail = _("The budgets of this mandate are kept in %(currency)s. For another currency draft another mandate.")
    return [Problem("currency_kept", detail % {"currency": budget.currency}, "currency")]


# --- the mandate's own test cases ---


def tests_of(version: MandateVersion) -> list[dict[str, Any]]:
    """Return a version's own test cases, in their order."""
    return [json.loads(document) for document in version.tests.order_by("number").values_list("document", flat=True)]


def trials_of(version: MandateVersion, at: datetime) -> tuple[list[Trial], list[Problem]]:
    """Judge a version's test cases under the charter in force, or say what is wrong with them.

    Both are empty while the document itself has problems.
    """
    document, tests = document_of(version), tests_of(version)
    if not tests or check_mandate(document):
        return [], []
    problems = check_tests(tests, document)
    return ([], problems) if problems else (run_tests(tests, document, charter_in_force(at)), [])


def failing_tests(version: MandateVersion, at: datetime) -> list[Problem]:
    """Return the test cases that do not hold, each with what became of its deal: they block proposal and grant."""
    trials, problems = trials_of(version, at)
    return problems + [failed(trial) for trial in trials if not trial.holds]


def failing_in(
    tests: Sequence[Mapping[str, Any]], document: Mapping[str, Any], charter: Mapping[str, Any] | None
) -> list[Problem]:
    """Return the test cases that do not hold for a valid document, stored or not."""
    cases = [dict(test) for test in tests]
    problems = check_tests(cases, document)
    return problems or [failed(trial) for trial in run_tests(cases, document, charter) if not trial.holds]


OUTCOME_NAMES = {
    "member": gettext_lazy("an immediate yes"),
    "team": gettext_lazy("a yes with a colleague's consent"),
    "committee": gettext_lazy("a question to the committee"),
    "outside_charter": gettext_lazy("outside the charter"),
}


def expectation_text(at_most: str, at_least: str) -> str:
    """Return what a test case asks for."""
    if at_most == at_least:
        return _("must be %(outcome)s") % {"outcome": OUTCOME_NAMES[at_most]}
    if not at_least:
        return _("must be %(outcome)s or better") % {"outcome": OUTCOME_NAMES[at_most]}
    if not at_most:
        return _("must be %(outcome)s or stricter") % {"outcome": OUTCOME_NAMES[at_least]}
    names = {"least": OUTCOME_NAMES[at_least], "most": OUTCOME_NAMES[at_most]}
    return _("must lie between %(least)s and %(most)s") % names


def failed(trial: Trial) -> Problem:
    """Return the sentence about a test case that does not hold."""
    detail = _("Test case “%(name)s” does not hold: it %(expected)s, but the answer is %(outcome)s.") % {
        "name": trial.name,
        "expected": expectation_text(trial.at_most, trial.at_least),
        "outcome": OUTCOME_NAMES[trial.outcome],
    }
    return Problem("test_failed", detail, f"tests[{trial.index}]")


# --- what the grantor confirms ---


def findings_of(version: MandateVersion, at: datetime, document: Mapping[str, Any] | None = None) -> list[Finding]:
    """Return what the grantor confirms; empty while the document itself has problems.

    `document`: what is offered in place of the version's own.
    """
    draft = drafted(version)
    return findings_in(draft if document is None else replace(draft, document=document), at, charter_in_force(at))


def findings_in(draft: Drafted, at: datetime, charter: Mapping[str, Any] | None) -> list[Finding]:
    """Return what the grantor of a draft confirms under a charter, whether the draft is stored or not."""
    document = draft.document
    if check_mandate(document):
        return []
    rates = rates_on(today(at))
    return [
        *beyond_charter(document, charter, rates),
        *uncovered(document),
        *never_applying(document),
        *overlapping(document, _others(draft, at)),
    ]


def _others(draft: Drafted, at: datetime) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Return the other mandates that a holding team has, or will have, as (code, name, document)."""
    periods = (
        VersionPeriod.objects.filter(version__holders__team__in=draft.team_ids)
        .exclude(mandate=draft.mandate_id)
        .exclude(ends_at__lte=at)
        .select_related("version__mandate")
        .distinct()
    )
    versions = {period.version_id: period.version for period in periods}
    return [(v.mandate.code, v.mandate.name, document_of(v)) for v in versions.values()]


# --- what the editor shows ---


def mandate_checks(draft: Drafted, at: datetime) -> list[Check]:
    """Return all that is wrong with a mandate's draft or will be asked about it, with what mends it."""
    try:
        canonical(dict(draft.document))
    except TypeError as error:
        return [Check("not_exact", str(error))]
    document = draft.document
    stops = [problem_check(problem, document) for problem in problems_in(draft)]
    charter = charter_in_force(at)
    if draft.tests and not check_mandate(document):
        failing = failing_in(draft.tests, document, charter)
        stops += [Check(problem.code, problem.detail, problem.path) for problem in failing]
    hints = [finding_check(one, document, charter) for one in findings_in(draft, at, charter)]
    return _in_order([*stops, *hints, *unknown_values(document)])


def charter_checks(document: Mapping[str, Any], note: str, at: datetime) -> list[Check]:
    """Return all that is wrong with a charter's draft or will be asked about it, with what mends it."""
    problems = [*check_charter(document), *_unexplained(note)]
    stops = [problem_check(problem, document) for problem in problems]
    hints: list[Check] = []
    if not check_charter(document):
        idle = [finding_check(one, document, None) for one in never_applying(document, charter=True)]
        wider = [Check(one.code, one.detail, stops=False, example=one.example) for one in mandates_beyond(document, at)]
        hints = [*idle, *wider]
    return _in_order([*stops, *hints, *unknown_values(document)])


def _in_order(checks: Iterable[Check]) -> list[Check]:
    """Those that stop first, each kind in the order of the page."""
    return sorted(checks, key=lambda check: (not check.stops, check.place[1] or 0))


# --- the charter ---


def charter_problems(version: CharterVersion) -> list[Problem]:
    """Return all that keeps a charter's draft from being proposed."""
    return [*check_charter(document_of(version)), *_unexplained(version.note)]


def charter_findings(version: CharterVersion, at: datetime) -> list[Finding]:
    """Return the rows of mandates in force that would go beyond this charter: they would grant nothing there."""
    charter = document_of(version)
    return [] if check_charter(charter) else mandates_beyond(charter, at)


def mandates_beyond(charter: Mapping[str, Any], at: datetime) -> list[Finding]:
    """Return the rows of mandates in force that go beyond a valid charter."""
    rates = rates_on(today(at))
    periods = VersionPeriod.objects.exclude(ends_at__lte=at).select_related("version__mandate")
    found = []
    for mandate in {period.version_id: period.version for period in periods}.values():
        for finding in beyond_charter(document_of(mandate), charter, rates):
            key = f"{mandate.mandate.code}:{mandate.number}:{finding.key}"
            detail = f"{mandate.mandate.name}: {finding.detail}"
            found.append(replace(finding, key=key, detail=detail))
    return sorted(found, key=lambda finding: finding.key)


def day_or_none(raw: Any) -> date | None:
    """Return a document's day, None where it is none."""
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        return None
