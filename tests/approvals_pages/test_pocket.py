"""The pocket mandate: whose it is, what it tells, and what it answers."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from approvals.models import Deal
from mandates.models import Price
from teams.models import CustomerTeam, Team
from tests.approvals_pages.conftest import SignIn
from tests.approvals_pages.posting import text_of
from tests.factories import World, join, leave, mandate_in_force, public_document

Make = Callable[..., Deal]
QUESTION = {"customer": "C-17", "product": "SW-24P", "quantity": "4", "term_months": "24", "payment_days": "30"}


def said(answer: Any) -> str:
    """The page's words, with plain spaces."""
    return text_of(answer).replace("\u00a0", " ")


def test_pocket_tells_bounds_by_metric_committees_and_until_when(sign_in: SignIn) -> None:
    page = said(sign_in("bram").get("/pocket/"))
    order = [
        "Can I?",
        "Holds until 31 Dec 2026",
        "Budget left",
        "50,000.00 EUR left",
        "It covers deals for customers of the segment public.",
        "Discount on a line",
        "Products of network on terms from 24 months",
        "A member alone up to 12 % The team together up to 18 %",
        "All other products A member alone up to 8 % The team together up to 12 %",
        "Beyond that Deal desk decides.",
        "A member alone at least 45 % The team together at least 42 %",
        "Beyond that Finance committee decides.",
        "What no sentence here allows goes to Deal desk.",
        "Who decides beyond it",
    ]
    places = [page.find(part) for part in order]
    assert -1 not in places and places == sorted(places)


def test_pocket_answers_on_the_page_itself(sign_in: SignIn) -> None:
    asked = QUESTION | {"team": "public", "price": "1.044,00"}
    page = said(sign_in("bram").get("/pocket/", asked))
    assert "Finance committee would be asked." in page and "Lowest price that is yours 1,109.10 EUR" in page
    assert "Holds until" in page
    part = sign_in("bram").get("/pocket/", asked, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="_verdict"') and "Holds until" not in part
    assert not Deal.objects.exists()


def test_pocket_answers_for_the_customers_of_the_chosen_team_alone(world: World, sign_in: SignIn) -> None:
    join(world.teams["industry"], world.bram, since=world.today)
    bram = sign_in("bram")
    page = bram.get("/pocket/?team=industry")
    assert "Staalhuis Maasoever" in page.content.decode() and "Gemeente Hoogveld" not in page.content.decode()
    assert "Customer: " in said(bram.get("/pocket/", QUESTION | {"team": "industry"}))
    assert [tab["current"] for tab in page.context["tabs"]] == [True, False]


def test_pocket_begins_with_a_team_whose_prices_the_reader_agrees(world: World, sign_in: SignIn) -> None:
    join(world.teams["industry"], world.bram, role="coach", since=world.today)
    page = sign_in("bram").get("/pocket/")
    assert page.context["team"] == world.teams["public"]
    assert "You coach this team" in said(sign_in("bram").get("/pocket/?team=industry"))


def test_pocket_of_a_team_of_others_leads_to_its_page(sign_in: SignIn) -> None:
    assert sign_in("bram").get("/pocket/?team=industry").headers["Location"] == "/teams/industry/"
    assert sign_in("bram").get("/pocket/?team=nothing").status_code == 404


@pytest.mark.parametrize("key", ["petra", "ines", "nora"])
def test_pocket_of_somebody_in_no_team_says_what_that_means(key: str, sign_in: SignIn) -> None:
    answer = sign_in(key).get("/pocket/")
    assert "You are in no team" in said(answer) and "/mandates/" in answer.content.decode()


def test_pocket_of_somebody_who_left_is_no_longer_theirs(world: World, sign_in: SignIn) -> None:
    leave(world.teams["public"], world.bram, world.today)
    assert "You are in no team" in said(sign_in("bram").get("/pocket/"))


def test_pocket_without_a_mandate_or_customers_says_so(world: World, sign_in: SignIn) -> None:
    CustomerTeam.objects.filter(team=world.teams["retail"]).delete()
    page = said(sign_in("tom").get("/pocket/"))
    assert "every deal of it goes to a committee" in page and "Your team has no customers yet" in page


def test_pocket_tells_whoever_does_not_decide_alone(sign_in: SignIn) -> None:
    assert "You do not decide alone in this team yet" in said(sign_in("dirk").get("/pocket/"))
    assert "You do not decide alone" not in said(sign_in("anke").get("/pocket/"))


def test_pocket_warns_of_an_end_within_thirty_days(world: World, sign_in: SignIn) -> None:
    ends = (world.today + timedelta(days=9)).isoformat()
    mandate_in_force(world, "public", public_document(2026, 2, valid_until=ends), since=world.at)
    assert "9 days left" in said(sign_in("bram").get("/pocket/"))


def test_pocket_shows_what_is_left_after_a_deal(sign_in: SignIn, submitted: Make) -> None:
    submitted("1150")
    page = said(sign_in("bram").get("/pocket/"))
    assert "49,800.00 EUR left" in page and "200.00 EUR held" in page


def test_pocket_shows_the_budgets_of_the_teams_own_customers(world: World, sign_in: SignIn, submitted: Make) -> None:
    """Seen to fail when every customer's budget of the mandate was shown."""
    budgets = [{"per": "customer", "period": "year", "amount": "10000"}]
    mandate_in_force(world, "public", public_document(2026, 2, budgets=budgets), since=world.at)
    submitted("1150")
    assert "Gemeente Hoogveld 9,800.00 EUR left" in said(sign_in("bram").get("/pocket/"))
    CustomerTeam.objects.filter(customer=world.customers["C-17"]).update(team=world.teams["retail"])
    assert "9,800.00 EUR left" not in said(sign_in("bram").get("/pocket/"))


def test_pocket_of_a_blind_reader_tells_nothing_of_the_cost(world: World, sign_in: SignIn) -> None:
    """Two costs, one page. Seen to fail when the answer was made for a reader who sees cost."""
    Team.objects.filter(code="public").update(cost_sight="nobody")
    pages = []
    for cost in ("610.00", "590.00"):
        Price.objects.filter(product__code="SW-24P").update(unit_cost=Decimal(cost))
        pages.append(said(sign_in("bram").get("/pocket/", QUESTION | {"team": "public", "price": "1116"})))
    assert pages[0] == pages[1]
    assert "Yes: this is yours to agree." in pages[0] and "Lowest price" not in pages[0]
    assert "45 %" not in pages[0] and "42 %" not in pages[0]


@pytest.mark.parametrize(("language", "bound"), [("nl", "tot 12 %"), ("fr", "jusqu\u2019à 12 %"), ("de", "bis 12 %")])
def test_pocket_speaks_the_readers_language(language: str, bound: str, world: World, sign_in: SignIn) -> None:
    client = sign_in("bram")
    page = client.get("/pocket/", headers={"Accept-Language": language})
    assert bound in said(page)
    with translation.override(language):
        assert translation.gettext("Who decides beyond it") in said(page)


def test_pocket_is_linked_from_today_the_team_and_the_mandate(sign_in: SignIn) -> None:
    bram = sign_in("bram")
    for address in ("/", "/teams/public/", "/mandates/public-2026/"):
        assert 'href="/pocket/?team=public"' in bram.get(address).content.decode()
    for address in ("/teams/public/", "/mandates/public-2026/"):
        assert "/pocket/" not in sign_in("petra").get(address).content.decode()
