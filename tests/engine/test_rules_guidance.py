"""Section “Guidance”: the lowest prices and the single changes, one situation a row."""

import time
from typing import Any

import pytest

from mandates.engine import evaluate

from .building import HARMLESS, approval, case, deal, limit, line, mandate

FULL = line("100", "90", "50")
PRICES = [
    # what it shows, mandate's limits, line, lowest price of a member, of the team
    ("discount", [limit("line_discount", "12", "18")], line("1200", "1000"), "1056.00", "984.00"),
    ("member only", [limit("line_discount", "12")], line("1200", "1000"), "1056.00", "1056.00"),
    ("margin", [limit("line_margin", "50", "40")], line("100", "60", "33"), "66.00", "55.00"),
    ("margin, not on the grid", [limit("line_margin", "30", "25")], line("100", "60", "40"), "57.15", "53.34"),
    ("nothing to reach", [limit("line_discount", None)], line("100", "60"), None, None),
    ("anything goes", [limit("line_discount", "any"), limit("line_discount", None)], line("100", "60"), "0.00", "0.00"),
    ("a margin at price 0", [limit("line_margin", "-900", "any"), *HARMLESS], line("100", "60", "1"), "0.10", "0.00"),
    ("no margin at price 0", [limit("line_margin", "1")], line("100", "60", "0"), "0.01", "0.01"),
    ("list price off the grid", [limit("line_discount", "0")], line("10.1234", "9"), "10.1234", "10.1234"),
    ("today's price off the grid", [limit("line_discount", "10")], line("9", "8.1001"), "8.10", "8.10"),
    ("today's price is the first", [limit("line_discount", "9.9987")], line("9", "8.1002"), "8.1002", "8.1002"),
    ("above list", [limit("line_discount", "-20")], line("100", "130"), "120.00", "120.00"),
    ("above list, out of sight", [limit("line_discount", "-40")], line("100", "130"), None, None),
    ("list price 0", [limit("line_discount", "10")], line("0", "1", "0"), "0.00", "0.00"),
    ("list price 0, at a cost", [limit("line_discount", "10")], line("0", "1", "1"), None, None),
    ("not too much sold", [limit("net_value", "50", "80"), *HARMLESS], line("100", "90"), "0.00", "0.00"),
    ("between two bounds", [limit("net_value", "50"), limit("line_discount", "60")], FULL, "40.00", "40.00"),
    ("no room between", [limit("net_value", "30"), limit("line_discount", "60")], FULL, None, None),
    ("minimum value", [limit("minimum_value", "70", "60"), *HARMLESS], FULL, "70.00", "60.00"),
]


@pytest.mark.parametrize(
    ("limits", "one", "member", "team"), [row[1:] for row in PRICES], ids=[row[0] for row in PRICES]
)
def test_guide_line_names_the_lowest_price(
    limits: list[dict[str, Any]], one: dict[str, Any], member: str | None, team: str | None
) -> None:
    guide = evaluate(case(mandate(*limits), of=deal(one)), guide=True)["guide"]
    assert guide["lines"] == [{"line": 0, "member": member, "team": team}]


def test_guide_price_has_the_decimals_of_its_currency() -> None:
    for currency, price in (("JPY", "89"), ("EUR", "88.01"), ("BHD", "88.001"), ("CLF", "88.0001")):
        document = case(mandate(limit("line_discount", "11.9999"), currency=currency), of=deal(FULL, currency=currency))
        assert evaluate(document, guide=True)["guide"]["lines"][0]["member"] == price


def test_guide_finds_a_window_between_capital_cost_and_margin() -> None:
    late = mandate(
        limit("effective_discount", "50"), limit("line_margin", "20"), capital_rate="300", standard_payment_days=0
    )
    guide = evaluate(case(late, of=deal(line("100", "90", "10"), payment_days=365)), guide=True)["guide"]
    # 100 - p + 3 p <= 50 has no solution: a higher price costs more than it brings in.
    assert guide["lines"] == [{"line": 0, "member": None, "team": None}]
    late["limits"][0]["member"] = "200"
    guide = evaluate(case(late, of=deal(line("100", "90", "10"), payment_days=365)), guide=True)["guide"]
    assert guide["lines"] == [{"line": 0, "member": "12.50", "team": "12.50"}]
    to = {"change": "payment_days", "to": 256}
    assert guide["moves"] == [{**to, "outcome": "team"}, {**to, "outcome": "member"}]


TEAM = limit("line_discount", "5", "20")
MOVES = [
    # mandate's limits and fields, deal, moves
    ([TEAM], {}, deal(FULL), [("unit_price", 0, "95.00", "member")]),
    ([limit("line_discount", "10")], {}, deal(FULL), []),
    (
        [limit("line_discount", "4", "8")],
        {},
        deal(FULL),
        [("unit_price", 0, "92.00", "team"), ("unit_price", 0, "96.00", "member")],
    ),
    (
        [limit("payment_days", "30", "45"), *HARMLESS],
        {},
        deal(payment_days=60),
        [("payment_days", None, 45, "team"), ("payment_days", None, 30, "member")],
    ),
    (
        [limit("minimum_term", "36", "24"), *HARMLESS],
        {},
        deal(),
        [("term_months", None, 24, "team"), ("term_months", None, 36, "member")],
    ),
    (
        [limit("minimum_term", "120"), *HARMLESS],
        {},
        deal(),
        [("term_months", None, 120, "team"), ("term_months", None, 120, "member")],
    ),
    ([limit("minimum_term", "121"), *HARMLESS], {}, deal(), []),
    ([limit("payment_days", "-1"), *HARMLESS], {}, deal(), []),
    (
        [limit("payment_days", "0"), *HARMLESS],
        {},
        deal(),
        [("payment_days", None, 0, "team"), ("payment_days", None, 0, "member")],
    ),
    (  # another row governs from 24 months on
        [limit("line_discount", "15", when={"term_months": {"from": 24}}), TEAM],
        {},
        deal(FULL),
        [("term_months", None, 24, "member"), ("unit_price", 0, "95.00", "member")],
    ),
    (  # the scope holds for shorter payment only
        [limit("line_discount", "15")],
        {"scope": {"payment_days": {"below": "14.5"}}},
        deal(FULL),
        [("payment_days", None, 14, "team"), ("payment_days", None, 14, "member")],
    ),
    (  # the deal grows with the term
        [limit("line_discount", "15", when={"list_value": {"from": "2000.01"}}), TEAM],
        {},
        deal(line("100", "90", "50", charge="monthly")),
        [("term_months", None, 21, "member"), ("unit_price", 0, "95.00", "member")],
    ),
    (  # what is given away once weighs less in a longer contract
        [limit("deal_discount", "5", "100")],
        {},
        deal(line("100", "50"), line("10", "10", charge="monthly")),
        [("term_months", None, 90, "member"), ("unit_price", 0, "89.00", "member")],
    ),
]


