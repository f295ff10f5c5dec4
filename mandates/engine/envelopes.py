"""Earlier approvals of the same deal: which are live, and what they cover (`docs/decision.md`)."""

from typing import Final

from .facts import Approval, ApprovedLimit, Case, Deal
from .measures import DEAL_MEASURES, LINE_MEASURES, Sums, is_within
from .metrics import METRICS

# The only reasons that a limit without a bound covers: nothing was measured there that it could have bounded.
_COVERED_WITHOUT_BOUND: Final = frozenset({"unknown", "not_covered", "beyond_budget", "no_mandate"})


class Envelopes:
    """The approvals of the case, looked at only where a finding needs one."""

    __slots__ = ("_case", "_deal", "_live", "_sums")

    def __init__(self, case: Case, deal: Deal, sums: Sums) -> None:
        self._case = case
        self._deal = deal
        self._sums = sums
        self._live: list[tuple[int, Approval]] | None = None

    def covering(self, committee: str, metric: str, product: str | None, reason: str) -> int | None:
        """The index of the first live approval of that committee which covers such a finding."""
        if self._live is None:
            self._live = [
                (index, approval)
                for index, approval in enumerate(self._case.approvals)
                if is_live(approval, self._case.on, self._deal, self._sums)
            ]
        for index, approval in self._live:
            if approval.committee == committee and any(
                limit.metric == metric
                and limit.product in (None, product)
                and (limit.bound is not None or reason in _COVERED_WITHOUT_BOUND)
                for limit in approval.limits
            ):
                return index
        return None


def is_live(approval: Approval, on: str, deal: Deal, sums: Sums) -> bool:
    """Whether the approval holds on that day for the deal as it stands."""
    return (
        on <= approval.until
        and _is_pinned(approval, deal)
        and all(_holds(limit, deal, sums) for limit in approval.limits)
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
    metric = METRICS[limit.metric]
    if metric.on_lines:
        lines = [line for line in deal.lines if limit.product in (None, line.product)]
        return all(is_within(bound, value, metric.is_minimum) for value in LINE_MEASURES[metric.name](lines))
    return is_within(bound, DEAL_MEASURES[metric.name](sums, limit), metric.is_minimum)
