"""What a committee is asked to allow: each finding beyond the team, and what it comes to in money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.readings import figures
from approvals.readings.findings import Names, Reading, read
from approvals.readings.lines import totals_of

Document = Mapping[str, Any]
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Breach:
    """One finding that a committee answers for; `amount` is empty where it has no amount."""

    reading: Reading
    amount: str


def breaches(case: Document, answer: Document, committee: str, names: Names) -> list[Breach]:
    """Return what this committee is asked to allow, in the engine's order; what is covered already is left out."""
    mandate = next((one for one in case["mandates"] if one["code"] == answer["mandate"]), None)
    return [
        Breach(read(finding, case, mandate, names), _amount(finding, case, mandate))
        for finding in answer["findings"]
        if finding["level"] == "committee" and finding["committee"] == committee and finding["covered_by"] is None
    ]


def ask(*, team: str, customer: str, cause: str, asked: Sequence[Breach]) -> str:
    """Return what is asked of the committee, as one sentence."""
    words = {"team": team, "customer": customer}
    if not asked:
        return {
            "objection": _("%(team)s asks for a decision on a deal with %(customer)s to which a colleague objected."),
            "silence": _("%(team)s asks for a decision on a deal with %(customer)s: no colleague answered in time."),
            "too_few": _("%(team)s asks for a decision on a deal with %(customer)s: too few colleagues can consent."),
        }.get(cause, _("%(team)s asks for a decision on a deal with %(customer)s.")) % words
    first, rest = asked[0], len(asked) - 1
    words |= {"what": _at(first.reading), "why": first.reading.why.rstrip("."), "amount": first.amount}
    said = _("%(team)s asks for %(customer)s: %(what)s; %(why)s.")
    if first.amount and first.reading.reason not in ("not_covered", "unknown", "no_mandate"):
        said = _("%(team)s asks for %(customer)s: %(what)s; %(why)s, which is %(amount)s.")
    if not rest:
        return said % words
    more = ngettext("And %(count)s thing more.", "And %(count)s things more.", rest) % {"count": rest}
    return f"{said % words} {more}"


def _at(reading: Reading) -> str:
    if not reading.figure:
        return reading.what
    return _("%(what)s at %(figure)s") % {"what": reading.what, "figure": reading.figure}


def _amount(finding: Document, case: Document, mandate: Document | None) -> str:
    """Return what lies beyond the bound, in the currency that it is measured in."""
    deal = case["deal"]
    line = None if finding["line"] is None else deal["lines"][finding["line"]]
    if finding["reason"] in ("not_covered", "unknown", "no_mandate") or finding["value"] is None:
        return _whole(deal, line)
    bound, currency = _bound(finding, case, mandate)
    if bound is None:
        return _whole(deal, line)
    gap = abs(Decimal(finding["value"]) - bound)
    if figures.kind(finding["metric"]) == "money":
        return figures.money(gap, currency)
    if figures.kind(finding["metric"]) != "percent":
        return ""
    base = _base(finding["metric"], deal, line)
    return figures.money((gap * base / HUNDRED).quantize(Decimal("0.01")), deal["currency"])


def _bound(finding: Document, case: Document, mandate: Document | None) -> tuple[Decimal | None, str]:
    index = finding["limit"]
    if mandate is None or index is None or finding["source"] == "charter":
        return None, case["deal"]["currency"]
    if finding["metric"] == "budget":
        return Decimal(str(mandate["budgets"][index]["amount"])), mandate["currency"]
    row = mandate["limits"][index]
    team = row.get("team", row["member"])
    return (None if team in (None, "any") else Decimal(str(team))), mandate["currency"]


def _base(metric: str, deal: Document, line: Document | None) -> Decimal:
    """Return the amount that a percentage is a share of: at list for discounts, at the price asked for margins."""
    totals = totals_of(deal if line is None else {**deal, "lines": [line]}, sees_cost=False)
    return totals.net_value if metric in figures.MARGIN else totals.list_value


def _whole(deal: Document, line: Document | None) -> str:
    return totals_of(deal if line is None else {**deal, "lines": [line]}, sees_cost=False).net
