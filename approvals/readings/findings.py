"""One finding of the engine as a sentence, with its figures and the ruler that shows where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.readings import figures

Document = Mapping[str, Any]

METRIC_NAMES: dict[str, Promise] = {
    "line_discount": gettext_lazy("Discount"),
    "line_margin": gettext_lazy("Margin"),
    "deal_discount": gettext_lazy("Discount of the whole deal"),
    "deal_margin": gettext_lazy("Margin of the whole deal"),
    "effective_discount": gettext_lazy("Effective discount"),
    "discount_amount": gettext_lazy("Discount amount"),
    "net_value": gettext_lazy("Net value"),
    "minimum_value": gettext_lazy("Net value, at least"),
    "term_months": gettext_lazy("Term"),
    "minimum_term": gettext_lazy("Term, at least"),
    "payment_days": gettext_lazy("Payment days"),
    "budget": gettext_lazy("Budget"),
    "mandate": gettext_lazy("Mandate"),
}
ORDER = {"member": 0, "team": 1, "committee": 2, "outside_charter": 3}


@dataclass(frozen=True, slots=True)
class Ruler:
    """The scale that a figure stands on, as `components/headroom.html` draws it."""

    start: Decimal
    span: Decimal
    value: Decimal
    member: Decimal | None
    team: Decimal | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One finding, read. `counts` is false where an earlier approval covers it."""

    source: str
    metric: str
    line: int | None
    level: str
    reason: str
    what: str
    figure: str
    why: str
    member_text: str
    team_text: str
    left_text: str
    committee: str
    covered: str
    counts: bool
    at_least: bool
    ruler: Ruler | None

    @property
    def weight(self) -> tuple[int, Decimal]:
        """Sort key: what asks for the most first, then what stands closest to its bound."""
        closeness = Decimal(0)
        if self.ruler is not None:
            from_start = (self.ruler.value - self.ruler.start) / self.ruler.span
            closeness = from_start if self.at_least else 1 - from_start
        return (-ORDER[self.level] if self.counts else 0, closeness)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The row that governs a finding: its figures, and the currency they are in."""

    member: str | None
    team: str | None
    currency: str


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called where people read them."""

    products: Mapping[str, str]
    committees: Mapping[str, str]
    mandates: Mapping[str, str] = field(default_factory=dict)

    def committee(self, code: str | None) -> str:
        return self.committees.get(code, code) if code else ""


def read(finding: Document, case: Document, mandate: Document | None, names: Names) -> Reading:
    """Return one finding of an answer to `case`, read. `mandate` is the document that answered."""
    metric, level, reason = finding["metric"], finding["level"], finding["reason"]
    bounds = _bounds(finding, case, mandate)
    value = None if finding["value"] is None else Decimal(str(finding["value"]))
    covered = finding["covered_by"]
    # the charter's one bound is nobody's own: it is told in words, without the scale of a member's and a team's
    of_mandate = finding["source"] != "charter"
    return Reading(
        source=finding["source"],
        metric=metric,
        line=finding["line"],
        level=level,
        reason=reason,
        what=_what(finding, case, names, mandate),
        figure=_figure(metric, value, bounds),
        why=_why(finding, value, bounds, case),
        member_text=_bound_text(metric, bounds, bounds.member) if of_mandate else "",
        team_text=_bound_text(metric, bounds, bounds.team) if of_mandate and bounds.team != bounds.member else "",
        left_text=_left(metric, level, value, bounds),
        committee=names.committee(finding["committee"]),
        covered="" if covered is None else _covered(case, names, covered),
        counts=covered is None,
        at_least=figures.is_minimum(metric),
        ruler=_ruler(metric, value, bounds) if of_mandate else None,
    )


def _covered(case: Document, names: Names, index: int) -> str:
    committee = names.committee(case["approvals"][index]["committee"])
    return _("Covered by the approval of %(committee)s.") % {"committee": committee}


