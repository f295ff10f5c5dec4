"""What a limit may bound and on what it may depend: the closed lists of metrics and conditions."""

from dataclasses import dataclass, field
from typing import Final, Literal

Level = Literal["line", "deal"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing that can be bounded (`docs/decision.md`); a maximum is kept at or below its bound, a minimum above."""

    name: str
    level: Level
    direction: Literal["maximum", "minimum"]
    kind: Literal["percent", "money", "months", "days"]
    on_lines: bool = field(init=False)
    is_minimum: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "on_lines", self.level == "line")
        object.__setattr__(self, "is_minimum", self.direction == "minimum")


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a `when` or a scope may ask; `kind` says how its values are written and compared."""

    name: str
    level: Level
    kind: Literal["family", "text", "choice", "currency", "range"]
    choices: tuple[str, ...] = ()


KINDS: Final = ("new", "renewal", "expansion")
CHARGES: Final = ("one_off", "monthly")
PERS: Final = ("team", "customer")
PERIODS: Final = ("month", "quarter", "year", "validity")

METRICS: Final[dict[str, Metric]] = {
    metric.name: metric
    for metric in (
        Metric("line_discount", "line", "maximum", "percent"),
        Metric("line_margin", "line", "minimum", "percent"),
        Metric("deal_discount", "deal", "maximum", "percent"),
        Metric("deal_margin", "deal", "minimum", "percent"),
        Metric("effective_discount", "deal", "maximum", "percent"),
        Metric("discount_amount", "deal", "maximum", "money"),
        Metric("net_value", "deal", "maximum", "money"),
        Metric("minimum_value", "deal", "minimum", "money"),
        Metric("term_months", "deal", "maximum", "months"),
        Metric("minimum_term", "deal", "minimum", "months"),
        Metric("payment_days", "deal", "maximum", "days"),
    )
}

CONDITIONS: Final[dict[str, Condition]] = {
    condition.name: condition
    for condition in (
        Condition("family", "line", "family"),
        Condition("product", "line", "text"),
        Condition("charge", "line", "choice", CHARGES),
        Condition("quantity", "line", "range"),
        Condition("segment", "deal", "text"),
        Condition("country", "deal", "text"),
        Condition("customer", "deal", "text"),
        Condition("kind", "deal", "choice", KINDS),
        Condition("channel", "deal", "text"),
        Condition("currency", "deal", "currency"),
        Condition("term_months", "deal", "range"),
        Condition("payment_days", "deal", "range"),
        Condition("list_value", "deal", "range"),
    )
}

# A mandate must bind at least one of these below "any", or it would let a team give everything away.
DISCOUNT_METRICS: Final = frozenset(
    {"line_discount", "line_margin", "deal_discount", "deal_margin", "effective_discount"}
)

# What an approval may name besides the metrics: a budget used up, and having no mandate at all.
PSEUDO_METRICS: Final = frozenset({"budget", "mandate"})
