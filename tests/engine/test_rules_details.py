"""What an error says in words and which key it blames, and small cases that only changes to the engine brought up."""

import json
import re
from typing import Any

import pytest

from mandates.engine import (
    InvalidCase,
    canonical,
    check_approval,
    check_charter,
    check_mandate,
    evaluate,
    evaluate_text,
)
from mandates.engine.answers import is_error, measure

from .building import HARMLESS, case, deal, limit, line, mandate, problem
from .test_rules_case import (
    APPROVAL,
    BUDGET,
    DEAL,
    LIMIT,
    MANDATE,
    REMOVED,
    changed,
    whole,
)  # fmt: skip

LONG = "x" * 38  # 40 with its quotes: the longest that is shown whole
DETAILS = [
    # path, value, the sentence
    (("charter",), 5, "Here an object is expected, not 5."),
    (("on",), REMOVED, "The key “on” is required."),
    (("on",), "soon", "Here a day YYYY-MM-DD is expected, not 'soon'."),
    (("weather",), 1, "There is no key 'weather' here."),
    (("member_may_decide",), 1, "Here true or false is expected, not 1."),
    (("rates",), [], "“rates” takes an object of currencies."),
    (("rates", "EUR"), "2", "Rates are per euro, so that of EUR is always 1."),
    (("rates", "USD"), "0", "A rate must be above 0."),
    (("rates", "USD"), "x", "'x' is not an exact number of at most 6 decimals."),
    (("mandates",), 5, "“mandates” takes a list."),
    ((*MANDATE, "valid_until"), "2025-12-31", "A mandate cannot end before it begins."),
    ((*MANDATE, "version"), "1", "“version” takes a whole JSON number."),
    ((*MANDATE, "currency"), "ZZZ", "ISO 4217 knows no currency 'ZZZ'."),
    ((*LIMIT, "team"), "1", "The team's bound must not be narrower than a member's."),
    ((*LIMIT, "member"), "x", "'x' is not an exact number of at most 4 decimals."),
    ((*LIMIT, "when", "weather"), "rain", "There is no condition 'weather'."),
    ((*LIMIT, "when", "family"), [], "The list must name at least one."),
    ((*LIMIT, "when", "family"), "a/", "The family 'a/' has an empty part."),
    ((*MANDATE, "scope", "list_value"), {}, "A range needs “from” or “below”."),
    (
        (*MANDATE, "scope", "list_value"),
        {"from": 2, "below": 2},
        "Nothing lies in this range: “from” must be less than “below”.",
    ),
    ((*BUDGET, "per"), "person", "This must be one of team, customer, not 'person'."),
    ((*APPROVAL, "products"), [], "“products” takes an object of products."),
    ((*APPROVAL, "limits", 1, "currency"), REMOVED, "A number as bound of “net_value” needs “currency”."),
    ((*DEAL, "lines"), [], "A deal needs at least one line."),
    ((*DEAL, "term_months"), 0, "A line charged monthly needs a term of at least one month."),
    ((*DEAL, "reference"), "", "The text must not be empty."),
    ((*DEAL, "reference"), 5, "Here a text is expected, not 5."),
    ((*DEAL, "kind"), LONG, f"This must be one of new, renewal, expansion, not '{LONG}'."),
    ((*DEAL, "kind"), f"{LONG}x", f"This must be one of new, renewal, expansion, not '{'x' * 36}...."),
    (
        (*MANDATE, "limits"),
        [limit("net_value", 1)],
        "At least one limit must bound what is given away (deal_discount, deal_margin, effective_discount, "
        "line_discount, line_margin) with a team bound other than “any”.",
    ),
    (("mandates",), [mandate(*HARMLESS), mandate(*HARMLESS)], "Two mandates have the code “m”."),
]


@pytest.mark.parametrize(("path", "value", "detail"), DETAILS, ids=range(len(DETAILS)))
def test_evaluate_detail_says_what_is_wrong(path: tuple[Any, ...], value: Any, detail: str) -> None:
    found = problem(changed(whole(), path, value))
    assert found is not None
    assert found.detail == detail


