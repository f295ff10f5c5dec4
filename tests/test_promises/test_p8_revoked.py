"""P8: a revoked, suspended or narrowed mandate grants nothing afterwards."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from approvals.actions.consent import give_consent
from approvals.actions.submit import submit
from journal.models import Event
from mandates.actions import ask_emergency, confirm_emergency, draft_mandate, grant, propose, revoke, suspend
from mandates.models import MandateVersion
from teams.models import Organisation
from tests.factories import TEAM_PRICE, World, draft, mandate_in_force, public_document, seat_of, submitted
from tests.test_promises.invariants import faults
from tests.test_promises.racing import race

Act = Callable[[], object]
Prepared = tuple[Act, str, str]
Ending = Callable[[World, MandateVersion, datetime], Act]


def _submission(company: World) -> Prepared:
    deal = draft(company)
    return lambda: submit(deal=deal, by=company.bram, at=company.at, edition=None), deal.reference, "deal.submitted"


def _consent(company: World) -> Prepared:
    deal = submitted(company, price=TEAM_PRICE)
    seat = seat_of(company, deal, "anke")
    return lambda: give_consent(seat=seat, by=company.anke, at=company.at), deal.reference, "consent.given"


def _revoking(company: World, version: MandateVersion, at: datetime) -> Act:
    return lambda: revoke(version=version, by=company.olivier, at=at, reason="At once.")


def _suspending(company: World, version: MandateVersion, at: datetime) -> Act:
    return lambda: suspend(version=version, by=company.olivier, at=at, reason="At once.")


def _emergency(company: World, version: MandateVersion, at: datetime) -> Act:
    ask_emergency(version=version, by=company.nora, at=company.at, reason="At once.")
    return lambda: confirm_emergency(version=version, by=company.olivier, at=at)


def _narrowing(company: World, version: MandateVersion, at: datetime) -> Act:
    """The next version leaves nothing of what is being asked to member or team."""
    code = version.mandate.code
    limits = [{"metric": "line_discount", "member": "0", "team": "0"}]
    document = public_document(2026, 2, code=code, limits=limits)
    drafted = draft_mandate(by=company.nora, at=company.at, code=code, document=document, note="Nothing any more.")
    proposed = propose(version=drafted, by=company.nora, at=company.at)
    return lambda: grant(version=proposed, by=company.olivier, at=at, note="At once.")


ENDINGS: dict[str, tuple[Ending, str]] = {
    "revoke": (_revoking, "mandate.revoked"),
    "suspend": (_suspending, "mandate.suspended"),
    "emergency": (_emergency, "mandate.emergency_confirmed"),
    "narrow": (_narrowing, "mandate.granted"),
}


@pytest.mark.parametrize("prepare", [_submission, _consent], ids=["submit", "consent"])
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("rounds", [3, pytest.param(500, marks=pytest.mark.full)])
def test_ending_authority_at_once_with_an_answer_is_one_order_in_the_journal(
    company: World, prepare: Callable[[World], Prepared], ending: str, rounds: int
) -> None:
    """Seen to fail: with authority as of the time at which the request came in; with authority read before the lock.

    No notice is due here, so that the end and the answer meet. The one who ends it has the later clock: whoever loses
    the race must still see what it waited for. A consent to what was submitted under a version that was merely
    superseded still counts, for the notice period, which is none here.
    """
    Organisation.objects.update(notice_days=0)
    begin, verb = ENDINGS[ending]
    orders = set()
    for number in range(rounds):
        document = public_document(2026, 1, code=f"public-{number}")
        version = mandate_in_force(company, "public", document)
        company.mandates["public-2026"].periods.filter(ends_at=None).update(
            ends_at=company.at - timedelta(days=200), end_cause="revoked"
        )
        act, reference, answered = prepare(company)
        end = begin(company, version, company.at + timedelta(seconds=1))
        results = race([act, end])
        assert [one for one in results if isinstance(one, Exception)] == []
        orders.add(_judge(reference, answered, verb, document["code"]))
        _withdraw(version)
    assert orders <= {"answered first", "ended first"}
    assert faults() == []


def _withdraw(version: MandateVersion) -> None:
    """Let nothing of this round's mandate judge in the next one."""
    for period in version.mandate.periods.exclude(end_cause__in=["revoked", "suspended"]):
        period.ends_at, period.end_cause = period.starts_at, "revoked"
        period.save(update_fields=["ends_at", "end_cause"])


def _judge(reference: str, answered: str, verb: str, code: str) -> str:
    events = Event.objects.filter(subjects__kind="deal", subjects__identifier=reference)
    answer = events.get(verb=answered).sequence
    end = Event.objects.get(verb=verb, subjects__kind="mandate", subjects__identifier=code).sequence
    approved = events.filter(verb="deal.approved").exists()
    first = "answered first" if answer < end else "ended first"
    assert approved == (first == "answered first")
    return first
