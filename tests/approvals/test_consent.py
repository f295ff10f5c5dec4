"""Colleagues consent or object inside the team's own authority."""

from datetime import timedelta

import pytest

from approvals.actions.consent import escalate, give_consent, object_to, reply, withdraw_objection
from approvals.actions.draft import edit_draft
from approvals.models import ConsentRound, ConsentSeat, Decision
from journal.refusals import Conflict, Invalid, NotAllowed
from mandates.models import Budget
from teams.models import CustomerTeam, Membership, User
from tests.approvals.asking import case_of, told, verbs
from tests.factories import (
    TEAM_PRICE,
    World,
    charter_in_force,
    leave,
    mandate_in_force,
    public_document,
    seat_of,
    submitted,
    suspend_everything,
    terms,
    vote,
)


def test_consent_of_the_last_colleague_needed_approves(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=made.at, reason="Fair.")
    deal.refresh_from_db()
    round = ConsentRound.objects.get()
    assert (deal.state, round.state, round.closed_at) == ("approved", "consented", made.at)
    assert deal.good_until == made.today + timedelta(days=30)
    assert verbs(deal)[-3:] == ["consent.given", "consent.completed", "deal.approved"]
    assert told("consent.given") == {made.bram.pk}
    assert list(Decision.objects.order_by("id").values_list("cause", flat=True)) == ["submit", "consent"]


def test_consent_below_the_number_needed_waits(made: World) -> None:
    mandate_in_force(made, "public", public_document(2026, 2, consents=2), since=made.at)
    at = made.at + timedelta(hours=1)
    deal = submitted(made, price=TEAM_PRICE, at=at)
    give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=at)
    deal.refresh_from_db()
    assert deal.state == "pending"
    give_consent(seat=seat_of(made, deal, "anke"), by=made.anke, at=at)
    deal.refresh_from_db()
    assert deal.state == "approved"


@pytest.mark.parametrize("by", ["bram", "els", "gilles", "ines", "nora", "quinten", "anke"])
def test_consent_in_somebody_elses_seat_is_refused(made: World, by: str) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    with pytest.raises(NotAllowed):
        give_consent(seat=seat_of(made, deal, "chloe"), by=made.people[by], at=made.at)
    assert not ConsentSeat.objects.exclude(answer="").exists()


def test_consent_after_leaving_the_team_is_refused(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    leave(made.teams["public"], made.chloe, made.today)
    with pytest.raises(NotAllowed) as refusal:
        give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=made.at)
    assert refusal.value.code == "not_allowed_not_in_team"


def test_consent_after_editing_is_refused(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    edit_draft(deal=deal, by=made.chloe, at=made.at, edition=None, terms=terms())
    with pytest.raises(NotAllowed) as refusal:
        give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=made.at)
    assert refusal.value.code == "not_allowed_edited_it"


def test_consent_of_somebody_who_edited_afterwards_does_not_count(made: World) -> None:
    mandate_in_force(made, "public", public_document(2026, 2, consents=2), since=made.at)
    at = made.at + timedelta(hours=1)
    deal = submitted(made, price=TEAM_PRICE, at=at)
    give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=at)
    edit_draft(deal=deal, by=made.chloe, at=at, edition=None, terms=terms())
    give_consent(seat=seat_of(made, deal, "anke"), by=made.anke, at=at)
    deal.refresh_from_db()
    assert deal.state == "pending"
    give_consent(seat=seat_of(made, deal, "dirk"), by=made.dirk, at=at)
    deal.refresh_from_db()
    assert deal.state == "approved"


def test_consent_by_somebody_who_joined_later_is_not_asked(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    newcomer = User.objects.create(email="new@example.test", name="New")
    Membership.objects.create(team=made.teams["public"], user=newcomer, role="member", started_on=made.today)
    with pytest.raises(NotAllowed):
        give_consent(seat=seat_of(made, deal, "anke"), by=newcomer, at=made.at)


def test_consent_twice_is_answered_already(made: World) -> None:
    mandate_in_force(made, "public", public_document(2026, 2, consents=2), since=made.at)
    at = made.at + timedelta(hours=1)
    deal = submitted(made, price=TEAM_PRICE, at=at)
    give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=at)
    with pytest.raises(Conflict) as refusal:
        give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=at)
    assert refusal.value.code == "already_answered"


def test_consent_after_the_round_closed_is_illegal(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=made.at)
    with pytest.raises(Conflict) as refusal:
        give_consent(seat=seat_of(made, deal, "anke"), by=made.anke, at=made.at)
    assert refusal.value.code == "illegal_move"


# --- live authority, frozen facts ---


def test_consent_under_a_revoked_mandate_grants_nothing(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    suspend_everything(made, "public-2026", made.at + timedelta(minutes=5))
    at = made.at + timedelta(minutes=10)
    give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=at)
    deal.refresh_from_db()
    assert deal.state == "pending"
    assert case_of(deal).cause == "limit"
    assert Budget.objects.get(mandate__code="public-2026").held == 0
    vote(made, case_of(deal), "ines", "joris", at=at)
    deal.refresh_from_db()
    assert deal.state == "approved"


def test_consent_under_a_narrowed_charter_refuses(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    charter = {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "5"}]}
    charter_in_force(made, charter, since=made.at + timedelta(minutes=5))
    give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=made.at + timedelta(minutes=10))
    deal.refresh_from_db()
    assert deal.state == "refused"
    assert Budget.objects.get().held == 0


