"""What a grantor is shown and confirms before a version is granted: gaps, overlaps, and bounds beyond the charter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from mandates.engine import METRICS
from mandates.engine.metrics import DISCOUNT_METRICS
from mandates.overlaps import may_meet
from mandates.phrases import bound_text, conditions_text, metric_label

Document = Mapping[str, Any]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to confirm; `key` is stable while the thing is the same, `path` names the row where there is one."""

    key: str
    code: str
    detail: str
    path: str = ""


def uncovered(document: Document) -> list[Finding]:
    """Name the price metrics that are limited but have no row without conditions: what no row covers is escalated."""
    rows = document["limits"]
    metrics = dict.fromkeys(row["metric"] for row in rows if row["metric"] in DISCOUNT_METRICS)
    open_metrics = [m for m in metrics if not any(row["metric"] == m and not row.get("when") for row in rows)]
    detail = _("No row without conditions limits the %(metric)s: what the rows leave out goes to the committee.")
    return [
        Finding(f"uncovered:{metric}", "uncovered", detail % {"metric": metric_label(metric)}, "limits")
        for metric in open_metrics
    ]


def overlapping(document: Document, others: Iterable[tuple[str, str, Document]]) -> list[Finding]:
    """Name other mandates of the same teams that may judge the same deals; the milder one then answers.

    `others` are (code, name, document) of mandates in force or coming into force.
    """
    found = []
    for code, name, other in sorted(others, key=lambda one: one[0]):
        scopes = [
            _comparable(one.get("scope") or {}, document["currency"], other["currency"]) for one in (document, other)
        ]
        if not _days_meet(document, other) or not may_meet(*scopes):
            continue
        detail = _("“%(name)s” covers some of the same deals. The mandate that asks for less then answers.")
        found.append(Finding(f"overlap:{code}:{other['version']}", "overlap", detail % {"name": name}, "scope"))
    return found


def _comparable(conditions: Mapping[str, Any], currency: str, other: str) -> Mapping[str, Any]:
    """Leave a range of list values out where it is written in another currency."""
    if currency == other:
        return conditions
    return {name: raw for name, raw in conditions.items() if name != "list_value"}


def _days_meet(first: Document, second: Document) -> bool:
    return bool(first["valid_from"] <= second["valid_until"] and second["valid_from"] <= first["valid_until"])


def beyond_charter(document: Document, charter: Document | None, rates: Mapping[str, str]) -> list[Finding]:
    """Name the rows whose widest bound goes beyond what the charter lets anybody agree where both may apply.

    Such a row grants nothing there: the charter is enforced at each decision. Money is compared at today's rates.
    """
    if charter is None:
        return []
    found = []
    for index, row in enumerate(document["limits"]):
        bounding = _first_beyond(row, document, charter, rates)
        if bounding is None:
            continue
        values = {
            "row": index + 1,
            "metric": metric_label(row["metric"]),
            "bound": bound_text(row["metric"], widest(row), document["currency"]),
            "charter": bound_text(row["metric"], bounding["limit"], charter["currency"]),
        }
        detail = _("Row %(row)s (%(metric)s, %(bound)s) goes beyond the charter (%(charter)s).") % values
        if bounding.get("when"):
            detail += " " + _("The charter's row is about: %(conditions)s.") % {
                "conditions": conditions_text(bounding["when"], charter["currency"])
            }
        key = f"beyond_charter:{index}:{row['metric']}:{widest(row)}:{bounding['limit']}"
        found.append(Finding(key, "beyond_charter", detail, f"limits[{index}].team"))
    return found


def widest(row: Row) -> Any:
    """Return the widest bound of a mandate's row: the team's, which is never narrower than a member's."""
    return row.get("team", row["member"])


def _first_beyond(row: Row, document: Document, charter: Document, rates: Mapping[str, str]) -> Row | None:
    conditions = _comparable(
        {**(document.get("scope") or {}), **(row.get("when") or {})}, document["currency"], charter["currency"]
    )
    for bounding in charter["limits"]:
        if bounding["metric"] != row["metric"] or not may_meet(conditions, bounding.get("when") or {}):
            continue
        if _is_beyond(row["metric"], widest(row), bounding["limit"], document["currency"], charter["currency"], rates):
            return dict(bounding)
        if not bounding.get("when"):
            break  # a row without conditions governs whatever reaches it: the charter's later rows are never read
    return None


def _is_beyond(metric: str, bound: Any, limit: Any, currency: str, other: str, rates: Mapping[str, str]) -> bool:
    """Say whether `bound` allows more than `limit`; a comparison that needs a missing rate counts as beyond."""
    if bound is None or limit == "any":
        return False
    if limit is None or bound == "any":
        return True
    ours, theirs = Decimal(str(bound)), Decimal(str(limit))
    if METRICS[metric].kind == "money" and currency != other:
        if currency not in rates or other not in rates:
            return True
        ours, theirs = ours * Decimal(rates[other]), theirs * Decimal(rates[currency])
    return ours < theirs if METRICS[metric].is_minimum else ours > theirs


def unconfirmed(findings: Sequence[Finding], confirmed: Iterable[str]) -> list[Finding]:
    """Return the findings that nobody has confirmed yet."""
    known = set(confirmed)
    return [finding for finding in findings if finding.key not in known]
