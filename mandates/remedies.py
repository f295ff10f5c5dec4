"""From what a grantor would be shown to what mends it in the editor: each remedy is tried before it is offered."""

from collections.abc import Mapping
from typing import Any

from mandates.advice import Check, Remedy, all_the_rest, move_row, remove_row, to_charter
from mandates.engine.compare import shadowed
from mandates.findings import Finding, widest

Document = Mapping[str, Any]


def finding_check(finding: Finding, document: Document, charter: Document | None) -> Check:
    """Return a finding as the editor shows it; the document is valid."""
    remedies: list[Remedy] = []
    if finding.code == "uncovered":
        remedies = [all_the_rest(finding.metric)]
    elif finding.code == "shadowed":
        remedies = _for_idle_row(finding, document)
    elif finding.code == "beyond_charter" and charter is not None:
        remedies = _within_charter(finding, document, charter)
    return Check(
        finding.code, finding.detail, finding.path, stops=False, example=finding.example, remedies=tuple(remedies)
    )


def _row(finding: Finding) -> int:
    return int(finding.path.partition("[")[2].partition("]")[0])


def _for_idle_row(finding: Finding, document: Document) -> list[Remedy]:
    """Moving the row up, where it then applies and leaves every other row its part; or taking it out."""
    row, above = _row(finding), finding.other
    remedies = [remove_row("limits", row)]
    if above is None:
        return remedies
    rows = list(document["limits"])
    rows.insert(above, rows.pop(row))
    charter = "committee" not in document
    before = len(shadowed(document, charter=charter))
    if len(shadowed({**document, "limits": rows}, charter=charter)) < before:
        remedies.insert(0, move_row(row, above))
    return remedies


def _within_charter(finding: Finding, document: Document, charter: Document) -> list[Remedy]:
    if finding.other is None:
        return []
    limit, bounding = document["limits"][_row(finding)], charter["limits"][finding.other]
    money = limit["metric"] in ("discount_amount", "net_value", "minimum_value")
    if (money and document["currency"] != charter["currency"]) or widest(limit) is None:
        return []
    return [to_charter(_row(finding), limit, bounding["limit"], document["currency"])]
