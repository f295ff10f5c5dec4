"""Sections “Findings” and “The answer”: committees, budgets, the charter, and who answers."""

from typing import Any

import pytest

from mandates.engine import evaluate

from .building import HARMLESS, approval, case, deal, limit, line, mandate

TEN = deal(line("100", "90"))  # ten per cent off


def judged(document: dict[str, Any]) -> tuple[str, str | None, list[str]]:
    answer = evaluate(document)
    return answer["outcome"], answer["mandate"], answer["committees"]


def test_judge_beyond_team_asks_the_limits_committee_or_else_the_mandates() -> None:
    rows = (limit("line_discount", "5", committee="finance"), limit("deal_discount", "5"))
    assert judged(case(mandate(*rows), of=TEN)) == ("committee", "m", ["desk", "finance"])
    answer = evaluate(case(mandate(*rows), of=TEN))
    assert [one["committee"] for one in answer["findings"]] == ["finance", "desk"]


def test_judge_metric_without_a_governing_limit_is_not_covered() -> None:
    row = limit("line_discount", "5", when={"family": "cloud"}, committee="finance")
    found = evaluate(case(mandate(row), of=TEN))["findings"]
    assert [(one["level"], one["reason"], one["limit"], one["value"], one["committee"]) for one in found] == [
        ("committee", "not_covered", None, "10.0000", "desk")
    ]


def test_judge_findings_stand_in_the_order_of_the_limits_then_the_budgets() -> None:
    document = case(
        mandate(
            limit("term_months", "24"),
            limit("line_margin", "10"),
            limit("term_months", "36"),
            limit("line_discount", "20"),
            budgets=[{"per": "team", "period": "month", "amount": 100, "used": 0}] * 2,
        ),
        of=deal(line(), line()),
        charter={"currency": "EUR", "limits": [limit_of("payment_days", 10), limit_of("line_discount", "-1")]},
    )
    found = [(one["source"], one["metric"], one["line"], one["limit"]) for one in evaluate(document)["findings"]]
    assert found == [
        ("charter", "payment_days", None, 0),
        ("charter", "line_discount", 0, 1),
        ("charter", "line_discount", 1, 1),
        ("mandate", "term_months", None, 0),
        ("mandate", "line_margin", 0, 1),
        ("mandate", "line_margin", 1, 1),
        ("mandate", "line_discount", 0, 3),
        ("mandate", "line_discount", 1, 3),
        ("mandate", "budget", None, 0),
        ("mandate", "budget", None, 1),
    ]


def limit_of(metric: str, bound: Any, **more: Any) -> dict[str, Any]:
    return {"metric": metric, "limit": bound, **more}


GIFT = line("0", "0", None)
BUDGETS = [
    # amount, used, deal, currency, rates, level, reason, value
    ("100", "90", TEN, "EUR", {}, "member", "within", "100.0000"),
    ("100", "90.0001", TEN, "EUR", {}, "committee", "beyond_budget", "100.0001"),
    ("100", "200", deal(), "EUR", {}, "member", "within", "200.0000"),
    ("100", "200", deal(line("100", "110")), "EUR", {}, "member", "within", "200.0000"),
    ("0", "0", deal(), "EUR", {}, "member", "within", "0.0000"),
    ("105", "100", TEN, "USD", {"USD": "0.5"}, "member", "within", "105.0000"),
    ("105", "100", TEN, "USD", {"USD": "0.500001"}, "committee", "beyond_budget", "105.0000"),
    ("105", "100", TEN, "USD", {}, "committee", "unknown", None),
    ("0", "100", deal(), "USD", {}, "member", "within", "100.0000"),
    ("100", "0", deal(line("100", "90"), GIFT), "EUR", {}, "committee", "unknown", None),
    ("100", "95", deal(line("100", "90"), GIFT), "EUR", {}, "committee", "beyond_budget", None),
    ("100", "90", deal(line("100", "90"), GIFT), "EUR", {}, "committee", "unknown", None),
    ("100", "200", deal(line("100", "100"), GIFT), "EUR", {}, "committee", "unknown", None),
    ("100", "200", deal(line("100", "90"), GIFT), "USD", {}, "committee", "unknown", None),
]


@pytest.mark.parametrize(("amount", "used", "of", "currency", "rates", "level", "reason", "value"), BUDGETS)
def test_judge_budget_holds_what_is_used_and_given(
    amount: str,
    used: str,
    of: dict[str, Any],
    currency: str,
    rates: dict[str, str],
    level: str,
    reason: str,
    value: str | None,
) -> None:
    budget = {"per": "customer", "period": "quarter", "amount": amount, "used": used}
    document = case(mandate(*HARMLESS, budgets=[budget], currency=currency), of=of, rates=rates)
    assert evaluate(document)["findings"][-1] == {
        "source": "mandate",
        "metric": "budget",
        "line": None,
        "limit": 0,
        "value": value,
        "level": level,
        "reason": reason,
        "committee": "desk" if level == "committee" else None,
        "covered_by": None,
    }


