"""Section “Guidance”: where the single changes lie that depend on payment periods, approvals, currencies and ranges."""

from typing import Any

import pytest

from mandates.engine import evaluate

from .building import HARMLESS, approval, case, deal, limit, line, mandate

FULL = line("100", "90", "50")
TEAM = limit("line_discount", "5", "20")
PLAIN = {"capital_rate": "36.5", "standard_payment_days": 30}
# At a price of 90, a day beyond the standard period costs 0.09 points: 12 % is reached at 52.2 days.
EFFECTIVE = limit("effective_discount", "12")
KEPT = {"metric": "effective_discount", "bound": "12", **PLAIN}
NO_STANDARD = {"capital_rate": "0", "standard_payment_days": 0}


def first_change(document: dict[str, Any], change: str) -> Any:
    moves = evaluate(document, guide=True)["guide"]["moves"]
    return next((move["to"] for move in moves if move["change"] == change), None)


def ranged(bound: Any, metric: str = "line_discount", **ranges: Any) -> dict[str, Any]:
    return limit(metric, bound, when={key: {"from": start, "below": end} for key, (start, end) in ranges.items()})


DAYS = [
    # what it shows, the mandate's rows and fields, days of payment, the first shorter period that helps
    ("the standard period", [EFFECTIVE], PLAIN, 90, 52),
    ("behind a row on lines", [limit("line_discount", "50"), EFFECTIVE], PLAIN, 90, 52),
    ("behind a value that stays", [limit("deal_discount", "50"), EFFECTIVE], PLAIN, 90, 52),
    ("one day less", [limit("payment_days", "30"), *HARMLESS], {}, 31, 30),
    ("a range of that one day", [ranged("15", payment_days=(59, 60)), TEAM], {}, 60, 59),
    ("never a longer one", [limit("line_discount", "15", when={"payment_days": {"from": 61}}), TEAM], {}, 60, None),
    (
        "within three days",
        [ranged("51", "payment_days", payment_days=(50, 53)), limit("payment_days", None), *HARMLESS],
        {},
        60,
        51,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "fields", "days", "to"), [row[1:] for row in DAYS], ids=[row[0] for row in DAYS])
def test_guide_names_the_longest_shorter_period(
    rows: list[dict[str, Any]], fields: dict[str, Any], days: int, to: int | None
) -> None:
    held = mandate(*rows, **fields)
    assert first_change(case(held, of=deal(FULL, payment_days=days)), "payment_days") == to


def test_guide_minds_the_charters_own_standard_period() -> None:
    charter = {"currency": "EUR", "limits": [{"metric": "effective_discount", "limit": "12"}], **PLAIN}
    document = case(mandate(*HARMLESS, **NO_STANDARD), of=deal(FULL, payment_days=90), charter=charter)
    assert first_change(document, "payment_days") == 52


APPROVED: list[Any] = [
    # what it shows, the approval's limits before the one that matters, its products
    ("alone", [], None),
    ("after one without a bound", [{"metric": "budget", "bound": None}], None),
    ("after one on lines", [{"metric": "line_discount", "bound": "50"}], None),
    ("with a quantity only", [], {"P": {"quantity": "1"}}),
    ("with another product", [], {"P": {"unit_price": "90"}, "Q": {"quantity": "1"}}),
    ("after one that cannot be measured", [{"metric": "net_value", "bound": "9", "currency": "USD"}], None),
]


@pytest.mark.parametrize(("before", "products"), [row[1:] for row in APPROVED], ids=[row[0] for row in APPROVED])
def test_guide_minds_an_approvals_own_standard_period(before: list[dict[str, Any]], products: Any) -> None:
    held = mandate(limit("effective_discount", "5"), **NO_STANDARD)
    kept = approval(KEPT, products=products)
    document = case(held, of=deal(FULL, payment_days=90), approvals=[kept])
    kept["limits"] = [*before, KEPT]
    unmeasured = before and before[0].get("currency") == "USD"
    assert first_change(document, "payment_days") == (None if unmeasured else 52)
    # At 90 days a price of 93.62 still comes to less than 12 %; where nothing is covered, only the mandate's 5 % count.
    assert first_change(document, "unit_price") == ("95.00" if unmeasured else "93.62")


