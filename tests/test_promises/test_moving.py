"""Moving a customer, merging teams and leaving at once with submissions and consents: one order, and no revision is
judged by the mandate of a team that has handed its customer over."""

from collections.abc import Callable

import pytest

from approvals.actions.consent import give_consent
from approvals.actions.draft import create_deal
from approvals.actions.submit import submit
from approvals.models import Case, ConsentRound, Deal, Revision
from journal.models import Event
from journal.refusals import Refusal
from teams import actions
from teams.models import CustomerTeam, Membership
from tests.factories import TEAM_PRICE, World, draft, seat_of, submitted, terms
from tests.test_promises.invariants import faults
from tests.test_promises.racing import race

ROUNDS = [3, pytest.param(100, marks=pytest.mark.full)]


def _move(company: World) -> Callable[[], object]:
    return lambda: actions.assign_customer(
        customer=company.customers["C-17"],
        by=company.nora,
        at=company.at,
        team=company.teams["industry"],
        contact=company.gilles,
    )


def _back(company: World) -> None:
    actions.assign_customer(
        customer=company.customers["C-17"],
        by=company.nora,
        at=company.at,
        team=company.teams["public"],
        contact=company.bram,
    )


def _failed(results: list[object]) -> list[object]:
    """Everything that ended otherwise than with an answer or a refusal."""
    return [one for one in results if isinstance(one, Exception) and not isinstance(one, Refusal)]


def _first(deal: Deal, verb: str) -> int:
    return Event.objects.filter(verb=verb, subjects__kind="deal", subjects__identifier=deal.reference).latest("pk").pk


@pytest.mark.parametrize("rounds", ROUNDS)
def test_moving_a_customer_at_once_with_a_submission(company: World, rounds: int) -> None:
    """Seen to fail on PostgreSQL without looking again, under the locks, at who looks after the customer."""
    for _ in range(rounds):
        deal = submitted(company, price=TEAM_PRICE)
        results = race(
            [lambda deal=deal: submit(deal=deal, by=company.bram, at=company.at, edition=None), _move(company)]
        )  # type: ignore[misc]
        assert _failed(results) == []
        revision = Revision.objects.filter(deal=deal).latest("number")
        code = revision.decisions.latest("number").mandate_version
        moved = Event.objects.filter(verb="customer.assigned").latest("pk").pk
        if revision.number == 2 and _first(deal, "deal.submitted") > moved:
            assert code is not None
            assert code.mandate.code == "industry-2026"
        _back(company)
    assert faults() == []


@pytest.mark.parametrize("rounds", ROUNDS)
def test_moving_a_customer_at_once_with_a_new_deal(company: World, rounds: int) -> None:
    """A draft is never left with a team that no longer looks after its customer."""
    for _ in range(rounds):

        def begin() -> Deal:
            return create_deal(
                by=company.bram,
                at=company.at,
                customer=company.customers["C-17"],
                kind="new",
                channel="",
                currency="EUR",
                terms=terms(),
            )

        assert _failed(race([begin, _move(company)])) == []
        place = CustomerTeam.objects.get(customer=company.customers["C-17"], ended_on=None)
        assert {deal.team_id for deal in Deal.objects.filter(state="draft")} <= {place.team_id}
        _back(company)


def test_merging_at_once_with_submissions(company: World) -> None:
    deals = [draft(company, price=TEAM_PRICE) for _ in range(4)]
    merge = lambda: actions.merge_teams(  # noqa: E731
        team=company.teams["public"], into=company.teams["industry"], by=company.nora, at=company.at
    )
    acts: list[Callable[[], object]] = [
        (lambda deal=deal: submit(deal=deal, by=company.bram, at=company.at, edition=None))  # type: ignore[misc]
        for deal in deals
    ]
    results = race([*acts, merge])
    assert _failed(results) == []
    merged = Event.objects.get(verb="team.merged").pk
    for deal in Deal.objects.select_related("team"):
        if deal.state == "draft":
            assert deal.team.code == "industry"
        elif deal.team.code == "public":
            assert _first(deal, "deal.submitted") < merged
    assert not Membership.objects.filter(team=company.teams["public"], ended_on=None).exists()
    assert faults() == []


def test_leaving_at_once_with_a_consent(company: World) -> None:
    """Whichever is first: the deal is approved by a colleague of that moment, or its committee is asked."""
    deal = submitted(company, price=TEAM_PRICE)
    for key in ("anke", "dirk"):
        place = Membership.objects.get(user=company.people[key], ended_on=None)
        actions.end_membership(membership=place, by=company.nora, at=company.at)
    last = Membership.objects.get(user=company.chloe, ended_on=None)
    seat = seat_of(company, deal, "chloe")
    results = race(
        [
            lambda: give_consent(seat=seat, by=company.chloe, at=company.at),
            lambda: actions.end_membership(membership=last, by=company.nora, at=company.at, new_contact=company.bram),
        ]
    )
    assert _failed(results) == []
    deal.refresh_from_db()
    state = ConsentRound.objects.get(revision=deal.latest).state
    assert (deal.state, state, Case.objects.filter(deal=deal).count()) in {
        ("approved", "consented", 0),
        ("pending", "escalated", 1),
    }
    assert faults() == []
