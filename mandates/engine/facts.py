"""The values of a case: the deal, what the committees approved before, and who may decide."""

from collections.abc import Mapping
from dataclasses import dataclass

from .authority import Held, Rules


@dataclass(frozen=True, slots=True)
class Line:
    """One product in the deal; figures in 1/10000, `unit_cost` None where it is unknown."""

    product: str
    charge: str
    families: tuple[str, ...]
    quantity: int
    list_price: int
    unit_cost: int | None
    unit_price: int


@dataclass(frozen=True, slots=True)
class Deal:
    """One negotiation as it stands; `texts` holds what text conditions look at, by the condition's name."""

    currency: str
    texts: Mapping[str, str | None]
    term_months: int
    payment_days: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ApprovedLimit:
    """One limit of an approval; `bound` None holds always. The terms count only where the metric needs them."""

    metric: str
    product: str | None
    bound: int | None
    currency: str
    capital_rate: int
    standard_payment_days: int


@dataclass(frozen=True, slots=True)
class Pin:
    """What an approval asks of one product: at most this quantity in all, at least this unit price."""

    quantity: int | None
    unit_price: int | None


@dataclass(frozen=True, slots=True)
class Approval:
    """A committee's yes to this deal."""

    committee: str
    until: str
    products: Mapping[str, Pin] | None
    limits: tuple[ApprovedLimit, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a judgement depends on; `rates` in 1/1000000 per euro."""

    on: str
    member_may_decide: bool
    default_committee: str
    rates: Mapping[str, int]
    charter: Rules | None
    mandates: tuple[Held, ...]
    approvals: tuple[Approval, ...]
    deal: Deal