def _bounds(finding: Document, case: Document, mandate: Document | None) -> Bounds:
    """Return the governing row's figures; the charter's single bound counts for both levels."""
    index = finding["limit"]
    if finding["source"] == "charter":
        charter = case["charter"]
        limit = None if index is None else charter["limits"][index]["limit"]
        return Bounds(_text(limit), _text(limit), charter["currency"])
    if mandate is None:
        return Bounds(None, None, case["deal"]["currency"])
    if index is None:
        return Bounds(None, None, mandate["currency"])
    if finding["metric"] == "budget":
        amount = _text(mandate["budgets"][index]["amount"])
        return Bounds(amount, amount, mandate["currency"])
    row = mandate["limits"][index]
    member = _text(row["member"])
    return Bounds(member, _text(row.get("team", row["member"])), mandate["currency"])


def _text(bound: object) -> str | None:
    return None if bound is None else str(bound)


def _number(bound: str | None) -> Decimal | None:
    return None if bound is None or bound == "any" else Decimal(bound)


def _what(finding: Document, case: Document, names: Names, mandate: Document | None) -> str:
    metric = finding["metric"]
    if metric == "budget" and mandate is not None and finding["limit"] is not None:
        return budget_name(mandate["budgets"][finding["limit"]])
    name = str(METRIC_NAMES[metric])
    if finding["line"] is None:
        return name
    product = case["deal"]["lines"][finding["line"]]["product"]
    return _("%(metric)s on %(product)s") % {"metric": name, "product": names.products.get(product, product)}


def budget_name(budget: Document) -> str:
    """Return what a budget of a mandate is called: whose it is and for how long."""
    of_team = {
        "month": _("The team's budget for this month"),
        "quarter": _("The team's budget for this quarter"),
        "year": _("The team's budget for this year"),
        "validity": _("The team's budget"),
    }
    of_customer = {
        "month": _("This customer's budget for this month"),
        "quarter": _("This customer's budget for this quarter"),
        "year": _("This customer's budget for this year"),
        "validity": _("This customer's budget"),
    }
    return (of_team if budget["per"] == "team" else of_customer)[budget["period"]]


def _figure(metric: str, value: Decimal | None, bounds: Bounds) -> str:
    if value is None:
        return ""
    for bound in (_number(bounds.member), _number(bounds.team)):
        if bound is not None and figures.figure(metric, value, bounds.currency) == figures.figure(
            metric, bound, bounds.currency
        ):
            return figures.figure_beside(metric, value, bound, bounds.currency)
    return figures.figure(metric, value, bounds.currency)


def _bound_text(metric: str, bounds: Bounds, bound: str | None) -> str:
    if bound == "any":
        return _("any figure")
    number = _number(bound)
    return "" if number is None else figures.figure(metric, number, bounds.currency)


def _left(metric: str, level: str, value: Decimal | None, bounds: Bounds) -> str:
    """Return the headroom in words, for a figure that is within a bound."""
    bound = _number(bounds.member if level == "member" else bounds.team if level == "team" else None)
    if value is None or bound is None:
        return ""
    room = (value - bound) if figures.is_minimum(metric) else (bound - value)
    if room < 0:
        return ""
    if room == 0:
        return _("exactly at the bound")
    gap = figures.distance(metric, value, bound, bounds.currency)
    if level == "member":
        return _("%(gap)s left") % {"gap": gap}
    return _("%(gap)s left to the team's bound") % {"gap": gap}


def _why(finding: Document, value: Decimal | None, bounds: Bounds, case: Document) -> str:
    """Return the reason of a finding as one sentence."""
    metric, reason = finding["metric"], finding["reason"]
    match reason:
        case "within":
            return _("Within what you may agree yourself.")
        case "beyond_member":
            return _beyond_member(metric, value, bounds)
        case "beyond_team":
            return _beyond_team(metric, value, bounds)
        case "beyond_budget":
            return _beyond_budget(value, bounds)
        case "beyond_charter":
            return _beyond_charter(metric, value, bounds)
        case "not_covered":
            return _("The mandate has no row for this, so it is not the team's to agree.")
        case "no_mandate":
            return _("No mandate of the team covers this deal.")
    return _unknown(finding, case)