ODD = line("0", "5", "1")
CHARTER = [
    # limits, deal, outcome, reasons of the charter's findings with their values
    ([limit_of("line_discount", "10")], TEN, "member", []),
    ([limit_of("line_discount", "9.9999")], TEN, "outside_charter", [("beyond_charter", "10.0000")]),
    ([limit_of("line_margin", "50")], deal(), "member", []),
    ([limit_of("line_margin", "50.0001")], deal(), "outside_charter", [("beyond_charter", "50.0000")]),
    ([limit_of("line_discount", "any")], deal(ODD), "member", []),
    ([limit_of("line_discount", None)], deal(), "outside_charter", [("beyond_charter", "0.0000")]),
    ([limit_of("line_discount", None)], deal(ODD), "outside_charter", [("beyond_charter", None)]),
    ([limit_of("line_discount", "10")], deal(ODD), "committee", [("unknown", None)]),
    ([limit_of("line_discount", "10", when={"kind": "renewal"})], deal(ODD), "member", []),
    (
        [limit_of("line_discount", None, when={"kind": "renewal"}), limit_of("line_discount", "10")],
        TEN,
        "member",
        [],
    ),
    (
        [limit_of("line_discount", "1", when={"channel": "x"})],
        deal(line("100", "90"), channel=None),
        "committee",
        [("unknown", "10.0000")],
    ),
    (
        [limit_of("line_discount", "any", when={"channel": "x"})],
        deal(line("100", "90"), channel=None),
        "committee",
        [("unknown", "10.0000")],
    ),
    (
        [limit_of("line_discount", None, when={"channel": "x"})],
        deal(line("100", "90"), channel=None),
        "outside_charter",
        [("beyond_charter", "10.0000")],
    ),
    ([limit_of("line_margin", "-900000")], deal(line("100", "0", "1")), "outside_charter", [("beyond_charter", None)]),
    ([limit_of("line_margin", "5")], deal(line("0", "0", "0")), "member", []),
    ([limit_of("deal_margin", "5")], deal(line("100", "90", None)), "committee", [("unknown", None)]),
    # the least that is given away is already too much, or not
    ([limit_of("deal_discount", "19")], deal(line("100", "80"), ODD), "outside_charter", [("beyond_charter", None)]),
    ([limit_of("deal_discount", "20")], deal(line("100", "80"), ODD), "committee", [("unknown", None)]),
    ([limit_of("deal_discount", "-1")], deal(ODD), "committee", [("unknown", None)]),
    ([limit_of("discount_amount", "19")], deal(line("100", "80"), ODD), "outside_charter", [("beyond_charter", None)]),
    (
        [limit_of("deal_discount", "19", when={"channel": "x"})],
        deal(line("100", "80"), ODD, channel=None),
        "committee",
        [("unknown", None)],
    ),
    # each line by itself
    (
        [limit_of("line_discount", "5")],
        deal(line("100", "90"), line("100", "96"), line("100", "80")),
        "outside_charter",
        [("beyond_charter", "10.0000"), ("beyond_charter", "20.0000")],
    ),
]


@pytest.mark.parametrize(("limits", "of", "outcome", "reasons"), CHARTER)
def test_judge_charter_forbids_or_asks_the_default_committee(
    limits: list[dict[str, Any]], of: dict[str, Any], outcome: str, reasons: list[tuple[str, str | None]]
) -> None:
    answer = evaluate(case(mandate(*HARMLESS), of=of, charter={"currency": "EUR", "limits": limits}))
    charter = [one for one in answer["findings"] if one["source"] == "charter"]
    assert answer["outcome"] == outcome
    assert [(one["reason"], one["value"]) for one in charter] == reasons
    assert answer["committees"] == (["board"] if outcome == "committee" else [])
    assert answer["consents"] == 0
    assert answer["mandate"] == "m"
    for one in charter:
        asked = one["reason"] == "unknown"
        assert (one["level"], one["committee"]) == (("committee", "board") if asked else ("outside_charter", None))


def test_judge_charter_measures_by_its_own_currency_and_capital_rate() -> None:
    charter = {
        "currency": "USD",
        "capital_rate": "10",
        "standard_payment_days": 0,
        "limits": [limit_of("discount_amount", "15"), limit_of("effective_discount", "100")],
    }
    of = deal(line("100", "90"), payment_days=365)
    assert judged(case(mandate(*HARMLESS), of=of, charter=charter, rates={"USD": "1.5"}))[0] == "member"
    assert judged(case(mandate(*HARMLESS), of=of, charter=charter, rates={"USD": "1.500001"}))[0] == "outside_charter"
    charter["limits"] = [limit_of("effective_discount", "19")]
    assert judged(case(mandate(*HARMLESS), of=of, charter=charter))[0] == "member"
    charter["limits"] = [limit_of("effective_discount", "18.9999")]
    assert judged(case(mandate(*HARMLESS), of=of, charter=charter))[0] == "outside_charter"
    del charter["capital_rate"], charter["standard_payment_days"]
    assert judged(case(mandate(*HARMLESS), of=of, charter=charter))[0] == "member"


