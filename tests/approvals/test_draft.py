"""Making a deal and working on its draft."""

import json
from decimal import Decimal

import pytest

from approvals.actions.draft import DraftHeader, copy_deal, create_deal, edit_draft, support, unsupport
from approvals.models import Deal, DealEditor, DealSupport
from approvals.terms import DraftLine, DraftTerms
from journal.refusals import Conflict, Invalid, NotAllowed
from teams.models import Customer, CustomerTeam
from tests.approvals.asking import told, verbs
from tests.factories import World, draft, submitted, terms


def test_create_deal_takes_team_and_contact_of_its_customer(made: World) -> None:
    deal = draft(made, by="chloe")
    assert (deal.reference, deal.state, deal.team, deal.contact) == ("D-1001", "draft", made.teams["public"], made.bram)
    assert json.loads(deal.draft)["lines"] == [{"product": "SW-24P", "quantity": "4", "unit_price": "1116.00"}]
    assert verbs(deal) == ["deal.drafted"]
    assert told("deal.drafted") == {made.bram.pk}
    assert list(deal.editors.values_list("user_id", flat=True)) == [made.chloe.pk]


def test_create_deal_numbers_go_on_past_imported_references(made: World) -> None:
    first = draft(made)
    Deal.objects.create(
        reference="D-1002",
        team=first.team,
        customer=first.customer,
        contact=first.contact,
        currency="EUR",
        draft=first.draft,
        created_by=made.bram,
        created_at=made.at,
        imported=True,
    )
    assert draft(made).reference == "D-1003"


@pytest.mark.parametrize("by", ["els", "gilles", "nora", "petra", "quinten", "ines"])
def test_create_deal_by_somebody_outside_the_team_is_refused(made: World, by: str) -> None:
    with pytest.raises(NotAllowed):
        draft(made, by=by)
    assert not Deal.objects.exists()


