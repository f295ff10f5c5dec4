"""Section “Which limit governs”: from top to bottom, the first whose conditions all hold."""

from typing import Any

import pytest

from mandates.engine import evaluate

from .building import HARMLESS, case, deal, limit, line, mandate

# when, deal, whether the row governs (None: it cannot be measured)
LINE = deal(line(product="SW-24P", family="network/switches", charge="monthly", quantity="4.5"))
CONDITIONS: list[tuple[dict[str, Any], dict[str, Any], bool | None]] = [
    ({"family": "network"}, LINE, True),
    ({"family": "network/switches"}, LINE, True),
    ({"family": ["cloud", "network"]}, LINE, True),
    ({"family": "net"}, LINE, False),
    ({"family": "network"}, deal(line(family="networking")), False),
    ({"family": "network/switches/core"}, LINE, False),
    ({"family": "switches"}, LINE, False),
    ({"family": "Network"}, LINE, False),
    ({"product": "SW-24P"}, LINE, True),
    ({"product": ["RT-1", "SW-24P"]}, LINE, True),
    ({"product": ["RT-1"]}, LINE, False),
    ({"product": "sw-24p"}, LINE, False),
    ({"charge": "monthly"}, LINE, True),
    ({"charge": ["one_off"]}, LINE, False),
    ({"charge": "one_off"}, deal(), True),
    ({"quantity": {"from": "4.5"}}, LINE, True),
    ({"quantity": {"from": "4.5001"}}, LINE, False),
    ({"quantity": {"below": "4.5"}}, LINE, False),
    ({"quantity": {"below": "4.5001"}}, LINE, True),
    ({"quantity": {"from": 1, "below": 5}}, LINE, True),
    ({"segment": "public"}, deal(), True),
    ({"segment": ["small", "public"]}, deal(), True),
    ({"segment": "Public"}, deal(), False),
    ({"segment": "public"}, deal(customer={"reference": "C-1"}), None),
    ({"country": "BE"}, deal(), True),
    ({"country": "NL"}, deal(), False),
    ({"country": "NL"}, deal(customer={"reference": "C-1", "country": None}), None),
    ({"customer": "C-1"}, deal(), True),
    ({"customer": ["C-2", "C-3"]}, deal(), False),
    ({"kind": "new"}, deal(), True),
    ({"kind": ["renewal", "expansion"]}, deal(), False),
    ({"channel": "direct"}, deal(), True),
    ({"channel": "partner"}, deal(), False),
    ({"channel": "direct"}, deal(channel=None), None),
    ({"currency": ["USD", "EUR"]}, deal(), True),
    ({"currency": "USD"}, deal(), False),
    ({"term_months": {"from": 12}}, deal(), True),
    ({"term_months": {"from": "12.0001"}}, deal(), False),
    ({"term_months": {"below": 12}}, deal(), False),
    ({"term_months": {"from": 6, "below": 13}}, deal(), True),
    ({"payment_days": {"from": 30}}, deal(), True),
    ({"payment_days": {"below": 30}}, deal(), False),
    ({"payment_days": {"from": 0, "below": 31}}, deal(term_months=60), True),
    ({"list_value": {"from": "100"}}, deal(), True),
    ({"list_value": {"from": "100.0001"}}, deal(), False),
    ({"list_value": {"below": "100"}}, deal(), False),
    ({"list_value": {"below": "100.0001"}}, deal(), True),
    ({"list_value": {"from": "100"}}, deal(line("100", "10")), True),
    ({"list_value": {"from": "200"}}, deal(line("200", "200"), currency="USD"), False),
    ({"list_value": {"from": "100"}}, deal(line("200", "200"), currency="USD"), True),
    ({"list_value": {"below": "66.6667"}}, deal(line("133.3333", "100"), currency="USD"), True),
    ({"list_value": {"below": "66.6666"}}, deal(line("133.3333", "100"), currency="USD"), False),
    ({"list_value": {"from": "1"}}, deal(currency="SEK"), None),
    ({"list_value": {"below": "1"}}, deal(line("0", "0", "0"), currency="SEK"), True),
    # all conditions must hold
    ({"family": "network", "kind": "new"}, LINE, True),
    ({"family": "network", "kind": "renewal"}, LINE, False),
    ({"family": "cloud", "kind": "new"}, LINE, False),
    # one that cannot be measured counts only where all others hold
    ({"channel": "direct", "kind": "new"}, deal(channel=None), None),
    ({"channel": "direct", "kind": "renewal"}, deal(channel=None), False),
    ({"channel": "direct", "product": "P"}, deal(channel=None), None),
    ({"channel": "direct", "product": "Q"}, deal(channel=None), False),
    ({"channel": "x", "segment": "y"}, deal(channel=None, customer={"reference": "C"}), None),
    ({"list_value": {"from": 1}, "term_months": {"from": 13}}, deal(currency="SEK"), False),
    ({}, deal(channel=None), True),
]


