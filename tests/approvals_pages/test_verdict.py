"""What the verdict says, and what it keeps from those who may not see costs."""

from decimal import Decimal
from typing import Any

import pytest

from approvals.readings.blind import names_mandate, tells_cost, without_cost
from approvals.readings.verdict import People, Reader, Verdict, verdict
from approvals.readings.way import AskedOf
from tests.approvals_pages.examples import NAMES, answer, case, finding

WITHIN = finding("line_discount", "member", "within", line=0, value="10.0000")
BEYOND_MEMBER = finding("line_discount", "team", "beyond_member", line=0, value="13.0000")
BELOW_MARGIN = finding("line_margin", "committee", "beyond_team", line=0, limit=1, value="41.5709", committee="finance")
BUDGET = finding("budget", "member", "within", value="48824.0000")


def told(given: dict[str, Any], people: People | None = None, reader: Reader | None = None, **changes: Any) -> Verdict:
    document = case(**changes)
    return verdict(
        case=document,
        answer=given,
        shown=given,
        names=NAMES,
        people=people or People(colleagues=["Anna Maes", "Bart Claes"]),
        reader=reader or Reader(),
    )


def test_verdict_inside_the_member_bounds_says_yes_and_names_the_tightest_bound() -> None:
    said = told(answer("member", WITHIN, BUDGET))
    assert said.sentence == "Yes: this is yours to agree."
    assert said.why == "Closest to its bound: The team's budget for this quarter, 1,176.00\u00a0EUR left."


def test_verdict_for_a_coach_does_not_say_yours() -> None:
    said = told(answer("member", WITHIN), reader=Reader(of_team=False))
    assert said.sentence == "Yes: the team may agree this at once."


def test_verdict_beyond_the_member_names_the_colleagues_and_the_gap() -> None:
    said = told(answer("team", BEYOND_MEMBER, BUDGET))
    assert said.sentence == "Ask one colleague: Anna Maes or Bart Claes."
    assert said.why == ("Discount on Switch 24 ports: 1 point beyond your own 12\u00a0%, within the team's 18\u00a0%.")


def test_verdict_with_many_colleagues_names_a_few() -> None:
    people = People(colleagues=["A", "B", "C", "D", "E"])
    assert told(answer("team", BEYOND_MEMBER), people).sentence == "Ask one colleague: A, B, C or 2 others."


def test_verdict_with_too_few_colleagues_says_so_before_submitting() -> None:
    said = told(answer("team", BEYOND_MEMBER), People(too_few=True))
    assert "too few colleagues" in said.sentence
    assert any("committee instead" in note for note in said.notes)


def test_verdict_of_a_member_without_the_competence_says_why_a_colleague_is_asked() -> None:
    said = told(answer("team", WITHIN), member_may_decide=False)
    assert said.why.startswith("You do not decide alone")


def test_verdict_beyond_the_team_names_the_committees() -> None:
    asked = (AskedOf("Finance", "Cleo and Dirk"),)
    said = told(answer("committee", BEYOND_MEMBER, BELOW_MARGIN, committees=["finance"]), People(asked=asked))
    assert said.sentence == "Finance would be asked."
    assert said.asked == asked
    assert said.why == "Margin on Switch 24 ports: 0.43 points below the team's 42\u00a0%."
    assert [group.worst.metric for group in said.groups] == ["line_margin", "line_discount"]


def test_verdict_outside_the_charter_says_which_bound_nobody_may_pass() -> None:
    beyond = finding("line_discount", "outside_charter", "beyond_charter", source="charter", line=0, value="46.5000")
    said = told(answer("outside_charter", beyond))
    assert said.sentence == "Outside the charter: nobody may agree this."
    assert "1.5 points past the charter's 45\u00a0%" in said.why


