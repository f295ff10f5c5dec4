"""Documents in, documents out: the engine as the product and the command call it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from . import guidance
from .document import parse_case, parse_deal, parse_text
from .judge import judge
from .measures import line_discounts, line_margins, sum_up
from .problems import InvalidCase
from .values import decimals, half_even, ratio_text

# Raised whenever some case would be answered differently than before.
ENGINE_VERSION: Final = "1"


def evaluate(case: Mapping[str, Any], *, guide: bool = False) -> dict[str, Any]:
    """The answer to the case document. Raises: InvalidCase."""
    parsed = parse_case(case)
    answer = judge(parsed)
    document = answer.as_document()
    if guide:
        document["guide"] = guidance.guide(parsed, answer).as_document()
    return document


def evaluate_text(line: str, *, guide: bool = False) -> str:
    """The answer to a case written as JSON, or its error, as one line of JSON."""
    try:
        return _written(evaluate(parse_text(line), guide=guide))
    except InvalidCase as error:
        return error_text(error)


def error_text(error: InvalidCase) -> str:
    """What stands in place of an answer, as one line of JSON."""
    return _written({"error": {"code": error.code, "detail": error.detail, "path": error.path}})


def is_error(text: str) -> bool:
    """Whether what `evaluate_text` gave is an error: an answer has no such key."""
    return text.startswith('{"error":')


def measure(deal: Mapping[str, Any]) -> dict[str, Any]:
    """The deal document's sums L, P, C and G and each line's discount and margin, for reading; None where unknown.

    Raises: InvalidCase, its path beginning with `deal`.
    """
    parsed = parse_deal(deal)
    sums = sum_up(parsed, {})
    return {
        "L": _sum_text(sums.list_value),
        "P": _sum_text(sums.price),
        "C": None if sums.cost is None else _sum_text(sums.cost),
        "G": _sum_text(sums.discount) if sums.discount_known else None,
        "lines": [
            {"discount": ratio_text(discount), "margin": ratio_text(margin)}
            for discount, margin in zip(line_discounts(parsed.lines), line_margins(parsed.lines), strict=True)
        ],
    }


def _sum_text(units: int) -> str:
    return decimals(half_even(units, 10_000))


def _written(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=True)
