"""Who sees which deal and case: the query and the permission table say the same."""

import pytest

from approvals.actions.draft import support
from approvals.models import Case, Deal
from approvals.sight import about, visible_cases, visible_deals, waiting_cases
from teams.models import CustomerTeam
from teams.organisation import today
from teams.permissions import Person, may
from teams.standing import person_of
from tests.approvals.asking import case_of
from tests.factories import COMMITTEE_PRICE, PEOPLE, World, draft, submitted, vote


def standing(made: World, key: str) -> Person:
    """A person as the permission table sees them."""
    return person_of(made.people[key], today(made.at))


@pytest.fixture
def deals(made: World) -> list[Deal]:
    """A draft, a deal before both committees, one of another team, one supported, one whose customer moved."""
    plain = draft(made)
    asked = submitted(made, price=COMMITTEE_PRICE)
    foreign = submitted(made, by="gilles", customer="C-31", price="1100.00")
    supported = draft(made, by="chloe", customer="C-18")
    support(deal=supported, team=made.teams["retail"], by=made.chloe, at=made.at)
    moved = submitted(made, by="hanne", customer="C-32", price="1150.00")
    CustomerTeam.objects.filter(customer=moved.customer).update(team=made.teams["retail"], contact=made.tom)
    return [plain, asked, foreign, supported, moved]


@pytest.mark.parametrize("key", sorted(PEOPLE))
def test_visible_deals_are_those_that_the_permission_table_shows(made: World, deals: list[Deal], key: str) -> None:
    person = standing(made, key)
    allowed = {deal.reference for deal in deals if may("deal.see", person, about(deal))}
    assert set(visible_deals(person).values_list("reference", flat=True)) == allowed


@pytest.mark.parametrize(
    ("key", "numbers"),
    [
        ("bram", [0, 1, 3]),
        ("els", [0, 1, 2, 3, 4]),
        ("gilles", [2, 4]),
        ("tom", [3, 4]),
        ("lien", [1]),
        ("petra", [0, 1, 2, 3, 4]),
        ("nora", []),
        ("olivier", []),
        ("quinten", []),
        ("ruth", []),
    ],
)
def test_visible_deals_of_a_person(made: World, deals: list[Deal], key: str, numbers: list[int]) -> None:
    seen = set(visible_deals(standing(made, key)).values_list("pk", flat=True))
    assert seen == {deals[number].pk for number in numbers}


def test_visible_cases_are_those_of_visible_deals(made: World, deals: list[Deal]) -> None:
    assert visible_cases(standing(made, "bram")).count() == 2
    assert visible_cases(standing(made, "lien")).count() == 2
    assert visible_cases(standing(made, "petra")).count() == Case.objects.count()
    assert not visible_cases(standing(made, "gilles")).exists()
    assert not visible_cases(standing(made, "quinten")).exists()


def test_waiting_cases_are_those_where_a_vote_is_still_missing(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    assert list(waiting_cases(standing(made, "ines"))) == [case_of(deal)]
    vote(made, case_of(deal), "ines")
    assert not waiting_cases(standing(made, "ines")).exists()
    assert list(waiting_cases(standing(made, "joris"))) == [case_of(deal)]
    assert not waiting_cases(standing(made, "bram")).exists()
