"""Two who change the draft of one deal: three states, nothing overwritten unasked, nothing typed lost."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from approvals.actions.draft import edit_draft, support
from approvals.actions.submit import withdraw
from approvals.forms.meeting import merged, read_state, settled, state_of, state_text, terms_of
from approvals.models import Deal
from approvals.terms import DraftTerms, read
from journal.refusals import Invalid
from tests.approvals_pages.conftest import SignIn
from tests.approvals_pages.posting import desk, line, terms, text_of, value_of
from tests.factories import AT, World

Draft = Callable[..., Deal]
PRICE = "choose-lines:0.unit_price"


@pytest.fixture
def bram(sign_in: SignIn) -> Client:
    return sign_in("bram")


def _saves_meanwhile(world: World, deal: Deal, price: str = "1180", **changes: Any) -> None:
    deal.refresh_from_db()
    edit_draft(deal=deal, by=world.anke, at=AT, edition=deal.edition, terms=terms(price, **changes))


def _sent(page: Any, deal: Deal, *lines: dict[str, str], **changes: str) -> dict[str, str]:
    carried = {name: value_of(page, name) for name in ("edition", "base")}
    return desk(*lines, do="save", reference=deal.reference, **(carried | changes))


def _merge(answer: Any, **choices: str) -> dict[str, str]:
    carried = {name: value_of(answer, name) for name in ("edition", "base", "mine", "do")}
    return carried | {"then": "merge"} | choices


def _now(deal: Deal) -> DraftTerms:
    deal.refresh_from_db()
    return read(deal.draft)


def test_stale_save_shows_three_states_and_keeps_theirs_until_one_is_chosen(
    bram: Client, draft: Draft, world: World
) -> None:
    """Seen to fail: with the later save taken; with a choice that is missing counted as one's own."""
    deal = draft("1100")
    address = f"/deals/{deal.reference}/edit"
    page = bram.get(address)
    _saves_meanwhile(world, deal, "1180", term=36)
    answer = bram.post(address, _sent(page, deal, line(price="1150")))
    assert answer.status_code == 409
    said = text_of(answer)
    assert "it was 1,100.00 EUR, they say 1,180.00 EUR, you say 1,150.00 EUR" in said
    assert (str(_now(deal).lines[0].unit_price), _now(deal).term_months) == ("1180.00", 36)
    unchosen = bram.post(address, _merge(answer))
    assert unchosen.status_code == 422
    assert "Choice 1 is still open" in text_of(unchosen)
    assert bram.post(address, _merge(unchosen, **{PRICE: "mine"})).status_code == 302
    assert (str(_now(deal).lines[0].unit_price), _now(deal).term_months) == ("1150.00", 36)


def test_stale_save_of_other_things_needs_no_choice(bram: Client, draft: Draft, world: World) -> None:
    """Seen to fail: with the base left out, so that every difference is a conflict."""
    deal = draft("1100")
    address = f"/deals/{deal.reference}/edit"
    page = bram.get(address)
    _saves_meanwhile(world, deal, "1180")
    answer = bram.post(address, _sent(page, deal, line(price="1100"), line("RT-1", price="700"), why="They asked."))
    assert answer.status_code == 409
    assert "both fit together" in text_of(answer)
    assert bram.post(address, _merge(answer)).status_code == 302
    found = _now(deal)
    assert [(one.product, str(one.unit_price)) for one in found.lines] == [("SW-24P", "1180.00"), ("RT-1", "700.00")]
    assert found.why == "They asked."


def test_merge_of_a_draft_that_changed_once_more_meets_again(bram: Client, draft: Draft, world: World) -> None:
    """Seen to fail: with the edition of the page not compared."""
    deal = draft("1100")
    address = f"/deals/{deal.reference}/edit"
    page = bram.get(address)
    _saves_meanwhile(world, deal, "1180")
    answer = bram.post(address, _sent(page, deal, line(price="1150")))
    _saves_meanwhile(world, deal, "1190")
    again = bram.post(address, _merge(answer, **{PRICE: "mine"}))
    assert again.status_code == 409
    assert "they say 1,190.00 EUR" in text_of(again)
    assert str(_now(deal).lines[0].unit_price) == "1190.00"
    assert bram.post(address, _merge(again, **{PRICE: "theirs"})).status_code == 302
    assert str(_now(deal).lines[0].unit_price) == "1190.00"


