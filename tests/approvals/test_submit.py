"""Submitting: the answer at once, or the question to those who may give it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from approvals.actions.submit import submit
from approvals.models import Case, ConsentRound, Deal, Decision
from journal.models import Event, Message
from journal.refusals import Conflict
from mandates.budgets import check_balances
from mandates.models import Budget
from tests.factories import (
    COMMITTEE_PRICE,
    FORBIDDEN_PRICE,
    TEAM_PRICE,
    World,
    draft,
    submitted,
)


def verbs(deal: Deal) -> list[str]:
    """The verbs of the deal's timeline, oldest first."""
    rows = Event.objects.filter(subjects__kind="deal", subjects__identifier=deal.reference)
    return list(rows.order_by("sequence").values_list("verb", flat=True))


def test_submit_inside_member_bounds_approves_at_once(made: World) -> None:
    deal = submitted(made)
    assert deal.state == "approved"
    assert deal.good_until == made.today + timedelta(days=30)
    assert deal.latest is not None and deal.latest.net_value == Decimal("4464.00")
    assert verbs(deal) == ["deal.drafted", "deal.submitted", "deal.approved"]
    assert Budget.objects.get().held == Decimal("336.00")
    assert check_balances() == []


def test_submit_inside_team_bounds_asks_colleagues(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    assert deal.state == "pending"
    round = ConsentRound.objects.get(revision=deal.latest)
    assert set(round.seats.values_list("user_id", flat=True)) == {
        made.anke.pk,
        made.chloe.pk,
        made.dirk.pk,
    }
    assert round.needed == 1
    told = Message.objects.filter(event__verb="deal.asked_colleagues", channel="inbox")
    assert set(told.values_list("recipient_id", flat=True)) == {made.anke.pk, made.chloe.pk, made.dirk.pk}
    assert Budget.objects.get().held == Decimal("560.00")


def test_submit_beyond_team_bounds_opens_a_case_for_each_committee(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    assert deal.state == "pending"
    cases = {case.committee.code: case for case in Case.objects.filter(deal=deal)}
    assert set(cases) == {"deal-desk", "finance"}
    assert set(cases["finance"].electors.values_list("user_id", flat=True)) == {made.lien.pk, made.maarten.pk}
    assert verbs(deal)[2:] == ["deal.escalated", "case.opened", "case.opened"]


def test_submit_outside_charter_stores_a_refusal(made: World) -> None:
    deal = submitted(made, price=FORBIDDEN_PRICE)
    assert deal.state == "refused"
    assert deal.latest is not None
    assert deal.latest.decisions.get().outcome == "outside_charter"
    assert not Budget.objects.exclude(held=0).exists()


def test_submit_twice_has_one_effect(made: World) -> None:
    deal = draft(made)
    submit(deal=deal, by=made.bram, at=made.at, edition=deal.edition)
    with pytest.raises(Conflict) as refusal:
        submit(deal=deal, by=made.bram, at=made.at, edition=deal.edition)
    assert refusal.value.code == "stale_edition"
    assert Decision.objects.count() == 1
