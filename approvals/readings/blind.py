"""What a reader without sight of cost may be told: everything that does not depend on it.

The findings of a blind reader come from a judgement of their own, on the case without costs and without margin limits;
only the outcome, the committees and the colleagues asked are those of the true answer. So two cases that differ in cost
alone, and have the same outcome, read byte for byte the same.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from approvals.readings.figures import MARGIN

Document = Mapping[str, Any]
PRICE_METRICS = frozenset({"line_discount", "deal_discount", "effective_discount"})


def tells_cost(case: Document) -> bool:
    """Return whether the true guidance for this case could tell a cost: then a blind reader is given none.

    A lowest price beside a known lowest margin is the cost; and whether a product without a list price can be
    measured at all depends on it too.
    """
    documents = [case.get("charter"), *case.get("mandates", []), *case.get("approvals", [])]
    if any(_limits_margin(document) for document in documents if document):
        return True
    return any(Decimal(str(line["list_price"])) == 0 for line in case["deal"]["lines"])


def without_cost(case: Document) -> dict[str, Any]:
    """Return the case as a blind reader may know it: every cost 0, every limit on a margin gone.

    It is never judged worse than the true one. A mandate that binds nothing but margins says nothing to this
    reader and is left out.
    """
    charter = case.get("charter")
    mandates = [without_margin(document) for document in case.get("mandates", [])]
    return {
        **case,
        "charter": None if charter is None else without_margin(charter),
        "mandates": [mandate for mandate in mandates if _binds_a_price(mandate)],
        "approvals": [without_margin(document) for document in case.get("approvals", [])],
        "deal": {**case["deal"], "lines": [{**line, "unit_cost": "0"} for line in case["deal"]["lines"]]},
    }


def names_mandate(case: Document) -> bool:
    """Return whether a blind reader may know which mandate answered: with several, that could depend on the cost."""
    return not tells_cost(case) or len(case.get("mandates", [])) < 2


def _limits_margin(document: Document) -> bool:
    return any(limit["metric"] in MARGIN for limit in document["limits"])


def without_margin(document: Document) -> dict[str, Any]:
    """Return a charter, a mandate or an approval without what it says about margins."""
    return {**document, "limits": [limit for limit in document["limits"] if limit["metric"] not in MARGIN]}


def _binds_a_price(mandate: Document) -> bool:
    return any(
        limit["metric"] in PRICE_METRICS and limit.get("team", limit["member"]) != "any" for limit in mandate["limits"]
    )
