"""P8: a revoked or narrowed mandate grants nothing afterwards."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from approvals.actions.consent import give_consent
from approvals.actions.submit import submit
from journal.models import Event
from mandates.actions.ending import revoke
from tests.factories import TEAM_PRICE, World, draft, mandate_in_force, public_document, seat_of, submitted
from tests.test_promises.invariants import faults
from tests.test_promises.racing import race

Prepared = tuple[Callable[[], object], str, str]


def _submission(company: World) -> Prepared:
    deal = draft(company)
    return lambda: submit(deal=deal, by=company.bram, at=company.at, edition=None), deal.reference, "deal.submitted"


def _consent(company: World) -> Prepared:
    deal = submitted(company, price=TEAM_PRICE)
    seat = seat_of(company, deal, "anke")
    return lambda: give_consent(seat=seat, by=company.anke, at=company.at), deal.reference, "consent.given"


@pytest.mark.parametrize("prepare", [_submission, _consent], ids=["submit", "consent"])
@pytest.mark.parametrize("rounds", [4, pytest.param(500, marks=pytest.mark.full)])
def test_revoking_at_once_with_an_answer_is_one_order_in_the_journal(
    company: World, prepare: Callable[[World], Prepared], rounds: int
) -> None:
    """Seen to fail: with authority as of the time at which the request came in; with authority read before the lock.

    The one who revokes has the later clock: whoever loses the race must still see what it waited for.
    """
    orders = set()
    for number in range(rounds):
        document = public_document(2026, 1, code=f"public-{number}")
        version = mandate_in_force(company, "public", document)
        company.mandates["public-2026"].periods.filter(ends_at=None).update(
            ends_at=company.at - timedelta(days=200), end_cause="revoked"
        )
        act, reference, verb = prepare(company)
        later = company.at + timedelta(seconds=1)
        race([act, lambda: revoke(version=version, by=company.olivier, at=later, reason="At once.")])  # noqa: B023
        orders.add(_judge(reference, verb, document["code"]))
    assert orders <= {"answered first", "revoked first"}
    assert faults() == []


def _judge(reference: str, verb: str, code: str) -> str:
    events = Event.objects.filter(subjects__kind="deal", subjects__identifier=reference)
    answered = events.get(verb=verb).sequence
    revoked = Event.objects.get(verb="mandate.revoked", subjects__kind="mandate", subjects__identifier=code).sequence
    approved = events.filter(verb="deal.approved").exists()
    first = "answered first" if answered < revoked else "revoked first"
    assert approved == (first == "answered first")
    return first