@pytest.mark.parametrize(("when", "of", "governs"), CONDITIONS)
def test_judge_row_with_conditions_governs_where_all_hold(
    when: dict[str, Any], of: dict[str, Any], governs: bool | None
) -> None:
    document = case(
        mandate(limit("line_discount", "any", when=when), limit("line_discount", "any"), limit("line_discount", None)),
        of=of,
        rates={"USD": "2"},
    )
    (found,) = evaluate(document)["findings"]
    if governs is None:
        assert (found["limit"], found["level"], found["reason"]) == (0, "committee", "unknown")
    else:
        assert (found["limit"], found["reason"]) == (0 if governs else 1, "within")


SCOPES = [
    ({}, True),
    ({"segment": "public"}, True),
    ({"segment": ["small"]}, False),
    ({"country": "NL"}, False),
    ({"channel": "direct", "kind": "new", "currency": "EUR", "customer": "C-1"}, True),
    ({"channel": "direct", "kind": "renewal"}, False),
    ({"term_months": {"from": 12}, "payment_days": {"below": 31}}, True),
    ({"term_months": {"from": 13}}, False),
    ({"list_value": {"from": 100}}, True),
    ({"list_value": {"from": 101}}, False),
]


@pytest.mark.parametrize(("scope", "holds"), SCOPES)
def test_judge_scope_decides_whether_a_mandate_is_considered(scope: dict[str, Any], holds: bool) -> None:
    answer = evaluate(case(mandate(*HARMLESS, scope=scope)))
    assert answer["mandate"] == ("m" if holds else None)


@pytest.mark.parametrize(
    ("scope", "of"),
    [
        ({"channel": "direct"}, deal(channel=None)),
        ({"channel": "direct", "kind": "new"}, deal(channel=None)),
        ({"segment": "public"}, deal(customer={"reference": "C"})),
        ({"list_value": {"from": 1}}, deal(currency="SEK")),
    ],
)
def test_judge_scope_that_cannot_be_measured_does_not_hold(scope: dict[str, Any], of: dict[str, Any]) -> None:
    assert evaluate(case(mandate(*HARMLESS, scope=scope), of=of))["mandate"] is None


def test_judge_list_value_of_a_scope_is_in_the_mandates_currency() -> None:
    scope = {"list_value": {"from": 150}}
    in_yen = mandate(*HARMLESS, scope=scope, currency="JPY")
    assert evaluate(case(in_yen, rates={"JPY": "160"}))["mandate"] == "m"
    assert evaluate(case({**in_yen, "currency": "USD"}, rates={"USD": "1.1"}))["mandate"] is None


def test_judge_unmeasured_row_keeps_the_value_and_asks_its_own_committee() -> None:
    row = limit("line_discount", "any", when={"channel": "direct"}, committee="finance")
    document = case(mandate(row, limit("line_discount", "5")), of=deal(line("100", "90"), channel=None))
    (found,) = evaluate(document)["findings"]
    assert found == {
        "source": "mandate",
        "metric": "line_discount",
        "line": 0,
        "limit": 0,
        "value": "10.0000",
        "level": "committee",
        "reason": "unknown",
        "committee": "finance",
        "covered_by": None,
    }


