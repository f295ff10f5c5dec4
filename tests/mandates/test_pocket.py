"""A mandate in short: limits by metric, each bound a figure with its direction, who decides beyond it."""

from typing import Any

import pytest
from django.utils import translation

from mandates.engine import METRICS
from mandates.pocket import Topic, topics
from tests.factories import public_document

NAMES = {"deal-desk": "Deal desk", "finance": "Finance"}


def of(*limits: dict[str, Any]) -> list[Topic]:
    return topics(public_document(2026, limits=list(limits)), NAMES)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_limits_are_grouped_by_metric_in_their_order() -> None:
    discount, margin, payment = topics(public_document(2026), NAMES)
    assert [plain(limit.subject) for limit in discount.limits] == [
        "Products of network on terms from 24 months",
        "All other products",
    ]
    assert (discount.metric, margin.metric, payment.metric) == (
        "Discount on a line",
        "Margin on a line",
        "Payment days",
    )
    assert margin.beyond == "Beyond that Finance decides."


def test_rows_of_a_metric_far_apart_come_together_and_keep_what_is_left() -> None:
    far = of(
        {"metric": "line_discount", "when": {"family": "network"}, "member": "12", "team": "18"},
        {"metric": "payment_days", "member": "30"},
        {"metric": "line_discount", "member": "8", "team": "12"},
    )
    assert [limit.subject for limit in far[0].limits] == ["Products of network", "All other products"]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"member": "8", "team": "12"}, ("up to 8 %", "up to 12 %", "Beyond that Deal desk decides.")),
        ({"member": "8"}, ("up to 8 %", "up to 8 %", "Beyond that Deal desk decides.")),
        ({"member": None, "team": "12"}, ("", "up to 12 %", "Beyond that Deal desk decides.")),
        ({"member": None, "team": None}, ("", "", "Deal desk decides.")),
        ({"member": "8", "team": "any"}, ("up to 8 %", "without a bound", "")),
    ],
)
def test_each_kind_of_bounds_has_its_figures(bounds: dict[str, Any], expected: tuple[str, str, str]) -> None:
    ((limit,), beyond) = ((topic := of({"metric": "line_discount", **bounds})[0]).limits, topic.beyond)
    assert (plain(limit.member), plain(limit.team), limit.beyond) == expected
    assert beyond == limit.beyond


def test_several_committees_stand_at_their_own_limits() -> None:
    (topic,) = of(
        {"metric": "line_discount", "when": {"family": "network"}, "member": "12", "committee": "finance"},
        {"metric": "line_discount", "member": "8"},
    )
    assert topic.beyond == ""
    assert [limit.beyond for limit in topic.limits] == [
        "Beyond that Finance decides.",
        "Beyond that Deal desk decides.",
    ]


@pytest.mark.parametrize("language", ["en", "nl", "fr", "de"])
def test_every_metric_has_its_figure_in_every_language(language: str) -> None:
    with translation.override(language):
        for metric in METRICS:
            (topic,) = of({"metric": metric, "member": "12", "team": "15"})
            assert "12" in topic.limits[0].member and "15" in topic.limits[0].team
            assert "%(" not in f"{topic}"
