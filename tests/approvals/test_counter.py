"""A bounded yes: proposed, voted on, adopted, taken up by the team or left aside."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from approvals.actions.consent import escalate, object_to
from approvals.actions.counter import accept, go_on, propose, take_back, vote_on
from approvals.actions.vote import revoke_approval
from approvals.models import (
    Approval,
    Case,
    CasePause,
    ConsentRound,
    CounterProposal,
    CounterVote,
    Deal,
    Decision,
    PastVote,
)
from approvals.offers import hash_of, nearest_facts
from journal.refusals import Conflict, Invalid, NotAllowed
from mandates.engine import check_approval
from mandates.models import Budget
from tests.approvals.asking import case_of, told, verbs
from tests.approvals.countering import AT_MOST_13, NEAR_PRICE, adopted, asked_of_desk, proposed
from tests.factories import COMMITTEE_PRICE, World, charter_in_force, revised, seat_of, submitted, terms, vote


def escalated(made: World, deal: Deal) -> None:
    """Anke objects, and Bram takes it to the committee."""
    object_to(seat=seat_of(made, deal, "anke"), by=made.anke, at=made.at, reason="Too low.")
    escalate(round=ConsentRound.objects.get(revision=deal.latest), by=made.bram, at=made.at)


def price_of(deal: Deal) -> str:
    deal.refresh_from_db()
    assert deal.latest is not None
    price: str = json.loads(deal.latest.document)["deal"]["lines"][0]["unit_price"]
    return price


# --- proposing ---


def test_propose_counts_the_proposers_yes_and_asks_the_others(made: World) -> None:
    deal = asked_of_desk(made)
    own = proposed(made, case_of(deal))
    assert (own.number, own.state, json.loads(own.figures)) == (1, "open", [AT_MOST_13])
    assert CounterVote.objects.get().choice == "approve"
    assert {made.joris.pk, made.karim.pk} == told("counter.proposed")
    assert verbs(deal)[-1] == "counter.proposed"


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ([], "no_figures"),
        ([{"metric": "line_discount", "product": "TRAIN-1", "bound": "20"}], "as_asked"),
        ([{"metric": "line_discount", "product": "TRAIN-1", "bound": "12"}], "needs_no_committee"),
        ([AT_MOST_13, {"metric": "minimum_term", "bound": "12"}], "not_tighter"),
        ([{"metric": "line_discount", "product": "RT-1", "bound": "13"}], "unknown_product"),
        ([{"metric": "net_value", "bound": "3000"}], "unknown_metric"),
        ([AT_MOST_13, AT_MOST_13], "figure_twice"),
        ([{"metric": "deal_margin", "bound": "80"}], "out_of_reach"),
        ([{"metric": "line_margin", "product": "TRAIN-1", "bound": "100"}], "out_of_reach"),
        ([{"metric": "payment_days", "bound": "14.5"}], "bad_figure"),
        ([{"metric": "deal_discount", "bound": "NaN"}], "bad_figure"),
    ],
)
def test_propose_what_is_no_bounded_yes_is_refused(made: World, figures: list[dict[str, str]], code: str) -> None:
    case = case_of(asked_of_desk(made))
    with pytest.raises(Invalid) as refusal:
        _propose(made, case, figures)
    assert refusal.value.code == code
    assert not CounterProposal.objects.exists()


def _propose(made: World, case: Case, figures: list[dict[str, str]]) -> None:
    propose(case=case, by=made.ines, at=made.at, figures=figures, until=None, reason="Perhaps.")


@pytest.mark.parametrize("days", [-1, 31])
def test_propose_good_until_a_day_that_no_yes_reaches_is_refused(made: World, days: int) -> None:
    with pytest.raises(Invalid) as refusal:
        proposed(made, case_of(asked_of_desk(made)), until=made.today + timedelta(days=days))
    assert refusal.value.code == "until"


def test_propose_a_second_one_while_one_is_under_way_is_refused(made: World) -> None:
    case = case_of(asked_of_desk(made))
    proposed(made, case)
    with pytest.raises(Conflict) as refusal:
        proposed(made, case, by="joris")
    assert refusal.value.code == "one_at_a_time"


@pytest.mark.parametrize("by", ["bram", "anke", "els", "lien", "nora", "petra", "quinten"])
def test_propose_by_somebody_who_may_not_vote_is_refused(made: World, by: str) -> None:
    with pytest.raises(NotAllowed):
        proposed(made, case_of(asked_of_desk(made)), by=by)


# --- voting on it ---


def test_counter_vote_that_decides_adopts_it_and_stops_the_clock(made: World) -> None:
    deal = asked_of_desk(made)
    own = adopted(made, deal)
    case = case_of(deal)
    assert (own.state, case.state, case.paused_at) == ("adopted", "open", made.at)
    approval = Approval.objects.get()
    assert approval.proposal == own and check_approval(json.loads(approval.document)) == []
    assert {"metric": "line_discount", "product": "TRAIN-1", "bound": "13"} in json.loads(approval.document)["limits"]
    assert made.bram.pk in told("counter.adopted")


def test_counter_vote_may_change_and_what_it_said_is_kept(made: World) -> None:
    own = proposed(made, case_of(asked_of_desk(made)))
    vote_on(proposal=own, by=made.ines, at=made.at, choice="decline", reason="On second thoughts.")
    assert CounterVote.objects.get().choice == "decline"
    assert PastVote.objects.get().choice == "approve"


def test_counter_votes_against_reject_it_and_leave_the_ask_open(made: World) -> None:
    deal = asked_of_desk(made)
    own = proposed(made, case_of(deal))
    for who in (made.joris, made.karim):
        own = vote_on(proposal=own, by=who, at=made.at, choice="decline", reason="Too little.")
    assert (own.state, case_of(deal).state) == ("rejected", "open")
    assert not Approval.objects.exists()
    assert told("counter.rejected") == {made.ines.pk}


def test_counter_vote_where_the_charter_was_narrowed_meanwhile_adopts_nothing(made: World) -> None:
    own = proposed(made, case_of(asked_of_desk(made)))
    charter = {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "12.5"}]}
    charter_in_force(made, charter, since=made.at + timedelta(minutes=5))
    later = made.at + timedelta(minutes=10)
    own = vote_on(proposal=own, by=made.joris, at=later, choice="approve", reason="Yes.")
    assert own.state == "rejected"
    assert not Approval.objects.exists()


def test_taking_it_back_lets_another_be_made(made: World) -> None:
    case = case_of(asked_of_desk(made))
    own = proposed(made, case)
    with pytest.raises(NotAllowed):
        take_back(proposal=own, by=made.joris, at=made.at)
    assert take_back(proposal=own, by=made.ines, at=made.at).state == "taken_back"
    assert proposed(made, case, by="joris").number == 2


def test_ask_approved_after_all_makes_it_void(made: World) -> None:
    deal = asked_of_desk(made)
    own = adopted(made, deal)
    case = vote(made, case_of(deal), "ines", "joris")
    own.refresh_from_db()
    assert (own.state, case.state, case.paused_at) == ("void", "approved", None)
    with pytest.raises(Conflict):
        accept(proposal=own, by=made.bram, at=made.at)


# --- the team's answer ---


def test_accept_submits_a_revision_inside_it_that_is_approved_at_once(made: World) -> None:
    deal = asked_of_desk(made)
    decision = accept(proposal=adopted(made, deal), by=made.chloe, at=made.at)
    assert (price_of(deal), deal.state, deal.latest.number) == (NEAR_PRICE, "approved", 2)  # type: ignore[union-attr]
    assert (decision.cause, decision.outcome) == ("counter", "member")
    assert (case_of(deal).state, CounterProposal.objects.get().state) == ("countered", "accepted")
    assert deal.good_until == Approval.objects.get().until
    assert Budget.objects.get().held == Decimal("494")
    assert deal.editors.filter(user=made.chloe).exists()
    assert verbs(deal)[-4:] == ["counter.accepted", "case.countered", "deal.submitted", "deal.approved"]


def test_accept_moves_term_and_days_to_what_was_said(made: World) -> None:
    deal = asked_of_desk(made)
    own = adopted(made, deal, AT_MOST_13, {"metric": "minimum_term", "bound": "36"})
    accept(proposal=own, by=made.bram, at=made.at)
    deal.refresh_from_db()
    assert deal.latest is not None and deal.latest.term_months == 36


def test_accept_keeps_to_the_day_until_which_it_is_good(made: World) -> None:
    deal = asked_of_desk(made)
    until = made.today + timedelta(days=5)
    accept(proposal=adopted(made, deal, until=until), by=made.bram, at=made.at)
    deal.refresh_from_db()
    assert deal.good_until == until


def test_accept_after_the_ask_was_declined_is_still_a_yes(made: World) -> None:
    deal = asked_of_desk(made)
    own = adopted(made, deal)
    vote(made, case_of(deal), "ines", "joris", choice="decline")
    deal.refresh_from_db()
    assert deal.state == "declined"
    accept(proposal=own, by=made.bram, at=made.at)
    deal.refresh_from_db()
    assert deal.state == "approved"


def test_accept_where_another_committee_is_asked_too_asks_it_about_the_new_revision(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    figure = {"metric": "line_discount", "product": "SW-24P", "bound": "20"}
    accept(proposal=adopted(made, deal, figure), by=made.bram, at=made.at)
    deal.refresh_from_db()
    assert (deal.state, case_of(deal).state) == ("pending", "countered")
    finance = case_of(deal, "finance")
    assert (finance.state, finance.revision) == ("open", deal.latest)
    vote(made, finance, "lien")
    deal.refresh_from_db()
    assert deal.state == "approved"


def test_accept_of_an_objections_counter_proposal_includes_consents(made: World) -> None:
    deal = submitted(made, price="1060.00")
    escalated(made, deal)
    own = adopted(made, deal, {"metric": "line_discount", "product": "SW-24P", "bound": "11.5"})
    decision = accept(proposal=own, by=made.bram, at=made.at)
    deal.refresh_from_db()
    assert deal.state == "approved" and decision.outcome in ("member", "team")


@pytest.mark.parametrize("by", ["els", "tom", "ines", "nora", "petra", "quinten"])
def test_accept_by_somebody_outside_the_team_is_refused(made: World, by: str) -> None:
    deal = asked_of_desk(made)
    own = adopted(made, deal)
    with pytest.raises(NotAllowed):
        accept(proposal=own, by=made.people[by], at=made.at)
    assert deal.revisions.count() == 1


def test_accept_twice_has_one_effect(made: World) -> None:
    deal = asked_of_desk(made)
    own = adopted(made, deal)
    accept(proposal=own, by=made.bram, at=made.at)
    with pytest.raises(Conflict) as refusal:
        accept(proposal=own, by=made.bram, at=made.at)
    assert refusal.value.code == "illegal_move"
    assert deal.revisions.count() == 2


def test_accept_of_other_terms_than_were_shown_is_refused(made: World) -> None:
    deal = asked_of_desk(made)
    own = adopted(made, deal)
    with pytest.raises(Conflict) as refusal:
        accept(proposal=own, by=made.bram, at=made.at, expected="0" * 64)
    assert refusal.value.code == "preview_changed"
    facts = nearest_facts(own, Approval.objects.get(), deal, made.today)
    assert facts is not None
    accept(proposal=own, by=made.bram, at=made.at, expected=hash_of(facts))


def test_accept_after_its_approval_was_revoked_or_ended_is_refused(made: World) -> None:
    deal = asked_of_desk(made)
    own = adopted(made, deal)
    with pytest.raises(Conflict) as refusal:
        accept(proposal=own, by=made.bram, at=made.at + timedelta(days=31))
    assert refusal.value.code == "counter_ended"
    revoke_approval(approval=Approval.objects.get(), by=made.karim, at=made.at, reason="Costs went up.")
    with pytest.raises(Conflict):
        accept(proposal=own, by=made.bram, at=made.at)
    assert deal.revisions.count() == 1


def test_accept_where_the_charter_was_narrowed_meanwhile_is_refused(made: World) -> None:
    deal = asked_of_desk(made)
    own = adopted(made, deal)
    charter = {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "12.5"}]}
    charter_in_force(made, charter, since=made.at + timedelta(minutes=5))
    with pytest.raises(Conflict) as refusal:
        accept(proposal=own, by=made.bram, at=made.at + timedelta(minutes=10))
    assert refusal.value.code == "no_longer_a_yes"
    assert deal.revisions.count() == 1


def test_going_on_lets_the_clock_run_and_keeps_the_bounded_yes(made: World) -> None:
    deal = asked_of_desk(made)
    due_at = case_of(deal).due_at
    own = adopted(made, deal)
    later = made.at + timedelta(hours=2)
    go_on(proposal=own, by=made.bram, at=later, reason="The customer will not move.")
    case = case_of(deal)
    assert (case.state, case.paused_at, CasePause.objects.get().ended_at) == ("open", None, later)
    assert case.due_at == due_at + timedelta(hours=2)
    revised(made, deal, terms(("TRAIN-1", "4", NEAR_PRICE)))
    assert deal.state == "approved", "inside the bounded yes nothing is asked again"


def test_revision_of_the_teams_own_inside_it_needs_no_vote(made: World) -> None:
    deal = asked_of_desk(made)
    own = adopted(made, deal)
    revised(made, deal, terms(("TRAIN-1", "4", "830.00")))
    own.refresh_from_db()
    assert (deal.state, case_of(deal).state, own.state) == ("approved", "void", "void")


def test_revision_outside_it_is_asked_again(made: World) -> None:
    deal = asked_of_desk(made)
    adopted(made, deal)
    revised(made, deal, terms(("TRAIN-1", "4", "820.00")))
    assert deal.state == "pending"
    assert Case.objects.filter(deal=deal, state="open").count() == 1
    assert Decision.objects.latest("id").outcome == "committee"