def test_judge_charter_raises_a_team_or_committee_outcome_and_adds_its_committee() -> None:
    charter = {"currency": "EUR", "limits": [limit_of("deal_margin", "0")]}
    of = deal(line("100", "90", None))
    team = mandate(limit("line_discount", "5", "15"), consents=2)
    beyond = mandate(limit("line_discount", "5"))
    assert judged(case(team, of=of, charter=charter)) == ("committee", "m", ["board"])
    assert judged(case(beyond, of=of, charter=charter)) == ("committee", "m", ["board", "desk"])
    assert evaluate(case(team, of=of, charter=charter))["consents"] == 0


def named(code: str, *limits: dict[str, Any], **more: Any) -> dict[str, Any]:
    return mandate(*limits, code=code, **more)


FREELY = limit("line_discount", "20")
TOGETHER = limit("line_discount", "5", "20")
ASKING = limit("line_discount", "5")
TWO_COMMITTEES = (ASKING, limit("deal_discount", "5", committee="legal"))
ANSWERING = [
    # mandates, member_may_decide, outcome, who answers, consents
    ([named("a", ASKING), named("b", TOGETHER), named("c", FREELY)], True, "member", "c", 0),
    ([named("a", ASKING), named("b", TOGETHER)], True, "team", "b", 1),
    ([named("b", FREELY), named("a", FREELY)], True, "member", "a", 0),
    ([named("b", FREELY), named("B", FREELY), named("10", FREELY), named("9", FREELY)], True, "member", "10", 0),
    ([named("a", *TWO_COMMITTEES), named("b", ASKING)], True, "committee", "b", 0),
    ([named("a", ASKING, consents=3), named("b", ASKING)], True, "committee", "a", 0),
    ([named("a", TOGETHER, consents=3), named("b", TOGETHER, consents=2)], True, "team", "b", 2),
    ([named("a", FREELY, consents=3), named("b", FREELY)], True, "member", "a", 0),
    ([named("a", FREELY, consents=3), named("b", FREELY)], False, "team", "b", 1),
    ([named("a", FREELY, consents=2), named("b", TOGETHER, consents=1)], False, "team", "b", 1),
    ([named("a", FREELY, valid_from="2026-11-24")], True, "committee", None, 0),
    ([named("a", FREELY, valid_from="2026-11-23")], True, "member", "a", 0),
    ([named("a", FREELY, valid_until="2026-11-22")], True, "committee", None, 0),
    ([named("a", FREELY, valid_until="2026-11-23")], True, "member", "a", 0),
    ([], True, "committee", None, 0),
    ([], False, "committee", None, 0),
]


@pytest.mark.parametrize(("mandates", "may", "outcome", "who", "consents"), ANSWERING)
def test_judge_mandate_that_asks_least_answers(
    mandates: list[dict[str, Any]], may: bool, outcome: str, who: str | None, consents: int
) -> None:
    answer = evaluate(case(*mandates, of=TEN, member_may_decide=may))
    assert (answer["outcome"], answer["mandate"], answer["consents"]) == (outcome, who, consents)
    assert answer["version"] == (None if who is None else 1)
    if who is None:
        assert answer["committees"] == ["board"]
        assert answer["findings"] == [
            {
                "source": "mandate",
                "metric": "mandate",
                "line": None,
                "limit": None,
                "value": None,
                "level": "committee",
                "reason": "no_mandate",
                "committee": "board",
                "covered_by": None,
            }
        ]


NO_MANDATE = approval({"metric": "mandate", "bound": None}, committee="board")
COVERED = [
    # mandates, member_may_decide, outcome, who answers, consents
    ([], True, "member", None, 0),
    ([], False, "team", None, 1),
    ([named("a", ASKING)], True, "member", None, 0),
    ([named("a", TOGETHER)], True, "member", None, 0),
    ([named("a", FREELY)], True, "member", "a", 0),
    ([named("a", TOGETHER, consents=2)], False, "team", "a", 2),
    ([named("a", ASKING), named("b", FREELY, consents=2)], False, "team", "b", 2),
    ([named("a", ASKING)], False, "team", None, 1),
]


