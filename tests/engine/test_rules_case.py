"""Section “The case”: what is invalid, where it is pointed at, and what stands in for what was left out."""

import json
from copy import deepcopy
from typing import Any

import pytest

from mandates.engine import check_approval, check_charter, check_mandate, evaluate, evaluate_text

from .building import HARMLESS, approval, case, deal, limit, line, mandate, problem

REMOVED = object()


def whole() -> dict[str, Any]:
    """A valid case in which every key is given."""
    return case(
        mandate(
            limit("line_discount", "10", "20", committee="finance", when={"family": ["network"], "kind": "new"}),
            limit("net_value", "any", when={"term_months": {"from": 1, "below": 99}, "currency": ["EUR"]}),
            *HARMLESS,
            scope={"segment": ["public", "small"], "list_value": {"from": "0"}},
            consents=1,
            capital_rate="8",
            standard_payment_days=30,
            budgets=[{"per": "team", "period": "quarter", "amount": "500", "used": "1"}],
        ),
        of=deal(line(charge="one_off"), line(charge="monthly", unit_cost=None)),
        charter={
            "currency": "EUR",
            "capital_rate": "1",
            "standard_payment_days": 0,
            "limits": [{"metric": "line_discount", "limit": "50", "when": {"product": "X"}}],
        },
        approvals=[
            approval(
                {"metric": "line_discount", "bound": "9", "product": "P"},
                {"metric": "net_value", "bound": "9", "currency": "USD"},
                {"metric": "effective_discount", "bound": "9", "capital_rate": "2", "standard_payment_days": 5},
                {"metric": "budget", "bound": None},
                products={"P": {"quantity": "2", "unit_price": "3.50"}},
            )
        ],
        rates={"EUR": "1", "USD": "1.085012"},
        case="a label",
    )


