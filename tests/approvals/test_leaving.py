"""What deals leave open when people leave and customers move, and handing a contact's deals over."""

import pytest

from approvals import leaving as deals
from journal.refusals import Conflict
from teams import leaving
from teams.actions.membership import end_membership
from teams.models import Membership
from tests.approvals.asking import case_of, told, verbs
from tests.factories import COMMITTEE_PRICE, TEAM_PRICE, World, draft, submitted


def kinds(matters: list[leaving.OpenMatter]) -> list[str]:
    """The kinds of what is open, sorted."""
    return sorted(matter.kind for matter in matters)


def test_leaving_names_open_deals_consents_and_votes(made: World) -> None:
    draft(made)
    submitted(made, price=TEAM_PRICE)
    case = case_of(submitted(made, price=COMMITTEE_PRICE))
    public = made.teams["public"].pk
    mine = deals.of_person(made.bram.pk, public)
    assert kinds(mine) == ["deal", "deal", "draft", "hold", "hold"]
    assert all(matter.blocking is (matter.kind != "hold") for matter in mine)
    assert kinds(deals.of_person(made.chloe.pk, public)) == ["consent"]
    assert kinds(deals.of_person(made.ines.pk, None)) == ["vote"]
    assert kinds(deals.of_person(made.ines.pk, public)) == []
    assert set(kinds(leaving.of_customer(made.customers["C-17"].pk))) == {"consent", "deal", "draft", "hold", "vote"}
    assert kinds(leaving.of_committee(case.committee_id)) == ["mandate", "mandate", "vote"]


def test_leaving_with_open_deals_needs_a_new_contact(made: World) -> None:
    deal = submitted(made)
    place = Membership.objects.get(team=made.teams["public"], user=made.bram)
    with pytest.raises(Conflict):
        end_membership(membership=place, by=made.nora, at=made.at)
    end_membership(membership=place, by=made.nora, at=made.at, new_contact=made.chloe)
    deal.refresh_from_db()
    assert deal.contact == made.chloe
    assert verbs(deal)[-1] == "deal.handed_over"
    assert told("deal.handed_over") == {made.chloe.pk, made.bram.pk}