@pytest.mark.parametrize(("limits", "fields", "of", "moves"), MOVES)
def test_guide_names_single_changes_in_order(
    limits: list[dict[str, Any]], fields: dict[str, Any], of: dict[str, Any], moves: list[Any]
) -> None:
    guide = evaluate(case(mandate(*limits, **fields), of=of), guide=True)["guide"]
    keys = ("change", "line", "to", "outcome")
    expected = [{key: value for key, value in zip(keys, move, strict=True) if value is not None} for move in moves]
    assert guide["moves"] == expected


def test_guide_moves_stand_for_team_first_then_by_name_and_line() -> None:
    of = deal(line("100", "80"), line("100", "80"), payment_days=60)
    rows = (limit("deal_discount", "12", "15", when={"payment_days": {"from": 45}}), limit("deal_discount", "20"))
    moves = evaluate(case(mandate(*rows), of=of), guide=True)["guide"]["moves"]
    assert [(one["change"], one.get("line"), one["to"], one["outcome"]) for one in moves] == [
        ("payment_days", None, 44, "team"),
        ("unit_price", 0, "90.00", "team"),
        ("unit_price", 1, "90.00", "team"),
        ("payment_days", None, 44, "member"),
        ("unit_price", 0, "96.00", "member"),
        ("unit_price", 1, "96.00", "member"),
    ]


def test_guide_minds_the_charter_and_who_may_decide() -> None:
    charter = {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "30"}]}
    document = case(mandate(limit("line_discount", "any"), *HARMLESS), of=deal(line("100", "60")), charter=charter)
    answer = evaluate(document, guide=True)
    assert answer["outcome"] == "outside_charter"
    assert answer["guide"]["lines"] == [{"line": 0, "member": "70.00", "team": "70.00"}]
    assert [move["outcome"] for move in answer["guide"]["moves"]] == ["team", "member"]
    document["member_may_decide"] = False
    guide = evaluate(document, guide=True)["guide"]
    assert guide["lines"] == [{"line": 0, "member": None, "team": "70.00"}]
    assert [move["outcome"] for move in guide["moves"]] == ["team"]


def test_guide_minds_approvals_and_what_other_lines_need() -> None:
    of = deal(line("100", "90", product="A"), line("100", "70", product="B"))
    asked = case(mandate(limit("line_discount", "10")), of=of)
    assert evaluate(asked, guide=True)["guide"]["lines"][0] == {"line": 0, "member": None, "team": None}
    kept = approval(
        {"metric": "line_discount", "bound": "40", "product": "B"},
        {"metric": "minimum_value", "bound": "150", "currency": "EUR"},
        products={"A": {"unit_price": "85"}, "B": {"unit_price": "55.50"}},
    )
    guide = evaluate({**asked, "approvals": [kept]}, guide=True)["guide"]
    # A may go down to its own limit; B to what the approval's least value and price leave.
    assert [row["member"] for row in guide["lines"]] == ["90.00", "60.00"]
    kept["limits"].pop()
    guide = evaluate({**asked, "approvals": [kept]}, guide=True)["guide"]
    assert [row["member"] for row in guide["lines"]] == ["90.00", "60.00"]
    kept["limits"][0]["bound"] = "50"
    guide = evaluate({**asked, "approvals": [kept]}, guide=True)["guide"]
    assert [row["member"] for row in guide["lines"]] == ["90.00", "55.50"]


def test_guide_budget_bounds_what_is_given_away() -> None:
    budget = {"per": "team", "period": "year", "amount": "50", "used": "20"}
    document = case(mandate(*HARMLESS, budgets=[budget]), of=deal(line("100", "60", quantity=4)))
    guide = evaluate(document, guide=True)["guide"]
    assert guide["lines"] == [{"line": 0, "member": "92.50", "team": "92.50"}]
    budget["used"] = "60"
    guide = evaluate(document, guide=True)["guide"]
    assert guide["lines"] == [{"line": 0, "member": "100.00", "team": "100.00"}]


def test_guide_dear_line_takes_no_longer_than_a_cheap_one() -> None:
    def seconds(listed: str, price: str) -> float:
        document = case(mandate(limit("line_discount", "12", "18")), of=deal(line(listed, price)))
        started = time.process_time()
        for _ in range(20):
            evaluate(document, guide=True)
        return time.process_time() - started

    cheap = min(seconds("20", "16") for _ in range(5))
    assert min(seconds("20000000", "16000000") for _ in range(5)) < 3 * cheap
