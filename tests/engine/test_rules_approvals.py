"""Section “Earlier approvals”: when an approval is live, and which findings it covers."""

from typing import Any

import pytest

from mandates.engine import evaluate

from .building import HARMLESS, approval, case, deal, limit, line, mandate


def bound(metric: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"metric": metric, "bound": value, **more}


# Two lines of A at 20 % and 10 % off, one of B at 30 %: 7 pieces, L 700, P 570 and G 130 EUR, no cost known for B.
SOLD = deal(
    line("100", "80", "50", product="A", quantity=2),
    line("100", "90", "50", product="A", quantity=3),
    line("100", "70", None, product="B", quantity=2),
    payment_days=60,
)
NEEDED = bound("discount_amount", None)  # covers "not_covered" below, so that only liveness decides
LIVE = [
    # the approval's other fields, its further limits, whether it is live
    ({}, [], True),
    ({"until": "2026-11-22"}, [], False),
    ({"until": "2026-11-24"}, [], True),
    ({"products": {"A": {}, "B": {}}}, [], True),
    ({"products": {"A": {}, "B": {}, "C": {}}}, [], True),
    ({"products": {"A": {}}}, [], False),
    ({"products": {}}, [], False),
    ({"products": None}, [], True),
    ({"products": {"A": {"quantity": "5"}, "B": {"quantity": 2}}}, [], True),
    ({"products": {"A": {"quantity": "4.9999"}, "B": {}}}, [], False),
    ({"products": {"A": {"quantity": None, "unit_price": None}, "B": {}}}, [], True),
    ({"products": {"A": {"unit_price": "80"}, "B": {}}}, [], True),
    ({"products": {"A": {"unit_price": "80.0001"}, "B": {}}}, [], False),
    ({"products": {"A": {"unit_price": "85"}, "B": {"unit_price": "0"}}}, [], False),
    # every limit must hold: line metrics for every line, or for those of the product
    ({}, [bound("line_discount", "30")], True),
    ({}, [bound("line_discount", "29.9999")], False),
    ({}, [bound("line_discount", "20", product="A")], True),
    ({}, [bound("line_discount", "19.9999", product="A")], False),
    ({}, [bound("line_discount", "-5", product="GONE")], True),
    ({}, [bound("line_margin", "37.5", product="A")], True),
    ({}, [bound("line_margin", "37.5001", product="A")], False),
    ({}, [bound("line_margin", "0")], False),  # B's cost is unknown
    ({}, [bound("line_margin", None)], True),
    ({}, [bound("deal_discount", "18.5715")], True),
    ({}, [bound("deal_discount", "18.5714")], False),
    ({}, [bound("deal_margin", "-900")], False),
    ({}, [bound("deal_margin", None)], True),
    ({}, [bound("discount_amount", "130", currency="EUR")], True),
    ({}, [bound("discount_amount", "260", currency="USD")], True),
    ({}, [bound("discount_amount", "259.9999", currency="USD")], False),
    ({}, [bound("discount_amount", "900", currency="JPY")], False),
    ({}, [bound("net_value", "570", currency="EUR")], True),
    ({}, [bound("minimum_value", "570", currency="EUR")], True),
    ({}, [bound("minimum_value", "570.0001", currency="EUR")], False),
    ({}, [bound("minimum_value", None)], True),
    ({}, [bound("payment_days", 60)], True),
    ({}, [bound("payment_days", 59)], False),
    ({}, [bound("term_months", 12), bound("minimum_term", 12)], True),
    ({}, [bound("minimum_term", 13)], False),
    # 130 + 570 x 10 % x 30 / 365 of 700
    ({}, [bound("effective_discount", "19.2408", capital_rate="10", standard_payment_days=30)], True),
    ({}, [bound("effective_discount", "19.2406", capital_rate="10", standard_payment_days=30)], False),
    ({}, [bound("effective_discount", "18.5715", capital_rate="10", standard_payment_days=60)], True),
    ({}, [bound("effective_discount", None)], True),
    ({}, [bound("payment_days", 60), bound("deal_discount", "1")], False),
    ({}, [bound("mandate", None), bound("budget", None)], True),
]


@pytest.mark.parametrize(("fields", "limits", "live"), LIVE)
def test_judge_approval_covers_only_while_it_is_live(
    fields: dict[str, Any], limits: list[dict[str, Any]], live: bool
) -> None:
    never = limit("discount_amount", "1", when={"kind": "renewal"})
    document = case(
        mandate(never, *HARMLESS), of=SOLD, approvals=[approval(NEEDED, *limits, **fields)], rates={"USD": "2"}
    )
    answer = evaluate(document)
    found = answer["findings"][0]
    assert (found["reason"], found["level"], found["committee"]) == ("not_covered", "committee", "desk")
    assert found["covered_by"] == (0 if live else None)
    assert (answer["outcome"], answer["committees"]) == (("member", []) if live else ("committee", ["desk"]))