@pytest.mark.parametrize(("mandates", "may", "outcome", "who", "consents"), COVERED)
def test_judge_having_no_mandate_answers_where_an_approval_covers_it_and_all_mandates_ask_more(
    mandates: list[dict[str, Any]], may: bool, outcome: str, who: str | None, consents: int
) -> None:
    answer = evaluate(case(*mandates, of=TEN, member_may_decide=may, approvals=[NO_MANDATE]))
    assert (answer["outcome"], answer["mandate"], answer["consents"]) == (outcome, who, consents)
    if who is None:
        assert answer["findings"][-1]["covered_by"] == 0


def test_judge_version_and_highest_finding_make_the_answer() -> None:
    rows = (limit("line_discount", "20"), limit("deal_margin", "60", "40"), limit("payment_days", "30"))
    answer = evaluate(case(mandate(*rows, version=7, consents=2), of=TEN))
    assert (answer["outcome"], answer["version"], answer["consents"]) == ("team", 7, 2)
    assert [one["level"] for one in answer["findings"]] == ["member", "team", "member"]


def test_judge_charter_stands_in_front_of_no_mandate() -> None:
    charter = {"currency": "EUR", "limits": [limit_of("line_discount", "1")]}
    answer = evaluate(case(of=TEN, charter=charter))
    assert (answer["outcome"], answer["mandate"], answer["version"]) == ("outside_charter", None, None)
    assert [one["reason"] for one in answer["findings"]] == ["beyond_charter", "no_mandate"]


def test_judge_the_pages_example_gives_the_pages_answer() -> None:
    document = {
        "on": "2026-11-23",
        "member_may_decide": True,
        "default_committee": "deal-desk",
        "rates": {"EUR": "1", "USD": "1.0850"},
        "charter": {"currency": "EUR", "limits": [limit_of("line_discount", "45")]},
        "mandates": [
            {
                **mandate(
                    limit("line_discount", "12", "18", when={"family": "network", "term_months": {"from": 24}}),
                    limit("line_discount", "8", "12"),
                    limit("line_margin", "45", "42", committee="finance"),
                ),
                "code": "public-2026",
                "version": 2,
                "scope": {"segment": ["public"]},
                "capital_rate": "8",
                "budgets": [{"per": "team", "period": "quarter", "amount": "50000.00", "used": "48200.00"}],
            }
        ],
        "approvals": [
            {
                "committee": "finance",
                "until": "2026-11-20",
                "products": {"SW-24P": {"quantity": "10"}, "RT-1": {}},
                "limits": [
                    {"metric": "line_margin", "product": "SW-24P", "bound": "40"},
                    {"metric": "minimum_value", "bound": "4000.00", "currency": "EUR"},
                ],
            }
        ],
        "deal": deal(line("1200.00", "1044.00", "610.00", product="SW-24P", quantity="4"), term_months=24),
    }
    answer = evaluate(document)
    compact = [(one["metric"], one["limit"], one["value"], one["reason"]) for one in answer["findings"]]
    assert compact == [
        ("line_discount", 0, "13.0000", "beyond_member"),
        ("line_margin", 2, "41.5709", "beyond_team"),
        ("budget", 0, "48824.0000", "within"),
    ]
    assert (answer["outcome"], answer["committees"]) == ("committee", ["finance"])
    document["approvals"][0]["until"] = "2026-11-23"
    answer = evaluate(document)
    assert (answer["outcome"], answer["consents"], answer["committees"]) == ("team", 1, [])
    assert answer["findings"][1]["covered_by"] == 0


def test_judge_charter_goes_on_after_a_line_that_it_does_not_limit() -> None:
    rows = [limit_of("line_discount", "5", when={"product": "B"})]
    of = deal(line("100", "90", product="A"), line("100", "90", product="B"))
    answer = evaluate(case(mandate(*HARMLESS), of=of, charter={"currency": "EUR", "limits": rows}))
    charter = [(one["line"], one["reason"]) for one in answer["findings"] if one["source"] == "charter"]
    assert charter == [(1, "beyond_charter")]


def test_judge_charter_finding_on_a_line_is_covered_for_its_product_only() -> None:
    charter = {"currency": "EUR", "limits": [limit_of("line_discount", "5")]}
    of = deal(line("0", "5", "1", product="A"), line("0", "5", "1", product="B"))
    approved = approval({"metric": "line_discount", "bound": None, "product": "B"}, committee="board")
    answer = evaluate(case(mandate(*HARMLESS), of=of, charter=charter, approvals=[approved]))
    assert [one["covered_by"] for one in answer["findings"][:2]] == [None, 0]


def test_judge_budget_is_broken_by_the_smallest_amount() -> None:
    budget = {"per": "team", "period": "year", "amount": "5", "used": "5"}
    of = deal(line("1", "0.9999", quantity="0.0001"))
    answer = evaluate(case(mandate(*HARMLESS, budgets=[budget]), of=of))
    assert (answer["findings"][-1]["reason"], answer["findings"][-1]["value"]) == ("beyond_budget", "5.0000")