def test_verdict_offers_each_move_as_a_button_value() -> None:
    given = answer("team", BEYOND_MEMBER)
    given["guide"] = {
        "lines": [{"line": 0, "member": "1056.00", "team": None}],
        "moves": [
            {"change": "unit_price", "line": 0, "to": "1056.00", "outcome": "member"},
            {"change": "payment_days", "to": 30, "outcome": "member"},
            {"change": "term_months", "to": 36, "outcome": "member"},
        ],
    }
    said = told(given)
    assert [way.value for way in said.moves] == ["unit_price:0:1056.00", "payment_days:30", "term_months:36"]
    assert [way.label for way in said.moves] == [
        "Switch 24 ports at 1,056.00\u00a0EUR",
        "Payment within 30 days",
        "A term of 36 months",
    ]
    assert (said.floors[0].member, said.floors[0].team) == ("1,056.00\u00a0EUR", "no price")


def test_covered_finding_no_longer_explains_the_outcome() -> None:
    covered = {**BELOW_MARGIN, "covered_by": 0}
    approval = {"committee": "finance", "until": "2026-12-01", "limits": []}
    said = told(answer("team", BEYOND_MEMBER, covered), approvals=[approval])
    assert said.why.startswith("Discount on Switch 24 ports")
    assert said.groups[-1].worst.covered == "Covered by the approval of Finance."


# --- sight of cost ---


def test_case_without_cost_is_the_same_whatever_the_cost() -> None:
    cheap, dear = case(), case()
    dear["deal"]["lines"][0]["unit_cost"] = "999.00"
    assert without_cost(cheap) == without_cost(dear)


def test_case_without_cost_drops_a_mandate_that_binds_margins_alone() -> None:
    document = case()
    document["mandates"][0]["limits"] = [{"metric": "line_margin", "member": "45"}]
    assert without_cost(document)["mandates"] == []


def test_case_with_a_margin_limit_anywhere_tells_the_cost() -> None:
    assert tells_cost(case())
    plain = case()
    plain["mandates"][0]["limits"] = plain["mandates"][0]["limits"][:1]
    assert not tells_cost(plain)
    approved = {"committee": "finance", "until": "2026-12-01", "limits": [{"metric": "deal_margin", "bound": "40"}]}
    assert tells_cost({**plain, "approvals": [approved]})


def test_case_with_a_line_without_list_price_tells_the_cost() -> None:
    document = case()
    document["mandates"][0]["limits"] = document["mandates"][0]["limits"][:1]
    document["deal"]["lines"][0]["list_price"] = "0"
    assert tells_cost(document)


def test_mandate_is_not_named_to_a_blind_reader_where_it_depends_on_the_cost() -> None:
    document = case()
    assert names_mandate(document)
    document["mandates"].append({**document["mandates"][0], "code": "second"})
    assert not names_mandate(document)


def test_verdict_for_a_blind_reader_says_that_a_hidden_check_asks() -> None:
    document = case()
    blind = answer("member", WITHIN)
    said = verdict(
        case=without_cost(document),
        answer=answer("committee", committees=["finance"]),
        shown=blind,
        names=NAMES,
        people=People(),
        reader=Reader(sees_cost=False),
    )
    assert said.sentence == "Finance would be asked."
    assert said.why == "A check that you may not see asks for this."
    assert all("margin" not in group.worst.metric for group in said.groups)


@pytest.mark.parametrize(("value", "left"), [("12.0000", "exactly at the bound"), ("11.9900", "0.01 points left")])
def test_headroom_is_said_to_the_hundredth(value: str, left: str) -> None:
    said = told(answer("member", finding("line_discount", "member", "within", line=0, value=value)))
    assert said.groups[0].worst.left_text == left


def test_ruler_holds_every_figure_that_stands_on_it() -> None:
    for value in ("-5.0000", "3.0000", "99.0000"):
        level = "committee" if value == "99.0000" else "member"
        reading = told(answer(level, finding("line_discount", level, "within", line=0, value=value))).groups[0].worst
        assert reading.ruler is not None
        end = reading.ruler.start + reading.ruler.span
        assert all(reading.ruler.start <= mark <= end for mark in (Decimal(value), Decimal(12), Decimal(18)))
