"""A counter-proposal answered while its case is decided, by several at once: one effect, whoever is first."""

from collections.abc import Callable

import pytest

from approvals.actions.counter import accept, go_on, propose, vote_on
from approvals.actions.draft import edit_draft
from approvals.actions.submit import submit
from approvals.actions.vote import cast_vote
from approvals.models import Approval, Case, CounterProposal, Deal, Revision
from journal.refusals import Conflict
from tests.approvals.asking import case_of
from tests.approvals.countering import NEAR_PRICE, adopted, asked_of_desk, proposed
from tests.factories import World, terms
from tests.test_promises.invariants import faults
from tests.test_promises.racing import race

Act = Callable[[], object]
CODES = {"illegal_move", "counter_ended", "no_longer_a_yes", "deal_changed", "one_at_a_time", "stale_edition"}


def accepting(company: World, own: CounterProposal, who: str) -> Act:
    return lambda: accept(proposal=own, by=company.people[who], at=company.at)


def voting(company: World, deal: Deal, who: str, choice: str) -> Act:
    case = case_of(deal)
    return lambda: cast_vote(case=case, by=company.people[who], at=company.at, choice=choice, reason="In a race.")


def _refused_rightly(results: list[object]) -> None:
    wrong = [one for one in results if isinstance(one, Exception) and not isinstance(one, Conflict)]
    assert wrong == []
    assert {one.code for one in results if isinstance(one, Conflict)} <= CODES


@pytest.mark.parametrize("choice", ["approve", "decline"])
@pytest.mark.parametrize("rounds", [2, pytest.param(60, marks=pytest.mark.full)])
def test_accepting_while_the_ask_is_decided_has_one_effect(company: World, choice: str, rounds: int) -> None:
    """Seen to fail: with the proposal's state read before the lock."""
    for _ in range(rounds):
        deal = asked_of_desk(company)
        own = adopted(company, deal)
        voting(company, deal, "ines", choice)()
        acts = [
            accepting(company, own, "bram"),
            accepting(company, own, "chloe"),
            voting(company, deal, "joris", choice),
        ]
        results = race(acts)
        _refused_rightly(results)
        deal.refresh_from_db()
        own.refresh_from_db()
        taken = sum(not isinstance(one, Exception) for one in results[:2])
        assert deal.state == "approved"
        assert taken == (own.state == "accepted") and Revision.objects.filter(deal=deal).count() == 1 + taken
        assert Case.objects.get(deal=deal).state != "open"
    assert faults() == []


@pytest.mark.parametrize("rounds", [2, pytest.param(60, marks=pytest.mark.full)])
def test_answering_and_submitting_at_once_leave_one_answer(company: World, rounds: int) -> None:
    for _ in range(rounds):
        deal = asked_of_desk(company)
        own = adopted(company, deal)
        edit_draft(deal=deal, by=company.bram, at=company.at, edition=None, terms=terms(("TRAIN-1", "4", NEAR_PRICE)))

        def going_on(own: CounterProposal = own) -> object:
            return go_on(proposal=own, by=company.anke, at=company.at, reason="No.")

        def submitting(deal: Deal = deal) -> object:
            return submit(deal=deal, by=company.chloe, at=company.at, edition=None)

        _refused_rightly(race([accepting(company, own, "bram"), going_on, submitting]))
        deal.refresh_from_db()
        own.refresh_from_db()
        assert deal.state == "approved", "both revisions lie inside the bounded yes"
        assert own.state in ("accepted", "gone_on", "void")
    assert faults() == []


@pytest.mark.parametrize("rounds", [2, pytest.param(60, marks=pytest.mark.full)])
def test_votes_on_a_counter_proposal_at_once_adopt_it_once(company: World, rounds: int) -> None:
    for _ in range(rounds):
        deal = asked_of_desk(company)
        own = proposed(company, case_of(deal))

        def ballot(who: str, own: CounterProposal = own) -> Act:
            return lambda: vote_on(
                proposal=own, by=company.people[who], at=company.at, choice="approve", reason="In a race."
            )

        _refused_rightly(race([ballot("joris"), ballot("karim"), ballot("ines")]))
        own.refresh_from_db()
        assert own.state == "adopted"
        assert Approval.objects.filter(proposal=own).count() == 1
    assert faults() == []


def test_two_counter_proposals_at_once_are_one(company: World) -> None:
    """Seen to fail: without the lock and the constraint."""
    deal = asked_of_desk(company)
    case = case_of(deal)
    figure = {"metric": "line_discount", "product": "TRAIN-1", "bound": "13"}

    def proposing(who: str) -> Act:
        return lambda: propose(
            case=case, by=company.people[who], at=company.at, figures=[figure], until=None, reason="In a race."
        )

    results = race([proposing("ines"), proposing("joris"), proposing("karim")])
    _refused_rightly(results)
    assert CounterProposal.objects.filter(case=case).count() == 1
