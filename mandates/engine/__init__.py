"""The rules engine: judges a deal by its mandates, purely and exactly (`docs/decision.md`)."""

from .answers import ENGINE_VERSION, error_text, evaluate, evaluate_text, is_error, measure
from .document import check_approval, check_charter, check_mandate, parse_case, parse_deal, parse_text
from .facts import Case, Deal, Line
from .guidance import Guide, guide
from .judge import Answer, judge
from .metrics import CHARGES, CONDITIONS, KINDS, METRICS, PERIODS, PERS, Condition, Metric
from .problems import InvalidCase, Problem
from .values import canonical, digest
from .weighing import Finding

__all__ = [
    "CHARGES",
    "CONDITIONS",
    "ENGINE_VERSION",
    "KINDS",
    "METRICS",
    "PERIODS",
    "PERS",
    "Answer",
    "Case",
    "Condition",
    "Deal",
    "Finding",
    "Guide",
    "InvalidCase",
    "Line",
    "Metric",
    "Problem",
    "canonical",
    "check_approval",
    "check_charter",
    "check_mandate",
    "digest",
    "error_text",
    "evaluate",
    "evaluate_text",
    "guide",
    "is_error",
    "judge",
    "measure",
    "parse_case",
    "parse_deal",
    "parse_text",
]