def test_stale_save_keeps_files_and_only_its_own_change_of_supporting_teams(
    bram: Client, draft: Draft, world: World
) -> None:
    """Seen to fail: with the supporting teams set to exactly those of the stale page."""
    deal = draft("1100")
    address = f"/deals/{deal.reference}/edit"
    page = bram.get(address)
    _saves_meanwhile(world, deal, "1180")
    support(deal=deal, team=world.teams["industry"], by=world.anke, at=AT)
    sent: dict[str, Any] = _sent(page, deal, line(price="1150"), supports_shown="yes", supports_base="")
    sent |= {"supporting": ["retail"], "files": SimpleUploadedFile("tender.pdf", b"%PDF-1.4 a tender")}
    answer = bram.post(address, sent)
    assert answer.status_code == 409
    assert [one.name for one in deal.attachments.all()] == ["tender.pdf"]
    chosen = {PRICE: "mine", "supports_shown": "yes", "supports_base": "", "supporting": "retail"}
    assert 'name="supporting" value="retail"' in answer.content.decode()
    assert bram.post(address, _merge(answer, **chosen)).status_code == 302
    assert sorted(deal.supports.values_list("team__code", flat=True)) == ["industry", "retail"]


def test_save_of_a_deal_that_was_withdrawn_meanwhile_keeps_what_was_typed(
    bram: Client, draft: Draft, world: World
) -> None:
    """Seen to fail: with the reader sent to the deal's page."""
    deal = draft("1100")
    address = f"/deals/{deal.reference}/edit"
    page = bram.get(address)
    withdraw(deal=deal, by=world.anke, at=AT, reason="Over.")
    answer = bram.post(address, _sent(page, deal, line(price="1151")))
    assert answer.status_code == 409
    assert value_of(answer, "lines-0-price") == "1151.00"
    assert "This deal is closed" in text_of(answer)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"lines": 3}', '{"lines": [{"quantity": "x"}], "term_months": "a"}'])
def test_merge_of_what_no_page_carried_is_refused_and_saves_nothing(bram: Client, draft: Draft, text: str) -> None:
    deal = draft("1100")
    sent = {"then": "merge", "edition": str(deal.edition), "base": text, "mine": text}
    answer = bram.post(f"/deals/{deal.reference}/edit", sent)
    assert answer.status_code in (302, 422)
    assert str(_now(deal).lines[0].unit_price) == "1100.00"


# --- the states ---


def _state(price: str, currency: str = "EUR", **changes: Any) -> dict[str, Any]:
    return state_of(terms(price, **changes), kind="new", channel="", currency=currency)


def test_state_comes_back_as_the_terms_that_it_was_made_from() -> None:
    made = terms("1100", term=36)
    state = state_of(made, kind="new", channel="partner", currency="EUR")
    assert terms_of(read_state(state_text(state))) == made
    assert read_state(json.dumps({"lines": [1, {"product": "A", "other": 2}], "kind": ["x"]})) == {
        "lines": [{"product": "A"}]
    }


def test_prices_in_another_currency_are_never_mixed() -> None:
    """Seen to fail: with lines merged one by one whatever they are priced in."""
    base, theirs, mine = _state("1100"), _state("1250", "USD"), _state("1100", term=36)
    kept = settled(merged(base, theirs, mine), {})
    assert (kept["currency"], kept["lines"][0]["unit_price"], kept["term_months"]) == ("USD", "1250.00", 36)
    found = merged(base, theirs, _state("1150"))
    assert found.asks == ["offer"]
    chosen = settled(found, {"offer": "mine"})
    assert (chosen["currency"], chosen["lines"][0]["unit_price"]) == ("EUR", "1150.00")


def test_terms_that_cannot_be_read_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        terms_of({"term_months": 12, "payment_days": 30, "lines": [{"product": "A", "quantity": "many"}]})
    assert refused.value.code == "unreadable"