EMPTY = [
    (*MANDATE, "code"), (*MANDATE, "committee"), (*LIMIT, "committee"), (*APPROVAL, "committee"),
    (*DEAL, "customer", "reference"), (*APPROVAL, "products", ""),
]  # fmt: skip


@pytest.mark.parametrize("path", EMPTY, ids=range(len(EMPTY)))
def test_evaluate_empty_text_is_named_by_its_place(path: tuple[Any, ...]) -> None:
    found = problem(changed(whole(), path, {} if path[-1] == "" else ""))
    assert found is not None
    expected = ".".join(str(step) for step in path).replace(".0", "[0]")
    assert (found.code, found.path) == ("empty_text", expected)


@pytest.mark.parametrize("key", ["valid_from", "valid_until"])
def test_check_mandate_day_that_is_none_is_reported_once(key: str) -> None:
    found = check_mandate(mandate(*HARMLESS, **{key: "soon"}))
    assert [(one.code, one.path) for one in found] == [("not_a_day", key)]


def test_check_mandate_reports_beside_each_other_what_is_wrong() -> None:
    found = check_mandate(mandate(*HARMLESS, currency="ZZZ", valid_until="2025-12-31"))
    assert [one.code for one in found] == ["unknown_currency", "validity_reversed"]
    found = check_mandate(mandate(limit("rebate", "any")))
    assert [one.code for one in found] == ["unknown_metric"]


def test_check_what_is_no_json_is_named_where_it_stands() -> None:
    assert [one.path for one in check_mandate(mandate(*HARMLESS, code=object()))] == ["code"]
    charter = {"currency": object(), "limits": []}
    assert [one.path for one in check_charter(charter)] == ["currency"]
    assert [one.detail for one in check_mandate([])] == ["Here an object is expected, not []."]


def test_check_mandate_use_of_a_budget_may_be_given() -> None:
    assert check_mandate(whole()["mandates"][0]) == []


ALLOWED = [
    ((*APPROVAL, "limits", 2, "standard_payment_days"), 0),
    (("rates", "USD"), "0.000001"),
]


@pytest.mark.parametrize(("path", "value"), ALLOWED, ids=range(len(ALLOWED)))
def test_evaluate_least_number_is_taken(path: tuple[Any, ...], value: Any) -> None:
    assert problem(changed(whole(), path, value)) is None


def test_evaluate_deal_without_months_needs_no_term() -> None:
    assert problem(case(of=deal(line(charge="one_off"), term_months=0))) is None


def test_check_approval_names_every_place() -> None:
    assert [one.path for one in check_approval({"committee": "", "until": "", "limits": [{}]})] == [
        "committee", "until", "limits[0].metric", "limits[0].bound",
    ]  # fmt: skip


def test_evaluate_standard_payment_days_are_thirty() -> None:
    def value(**more: Any) -> Any:
        held = mandate(limit("effective_discount", "1"), capital_rate="36.5", **more)
        return evaluate(case(held, of=deal(payment_days=60)))["findings"][0]["value"]

    assert value() == value(standard_payment_days=30) != value(standard_payment_days=31)


ERRORS = [
    ('{"on": NaN}', "not_json", "The line is not valid JSON: NaN is not a JSON number.", ""),
    ('{"x": 1, "y": {"a": 1, "a": 2}}', "key_twice", "The key is given twice in one object.", "y.a"),
]


@pytest.mark.parametrize(("text", "code", "detail", "path"), ERRORS, ids=range(len(ERRORS)))
def test_evaluate_text_error_is_one_line_without_spaces(text: str, code: str, detail: str, path: str) -> None:
    answer = evaluate_text(text)
    assert answer == f'{{"error":{{"code":"{code}","detail":"{detail}","path":"{path}"}}}}'
    assert is_error(answer)