def test_consent_within_notice_is_judged_by_the_superseded_version(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    narrow = public_document(2026, 2, limits=[{"metric": "line_discount", "member": "1", "team": "2"}])
    mandate_in_force(made, "public", narrow, since=made.at + timedelta(minutes=5))
    give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=made.at + timedelta(days=1))
    deal.refresh_from_db()
    assert deal.state == "approved"
    assert Decision.objects.latest("id").mandate_version == made.mandates["public-2026"].mandate.versions.get(number=1)


def test_consent_after_the_notice_is_judged_by_the_new_version(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    narrow = public_document(2026, 2, limits=[{"metric": "line_discount", "member": "1", "team": "2"}])
    mandate_in_force(made, "public", narrow, since=made.at + timedelta(minutes=5))
    give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=made.at + timedelta(days=15))
    deal.refresh_from_db()
    assert deal.state == "pending" and case_of(deal).state == "open"


def test_consent_under_a_mandate_that_asks_more_of_them_waits_for_them(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    suspend_everything(made, "public-2026", made.at + timedelta(minutes=5))
    other = public_document(2026, 1, code="public-next", consents=2)
    mandate_in_force(made, "public", other, since=made.at + timedelta(minutes=5))
    at = made.at + timedelta(minutes=10)
    give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=at)
    deal.refresh_from_db()
    assert (deal.state, ConsentRound.objects.get().needed) == ("pending", 2)
    give_consent(seat=seat_of(made, deal, "anke"), by=made.anke, at=at)
    deal.refresh_from_db()
    assert deal.state == "approved"
    assert Budget.objects.get(held__gt=0).mandate.code == "public-next"


# --- objections ---


def test_objection_blocks_whatever_others_consent(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    object_to(seat=seat_of(made, deal, "anke"), by=made.anke, at=made.at, reason="Too low for three years.")
    give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=made.at)
    give_consent(seat=seat_of(made, deal, "dirk"), by=made.dirk, at=made.at)
    deal.refresh_from_db()
    assert deal.state == "pending"
    assert told("consent.objected") == {made.bram.pk}


def test_objection_withdrawn_lets_the_consents_count(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    seat = seat_of(made, deal, "anke")
    object_to(seat=seat, by=made.anke, at=made.at, reason="Too low.")
    give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=made.at)
    reply(seat=seat, by=made.bram, at=made.at, text="They take three years.")
    assert told("consent.replied") == {made.anke.pk}
    withdraw_objection(seat=seat, by=made.anke, at=made.at)
    deal.refresh_from_db()
    assert deal.state == "approved"
    assert "consent.withdrawn" in verbs(deal)


def test_objection_withdrawn_without_consents_waits_for_one(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    seat = seat_of(made, deal, "anke")
    object_to(seat=seat, by=made.anke, at=made.at, reason="Too low.")
    withdraw_objection(seat=seat, by=made.anke, at=made.at)
    deal.refresh_from_db()
    assert deal.state == "pending"
    give_consent(seat=seat, by=made.anke, at=made.at)
    deal.refresh_from_db()
    assert deal.state == "approved"


def test_objection_without_a_reason_is_refused(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    with pytest.raises(Invalid) as refusal:
        object_to(seat=seat_of(made, deal, "anke"), by=made.anke, at=made.at, reason="  ")
    assert refusal.value.path == "reason"


def test_objection_taken_to_the_committee_and_approved_there(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    object_to(seat=seat_of(made, deal, "anke"), by=made.anke, at=made.at, reason="Too low.")
    case = escalate(round=ConsentRound.objects.get(), by=made.bram, at=made.at)
    assert case is not None and (case.cause, case.committee.code) == ("objection", "deal-desk")
    assert ConsentRound.objects.get().state == "escalated"
    vote(made, case, "ines", "karim")
    deal.refresh_from_db()
    assert deal.state == "approved"


@pytest.mark.parametrize("by", ["els", "gilles", "ines"])
def test_objection_is_taken_to_the_committee_by_the_team_only(made: World, by: str) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    object_to(seat=seat_of(made, deal, "anke"), by=made.anke, at=made.at, reason="Too low.")
    with pytest.raises(NotAllowed):
        escalate(round=ConsentRound.objects.get(), by=made.people[by], at=made.at)


def test_escalating_without_an_objection_is_refused(made: World) -> None:
    submitted(made, price=TEAM_PRICE)
    with pytest.raises(Conflict) as refusal:
        escalate(round=ConsentRound.objects.get(), by=made.bram, at=made.at)
    assert refusal.value.code == "no_objection"


def test_reply_needs_an_objection_of_somebody_else(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    seat = seat_of(made, deal, "anke")
    with pytest.raises(Conflict):
        reply(seat=seat, by=made.bram, at=made.at, text="But why?")
    object_to(seat=seat, by=made.anke, at=made.at, reason="Too low.")
    with pytest.raises(NotAllowed):
        reply(seat=seat, by=made.anke, at=made.at, text="I answer myself.")


def test_withdrawing_somebody_elses_objection_is_refused(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    seat = seat_of(made, deal, "anke")
    object_to(seat=seat, by=made.anke, at=made.at, reason="Too low.")
    with pytest.raises(NotAllowed):
        withdraw_objection(seat=seat, by=made.chloe, at=made.at)


def test_consent_of_the_new_contact_does_not_count(made: World) -> None:
    mandate_in_force(made, "public", public_document(2026, 2, consents=2), since=made.at)
    at = made.at + timedelta(hours=1)
    deal = submitted(made, price=TEAM_PRICE, at=at)
    give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=at)
    type(deal).objects.filter(pk=deal.pk).update(contact=made.chloe)
    CustomerTeam.objects.filter(customer=deal.customer).update(contact=made.chloe)
    give_consent(seat=seat_of(made, deal, "anke"), by=made.anke, at=at)
    deal.refresh_from_db()
    assert deal.state == "pending"
