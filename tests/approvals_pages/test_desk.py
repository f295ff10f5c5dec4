"""The deal desk: choosing, typing, checking, changing, saving."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals.models import Deal
from approvals.terms import read
from tests.approvals_pages.conftest import SignIn
from tests.approvals_pages.posting import desk, line, text_of, value_of
from tests.factories import World

Draft = Callable[..., Deal]


@pytest.fixture
def bram(sign_in: SignIn) -> Client:
    return sign_in("bram")


# --- choosing a customer ---


def test_new_deal_without_customer_offers_own_customers_first(bram: Client) -> None:
    said = text_of(bram.get("/deals/new"))
    assert said.index("Gemeente Hoogveld") < said.index("Waterschap Lindedal")
    assert "Staalhuis Maasoever" not in said


def test_new_deal_search_narrows_the_customers(bram: Client) -> None:
    said = text_of(bram.get("/deals/new", {"q": "linde"}))
    assert "Waterschap Lindedal" in said
    assert "Gemeente Hoogveld" not in said


def test_new_deal_for_another_teams_customer_says_who_speaks_to_it(bram: Client) -> None:
    said = text_of(bram.get("/deals/new", {"customer": "C-31"}))
    assert "Staalhuis Maasoever is looked after by Industry; Gilles Dubois speaks to them." in said


@pytest.mark.parametrize("key", ["els", "ines", "petra", "nora", "quinten"])
def test_new_deal_by_somebody_outside_every_team_saves_nothing(key: str, sign_in: SignIn) -> None:
    answer = sign_in(key).post("/deals/new", desk(line(price="1100"), do="save"))
    assert answer.status_code == 200
    assert not Deal.objects.exists()


# --- the live answer ---


def verdict(client: Client, *lines: dict[str, str], **changes: str) -> str:
    answer = client.post("/deals/verdict", desk(*lines, **changes), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return text_of(answer)


def test_verdict_inside_the_member_bounds_is_a_yes(bram: Client) -> None:
    assert "Yes: this is yours to agree." in verdict(bram, line(price="1140"))


def test_verdict_beyond_the_member_names_who_may_consent(bram: Client) -> None:
    assert "Ask one colleague: Anke Claes, Chloé Lambert or Dirk Peeters." in verdict(bram, line(price="1100"))


def test_verdict_beyond_the_team_names_the_committees_with_their_members(bram: Client) -> None:
    said = verdict(bram, line(price="900"))
    assert "Deal desk and Finance committee would be asked." in said
    assert "Ines Martens (chair), Joris Hermans and Karim Haddad Answers within 8 working hours; no cases yet." in said
    assert "At the same time. All of them must say yes. Finance committee" in said


def test_verdict_beyond_the_member_names_the_committee_behind_the_colleagues(bram: Client) -> None:
    said = verdict(bram, line(price="1100"))
    assert "They answer within 2 working days; no answers yet." in said
    assert "Only where a colleague objects or too few of them answer in time. Deal desk" in said


def test_verdict_asks_the_database_no_more_for_two_committees_than_for_one(bram: Client) -> None:
    """Seen to fail: with the electorate read committee by committee."""
    verdict(bram, line(price="900"))
    with CaptureQueriesContext(connection) as for_one:
        assert "Deal desk would be asked." in verdict(bram, line(product="TRAIN-1", price="800"))
    with CaptureQueriesContext(connection) as for_two:
        verdict(bram, line(price="900"))
    with CaptureQueriesContext(connection) as for_none:
        verdict(bram, line(price="1140"))
    assert len(for_two) == len(for_one) <= len(for_none) + 7


def test_verdict_outside_the_charter_says_so(bram: Client) -> None:
    assert "Outside the charter: nobody may agree this." in verdict(bram, line(price="600"))


def test_verdict_of_a_member_without_the_competence_asks_a_colleague(sign_in: SignIn) -> None:
    said = verdict(sign_in("dirk"), line(price="1150"))
    assert "Ask one colleague" in said
    assert "You do not decide alone in this team yet" in said


def test_verdict_of_an_empty_desk_asks_for_a_product(bram: Client) -> None:
    assert "Add a product to see the answer." in verdict(bram)


def test_verdict_without_a_readable_term_gives_no_answer(bram: Client) -> None:
    assert "Add a product" in verdict(bram, line(price="1100"), term_months="a year")


def test_verdict_leaves_an_incomplete_line_out_and_says_so(bram: Client) -> None:
    said = verdict(bram, line(price="1140"), line("SW-48P", price="many"))
    assert "Yes: this is yours to agree." in said
    assert "One line is not complete yet" in said


def test_verdict_names_a_product_that_cannot_be_priced(bram: Client) -> None:
    said = verdict(bram, line(price="1140"), line("RT-1", price="700"), currency="USD", priced_in="USD")
    assert "Add a product" not in said
    said = verdict(bram, line("RT-1", price="700"), currency="JPY", priced_in="JPY")
    assert "RT-1" in said or "Choose a currency" in said


def test_verdict_shows_lowest_prices_that_are_still_a_yes(bram: Client) -> None:
    said = verdict(bram, line(price="1044"))
    assert "Lowest price that is yours 1,109.10 EUR" in said
    assert "Lowest with a colleague 1,051.73 EUR" in said


def test_verdict_for_another_teams_customer_is_not_there(bram: Client) -> None:
    assert bram.post("/deals/verdict", desk(line(price="1100"), customer="C-31")).status_code == 404


def test_verdict_changes_nothing(bram: Client) -> None:
    verdict(bram, line(price="1100"))
    assert not Deal.objects.exists()


# --- price and discount follow each other ---


def check(client: Client, *lines: dict[str, str], **changes: str) -> object:
    return client.post("/deals/new", desk(*lines, **changes))


@pytest.mark.parametrize(
    ("sent", "price", "discount"),
    [
        ({"price": "1044"}, "1044.00", "13"),
        ({"discount": "13"}, "1044.00", "13"),
        ({"discount": "12,5"}, "1050.00", "12.5"),
        ({}, "1200.00", "0"),
        ({"price": "1044", "discount": "20", "seen_price": "1044", "seen_discount": "13"}, "960.00", "20"),
        ({"price": "1100", "discount": "13", "seen_price": "1044", "seen_discount": "13"}, "1100.00", "8.33"),
        ({"price": "1100", "discount": "13"}, "1100.00", "8.33"),
        ({"price": "1300"}, "1300.00", "-8.33"),
    ],
)
def test_check_lets_what_was_changed_lead(bram: Client, sent: dict[str, str], price: str, discount: str) -> None:
    answer = check(bram, line(**sent))
    assert value_of(answer, "lines-0-seen_price") == price
    assert value_of(answer, "lines-0-seen_discount") == discount


def test_check_never_gives_more_discount_than_was_typed(bram: Client) -> None:
    # 7.77 % off 90.00 is 83.007: at 83.00 the discount would be beyond what was typed
    answer = check(bram, line("SUP-M", discount="7.77"))
    assert value_of(answer, "lines-0-seen_price") == "83.01"


def test_check_takes_a_name_for_a_code_and_any_case(bram: Client) -> None:
    assert value_of(check(bram, line("product sw-24p", price="1100")), "lines-0-seen_price") == "1100.00"
    assert 'value="SW-24P"' in check(bram, line("sw-24p", price="1100")).content.decode()  # type: ignore[attr-defined]


def test_check_in_another_currency_keeps_the_discount(bram: Client) -> None:
    answer = check(bram, line(price="1044", discount="13", seen_price="1044", seen_discount="13"), currency="USD")
    assert value_of(answer, "lines-0-seen_price") == "1131.00"
    assert value_of(answer, "lines-0-seen_discount") == "13"


def test_grid_after_a_change_of_currency_shows_the_new_list_prices(bram: Client) -> None:
    said = text_of(bram.post("/deals/lines", desk(line(price="1044", discount="13"), currency="USD")))
    assert "List price, USD" in said
    assert "1,300.00" in said


def test_line_of_a_converted_price_says_so(bram: Client) -> None:
    answer = check(bram, line("RT-1", price="800"), currency="USD", priced_in="USD")
    assert "List price converted from EUR." in text_of(answer)


# --- buttons without scripts ---


def test_remove_takes_one_row_away(bram: Client) -> None:
    answer = check(bram, line(price="1100"), line("RT-1", price="700"), remove="0")
    content = answer.content.decode()  # type: ignore[attr-defined]
    assert 'value="RT-1"' in content
    assert '<input type="text" id="id_lines-0-product" name="lines-0-product" value="SW-24P"' not in content


def test_apply_raises_the_price_of_the_line_it_names(bram: Client) -> None:
    lines = (line("", price=""), line("RT-1", price="700"), line(price="1044"))
    answer = check(bram, *lines, apply="unit_price:1:1109.10")
    assert value_of(answer, "lines-0-seen_price") == "700.00"
    assert value_of(answer, "lines-1-seen_price") == "1109.10"


@pytest.mark.parametrize(
    ("change", "field", "value"), [("payment_days:20", "payment_days", "20"), ("term_months:36", "term_months", "36")]
)
def test_apply_changes_a_term(bram: Client, change: str, field: str, value: str) -> None:
    answer = check(bram, line(price="1100"), apply=change)
    assert f'name="{field}" value="{value}"' in answer.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("change", ["", "unit_price:7:1.00", "unit_price:x:1", "state:won", "payment_days:-1"])
def test_apply_of_something_else_changes_nothing(bram: Client, change: str) -> None:
    answer = check(bram, line(price="1100"), apply=change)
    assert value_of(answer, "lines-0-seen_price") == "1100.00"


# --- saving ---


def test_save_makes_a_draft_and_goes_to_its_desk(bram: Client, world: World) -> None:
    answer = bram.post("/deals/new", desk(line(price="1.044,50"), line("RT-1", discount="10"), do="save"))
    deal = Deal.objects.get()
    assert answer.headers["Location"] == f"/deals/{deal.reference}/edit"
    saved = read(deal.draft)
    assert [(one.product, str(one.unit_price)) for one in saved.lines] == [("SW-24P", "1044.50"), ("RT-1", "720.00")]
    assert (deal.team, deal.contact) == (world.teams["public"], world.bram)


def test_review_goes_on_to_checking(bram: Client) -> None:
    answer = bram.post("/deals/new", desk(line(price="1100"), do="review"))
    assert answer.headers["Location"] == f"/deals/{Deal.objects.get().reference}/check"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (line("nothing-such", price="1"), "lines-0-product"),
        (line("", price="5"), "lines-0-product"),
        (line(price="cheap"), "lines-0-price"),
        (line(quantity="0", price="5"), "lines-0-quantity"),
        (line(price="-5"), "lines-0-price"),
        (line(discount="101"), "lines-0-discount"),
        (line(price="1.00001"), "lines-0-price"),
    ],
)
def test_save_of_a_wrong_line_keeps_what_was_typed_and_links_to_it(
    bram: Client, sent: dict[str, str], field: str
) -> None:
    answer = bram.post("/deals/new", desk(sent, do="save"))
    content = answer.content.decode()
    assert f'href="#id_{field}"' in content
    assert "They buy again next year." in content
    assert not Deal.objects.exists()


def test_edit_saves_over_the_edition_that_was_read(bram: Client, draft: Draft) -> None:
    deal = draft()
    page = bram.get(f"/deals/{deal.reference}/edit")
    sent = desk(line(price="1150"), do="save", reference=deal.reference, edition=value_of(page, "edition"))
    assert bram.post(f"/deals/{deal.reference}/edit", sent).status_code == 302
    deal.refresh_from_db()
    assert str(read(deal.draft).lines[0].unit_price) == "1150.00"


@pytest.mark.parametrize(("key", "status"), [("anke", 200), ("els", 404), ("femke", 404), ("petra", 404)])
def test_edit_is_for_the_team_alone(sign_in: SignIn, draft: Draft, key: str, status: int) -> None:
    assert sign_in(key).get(f"/deals/{draft().reference}/edit").status_code == status


def test_desk_warns_of_other_deals_of_the_customer(bram: Client, submitted: Draft) -> None:
    deal = submitted()
    said = text_of(bram.get("/deals/new", {"customer": "C-17"}))
    assert "This customer has another deal of the last 90 days" in said
    assert deal.reference in said


def test_desk_carries_the_values_of_a_question_over(bram: Client) -> None:
    query = {"customer": "C-17", "product": "SW-24P", "quantity": "3", "price": "1100", "term_months": "36"}
    answer = bram.get("/deals/new", query)
    assert value_of(answer, "lines-0-seen_price") == "1100.00"
    assert value_of(answer, "term_months") == "36"


@pytest.mark.parametrize("price", ["NaN", "-1", "a", "1e999"])
def test_desk_ignores_carried_values_that_are_none(bram: Client, price: str) -> None:
    answer = bram.get("/deals/new", {"customer": "C-17", "product": "SW-24P", "price": price, "term_months": "x"})
    assert answer.status_code == 200


def test_supporting_teams_are_kept_with_the_draft(bram: Client, world: World) -> None:
    sent = desk(line(price="1100"), do="save", supports_shown="yes") | {"supporting": ["industry"]}
    bram.post("/deals/new", sent)
    deal = Deal.objects.get()
    assert list(deal.supports.values_list("team__code", flat=True)) == ["industry"]


# --- budgets ---


def test_verdict_says_when_another_deal_took_the_room_first(bram: Client, submitted: Draft) -> None:
    submitted("1104", quantity="450")  # holds 43,200.00 of the 50,000.00 of this quarter
    said = verdict(bram, line(quantity="100", price="1104"))
    assert "Deal desk would be asked." in said
    assert "Another deal took the room first: 43,200.00 EUR of this budget is held" in said


def test_verdict_beyond_an_empty_budget_blames_nobody(bram: Client) -> None:
    said = verdict(bram, line(quantity="600", price="1104"))
    assert "7,600.00 EUR more than the budget of 50,000.00 EUR has left." in said
    assert "Another deal" not in said


def test_pending_deal_that_holds_nothing_of_the_budget_says_so(bram: Client, submitted: Draft) -> None:
    submitted("1104", quantity="450")
    deal = submitted("1104", quantity="100")
    assert "It does not fit the budget, so nothing is held for it" in text_of(bram.get(f"/deals/{deal.reference}/"))


@pytest.mark.parametrize("state", ["won", "lost", "withdrawn", "lapsed"])
def test_edit_of_a_closed_deal_goes_to_its_page(bram: Client, submitted: Draft, state: str) -> None:
    deal = submitted("1150")
    Deal.objects.filter(pk=deal.pk).update(state=state)
    answer = bram.get(f"/deals/{deal.reference}/edit", follow=True)
    assert answer.redirect_chain == [(f"/deals/{deal.reference}/", 302)]
    assert "Copy it to start again." in text_of(answer)


@pytest.mark.parametrize("url", ["/deals/verdict", "/deals/lines"])
def test_part_asked_for_after_the_session_ended_is_no_sign_in_page(client: Client, world: World, url: str) -> None:
    assert client.post(url, desk(), headers={"HX-Request": "true"}).status_code == 401
    assert client.post(url, desk()).status_code == 302


def test_products_are_found_by_letters_of_code_name_and_family(bram: Client) -> None:
    def found(text: str) -> str:
        return bram.get("/deals/products", {"lines-0-product": text, "currency": "EUR"}).content.decode()

    assert 'value="SW-24P"' in found("sw-2") and 'data-list-price="1200.00"' in found("sw-2")
    assert 'value="TRAIN-1"' in found("services training")
    assert "option" not in found("nothing") and "option" not in found("")
