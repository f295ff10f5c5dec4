"""Where a deal stands, what changed, what is asked: sentences from plain values."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from approvals.readings.breaches import ask, breaches
from approvals.readings.diff import changes
from approvals.readings.lines import lines_of, totals_of
from approvals.readings.story import Objection, Standing, next_step, pending_note, stands
from tests.approvals_pages.examples import NAMES, answer, case, finding

DAY = date(2026, 12, 23)


@pytest.mark.parametrize(
    ("standing", "begins"),
    [
        (Standing("draft"), "This is a draft"),
        (Standing("pending", awaited=["Anke"], consents_needed=1), "Waiting for one colleague: Anke."),
        (
            Standing("pending", awaited=["Anke", "Bram"], consents_needed=2),
            "Waiting for 2 colleagues: Anke and Bram.",
        ),
        (
            Standing("pending", awaited=["Anke", "Bram"], consents_needed=2, consented=["Chloé"]),
            "Waiting for one colleague: Anke or Bram.",
        ),
        (Standing("pending", objections=[Objection("Anke", False)], consents_needed=1), "Anke objected: the team"),
        (Standing("pending", committees=["Deal desk", "Finance"]), "Waiting for Deal desk and Finance."),
        (Standing("approved", good_until=DAY), "Approved. You may say yes to the customer until"),
        (Standing("approved", good_until=DAY, consented=["Anke"]), "Approved with the consent of Anke"),
        (Standing("approved", good_until=DAY, approved_by=["Finance"], consented=["Anke"]), "Approved by Finance"),
        (Standing("declined", revision=2, declined_by=["Finance"]), "Finance declined revision 2."),
        (Standing("declined", revision=2), "Revision 2 was declined."),
        (Standing("refused", revision=1), "Revision 1 lies outside the charter"),
        (Standing("withdrawn"), "The team withdrew this deal."),
        (Standing("lapsed", good_until=DAY), "The yes ended on"),
        (Standing("lapsed"), "This deal lapsed without an answer."),
        (Standing("won", closed_on=DAY), "Won on"),
        (Standing("lost", closed_on=DAY), "Lost on"),
        (Standing("won", closed_on=DAY, imported=True), "Won on"),
    ],
)
def test_stands_says_where_the_deal_is(standing: Standing, begins: str) -> None:
    assert stands(standing).startswith(begins)


@pytest.mark.parametrize("state", ["draft", "pending", "approved", "declined", "refused", "withdrawn", "lapsed"])
def test_next_step_of_an_unfinished_deal_is_one_sentence(state: str) -> None:
    assert next_step(Standing(state)).endswith(".")


@pytest.mark.parametrize("standing", [Standing("won"), Standing("lost"), Standing("won", imported=True)])
def test_next_step_of_a_finished_deal_is_nothing(standing: Standing) -> None:
    assert next_step(standing) == ""


def test_next_step_of_a_changed_yes_is_another_revision() -> None:
    assert "new revision" in next_step(Standing("approved", draft_differs=True))


def test_pending_note_counts_committees() -> None:
    assert pending_note(Standing("pending", committees=["A", "B"])) == "With 2 committees"
    assert pending_note(Standing("pending")) == "With colleagues"
    assert pending_note(Standing("approved")) == ""


# --- lines and differences ---


def deal(*lines: dict[str, Any], **changed: Any) -> dict[str, Any]:
    document: dict[str, Any] = {**case()["deal"], **changed}
    first = document["lines"][0]
    document["lines"] = [{**first, **line} for line in (lines or ({},))]
    return document


def test_lines_of_a_monthly_charge_count_every_month() -> None:
    totals = totals_of(deal({"charge": "monthly"}), sees_cost=True)
    assert totals.net_value == Decimal("100224.00")
    assert totals.discount == "13\u00a0%"
    assert totals.margin == "41.57\u00a0%"


def test_lines_hide_cost_and_margin_from_a_blind_reader() -> None:
    line = lines_of(deal(), NAMES.products, sees_cost=False)[0]
    assert (line.cost, line.margin) == ("", "")
    assert totals_of(deal(), sees_cost=False).margin == ""


def test_lines_at_list_price_zero_have_no_discount() -> None:
    line = lines_of(deal({"list_price": "0"}), {}, sees_cost=True)[0]
    assert line.discount == ""


def test_price_above_list_offsets_no_discount_elsewhere() -> None:
    totals = totals_of(deal({}, {"product": "RT-1", "unit_price": "1300"}), sees_cost=False)
    assert totals.given == Decimal("624.00")


def rows(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    return {row.label: (row.before, row.after, row.turn_text) for row in changes(before, after, NAMES.products)}


def test_changes_between_equal_deals_are_none() -> None:
    assert changes(deal(), deal(), {}) == []


def test_changes_say_which_way_each_figure_went() -> None:
    found = rows(deal(), deal({"unit_price": "1000.00", "quantity": "6"}, term_months=36, payment_days=60))
    assert found["Switch 24 ports"] == ("1,044.00\u00a0EUR", "1,000.00\u00a0EUR", "gives more")
    assert found["Switch 24 ports, quantity"] == ("4", "6", "")
    assert found["Term"] == ("24", "36", "gives less")
    assert found["Payment days"] == ("30", "60", "gives more")


def test_changes_tell_what_was_added_and_removed() -> None:
    found = rows(deal(), deal({"product": "RT-1"}))
    assert found["Router"] == ("", "4 at 1,044.00\u00a0EUR", "added")
    assert found["Switch 24 ports"] == ("4 at 1,044.00\u00a0EUR", "", "removed")


def test_changes_of_one_product_on_two_lines_are_kept_apart() -> None:
    found = changes(deal({}, {}), deal({}, {"unit_price": "1100.00"}), NAMES.products)
    assert [row.after for row in found if row.label == "Switch 24 ports"] == ["1,100.00\u00a0EUR"]


def test_changes_tell_of_another_list_price() -> None:
    assert rows(deal(), deal({"list_price": "1250.00"}))["Switch 24 ports, list price"][1] == "1,250.00\u00a0EUR"


# --- what a committee is asked ---


@pytest.mark.parametrize(
    ("found", "amount"),
    [
        # 2 points of 4 x 1200.00
        (finding("line_discount", "committee", "beyond_team", line=0, value="20.0000"), "96.00"),
        # 2 points of 4 x 1044.00
        (finding("line_margin", "committee", "beyond_team", line=0, limit=1, value="40.0000"), "83.52"),
        (finding("budget", "committee", "beyond_budget", value="50300.0000"), "300.00"),
        (finding("deal_discount", "committee", "not_covered", limit=None, value="13.0000"), "4,176.00"),
        (finding("line_margin", "committee", "unknown", line=0, limit=1), "4,176.00"),
    ],
)
def test_breach_has_its_amount_in_money(found: dict[str, Any], amount: str) -> None:
    found["committee"] = "deal-desk"
    given = answer("committee", found)
    assert [one.amount for one in breaches(case(), given, "deal-desk", NAMES)] == [f"{amount}\u00a0EUR"]


def test_breaches_are_those_of_this_committee_and_not_covered() -> None:
    other = finding("line_margin", "committee", "beyond_team", line=0, limit=1, value="40.0000", committee="finance")
    covered = {**other, "committee": "deal-desk", "covered_by": 0}
    approvals = [{"committee": "deal-desk", "until": "2026-12-01", "limits": []}]
    assert breaches(case(approvals=approvals), answer("committee", other, covered), "deal-desk", NAMES) == []


def test_ask_names_the_first_breach_and_counts_the_rest() -> None:
    first = finding("line_discount", "committee", "beyond_team", line=0, value="20.0000", committee="deal-desk")
    asked = breaches(case(), answer("committee", first, first), "deal-desk", NAMES)
    said = ask(team="Public sector", customer="Hoogveld", cause="limit", asked=asked)
    assert said == (
        "Public sector asks for Hoogveld: Discount on Switch 24 ports at 20\u00a0%;"
        " 2 points beyond the team's 18\u00a0%, which is 96.00\u00a0EUR. And 1 thing more."
    )


@pytest.mark.parametrize(
    ("cause", "words"),
    [("objection", "objected"), ("silence", "no colleague answered"), ("too_few", "too few"), ("limit", "a decision")],
)
def test_ask_without_a_breach_says_why_the_committee_is_asked(cause: str, words: str) -> None:
    assert words in ask(team="T", customer="C", cause=cause, asked=[])