TERMS = [
    # what it shows, the mandate's rows, the first longer term that helps
    ("one month more", [limit("minimum_term", "13"), *HARMLESS], 13),
    ("never a shorter one", [limit("line_discount", "15", when={"term_months": {"below": 12}}), TEAM], None),
    (
        "a list value that does not grow",
        [limit("line_discount", "15", when={"list_value": {"from": "200"}}), TEAM],
        None,
    ),
]


@pytest.mark.parametrize(("rows", "to"), [row[1:] for row in TERMS], ids=[row[0] for row in TERMS])
def test_guide_names_the_shortest_longer_term(rows: list[dict[str, Any]], to: int | None) -> None:
    assert first_change(case(mandate(*rows), of=deal(FULL)), "term_months") == to


def test_guide_mandate_that_cannot_be_measured_hides_no_other() -> None:
    budget = {"per": "team", "period": "year", "amount": "50", "used": "20"}
    foreign = mandate(limit("line_discount", "1"), code="a", currency="USD", budgets=[budget])
    known = mandate(limit("line_discount", "15", when={"list_value": {"from": "2000.01"}}), TEAM)
    document = case(foreign, known, of=deal(line("100", "90", "50", charge="monthly")))
    assert first_change(document, "term_months") == 21
    assert first_change(document, "unit_price") == "95.00"


def test_guide_converts_what_moves() -> None:
    # Two dollars to the euro: 2,000.01 euro of list value are reached in the 41st month,
    # and 60 euro are given away over twelve months at 10 dollars a month.
    rows = (
        limit("line_discount", "15", when={"list_value": {"from": "2000.01"}}),
        limit("discount_amount", "60"),
        TEAM,
    )
    of = deal(line("100", "88", "50", charge="monthly"), currency="USD")
    document = case(mandate(*rows), of=of, rates={"USD": "2"})
    assert first_change(document, "unit_price") == "90.00"
    document["mandates"][0]["limits"] = [rows[0], TEAM]
    assert first_change(document, "term_months") == 41


def lowest(document: dict[str, Any]) -> Any:
    return evaluate(document, guide=True)["guide"]["lines"][0]["member"]


def test_guide_range_that_ends_between_two_days_is_cut_after_the_first() -> None:
    """From 40 days on down another row applies; an end of 40.0001 days lies before the 41st, not before the 40th."""
    held = mandate(ranged("15", payment_days=(0, "40.0001")), TEAM)
    assert first_change(case(held, of=deal(FULL, payment_days=60)), "payment_days") == 40


def test_guide_price_is_never_below_nothing() -> None:
    """A discount of 150 % would leave a price of minus 50."""
    held = mandate(limit("line_discount", "150"))
    assert lowest(case(held, of=deal(FULL))) == "0.00"


def test_guide_finds_the_smallest_price_of_a_currency_of_four_decimals() -> None:
    """At nothing a margin has no value, and at the smallest price what costs nothing has all of it."""
    free = line("100", "90", "0")
    held = mandate(limit("line_margin", "10"), limit("line_margin", None), currency="CLF")
    assert lowest(case(held, of=deal(free, currency="CLF"))) == "0.0001"


def test_guide_goes_on_above_a_price_that_is_no_yes_though_a_lower_one_is() -> None:
    """A small deal is one mandate's to agree, one with a margin another's; the price between is neither's."""
    small = mandate(limit("net_value", "80"), *HARMLESS)
    earning = mandate(limit("line_margin", "45"), limit("line_discount", "90"), code="n")
    document = case(small, earning, of=deal(FULL))
    assert lowest(document) == "0.00"
    assert first_change(document, "unit_price") == "90.91"


def test_guide_of_what_is_free_is_nothing() -> None:
    """No price lies above nothing where the list and the deal both ask nothing."""
    assert lowest(case(mandate(limit("line_discount", "10")), of=deal(line("0", "0", "0")))) == "0.00"
