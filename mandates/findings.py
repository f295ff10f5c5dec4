"""What a grantor is shown and confirms before a grant: gaps, overlaps, idle rows, bounds beyond the charter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mandates.engine.compare import Difference, shadowed
from mandates.engine.compare import beyond_charter as engine_beyond_charter
from mandates.engine.coverage import uncovered as uncovered_regions
from mandates.engine.metrics import DISCOUNT_METRICS
from mandates.overlaps import may_meet
from mandates.phrases import (
    CONDITION_LABELS,
    bound_text,
    condition_text,
    conditions_text,
    either,
    listed,
    metric_label,
)
from mandates.reaching import deal_text

Document = Mapping[str, Any]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to confirm; `key` is stable while the thing is the same, `path` names the row where there is one.

    `example`: a deal that shows it, in words. `other`: the index of the row that it meets, of the same document or of
    the charter. `metric`: the metric that it is about, where it is about one.
    """

    key: str
    code: str
    detail: str
    path: str = ""
    example: str = ""
    other: int | None = None
    metric: str = ""


def uncovered(document: Document) -> list[Finding]:
    """Name the price metrics that are limited, but not for every deal or line; the document is valid."""
    detail = _("No row limits the %(metric)s %(where)s: that goes to the committee.")
    vague = _("The rows on the %(metric)s may leave something out: that goes to the committee.")
    found = []
    for metric, region in uncovered_regions(document).items():
        if metric not in DISCOUNT_METRICS:
            continue
        where = region_text(region, document["currency"])
        values = {"metric": metric_label(metric), "where": where}
        said = (detail if where else vague) % values
        found.append(Finding(f"uncovered:{metric}", "uncovered", said, "limits", metric=metric))
    return found


def region_text(region: Mapping[str, Any], currency: str) -> str:
    """Return a region of conditions, as the engine describes one, in words; empty for everywhere."""
    said = []
    for name, part in region.items():
        if "ranges" in part:
            said.append(condition_text(name, part["ranges"][0], currency))
        elif part.get("is"):
            said.append(condition_text(name, part["is"], currency))
        elif part.get("not"):
            values = {
                "condition": CONDITION_LABELS.get(name, name),
                "values": either([str(one) for one in part["not"]]),
            }
            said.append(_("for another %(condition)s than %(values)s") % values)
        elif part.get("unknown"):
            said.append(_("where the %(condition)s is not known") % {"condition": CONDITION_LABELS.get(name, name)})
    return ", ".join(said)


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
    """Name the rows that would agree what the charter forbids; both documents are valid.

    Such a row grants nothing there: the charter is enforced at each decision. Money is compared at today's rates.
    What could not be decided counts as beyond.
    """
    if charter is None:
        return []
    found: dict[str, Finding] = {}
    for one in engine_beyond_charter(document, charter, rates):
        unlimited = one.limit_b is None and one.limit_a is not None
        if not unlimited:  # what the mandate does not limit at all, it does not grant by a bound of its own
            finding = _beyond(one, document, charter)
            found.setdefault(finding.path, finding)
    return sorted(found.values(), key=lambda finding: finding.key)


def _beyond(one: Difference, document: Document, charter: Document) -> Finding:
    if one.limit_a is None or one.limit_b is None:
        detail = _("It could not be decided whether the rows on the %(metric)s stay within the charter.")
        key = f"beyond_charter::{one.metric}"
        said = detail % {"metric": metric_label(one.metric)}
        return Finding(key, "beyond_charter", said, "limits", metric=one.metric)
    row, bounding = document["limits"][one.limit_b], charter["limits"][one.limit_a]
    values = {
        "row": one.limit_b + 1,
        "metric": metric_label(row["metric"]),
        "bound": bound_text(row["metric"], widest(row), document["currency"]),
        "charter": bound_text(row["metric"], bounding["limit"], charter["currency"]),
    }
    detail = _("Row %(row)s (%(metric)s, %(bound)s) goes beyond the charter (%(charter)s).") % values
    if bounding.get("when"):
        detail += " " + _("The charter's row is about: %(conditions)s.") % {
            "conditions": conditions_text(bounding["when"], charter["currency"])
        }
    key = f"beyond_charter:{one.limit_b}:{row['metric']}:{widest(row)}:{bounding['limit']}"
    example = "" if one.witness is None else _("For example: %(deal)s.") % {"deal": deal_text(one.witness)}
    path = f"limits[{one.limit_b}].team"
    return Finding(key, "beyond_charter", detail, path, example, one.limit_a, str(row["metric"]))


def never_applying(document: Document, *, charter: bool = False) -> list[Finding]:
    """Name the rows that can never apply, with the rows that take all of theirs; the document is valid."""
    found = []
    for index, by in shadowed(document, charter=charter):
        if not by:
            detail = _("Row %(row)s can never apply: no deal or line that can be judged here meets its conditions.")
        else:
            detail = ngettext(
                "Row %(row)s can never apply: row %(above)s, which is read first, takes all of it.",
                "Row %(row)s can never apply: rows %(above)s, which are read first, take all of it.",
                len(by),
            )
        values = {"row": index + 1, "above": listed([str(one + 1) for one in by])}
        key = f"shadowed:{index}:{'-'.join(str(one) for one in by)}"
        above = min(by, default=None)
        found.append(Finding(key, "shadowed", detail % values, f"limits[{index}]", other=above))
    return found


def widest(row: Row) -> Any:
    """Return the widest bound of a mandate's row: the team's, which is never narrower than a member's."""
    return row.get("team", row["member"])


def unconfirmed(findings: Sequence[Finding], confirmed: Iterable[str]) -> list[Finding]:
    """Return the findings that nobody has confirmed yet."""
    known = set(confirmed)
    return [finding for finding in findings if finding.key not in known]