def changed(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    document = deepcopy(document)
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    if value is REMOVED:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return document


def dotted(path: tuple[Any, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def test_evaluate_whole_case_is_valid() -> None:
    assert problem(whole()) is None


DEAL, LINE, MANDATE = ("deal",), ("deal", "lines", 0), ("mandates", 0)
LIMIT, BUDGET, CHARTER = (*MANDATE, "limits", 0), (*MANDATE, "budgets", 0), ("charter",)
APPROVAL = ("approvals", 0)
APPROVED, PIN = (*APPROVAL, "limits", 0), (*APPROVAL, "products", "P")
REQUIRED = [
    *((key,) for key in ("on", "member_may_decide", "default_committee", "deal")),
    *((*DEAL, key) for key in ("reference", "currency", "kind", "term_months", "payment_days", "customer", "lines")),
    (*DEAL, "customer", "reference"),
    *((*LINE, key) for key in ("product", "family", "quantity", "list_price", "unit_price")),
    *((*MANDATE, key) for key in ("code", "version", "currency", "valid_from", "valid_until", "committee", "limits")),
    *((*LIMIT, key) for key in ("metric", "member")),
    *((*BUDGET, key) for key in ("per", "period", "amount", "used")),
    *((*CHARTER, key) for key in ("currency", "limits")),
    *((*CHARTER, "limits", 0, key) for key in ("metric", "limit")),
    *((*APPROVAL, key) for key in ("committee", "until", "limits")),
    *((*APPROVED, key) for key in ("metric", "bound")),
    (*APPROVAL, "limits", 1, "currency"),
    (*APPROVAL, "limits", 2, "capital_rate"),
    (*APPROVAL, "limits", 2, "standard_payment_days"),
]


@pytest.mark.parametrize("path", REQUIRED, ids=dotted)
def test_evaluate_key_left_out_is_named(path: tuple[Any, ...]) -> None:
    found = problem(changed(whole(), path, REMOVED))
    assert found is not None
    assert (found.code, found.path) == ("missing", dotted(path))


OBJECTS = [
    (), DEAL, (*DEAL, "customer"), LINE, MANDATE, LIMIT, BUDGET, CHARTER, (*CHARTER, "limits", 0),
    APPROVAL, APPROVED, PIN, (*LIMIT, "when"), (*MANDATE, "scope"), (*MANDATE, "limits", 1, "when", "term_months"),
]  # fmt: skip


@pytest.mark.parametrize("path", OBJECTS, ids=dotted)
def test_evaluate_unknown_key_or_no_object_is_named(path: tuple[Any, ...]) -> None:
    found = problem(changed(whole(), (*path, "weather"), "rain"))
    assert found is not None
    assert found.path == dotted((*path, "weather"))
    assert found.code == ("unknown_condition" if path and path[-1] in ("when", "scope") else "unknown_key")
    if path:
        found = problem(changed(whole(), path, 5))
        assert found is not None
        assert (found.code, found.path) == ("not_an_object", dotted(path))


@pytest.mark.parametrize(
    "path",
    [(*DEAL, "lines"), ("mandates",), (*MANDATE, "limits"), (*MANDATE, "budgets"), ("approvals",), (*CHARTER, "limits"),
     (*APPROVAL, "limits")],
    ids=dotted,
)  # fmt: skip
@pytest.mark.parametrize("value", ["text", {}, None, 5])
def test_evaluate_no_list_is_named(path: tuple[Any, ...], value: Any) -> None:
    found = problem(changed(whole(), path, value))
    assert found is not None
    assert (found.code, found.path) == ("not_a_list", dotted(path))


AMOUNTS = [
    *((*LINE, key) for key in ("quantity", "list_price", "unit_price", "unit_cost")),
    (*LIMIT, "member"), (*LIMIT, "team"), (*MANDATE, "capital_rate"), (*BUDGET, "amount"), (*BUDGET, "used"),
    (*CHARTER, "limits", 0, "limit"), (*CHARTER, "capital_rate"), (*APPROVED, "bound"),
    (*PIN, "quantity"), (*PIN, "unit_price"), (*APPROVAL, "limits", 2, "capital_rate"),
    (*MANDATE, "scope", "list_value", "from"), (*MANDATE, "limits", 1, "when", "term_months", "below"),
    ("rates", "USD"),
]  # fmt: skip
NO_NUMBERS = [
    1.5, 1.0, "1.", ".5", "01", "+1", "1e3", "1,5", " 1", "1 ", "1\n", "", "-", "--1", "NaN", "Infinity", "٣", True, [],
    {}, "1.0000001", "1" * 16, 10**15, "0x1", "1_000",
]  # fmt: skip


@pytest.mark.parametrize("path", AMOUNTS, ids=dotted)
def test_evaluate_inexact_number_is_refused_everywhere(path: tuple[Any, ...]) -> None:
    for value in NO_NUMBERS:
        found = problem(changed(whole(), path, value))
        assert found is not None, value
        assert (found.code, found.path) == ("not_a_number", dotted(path)), value


@pytest.mark.parametrize("path", [path for path in AMOUNTS if path[-1] != "USD"], ids=dotted)
def test_evaluate_fifth_decimal_is_refused_but_in_rates(path: tuple[Any, ...]) -> None:
    found = problem(changed(whole(), path, "1.00001"))
    assert found is not None
    assert (found.code, found.path) == ("not_a_number", dotted(path))


@pytest.mark.parametrize("value", ["1", 1, "1.0", "1.085012", "999999999999999.999999", 10**15 - 1])
def test_evaluate_rate_of_six_decimals_is_exact(value: Any) -> None:
    assert problem(changed(whole(), ("rates", "USD"), value)) is None


@pytest.mark.parametrize("value", ["-0", "0.0001", "999999999999999.9999", 10**15 - 1, 0, "100.0"])
def test_evaluate_number_of_the_allowed_form_is_taken(value: Any) -> None:
    assert problem(changed(whole(), (*LINE, "unit_price"), value)) is None


@pytest.mark.parametrize(
    "path",
    [(*DEAL, "term_months"), (*DEAL, "payment_days"), (*MANDATE, "version"), (*MANDATE, "consents"),
     (*MANDATE, "standard_payment_days"), (*CHARTER, "standard_payment_days"),
     (*APPROVAL, "limits", 2, "standard_payment_days")],
    ids=dotted,
)  # fmt: skip
@pytest.mark.parametrize("value", ["2", 1.5, 2.0, True, None, [], 10**15, -(10**15)])
def test_evaluate_count_takes_json_integers_only(path: tuple[Any, ...], value: Any) -> None:
    found = problem(changed(whole(), path, value))
    assert found is not None
    assert (found.code, found.path) == ("not_a_whole_number", dotted(path))


INVALID = [
    # path, value, code
    ((*DEAL, "lines"), [], "no_lines"),
    ((*LINE, "quantity"), "0", "not_above_zero"),
    ((*LINE, "quantity"), "-1", "not_above_zero"),
    ((*LINE, "list_price"), "-0.0001", "negative"),
    ((*LINE, "unit_price"), "-0.0001", "negative"),
    ((*LINE, "unit_cost"), "-0.0001", "negative"),
    ((*PIN, "quantity"), "0", "not_above_zero"),
    ((*PIN, "unit_price"), "-0.0001", "negative"),
    ((*DEAL, "term_months"), -1, "too_small"),
    ((*DEAL, "payment_days"), -1, "too_small"),
    ((*DEAL, "term_months"), 0, "term_missing"),
    ((*MANDATE, "capital_rate"), "-0.0001", "negative"),
    ((*MANDATE, "standard_payment_days"), -1, "too_small"),
    ((*CHARTER, "capital_rate"), "-0.0001", "negative"),
    ((*CHARTER, "standard_payment_days"), -1, "too_small"),
    ((*APPROVAL, "limits", 2, "capital_rate"), "-0.0001", "negative"),
    ((*APPROVAL, "limits", 2, "standard_payment_days"), -1, "too_small"),
    ((*BUDGET, "amount"), "-0.0001", "negative"),
    ((*BUDGET, "used"), "-0.0001", "negative"),
    ((*BUDGET, "per"), "person", "unknown_choice"),
    ((*BUDGET, "period"), "week", "unknown_choice"),
    ((*LIMIT, "metric"), "rebate", "unknown_metric"),
    ((*LIMIT, "metric"), 5, "unknown_metric"),
    ((*LIMIT, "metric"), "budget", "unknown_metric"),
    ((*CHARTER, "limits", 0, "metric"), "rebate", "unknown_metric"),
    ((*APPROVED, "metric"), "rebate", "unknown_metric"),
    ((*LIMIT, "team"), "9.9999", "team_narrower"),
    ((*LIMIT, "team"), None, "team_narrower"),
    ((*MANDATE, "limits", 1, "team"), "5", "team_narrower"),
    ((*MANDATE, "limits", 1, "team"), None, "team_narrower"),
    ((*MANDATE, "valid_until"), "2025-12-31", "validity_reversed"),
    ((*MANDATE, "consents"), 0, "too_small"),
    ((*MANDATE, "scope", "family"), "network", "condition_on_lines"),
    ((*MANDATE, "scope", "charge"), "monthly", "condition_on_lines"),
    ((*MANDATE, "limits", 1, "when", "product"), "P", "condition_on_lines"),
    ((*MANDATE, "limits", 1, "when", "quantity"), {"from": 1}, "condition_on_lines"),
    ((*LIMIT, "when", "family"), [], "empty_list"),
    ((*LIMIT, "when", "family"), "", "empty_text"),
    ((*LIMIT, "when", "family"), "network/", "empty_family_part"),
    ((*LIMIT, "when", "family"), "/", "empty_family_part"),
    ((*LIMIT, "when", "family"), "a//b", "empty_family_part"),
    ((*LIMIT, "when", "family"), 5, "not_text"),
    ((*LIMIT, "when", "kind"), "gift", "unknown_choice"),
    ((*MANDATE, "limits", 1, "when", "term_months"), {"from": 24, "below": 24}, "empty_range"),
    ((*MANDATE, "limits", 1, "when", "term_months"), {"from": 24, "below": "23.9999"}, "empty_range"),
    ((*MANDATE, "limits", 1, "when", "term_months"), {}, "empty_range"),
    ((*LINE, "family"), "network/", "empty_family_part"),
    ((*LINE, "family"), "", "empty_text"),
    ((*LINE, "family"), "/".join("x" * 101), "family_too_deep"),
    ((*LINE, "product"), "", "empty_text"),
    ((*LINE, "charge"), "weekly", "unknown_choice"),
    ((*LINE, "charge"), None, "unknown_choice"),
    ((*DEAL, "kind"), "gift", "unknown_choice"),
    ((*DEAL, "reference"), 5, "not_text"),
    ((*DEAL, "channel"), "", "empty_text"),
    ((*DEAL, "customer", "segment"), "", "empty_text"),
    ((*DEAL, "customer", "country"), 5, "not_text"),
    ((*DEAL, "currency"), "ZZZ", "unknown_currency"),
    ((*DEAL, "currency"), "eur", "unknown_currency"),
    ((*MANDATE, "currency"), "EURO", "unknown_currency"),
    ((*CHARTER, "currency"), None, "unknown_currency"),
    ((*APPROVAL, "limits", 1, "currency"), "ZZZ", "unknown_currency"),
    (("rates", "ZZZ"), "1", "unknown_currency"),
    (("rates", "USD"), "0", "not_above_zero"),
    (("rates", "USD"), "-1", "not_above_zero"),
    (("rates", "EUR"), "1.000001", "euro_rate"),
    (("rates",), [], "not_an_object"),
    (("on",), "2026-02-29", "not_a_day"),
    (("on",), "2026-2-28", "not_a_day"),
    (("on",), "20260228", "not_a_day"),
    (("on",), "2026-02-28\n", "not_a_day"),
    (("on",), 20260228, "not_a_day"),
    ((*APPROVAL, "until"), "0000-01-01", "not_a_day"),
    (("member_may_decide",), 1, "not_a_boolean"),
    (("default_committee",), "", "empty_text"),
    ((*APPROVED, "product"), "", "empty_text"),
    ((*APPROVED, "bound"), "any", "not_a_number"),
    ((*APPROVAL, "limits", 1, "product"), "P", "product_on_deal"),
    ((*APPROVAL, "limits", 3, "product"), "P", "product_on_deal"),
    ((*APPROVAL, "limits", 3, "bound"), "1", "bound_not_null"),
    ((*APPROVAL, "products"), [], "not_an_object"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "code"), INVALID, ids=[f"{n}-{row[2]}" for n, row in enumerate(INVALID)])
def test_evaluate_invalid_case_is_named_with_its_place(path: tuple[Any, ...], value: Any, code: str) -> None:
    found = problem(changed(whole(), path, value))
    assert found is not None
    assert (found.code, found.path) == (code, dotted(path))
    assert str(found) == found.detail
    assert found.detail.endswith(".")


def test_evaluate_list_entry_that_is_wrong_is_named_by_its_place() -> None:
    for when, path in [
        ({"family": ["a", "b/"]}, "family[1]"),
        ({"currency": ["EUR", "ZZZ"]}, "currency[1]"),
        ({"segment": ["", "x"]}, "segment[0]"),
    ]:
        found = problem(changed(whole(), (*LIMIT, "when"), when))
        assert found is not None
        assert found.path == f"mandates[0].limits[0].when.{path}"


BINDING = [
    # limits, whether they bind what is given away
    ([limit("line_discount", "10")], True),
    ([limit("line_discount", "10", "any")], False),
    ([limit("line_discount", "any")], False),
    ([limit("line_discount", None)], True),
    ([limit("line_margin", "10")], True),
    ([limit("deal_discount", "10")], True),
    ([limit("deal_margin", "10")], True),
    ([limit("effective_discount", "10")], True),
    ([limit("discount_amount", "10"), limit("payment_days", "10")], False),
    ([limit("net_value", "10"), limit("line_margin", "any"), limit("deal_margin", "any", when={"kind": "new"})], False),
    ([limit("line_discount", "any"), limit("line_discount", "10", when={"kind": "new"})], True),
    ([], False),
]


@pytest.mark.parametrize(("limits", "binds"), BINDING)
def test_evaluate_mandate_must_bind_what_is_given_away(limits: list[dict[str, Any]], binds: bool) -> None:
    found = problem(case(mandate(*limits)))
    if binds:
        assert found is None
    else:
        assert found is not None
        assert (found.code, found.path) == ("discount_unbounded", "mandates[0].limits")


TEAMS = [
    ("line_discount", "10", "10", True), ("line_discount", "10", "9.9999", False), ("line_discount", None, "5", True),
    ("line_margin", "10", "9", True), ("line_margin", "10", "10.0001", False), ("line_margin", "10", "any", True),
    ("line_margin", None, None, True), ("line_margin", "any", "any", True), ("line_margin", "any", "5", False),
    ("minimum_value", "10", "11", False), ("minimum_term", "10", "11", False), ("net_value", "10", "11", True),
    ("net_value", "10", None, False), ("deal_margin", None, "any", True),
]  # fmt: skip


@pytest.mark.parametrize(("metric", "member", "team", "valid"), TEAMS)
def test_evaluate_team_bound_is_never_narrower(metric: str, member: Any, team: Any, valid: bool) -> None:
    found = problem(case(mandate(limit(metric, member, team), *HARMLESS)))
    assert (found is None) is valid
    assert found is None or (found.code, found.path) == ("team_narrower", "mandates[0].limits[0].team")


def test_evaluate_second_mandate_of_one_code_is_named() -> None:
    found = problem(case(mandate(*HARMLESS), mandate(*HARMLESS, code="n"), mandate(*HARMLESS)))
    assert found is not None
    assert (found.code, found.path) == ("code_twice", "mandates[2].code")


def test_evaluate_defaults_stand_in_for_what_is_left_out() -> None:
    full = whole()
    full["mandates"] = [mandate(limit("line_discount", "5", "5", committee="desk", when={}), consents=1, scope={})]
    full["mandates"][0] |= {"capital_rate": "0", "standard_payment_days": 30, "budgets": []}
    full["charter"] = None
    full["approvals"] = []
    full["deal"] = deal(line(charge="one_off", unit_cost=None), channel=None)
    full["deal"]["customer"] = {"reference": "C-1", "segment": None, "country": None}
    bare = deepcopy(full)
    optional = ("scope", "consents", "capital_rate", "standard_payment_days", "budgets")
    for path in (
        ("rates",), ("charter",), ("approvals",), ("case",), (*DEAL, "channel"), (*DEAL, "customer", "segment"),
        (*DEAL, "customer", "country"), (*LINE, "charge"), (*LINE, "unit_cost"), (*LIMIT, "team"),
        (*LIMIT, "committee"), (*LIMIT, "when"), *((*MANDATE, key) for key in optional),
    ):  # fmt: skip
        bare = changed(bare, path, REMOVED)
    assert evaluate(bare, guide=True) == evaluate(full, guide=True)
    assert problem(changed(bare, ("mandates",), REMOVED)) is None
    for number, same in (("1200.50", "1200.5"), ("3", 3)):
        assert evaluate(changed(bare, (*LINE, "list_price"), number)) == evaluate(
            changed(bare, (*LINE, "list_price"), same)
        )


@pytest.mark.parametrize("label", [1.5, None, {"weather": "rain"}, [float("nan")]])
def test_evaluate_label_is_ignored(label: Any) -> None:
    assert evaluate({**whole(), "case": label}) == evaluate(whole())


TEXTS = [
    ("", "not_json", ""),
    ("{", "not_json", ""),
    ("nonsense", "not_json", ""),
    ('{"on": NaN}', "not_json", ""),
    ("[" * 100_000, "not_json", ""),
    ("9" * 5_000, "not_json", ""),
    ("[]", "not_an_object", ""),
    ("null", "not_an_object", ""),
    ('{"on": "2026-01-01", "on": "2026-01-01"}', "key_twice", "on"),
    ('{"deal": {"lines": [{}, {"a": 1, "b": 2, "b": 2}]}}', "key_twice", "deal.lines[1].b"),
    ('{"x": {"a": 1, "a": 2}, "y": {"b": 1, "b": 2}}', "key_twice", "x.a"),
]


@pytest.mark.parametrize(("text", "code", "path"), TEXTS, ids=range(len(TEXTS)))
def test_evaluate_text_that_is_no_case_gives_an_error(text: str, code: str, path: str) -> None:
    error = json.loads(evaluate_text(text))["error"]
    assert (error["code"], error["path"]) == (code, path)


def test_evaluate_text_answers_as_evaluate_does_and_writes_ascii() -> None:
    document = case(mandate(*HARMLESS, code="é\ud800"))
    text = evaluate_text(json.dumps(document), guide=True)
    assert json.loads(text) == evaluate(document, guide=True)
    assert text.isascii()
    assert text == evaluate_text(json.dumps(document, sort_keys=True, indent=1), guide=True)


def test_check_mandate_finds_every_problem_relative_to_the_mandate() -> None:
    document = whole()["mandates"][0]
    document["limits"][0] |= {"team": "5", "metric": "line_discount"}
    document["limits"][1]["member"] = "ten"
    document |= {"currency": "ZZZ", "weather": 1, "consents": 0}
    document["budgets"] = [{"per": "team", "period": "week", "amount": "5"}]
    paths = {problem.path for problem in check_mandate(document)}
    assert paths == {"limits[0].team", "limits[1].member", "currency", "weather", "consents", "budgets[0].period"}
    paths |= {"budgets[0].used"}
    assert {problem.path for problem in check_mandate(document, used_required=True)} == paths
    assert [problem.path for problem in check_mandate([])] == [""]


def test_check_mandate_reports_nothing_twice() -> None:
    found = check_mandate({})
    assert {problem.code for problem in found} == {"missing"}
    assert len(found) == len({problem.path for problem in found}) == 7


def test_check_charter_and_approval_find_every_problem() -> None:
    charter = {"currency": "EURO", "limits": [{"metric": "deal_margin", "limit": 1.5, "when": {"product": "P"}}]}
    assert [one.path for one in check_charter(charter)] == ["currency", "limits[0].limit", "limits[0].when.product"]
    assert check_charter(whole()["charter"]) == []
    approved = approval({"metric": "net_value", "bound": "5"}, {"metric": "mandate", "bound": "5"}, until="soon")
    assert [one.path for one in check_approval(approved)] == ["until", "limits[0].currency", "limits[1].bound"]
    assert check_approval(whole()["approvals"][0]) == []


def test_evaluate_document_changed_in_place_is_read_again() -> None:
    document = case(mandate(limit("line_discount", "5")), of=deal(line("100", "90")))
    assert evaluate(document)["outcome"] == "committee"
    document["mandates"][0]["limits"][0]["member"] = "10"
    assert evaluate(document)["outcome"] == "member"
    document["mandates"][0]["limits"][0]["member"] = 10.0
    found = problem(document)
    assert found is not None
    assert found.path == "mandates[0].limits[0].member"


def test_evaluate_use_of_a_budget_is_never_remembered() -> None:
    budget = {"per": "team", "period": "year", "amount": "20", "used": "0"}
    document = case(mandate(*HARMLESS, budgets=[budget]), of=deal(line("100", "90")))
    assert evaluate(document)["outcome"] == "member"
    budget["used"] = "10.0001"
    assert evaluate(document)["outcome"] == "committee"
