"""Submitting: the answer at once, or the question to those who may give it."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from approvals.actions.draft import edit_draft
from approvals.actions.submit import submit, withdraw
from approvals.models import Approval, Case, ConsentRound, Deal, Decision, Elector, Revision, RevisionLine
from journal.refusals import Conflict, Invalid, NotAllowed
from mandates.balances import check_balances
from mandates.models import Budget, LedgerEntry, Price
from teams.models import Committee, CustomerTeam
from tests.approvals.asking import case_of, told, verbs
from tests.factories import (
    COMMITTEE_PRICE,
    FORBIDDEN_PRICE,
    TEAM_PRICE,
    World,
    charter_in_force,
    draft,
    leave,
    mandate_in_force,
    public_document,
    revised,
    seat,
    submitted,
    terms,
    vote,
)


def held() -> Decimal:
    """What all budgets together hold."""
    assert check_balances() == []
    return sum((row.held for row in Budget.objects.all()), Decimal(0))


def test_submit_inside_member_bounds_approves_at_once(made: World) -> None:
    deal = submitted(made)
    assert (deal.state, deal.good_until) == ("approved", made.today + timedelta(days=30))
    assert deal.submitted_at == deal.answered_at == made.at
    assert verbs(deal) == ["deal.drafted", "deal.submitted", "deal.approved"]
    assert held() == Decimal("336.00")


def test_submit_freezes_prices_and_copies_for_lists(made: World) -> None:
    deal = submitted(made, terms=terms(("SW-24P", "4", "1116.00"), ("SUP-M", "2", "85.00"), why="Tender 7"))
    revision = Revision.objects.get(deal=deal)
    assert (revision.number, revision.why, revision.on) == (1, "Tender 7", made.today)
    assert revision.list_value == Decimal("9120.00")
    assert revision.net_value == Decimal("8544.00")
    assert revision.discount_amount == Decimal("576.00")
    assert revision.cost == Decimal("4360.00")
    line = RevisionLine.objects.get(revision=revision, position=1)
    assert (line.product.code, line.charge, line.quantity) == ("SUP-M", "monthly", Decimal(2))
    assert json.loads(revision.document)["deal"]["lines"][0]["list_price"] == "1200.00"


def test_submit_inside_team_bounds_asks_eligible_colleagues(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    round = ConsentRound.objects.get(revision=deal.latest)
    expected = {made.anke.pk, made.chloe.pk, made.dirk.pk}
    assert (deal.state, round.needed) == ("pending", 1)
    assert set(round.seats.values_list("user_id", flat=True)) == expected
    assert told("deal.asked_colleagues") == expected
    assert round.due_at == made.at + timedelta(days=2)
    assert held() == Decimal("560.00")


def test_submit_never_asks_editors_contact_or_submitter(made: World) -> None:
    deal = draft(made, by="chloe", price=TEAM_PRICE)
    edited = edit_draft(deal=deal, by=made.dirk, at=made.at, edition=None, terms=terms(("SW-24P", "4", TEAM_PRICE)))
    submit(deal=edited, by=made.chloe, at=made.at, edition=None)
    round = ConsentRound.objects.get(revision__deal=deal)
    assert list(round.seats.values_list("user_id", flat=True)) == [made.anke.pk]


def test_submit_by_a_member_who_may_not_decide_alone_asks_colleagues(made: World) -> None:
    deal = submitted(made, by="dirk")
    assert deal.state == "pending"
    assert json.loads(Decision.objects.get().answer_document)["outcome"] == "team"


def test_submit_with_too_few_colleagues_asks_the_mandates_committee(made: World) -> None:
    for key in ("anke", "chloe", "dirk"):
        leave(made.teams["public"], made.people[key], made.today)
    deal = submitted(made, price=TEAM_PRICE)
    assert case_of(deal).cause == "too_few"
    assert not ConsentRound.objects.exists()
    vote(made, case_of(deal), "ines", "joris")
    deal.refresh_from_db()
    assert deal.state == "approved"


def test_submit_beyond_team_bounds_opens_a_case_for_each_committee(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    cases = {case.committee.code: case for case in Case.objects.filter(deal=deal)}
    assert (deal.state, set(cases)) == ("pending", {"deal-desk", "finance"})
    finance = cases["finance"]
    assert (finance.cause, finance.rule, finance.quorum, finance.approvals_needed) == ("limit", "number", 1, 1)
    assert set(finance.electors.values_list("user_id", flat=True)) == {made.lien.pk, made.maarten.pk}
    assert verbs(deal)[2:] == ["deal.escalated", "case.opened", "case.opened"]
    assert told("case.opened") == {made.people[key].pk for key in ("ines", "joris", "karim", "lien", "maarten")}


def test_submit_leaves_the_deals_own_people_out_of_the_electorate(made: World) -> None:
    seat(made.committees["deal-desk"], made.bram, since=made.today)
    seat(made.committees["deal-desk"], made.anke, since=made.today)
    deal = submitted(made, price=COMMITTEE_PRICE)
    voters = set(Elector.objects.filter(case=case_of(deal)).values_list("user_id", flat=True))
    assert made.anke.pk in voters and made.bram.pk not in voters


def test_submit_to_a_committee_that_is_too_small_tells_the_administrators(made: World) -> None:
    Committee.objects.filter(code="deal-desk").update(quorum=4)
    deal = submitted(made, price=COMMITTEE_PRICE)
    assert made.nora.pk in told("case.stuck")
    assert case_of(deal).quorum == 4


def test_submit_to_a_committee_that_decides_no_more_is_refused(made: World) -> None:
    deal = draft(made, price=COMMITTEE_PRICE)
    Committee.objects.filter(code="finance").update(is_active=False)
    with pytest.raises(Conflict) as refusal:
        submit(deal=deal, by=made.bram, at=made.at, edition=None)
    assert refusal.value.code == "committee_unknown"
    assert not Revision.objects.exists()


def test_submit_outside_charter_stores_a_refusal(made: World) -> None:
    deal = submitted(made, price=FORBIDDEN_PRICE)
    assert deal.state == "refused"
    assert Decision.objects.get().outcome == "outside_charter"
    assert verbs(deal)[-1] == "deal.refused"
    assert held() == 0


def test_submit_without_a_mandate_asks_the_default_committee(made: World) -> None:
    deal = submitted(made, by="tom", customer="C-51", price="1200.00")
    assert case_of(deal).cause == "limit"
    assert Decision.objects.get().mandate_version is None
    assert held() == 0


def test_submit_with_unknown_cost_asks_a_committee(made: World) -> None:
    deal = submitted(made, terms=terms(("CLOUD-1", "1", "200.00")))
    assert case_of(deal, "finance").state == "open"


def test_submit_twice_has_one_effect(made: World) -> None:
    deal = draft(made)
    submit(deal=deal, by=made.bram, at=made.at, edition=deal.edition)
    with pytest.raises(Conflict) as refusal:
        submit(deal=deal, by=made.bram, at=made.at, edition=deal.edition)
    assert refusal.value.code == "stale_edition"
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("by", ["els", "gilles", "petra", "quinten", "nora"])
def test_submit_by_somebody_outside_is_refused(made: World, by: str) -> None:
    deal = draft(made)
    with pytest.raises(NotAllowed):
        submit(deal=deal, by=made.people[by], at=made.at, edition=None)
    assert not Revision.objects.exists()


@pytest.mark.parametrize(
    ("chosen", "path"),
    [
        (terms(("NOWHERE", "1", "1.00")), "lines[0].product"),
        (terms(("SW-24P", "1", "1.00"), ("SUP-M", "1", "90.00"), term_months=0), "term_months"),
    ],
)
def test_submit_of_a_draft_that_cannot_be_judged_names_the_place(made: World, chosen: object, path: str) -> None:
    deal = draft(made, terms=chosen)
    with pytest.raises(Invalid) as refusal:
        submit(deal=deal, by=made.bram, at=made.at, edition=None)
    assert refusal.value.path == path
    assert not Revision.objects.exists()


def test_submit_without_lines_is_refused(made: World) -> None:
    deal = draft(made)
    Deal.objects.filter(pk=deal.pk).update(draft='{"lines":[],"payment_days":30,"term_months":12,"why":""}')
    with pytest.raises(Invalid) as refusal:
        submit(deal=deal, by=made.bram, at=made.at, edition=None)
    assert refusal.value.code == "no_lines"


@pytest.mark.parametrize("state", ["withdrawn", "won", "lost", "lapsed"])
def test_submit_of_an_ended_deal_is_illegal(made: World, state: str) -> None:
    deal = draft(made)
    Deal.objects.filter(pk=deal.pk).update(state=state)
    with pytest.raises(Conflict) as refusal:
        submit(deal=deal, by=made.bram, at=made.at, edition=None)
    assert refusal.value.code == "illegal_move"


# --- further revisions ---


def test_new_revision_voids_cases_and_moves_the_hold(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    case = case_of(deal)
    vote(made, case, "ines")
    decision = revised(made, deal, terms(("SW-24P", "4", "1116.00")))
    case.refresh_from_db()
    assert (decision.outcome, deal.state, case.state) == ("member", "approved", "void")
    assert case.closed_at == made.at
    assert held() == Decimal("336.00")
    kinds = list(LedgerEntry.objects.order_by("id").values_list("revision", "kind"))
    assert kinds == [("D-1001/1", "hold"), ("D-1001/1", "release"), ("D-1001/2", "hold")]
    with pytest.raises(Conflict):
        vote(made, case, "joris")


def test_new_revision_voids_the_round_of_the_old_one(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    first = ConsentRound.objects.get()
    revised(made, deal, terms(("SW-24P", "4", "1056.00")))
    first.refresh_from_db()
    assert first.state == "void" and first.closed_at == made.at
    assert ConsentRound.objects.get(revision=deal.latest).state == "open"
    assert "consent.voided" in verbs(deal)


def test_new_revision_inside_an_approval_is_a_yes_without_a_vote(made: World) -> None:
    deal = submitted(made, terms=terms(("CLOUD-1", "4", "190.00")))
    vote(made, case_of(deal, "finance"), "lien")
    deal.refresh_from_db()
    assert deal.state == "approved"
    assert Approval.objects.filter(deal=deal).count() == 1
    later = made.at + timedelta(days=3)
    decision = revised(made, deal, terms(("CLOUD-1", "4", "195.00")), at=later)
    assert (decision.outcome, deal.state) == ("member", "approved")
    assert deal.good_until == made.today + timedelta(days=30), "the approval's own date, not three days later"
    assert Case.objects.count() == 1


def test_new_revision_outside_an_approval_asks_only_what_is_new(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    vote(made, case_of(deal, "finance"), "lien")
    decision = revised(made, deal, terms(("SW-24P", "4", "900.00"), payment_days=30))
    assert decision.outcome == "committee"
    assert json.loads(decision.answer_document)["committees"] == ["deal-desk"]
    assert [case.committee.code for case in Case.objects.filter(revision=deal.latest)] == ["deal-desk"]


def test_new_revision_of_a_declined_deal_is_judged_anew(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    vote(made, case_of(deal), "ines", "joris", choice="decline")
    deal.refresh_from_db()
    assert deal.state == "declined" and held() == 0
    revised(made, deal, terms())
    assert deal.state == "approved" and deal.latest is not None and deal.latest.number == 2


def test_new_revision_takes_the_prices_of_its_own_day(made: World) -> None:
    deal = submitted(made)
    later = made.at + timedelta(days=2)
    Price.objects.create(product=made.products["SW-24P"], currency="EUR", from_on=later.date(), list_price="1400.00")
    decision = revised(made, deal, terms(), at=later)
    assert decision.outcome == "committee"
    assert Revision.objects.get(number=1).list_value == Decimal("4800.00")


def test_new_revision_after_the_customer_moved_is_judged_by_the_new_team(made: World) -> None:
    deal = submitted(made)
    CustomerTeam.objects.filter(customer=deal.customer).update(team=made.teams["industry"], contact=made.gilles)
    with pytest.raises(NotAllowed):
        revised(made, deal, terms(), by="bram")
    decision = revised(made, deal, terms(), by="gilles")
    deal.refresh_from_db()
    assert (deal.team, deal.contact) == (made.teams["industry"], made.gilles)
    assert decision.mandate_version == made.mandates["industry-2026"]
    assert held() == Decimal("336.00")
    assert Budget.objects.get(held__gt=0).mandate.code == "industry-2026"


def test_new_revision_under_a_narrowed_charter_is_refused(made: World) -> None:
    deal = submitted(made)
    charter_in_force(made, {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "5"}]}, since=made.at)
    revised(made, deal, terms(), at=made.at + timedelta(hours=1))
    assert deal.state == "refused" and held() == 0


# --- budgets ---


def test_submit_beyond_the_budget_asks_and_a_yes_extends_it(made: World) -> None:
    document = public_document(2026, 2, budgets=[{"per": "team", "period": "quarter", "amount": "400.00"}])
    mandate_in_force(made, "public", document, since=made.at)
    at = made.at + timedelta(hours=1)
    submitted(made, at=at)
    second = submitted(made, at=at)
    assert second.state == "pending" and held() == Decimal("336.00")
    assert case_of(second).committee.code == "deal-desk"
    vote(made, case_of(second), "ines", "karim", at=at)
    second.refresh_from_db()
    assert second.state == "approved"
    assert held() == Decimal("672.00")
    assert Budget.objects.get(held__gt=0).extended == Decimal("272.00")


def test_submit_of_a_deals_next_revision_does_not_count_its_own_hold(made: World) -> None:
    document = public_document(2026, 2, budgets=[{"per": "team", "period": "quarter", "amount": "400.00"}])
    mandate_in_force(made, "public", document, since=made.at)
    deal = submitted(made, at=made.at + timedelta(hours=1))
    revised(made, deal, terms(("SW-24P", "4", "1110.00")), at=made.at + timedelta(hours=2))
    assert deal.state == "approved" and held() == Decimal("360.00")


# --- withdrawing ---


def test_withdraw_of_a_pending_deal_frees_budget_and_people(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    withdraw(deal=deal, by=made.anke, at=made.at, reason="The customer waits.", edition=deal.edition)
    deal.refresh_from_db()
    assert (deal.state, deal.result_why) == ("withdrawn", "The customer waits.")
    assert held() == 0
    assert set(Case.objects.values_list("state", flat=True)) == {"void"}
    assert verbs(deal)[-3:] == ["case.voided", "case.voided", "deal.withdrawn"]


def test_withdraw_of_an_approved_deal_is_illegal(made: World) -> None:
    with pytest.raises(Conflict):
        withdraw(deal=submitted(made), by=made.bram, at=made.at)


def test_withdraw_by_a_coach_is_refused(made: World) -> None:
    with pytest.raises(NotAllowed):
        withdraw(deal=draft(made), by=made.els, at=made.at)
