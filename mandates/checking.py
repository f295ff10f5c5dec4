"""Whether a draft may be proposed: valid, complete, and naming only what there is."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandates.catalogue import rates_on
from mandates.documents import document_of
from mandates.engine import Problem, check_charter, check_mandate
from mandates.expectations import Trial, check_tests, run_tests
from mandates.findings import Finding, beyond_charter, never_applying, overlapping, uncovered
from mandates.models import Budget, CharterVersion, MandateVersion, VersionPeriod
from mandates.snapshots import charter_in_force
from teams.models import Committee
from teams.organisation import today


def problems_of(version: MandateVersion) -> list[Problem]:
    """Return all that keeps a mandate's draft from being proposed; paths are those of its document."""
    document = document_of(version)
    found = check_mandate(document)
    found += unknown_committees(document, set(_committee_codes()))
    found += doubled_budgets(document)
    found += _other_currency(version, document)
    if not version.holders.exists():
        found.append(Problem("no_team", _("Name at least one team that holds this mandate."), "teams"))
    if not version.note.strip():
        found.append(Problem("no_note", _("Say why: the grantor and every reader later will ask."), "note"))
    return found


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


def _other_currency(version: MandateVersion, document: Mapping[str, Any]) -> list[Problem]:
    """A mandate's budgets go on from version to version, so its currency does too once one of them was used."""
    budget = Budget.objects.filter(mandate=version.mandate_id).first()
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


def charter_problems(version: CharterVersion) -> list[Problem]:
    """Return all that keeps a charter's draft from being proposed."""
    found = check_charter(document_of(version))
    if not version.note.strip():
        found.append(Problem("no_note", _("Say why: the grantor and every reader later will ask."), "note"))
    return found


def findings_of(version: MandateVersion, at: datetime) -> list[Finding]:
    """Return what the grantor confirms; empty while the document itself has problems."""
    document = document_of(version)
    if check_mandate(document):
        return []
    rates = rates_on(today(at))
    return [
        *beyond_charter(document, charter_in_force(at), rates),
        *uncovered(document),
        *never_applying(document),
        *overlapping(document, _others(version, at)),
    ]


def _others(version: MandateVersion, at: datetime) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Return the other mandates that a holding team has, or will have, as (code, name, document)."""
    teams = version.holders.values("team")
    periods = (
        VersionPeriod.objects.filter(version__holders__team__in=teams)
        .exclude(mandate=version.mandate_id)
        .exclude(ends_at__lte=at)
        .select_related("version__mandate")
        .distinct()
    )
    versions = {period.version_id: period.version for period in periods}
    return [(v.mandate.code, v.mandate.name, document_of(v)) for v in versions.values()]


def charter_findings(version: CharterVersion, at: datetime) -> list[Finding]:
    """Return the rows of mandates in force that would go beyond this charter: they would grant nothing there."""
    charter = document_of(version)
    if check_charter(charter):
        return []
    rates = rates_on(today(at))
    periods = VersionPeriod.objects.exclude(ends_at__lte=at).select_related("version__mandate")
    found = []
    for mandate in {period.version_id: period.version for period in periods}.values():
        for finding in beyond_charter(document_of(mandate), charter, rates):
            key = f"{mandate.mandate.code}:{mandate.number}:{finding.key}"
            found.append(Finding(key, finding.code, f"{mandate.mandate.name}: {finding.detail}", finding.path))
    return sorted(found, key=lambda finding: finding.key)


def day_or_none(raw: Any) -> date | None:
    """Return a document's day, None where it is none."""
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        return None
