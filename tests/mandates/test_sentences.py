"""Mandates, charters and approvals as sentences."""

from typing import Any

import pytest
from django.utils import translation

from mandates.engine import METRICS
from mandates.sentences import (
    approval_sentences,
    budget_sentence,
    charter_sentence,
    limit_sentence,
    limit_sentences,
    sentences,
)
from tests.factories import public_document

NAMES = {"deal-desk": "Deal desk", "finance": "Finance"}


def said(text: str) -> str:
    """The sentence with plain spaces."""
    return text.replace("\u00a0", " ")


def limit(metric: str, bounds: tuple[Any, Any], when: dict[str, Any] | None = None, follows: bool = False) -> str:
    return said(limit_sentence(metric, when or {}, bounds, currency="EUR", committee="Deal desk", follows=follows))


def test_sentences_of_a_mandate_tell_who_when_what_and_the_rest() -> None:
    told = [said(text) for text in sentences(public_document(2026), committees=NAMES, teams=["Public sector"])]
    assert told == [
        "The team Public sector holds this mandate from 1 Jan 2026 until 31 Dec 2026.",
        "It covers deals for customers of the segment public.",
        "What the team may agree together needs the consent of 1 colleague.",
        "Products of network on terms from 24 months: a member may give up to 12 % discount on a line, "
        "the team up to 18 %; beyond that Deal desk decides.",
        "All other products: a member may give up to 8 % discount on a line, the team up to 12 %; "
        "beyond that Deal desk decides.",
        "All products: a member may go down to a margin of 45 % on a line, the team down to 42 %; "
        "beyond that Finance decides.",
        "All deals: a member may agree payment within up to 30 days, the team up to 60 days; "
        "beyond that Deal desk decides.",
        "Each team may give away up to 50,000 EUR in a quarter.",
        "What no sentence here allows goes to Deal desk.",
    ]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (
            ("8", "12"),
            "a member may give up to 8 % discount on a line, the team up to 12 %; beyond that Deal desk decides",
        ),
        (("8", "8"), "a member may give up to 8 % discount on a line; beyond that Deal desk decides"),
        ((None, "12.5"), "the team together may give up to 12.5 % discount on a line; beyond that Deal desk decides"),
        ((None, None), "Deal desk decides on the discount on a line"),
        (("8", "any"), "a member may give up to 8 % discount on a line, the team without a bound"),
        ((None, "any"), "the team together may give any discount on a line"),
        (("any", "any"), "a member may give any discount on a line"),
    ],
)
def test_limit_sentence_tells_each_kind_of_bounds(bounds: tuple[Any, Any], expected: str) -> None:
    assert limit("line_discount", bounds) == f"All products: {expected}."


@pytest.mark.parametrize(
    ("when", "subject"),
    [
        ({"family": ["network", "cloud"]}, "Products of network and cloud"),
        ({"product": ["A", "B"], "charge": "monthly"}, "The product A or B charged monthly"),
        (
            {"segment": "public", "country": ["BE", "NL"]},
            "All products for customers of the segment public, for customers in BE or NL",
        ),
        ({"term_months": {"from": 12, "below": 24}}, "All products on terms from 12 to below 24 months"),
        ({"quantity": {"below": "1000.5"}}, "All products in quantities below 1,000.5"),
        ({"list_value": {"from": "10000"}}, "All products with a list value from 10,000 EUR"),
        (
            {"kind": ["new", "renewal"], "channel": "web", "currency": "USD", "customer": "C-1"},
            "All products for new business or renewals, for the customer C-1, through the channel web, in USD",
        ),
        ({"payment_days": {"from": 1}}, "All products with payment from 1 day"),
    ],
)
def test_limit_sentence_speaks_every_condition(when: dict[str, Any], subject: str) -> None:
    assert limit("line_discount", ("1", "2"), when).startswith(f"{subject}: ")


def test_limit_sentence_of_what_is_left_says_other() -> None:
    assert limit("line_discount", ("1", "2"), follows=True).startswith("All other products: ")
    assert limit("net_value", ("1", "2"), follows=True).startswith("All other deals: ")
    assert limit("net_value", ("1", "2"), {"kind": "new"}).startswith("Deals for new business: ")


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("language", ["en", "nl", "fr", "de"])
def test_every_metric_is_spoken_with_its_figure(metric: str, language: str) -> None:
    with translation.override(language):
        text = limit(metric, ("1234", "4321"))
        assert "1" in text and "234" in text and "321" in text
        assert "%(" not in text
        assert "234" in said(charter_sentence(metric, {}, "1234", "EUR"))


def test_limit_sentences_keep_the_rows_order_and_own_committees() -> None:
    told = limit_sentences(public_document(2026), committees=NAMES)
    assert len(told) == 4
    assert "Finance" in told[2]


def test_charter_sentence_tells_bounds_prohibitions_and_none() -> None:
    assert said(charter_sentence("line_margin", {}, "10", "EUR")) == (
        "All products: nobody may go below a margin of 10 % on a line."
    )
    assert charter_sentence("line_discount", {"family": "cloud"}, None, "EUR") == (
        "Products of cloud: nobody may agree this at all."
    )
    assert "sets no bound" in charter_sentence("net_value", {}, "any", "EUR")


@pytest.mark.parametrize("per", ["team", "customer"])
@pytest.mark.parametrize("period", ["month", "quarter", "year", "validity"])
def test_budget_sentence_is_whole_for_each_kind(per: str, period: str) -> None:
    text = budget_sentence(per, period, "1000.50", "EUR")
    assert "1,000.50" in text and text.endswith(".") and len(text) > 20


def test_approval_sentences_tell_until_when_for_what_and_how_far() -> None:
    document = {
        "committee": "finance",
        "until": "2026-12-23",
        "products": {"SW-24P": {"quantity": "10", "unit_price": "1044"}, "RT-1": {}},
        "limits": [
            {"metric": "line_margin", "product": "SW-24P", "bound": "40"},
            {"metric": "line_margin", "product": "RT-1", "bound": None},
            {"metric": "budget", "bound": None},
            {"metric": "mandate", "bound": None},
            {"metric": "minimum_value", "bound": "4000.00", "currency": "USD"},
        ],
    }
    assert [said(text) for text in approval_sentences(document)] == [
        "Good until 23 Dec 2026.",
        "For these products only: SW-24P, at most 10, at 1,044 each or more; RT-1 in any quantity.",
        "SW-24P: a margin of at least 40 %.",
        "RT-1: the margin on a line is approved as it stands.",
        "It may go beyond the budget.",
        "It needs no mandate.",
        "A net value of at least 4,000 USD.",
    ]