def _beyond_member(metric: str, value: Decimal | None, bounds: Bounds) -> str:
    own, team = _number(bounds.member), _bound_text(metric, bounds, bounds.team)
    if own is None or value is None:
        return _("A colleague's consent is always asked here; the team may agree up to %(team)s.") % {"team": team}
    gap = figures.distance(metric, value, own, bounds.currency)
    words = {"gap": gap, "own": figures.figure(metric, own, bounds.currency), "team": team}
    if figures.is_minimum(metric):
        return _("%(gap)s below your own %(own)s, within the team's %(team)s.") % words
    return _("%(gap)s beyond your own %(own)s, within the team's %(team)s.") % words


def _beyond_team(metric: str, value: Decimal | None, bounds: Bounds) -> str:
    team = _number(bounds.team)
    if team is None:
        return _("The mandate leaves this to the committee, whatever the figure.")
    bound = figures.figure(metric, team, bounds.currency)
    if value is None:
        return _("Beyond the team's %(bound)s.") % {"bound": bound}
    words = {"gap": figures.distance(metric, value, team, bounds.currency), "bound": bound}
    if figures.is_minimum(metric):
        return _("%(gap)s below the team's %(bound)s.") % words
    return _("%(gap)s beyond the team's %(bound)s.") % words


def _beyond_budget(value: Decimal | None, bounds: Bounds) -> str:
    amount = _number(bounds.member)
    if amount is None or value is None:
        return _("There is not enough left in the budget.")
    return _("%(gap)s more than the budget of %(amount)s has left.") % {
        "gap": figures.money(value - amount, bounds.currency),
        "amount": figures.money(amount, bounds.currency),
    }


def _beyond_charter(metric: str, value: Decimal | None, bounds: Bounds) -> str:
    limit = _number(bounds.team)
    if limit is None:
        return _("The charter rules this out.")
    bound = figures.figure(metric, limit, bounds.currency)
    if value is None:
        return _("The charter's bound is %(bound)s; no team and no committee may pass it.") % {"bound": bound}
    words = {"gap": figures.distance(metric, value, limit, bounds.currency), "bound": bound}
    return _("%(gap)s past the charter's %(bound)s, which no team and no committee may pass.") % words


def _unknown(finding: Document, case: Document) -> str:
    """Return why a figure could not be measured; what cannot be measured is never a yes."""
    line = None if finding["line"] is None else case["deal"]["lines"][finding["line"]]
    if line is not None and finding["metric"] in figures.MARGIN and line.get("unit_cost") is None:
        return _("The cost of this product is not known, so its margin cannot be measured.")
    if line is not None and Decimal(str(line["list_price"])) == 0:
        return _("This product has no list price to measure against.")
    if finding["value"] is not None:
        return _("Whether this limit applies cannot be told: a condition of it cannot be measured for this deal.")
    return _("This cannot be measured: a list price, a cost or an exchange rate is missing.")


def _ruler(metric: str, value: Decimal | None, bounds: Bounds) -> Ruler | None:
    """Return a scale with room on both sides of the figures that stand on it; None where there is nothing to draw."""
    member, team = _number(bounds.member), _number(bounds.team)
    marks = [mark for mark in (member, team) if mark is not None]
    if value is None or not marks:
        return None
    if figures.is_minimum(metric):
        low, high = min([value, *marks]), max([value, *marks])
        room = max((high - low) * Decimal("0.6"), abs(high) * Decimal("0.15"), Decimal(1))
        start, end = low - room, high + room
    else:
        start, end = min(Decimal(0), value), max([value, *marks, Decimal(1)]) * Decimal("1.25")
    edge = start if figures.is_minimum(metric) else end
    return Ruler(
        start=start,
        span=end - start,
        value=value,
        member=edge if bounds.member == "any" else member,
        team=edge if bounds.team == "any" else team,
    )