def test_judge_first_row_that_holds_governs_each_line_and_metric_by_itself() -> None:
    document = case(
        mandate(
            limit("line_discount", "1", when={"family": "cloud"}),
            limit("payment_days", "10", when={"kind": "renewal"}),
            limit("line_discount", "2", when={"quantity": {"from": 10}}),
            limit("line_discount", "3"),
            limit("payment_days", "30"),
            limit("payment_days", "60"),
        ),
        of=deal(line(), line(quantity=10), line(family="cloud/x", quantity=10), line(family="cloud")),
    )
    found = [(one["metric"], one["line"], one["limit"]) for one in evaluate(document)["findings"]]
    assert found == [
        ("line_discount", 0, 3),
        ("line_discount", 1, 2),
        ("line_discount", 2, 0),
        ("line_discount", 3, 0),
        ("payment_days", None, 4),
    ]


@pytest.mark.parametrize("count", [63, 64, 65, 1200])
def test_judge_many_rows_are_read_from_the_top(count: int) -> None:
    rows = [
        limit("line_discount", "50", when={"product": f"P{index}", "term_months": {"from": index % 24}})
        for index in range(count)
    ]
    document = case(
        mandate(*rows, limit("line_discount", "60")), of=deal(line(product=f"P{count - 1}"), term_months=24)
    )
    assert evaluate(document)["findings"][0]["limit"] == count - 1
    document["deal"]["lines"][0]["product"] = "other"
    assert evaluate(document)["findings"][0]["limit"] == count


def test_judge_overlapping_ranges_are_told_apart_at_every_end() -> None:
    bands = [(0, 10), (5, 20), (None, 30), (30, None)]
    rows = [
        limit(
            "payment_days",
            "any",
            when={"payment_days": {k: v for k, v in zip(("from", "below"), band, strict=True) if v is not None}},
        )
        for band in bands
    ]
    for days in range(35):
        expected = next(
            i for i, (low, high) in enumerate(bands) if (low is None or low <= days) and (high is None or days < high)
        )
        answer = evaluate(case(mandate(*rows, *HARMLESS), of=deal(payment_days=days)))
        assert answer["findings"][0]["limit"] == expected, days


def governing_rows(rows: list[dict[str, Any]], of: dict[str, Any]) -> list[tuple[int | None, str]]:
    """The governing row of each line and whether it could be measured."""
    document = case(mandate(*rows, limit("line_discount", None)), of=of)
    found = evaluate(document)["findings"]
    return [(one["limit"], "unknown" if one["reason"] == "unknown" else "") for one in found]


def test_judge_rows_that_share_a_value_or_an_end_are_told_apart() -> None:
    named = [
        limit("line_discount", "any", when={"product": "A", "kind": "renewal"}),
        limit("line_discount", "any", when={"product": ["A", "B"]}),
    ]
    assert governing_rows(named, deal(line(product="A"))) == [(1, "")]
    ranged = [
        limit("line_discount", "any", when={"quantity": {"from": 5, "below": 9}, "kind": "renewal"}),
        limit("line_discount", "any", when={"quantity": {"from": 5, "below": 9}}),
    ]
    for quantity, row in ((4, 2), (5, 1), (8, 1), (9, 2)):
        assert governing_rows(ranged, deal(line(quantity=quantity))) == [(row, "")]


@pytest.mark.parametrize(
    "condition", [{"product": "P"}, {"charge": "one_off"}, {"family": "network"}, {"quantity": {"from": 1}}]
)
def test_judge_line_condition_never_brings_back_a_row_that_the_deal_rules_out(condition: dict[str, Any]) -> None:
    rows = [limit("line_discount", "any", when={**condition, "kind": "renewal"}), limit("line_discount", "any")]
    assert governing_rows(rows, deal()) == [(1, "")]
    rows[0]["when"] = {**condition, "product": "other"} if "product" not in condition else {**condition, "family": "x"}
    assert governing_rows(rows, deal()) == [(1, "")]


def test_judge_row_further_down_that_cannot_be_measured_is_found_unknown() -> None:
    rows = [
        limit("line_discount", "any", when={"kind": "renewal"}),
        limit("line_discount", "any", when={"list_value": {"from": 1}}),
    ]
    assert governing_rows(rows, deal(currency="SEK")) == [(1, "unknown")]