def test_create_deal_for_a_customer_without_a_team_is_refused(made: World) -> None:
    CustomerTeam.objects.filter(customer=made.customers["C-17"]).delete()
    with pytest.raises(Invalid) as refusal:
        draft(made)
    assert (refusal.value.code, refusal.value.path) == ("customer_without_team", "customer")


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"kind": "lease"}, "kind"),
        ({"currency": "EURO"}, "currency"),
        ({"channel": "x" * 61}, "channel"),
        ({"terms": terms(term_months=-1)}, "term_months"),
        ({"terms": terms(payment_days=4000)}, "payment_days"),
        ({"terms": terms(why="x" * 10_001)}, "why"),
        ({"terms": terms(("SW-24P", "0", "1.00"))}, "lines[0].quantity"),
        ({"terms": terms(("SW-24P", "1", "1.00"), ("RT-1", "1", "-1"))}, "lines[1].unit_price"),
        ({"terms": terms(("SW-24P", "1", "1.00001"))}, "lines[0].unit_price"),
        ({"terms": terms(("SW-24P", "NaN", "1.00"))}, "lines[0].quantity"),
        ({"terms": terms((" ", "1", "1.00"))}, "lines[0].product"),
        ({"terms": DraftTerms(1, 1, "", (DraftLine("RT-1", Decimal(1), Decimal(1)),) * 501)}, "lines"),
    ],
)
def test_create_deal_with_what_no_deal_can_hold_names_the_field(
    made: World, fields: dict[str, object], path: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        draft(made, **fields)  # type: ignore[arg-type]
    assert refusal.value.path == path


def test_edit_draft_changes_it_and_makes_an_editor(made: World) -> None:
    deal = draft(made)
    changed = edit_draft(
        deal=deal, by=made.chloe, at=made.at, edition=deal.edition, terms=terms(("RT-1", "2", "700.00"), why="Tender")
    )
    assert changed.edition == deal.edition + 1
    assert json.loads(changed.draft)["why"] == "Tender"
    assert DealEditor.objects.filter(deal=deal, user=made.chloe).exists()
    assert verbs(deal) == ["deal.drafted", "deal.edited"]


def test_edit_draft_from_an_older_edition_loses_nothing(made: World) -> None:
    deal = draft(made)
    edit_draft(deal=deal, by=made.chloe, at=made.at, edition=deal.edition, terms=terms(("RT-1", "2", "700.00")))
    with pytest.raises(Conflict) as refusal:
        edit_draft(deal=deal, by=made.bram, at=made.at, edition=deal.edition, terms=terms(("RT-1", "9", "700.00")))
    assert refusal.value.code == "stale_edition"
    deal.refresh_from_db()
    assert json.loads(deal.draft)["lines"][0]["quantity"] == "2"


def test_edit_draft_moves_an_unsubmitted_deal_to_another_customer(made: World) -> None:
    deal = draft(made)
    header = DraftHeader(made.customers["C-18"], "renewal", "", "USD")
    changed = edit_draft(deal=deal, by=made.bram, at=made.at, edition=None, terms=terms(), header=header)
    assert (changed.customer, changed.contact, changed.kind) == (made.customers["C-18"], made.chloe, "renewal")


def test_edit_draft_of_another_teams_customer_is_refused(made: World) -> None:
    header = DraftHeader(made.customers["C-31"], "new", "direct", "EUR")
    with pytest.raises(NotAllowed):
        edit_draft(deal=draft(made), by=made.bram, at=made.at, edition=None, terms=terms(), header=header)


def test_edit_draft_of_a_submitted_deal_keeps_its_header(made: World) -> None:
    deal = submitted(made)
    header = DraftHeader(made.customers["C-18"], "new", "direct", "EUR")
    with pytest.raises(Conflict) as refusal:
        edit_draft(deal=deal, by=made.bram, at=made.at, edition=None, terms=terms(), header=header)
    assert refusal.value.code == "header_fixed"
    same = DraftHeader(made.customers["C-17"], "new", "direct", "EUR")
    edit_draft(deal=deal, by=made.bram, at=made.at, edition=None, terms=terms(), header=same)


@pytest.mark.parametrize("by", ["els", "gilles", "petra", "quinten"])
def test_edit_draft_by_somebody_outside_is_refused(made: World, by: str) -> None:
    deal = draft(made)
    with pytest.raises(NotAllowed):
        edit_draft(deal=deal, by=made.people[by], at=made.at, edition=None, terms=terms())
    assert verbs(deal) == ["deal.drafted"]


def test_copy_deal_begins_anew_with_the_same_draft(made: World) -> None:
    deal = submitted(made)
    copied = copy_deal(deal=deal, by=made.chloe, at=made.at)
    assert (copied.reference, copied.state, copied.draft) == ("D-1002", "draft", deal.draft)
    assert copied.latest is None and copied.submitted_at is None
    assert verbs(copied) == ["deal.drafted"]


def test_copy_deal_by_another_team_is_refused(made: World) -> None:
    with pytest.raises(NotAllowed):
        copy_deal(deal=submitted(made), by=made.gilles, at=made.at)


def test_support_lets_another_team_see_and_ends(made: World) -> None:
    deal = draft(made)
    support(deal=deal, team=made.teams["industry"], by=made.bram, at=made.at)
    support(deal=deal, team=made.teams["industry"], by=made.bram, at=made.at)
    assert verbs(deal) == ["deal.drafted", "deal.supported"]
    unsupport(deal=deal, team=made.teams["industry"], by=made.bram, at=made.at)
    assert not DealSupport.objects.exists()
    assert verbs(deal)[-1] == "deal.unsupported"


def test_support_by_the_deals_own_team_or_by_strangers_is_refused(made: World) -> None:
    deal = draft(made)
    with pytest.raises(Invalid):
        support(deal=deal, team=made.teams["public"], by=made.bram, at=made.at)
    with pytest.raises(NotAllowed):
        support(deal=deal, team=made.teams["industry"], by=made.gilles, at=made.at)


def test_create_deal_with_an_inactive_customer_is_refused(made: World) -> None:
    Customer.objects.filter(reference="C-17").update(is_active=False)
    made.customers["C-17"].refresh_from_db()
    with pytest.raises(Invalid) as refusal:
        create_deal(
            by=made.bram,
            at=made.at,
            customer=made.customers["C-17"],
            kind="new",
            channel="",
            currency="EUR",
            terms=terms(),
        )
    assert refusal.value.code == "customer_inactive"