TEN = deal(line("100", "90", product="A"))
ODD = deal(line("0", "5", "1", product="A"))
DISCOUNT = limit("line_discount", "5")
COVERING = [
    # mandate's limits, deal, approval, whether it covers the first finding
    ((DISCOUNT,), TEN, approval(bound("line_discount", "10")), True),
    ((DISCOUNT,), TEN, approval(bound("line_discount", "10", product="A")), True),
    ((DISCOUNT,), TEN, approval(bound("line_discount", "10", product="B")), False),
    ((DISCOUNT,), TEN, approval(bound("line_discount", "10"), committee="board"), False),
    ((DISCOUNT,), TEN, approval(bound("deal_discount", "10")), False),
    ((DISCOUNT,), TEN, approval(bound("line_discount", None)), False),
    ((DISCOUNT,), TEN, approval(bound("line_discount", None), bound("line_discount", "10")), True),
    ((DISCOUNT,), ODD, approval(bound("line_discount", None)), True),
    ((DISCOUNT,), ODD, approval(bound("line_discount", None, product="A")), True),
    ((DISCOUNT,), ODD, approval(bound("line_discount", None, product="B")), False),
    ((limit("deal_discount", "5", committee="cfo"),), TEN, approval(bound("deal_discount", "10")), False),
    (
        (limit("deal_discount", "5", committee="cfo"),),
        TEN,
        approval(bound("deal_discount", "10"), committee="cfo"),
        True,
    ),
    ((limit("deal_discount", "5"),), TEN, approval(bound("deal_discount", None)), False),
]


@pytest.mark.parametrize(("limits", "of", "approved", "covers"), COVERING)
def test_judge_finding_is_covered_by_its_committees_word_on_its_metric(
    limits: tuple[dict[str, Any], ...], of: dict[str, Any], approved: dict[str, Any], covers: bool
) -> None:
    answer = evaluate(case(mandate(*limits), of=of, approvals=[approved]))
    assert answer["findings"][0]["covered_by"] == (0 if covers else None)
    assert answer["findings"][0]["level"] == "committee"
    assert answer["outcome"] == ("member" if covers else "committee")


BUDGET = {"per": "team", "period": "year", "amount": "5", "used": "0"}


@pytest.mark.parametrize(
    ("of", "approved", "reason", "covers"),
    [
        (TEN, approval(bound("budget", None)), "beyond_budget", True),
        (TEN, approval(bound("discount_amount", "10", currency="EUR")), "beyond_budget", False),
        (TEN, approval(bound("budget", None), committee="board"), "beyond_budget", False),
        (ODD, approval(bound("budget", None)), "unknown", True),
    ],
)
def test_judge_budget_is_covered_by_a_word_on_the_budget(
    of: dict[str, Any], approved: dict[str, Any], reason: str, covers: bool
) -> None:
    answer = evaluate(case(mandate(*HARMLESS, budgets=[BUDGET]), of=of, approvals=[approved]))
    assert answer["findings"][-1]["reason"] == reason
    assert answer["findings"][-1]["covered_by"] == (0 if covers else None)
    assert answer["outcome"] == ("member" if covers else "committee")


def test_judge_first_live_approval_that_fits_is_named() -> None:
    ended = approval(bound("line_discount", "10"), until="2026-01-01")
    other = approval(bound("line_discount", "10"), committee="board")
    fits = approval(bound("line_discount", "10"))
    answer = evaluate(case(mandate(DISCOUNT), of=TEN, approvals=[ended, other, fits, fits]))
    assert answer["findings"][0]["covered_by"] == 2


def test_judge_line_findings_are_covered_each_by_itself() -> None:
    of = deal(line("100", "90", product="A"), line("100", "80", product="B"), line("100", "94", product="C"))
    approvals = [
        approval(bound("line_discount", "25", product="B")),
        approval(bound("line_discount", "10", product="A")),
    ]
    answer = evaluate(case(mandate(DISCOUNT), of=of, approvals=approvals))
    assert [one["covered_by"] for one in answer["findings"]] == [1, 0, None]
    assert answer["committees"] == ["desk"]


def test_judge_covered_finding_no_longer_decides_who_answers() -> None:
    a = mandate(DISCOUNT, code="a")
    b = mandate(limit("line_discount", "5", "15"), code="b", consents=1)
    answer = evaluate(case(a, b, of=TEN, approvals=[approval(bound("line_discount", "10"))]))
    assert (answer["mandate"], answer["outcome"]) == ("a", "member")


def test_judge_charter_finding_is_covered_but_never_one_outside_the_charter() -> None:
    charter = {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "9"}]}
    approved = approval(bound("line_discount", None), committee="board")
    unknown = evaluate(case(mandate(*HARMLESS), of=ODD, charter=charter, approvals=[approved]))
    assert (unknown["outcome"], unknown["findings"][0]["covered_by"]) == ("member", 0)
    asked = evaluate(case(mandate(*HARMLESS), of=ODD, charter=charter))
    assert (asked["outcome"], asked["committees"]) == ("committee", ["board"])
    approved = approval(bound("line_discount", "10"), committee="board")
    outside = evaluate(case(mandate(*HARMLESS), of=TEN, charter=charter, approvals=[approved]))
    assert (outside["outcome"], outside["findings"][0]["covered_by"]) == ("outside_charter", None)