def test_evaluate_guides_only_where_it_is_asked_to() -> None:
    document = case(mandate(*HARMLESS))
    assert "guide" not in evaluate(document)
    answer = evaluate_text(json.dumps(document))
    assert "guide" not in json.loads(answer)
    assert not is_error(answer)


def test_measure_points_into_the_deal() -> None:
    with pytest.raises(InvalidCase) as caught:
        measure(changed(deal(), ("lines", 0, "quantity"), "0"))
    assert (caught.value.code, caught.value.path) == ("not_above_zero", "deal.lines[0].quantity")


@pytest.mark.parametrize(
    ("value", "detail"),
    [({1: "a"}, "a key must be a text, not 1"), ([1.5], "a float is not exact; write the number as a string")],
    ids=["key", "float"],
)
def test_canonical_says_what_it_refuses(value: object, detail: str) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(detail)}$"):
        canonical(value)


def test_evaluate_outside_the_charter_no_committee_is_asked() -> None:
    charter = {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "30"}]}
    answer = evaluate(case(mandate(limit("line_discount", "5")), of=deal(line("100", "60")), charter=charter))
    assert answer["outcome"] == "outside_charter"
    assert answer["findings"][-1]["committee"] == "desk"
    assert answer["committees"] == []


def test_evaluate_charter_may_ask_for_the_list_value() -> None:
    row = {"metric": "line_discount", "limit": "5", "when": {"list_value": {"from": "100"}}}
    charter = {"currency": "EUR", "limits": [row]}
    for listed, outcome in (("100", "outside_charter"), ("99.9999", "member")):
        document = case(mandate(*HARMLESS), of=deal(line(listed, "90")), charter=charter)
        assert evaluate(document)["outcome"] == outcome


def test_evaluate_list_value_is_exact_however_large() -> None:
    for start, level in (("900719925474099.3002", "member"), ("900719925474099.3001", "committee")):
        rows = (limit("line_discount", None, when={"list_value": {"from": start}}), limit("line_discount", "0"))
        listed = "900719925474099.3001"
        assert evaluate(case(mandate(*rows), of=deal(line(listed, listed))))["outcome"] == level


def test_evaluate_finding_names_its_source() -> None:
    rows = (limit("line_margin", "any"), limit("line_discount", "5", "20"))
    answer = evaluate(case(mandate(*rows), of=deal(line("100", "90", None))))
    assert [(one["source"], one["reason"]) for one in answer["findings"]] == [
        ("mandate", "within"), ("mandate", "beyond_member"),
    ]  # fmt: skip


def when(metric: str, bound: Any, **conditions: Any) -> dict[str, Any]:
    return limit(metric, bound, when=conditions)


GOVERNED = [
    # what it shows, the rows, the row that governs
    ("of two rows of one text the first", [when("line_discount", 1, kind="new")] * 2, 0),
    (
        "both rows of one end are past it",
        [when("line_discount", 1, term_months={"below": 12})] * 2 + [limit("line_discount", 1)],
        2,
    ),
    (
        "a text and a range are both asked",
        [when("line_discount", 1, kind="renewal", term_months={"from": 1}), limit("line_discount", 1)],
        1,
    ),
    (
        "two ranges are both asked",
        [when("line_discount", 1, term_months={"from": 13}, payment_days={"from": 1}), limit("line_discount", 1)],
        1,
    ),
    (
        "two ranges are both asked, the other way about",
        [when("line_discount", 1, term_months={"from": 1}, payment_days={"from": 31}), limit("line_discount", 1)],
        1,
    ),
]


@pytest.mark.parametrize(("rows", "governs"), [row[1:] for row in GOVERNED], ids=[row[0] for row in GOVERNED])
def test_evaluate_conditions_choose_the_row(rows: list[dict[str, Any]], governs: int) -> None:
    assert evaluate(case(mandate(*rows)))["findings"][0]["limit"] == governs
