"""How similar two deals are: a table of pairs, with what they share and how much that weighs."""

from decimal import Decimal
from typing import Any

import pytest

from insights.similar import Sign, Subject, likeness

HERE = Subject(
    metrics=frozenset({"line_discount", "payment_days"}),
    families=frozenset({"network/switches"}),
    segment="public",
    customer_id=1,
    currency="EUR",
    net_value=Decimal(10_000),
)


def other(**changes: Any) -> Subject:
    nothing = {"metrics": frozenset(), "families": frozenset(), "segment": "", "customer_id": 2, "currency": "EUR"}
    return Subject(**nothing | {"net_value": Decimal(1)} | changes)


@pytest.mark.parametrize(
    ("there", "score", "shared"),
    [
        (HERE, 100, {"metric", "customer", "family", "segment", "size"}),
        (other(metrics=frozenset({"line_discount"})), 40, {"metric"}),
        (other(customer_id=1), 25, {"customer"}),
        (other(families=frozenset({"network/switches"})), 20, {"family"}),
        (other(families=frozenset({"network/routers"})), 20, {"family"}),
        (other(customer_id=1, segment="Public", net_value=Decimal(20_000)), 40, {"customer", "segment", "size"}),
        (other(customer_id=1, net_value=Decimal("20000.01")), 25, {"customer"}),
        (other(customer_id=1, net_value=Decimal(5_000)), 30, {"customer", "size"}),
        (other(customer_id=1, net_value=Decimal(10_000), currency="USD"), 25, {"customer"}),
    ],
)
def test_likeness_weighs_what_is_shared(there: Subject, score: int, shared: set[str]) -> None:
    found = likeness(HERE, there)
    assert found is not None
    assert (found.score, {str(sign) for sign in found.shared}) == (score, shared)


@pytest.mark.parametrize(
    "there",
    [other(), other(segment="public"), other(net_value=Decimal(10_000)), other(families=frozenset({"networking"}))],
)
def test_segment_and_size_alone_make_nothing_similar(there: Subject) -> None:
    assert likeness(HERE, there) is None


def test_likeness_names_the_nearest_family_that_is_shared() -> None:
    found = likeness(HERE, other(families=frozenset({"network/switches/24", "network/routers"})))
    assert found is not None and found.shared[Sign.FAMILY] == ("network/switches",)
