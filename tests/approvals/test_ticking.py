"""What falls due by itself acts once, and silence is never a yes."""

from datetime import timedelta

from approvals.actions.consent import give_consent, object_to
from approvals.models import ConsentRound
from approvals.ticking import lapse_due, look_at_cases, pass_on_silence, recount_electorates
from journal.ticking import registered
from teams.models import Committee
from tests.approvals.asking import case_of, verbs
from tests.factories import TEAM_PRICE, World, seat_of, submitted, vote


def test_silence_of_two_working_days_goes_to_the_committee(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    due = ConsentRound.objects.get().due_at
    assert pass_on_silence(due - timedelta(seconds=1)) == 0
    assert pass_on_silence(due) == 1
    assert pass_on_silence(due) == 0
    deal.refresh_from_db()
    assert (deal.state, case_of(deal).cause) == ("pending", "silence")
    assert ConsentRound.objects.get().state == "escalated"
    vote(made, case_of(deal), "ines", "joris", at=due)
    deal.refresh_from_db()
    assert deal.state == "approved"


def test_silence_over_a_weekend_is_counted_in_working_days(made: World) -> None:
    friday = made.at - timedelta(days=3)
    submitted(made, price=TEAM_PRICE, at=friday)
    assert ConsentRound.objects.get().due_at == friday + timedelta(days=4)


def test_silence_after_an_answered_round_does_nothing(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    give_consent(seat=seat_of(made, deal, "anke"), by=made.anke, at=made.at)
    assert pass_on_silence(made.at + timedelta(days=9)) == 0


def test_silence_beside_an_objection_goes_to_the_committee_as_that(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    object_to(seat=seat_of(made, deal, "anke"), by=made.anke, at=made.at, reason="Too low.")
    give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=made.at)
    assert pass_on_silence(made.at + timedelta(days=9)) == 1
    assert case_of(deal).cause == "objection"


def test_silence_that_cannot_be_passed_on_stops_no_other(made: World) -> None:
    submitted(made, price=TEAM_PRICE)
    other = submitted(made, by="chloe", customer="C-18", price=TEAM_PRICE)
    Committee.objects.filter(code="deal-desk").update(is_active=False)
    later = made.at + timedelta(days=9)
    assert pass_on_silence(later) == 0
    Committee.objects.filter(code="deal-desk").update(is_active=True)
    assert pass_on_silence(later) == 2
    assert case_of(other).cause == "silence"


def test_lapse_of_everything_due(made: World) -> None:
    first, second = submitted(made), submitted(made, by="chloe", customer="C-18")
    assert lapse_due(made.at + timedelta(days=30)) == 0
    assert lapse_due(made.at + timedelta(days=31)) == 2
    assert lapse_due(made.at + timedelta(days=31)) == 0
    assert [verbs(deal)[-1] for deal in (first, second)] == ["deal.lapsed", "deal.lapsed"]


def test_periodic_work_is_registered_and_resolves() -> None:
    ours = {ticker.name: ticker.resolve() for ticker in registered() if ticker.name.startswith("approvals.")}
    assert ours == {
        "approvals.silence": pass_on_silence,
        "approvals.cases": look_at_cases,
        "approvals.electorates": recount_electorates,
        "approvals.lapse": lapse_due,
    }
