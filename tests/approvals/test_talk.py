"""The talk beneath a round of consent, and that no number of consents outvotes an objection."""

import pytest

from approvals.actions.consent import escalate, give_consent, object_to, withdraw_objection
from approvals.actions.talk import remark
from approvals.models import ConsentRound, Deal, Remark
from journal.models import Event
from journal.refusals import Conflict, Invalid, NotAllowed
from mandates.models import MandateVersion
from tests.approvals.asking import told
from tests.factories import (
    AT,
    TEAM_PRICE,
    World,
    join,
    leave,
    mandate_in_force,
    person,
    public_document,
    seat_of,
    submitted,
)


@pytest.fixture
def asking(made: World) -> Deal:
    """A deal on which Anke, Chloé and Dirk are asked for one consent."""
    return submitted(made, price=TEAM_PRICE)


def round_of(deal: Deal) -> ConsentRound:
    return ConsentRound.objects.get(revision=deal.latest_id)


def test_remark_is_kept_and_tells_those_asked_and_who_spoke(made: World, asking: Deal) -> None:
    said = remark(round=round_of(asking), by=made.els, at=made.at, text="  What do they give back?  ")
    assert (said.text, said.by, said.at) == ("What do they give back?", made.els, made.at)
    assert told("consent.remarked") == {made.anke.pk, made.chloe.pk, made.dirk.pk, made.bram.pk}
    remark(round=round_of(asking), by=made.bram, at=made.at, text="Three more sites.")
    assert made.els.pk in told("consent.remarked")
    assert all("sites" not in event.data for event in Event.objects.filter(verb="consent.remarked"))


def test_remark_is_no_answer(made: World, asking: Deal) -> None:
    remark(round=round_of(asking), by=made.chloe, at=made.at, text="Yes, of course.")
    asking.refresh_from_db()
    assert (asking.state, seat_of(made, asking, "chloe").answer) == ("pending", "")


@pytest.mark.parametrize("key", ["gilles", "ines", "petra", "nora", "quinten"])
def test_remark_by_whoever_is_not_with_the_team_is_not_allowed(made: World, asking: Deal, key: str) -> None:
    with pytest.raises(NotAllowed):
        remark(round=round_of(asking), by=made.people[key], at=made.at, text="Let me in.")
    assert not Remark.objects.exists()


def test_remark_that_says_nothing_is_refused(made: World, asking: Deal) -> None:
    with pytest.raises(Invalid):
        remark(round=round_of(asking), by=made.bram, at=made.at, text="  ")


def test_remark_after_the_round_closed_is_refused(made: World, asking: Deal) -> None:
    round = round_of(asking)
    give_consent(seat=seat_of(made, asking, "anke"), by=made.anke, at=made.at)
    with pytest.raises(Conflict) as refused:
        remark(round=round, by=made.bram, at=made.at, text="Thanks!")
    assert refused.value.code == "illegal_move"


def test_consents_enough_with_an_objection_standing_approve_nothing(made: World, asking: Deal) -> None:
    """One consent is asked for, two are given, one colleague objects: it waits until the objection is gone.

    Seen to fail when `_settle` counted the consents without looking for objections.
    """
    object_to(seat=seat_of(made, asking, "dirk"), by=made.dirk, at=made.at, reason="They pay late.")
    give_consent(seat=seat_of(made, asking, "anke"), by=made.anke, at=made.at)
    give_consent(seat=seat_of(made, asking, "chloe"), by=made.chloe, at=made.at)
    asking.refresh_from_db()
    assert (asking.state, round_of(asking).state) == ("pending", "open")
    withdraw_objection(seat=seat_of(made, asking, "dirk"), by=made.dirk, at=made.at)
    asking.refresh_from_db()
    assert (asking.state, round_of(asking).state) == ("approved", "consented")


def test_objection_taken_to_the_committee_outlives_the_consents(made: World, asking: Deal) -> None:
    object_to(seat=seat_of(made, asking, "dirk"), by=made.dirk, at=made.at, reason="They pay late.")
    give_consent(seat=seat_of(made, asking, "anke"), by=made.anke, at=made.at)
    case = escalate(round=round_of(asking), by=made.bram, at=made.at)
    assert case is not None
    assert (case.cause, case.state) == ("objection", "open")
    asking.refresh_from_db()
    assert asking.state == "pending"


def test_consent_of_who_left_the_team_since_does_not_count(made: World) -> None:
    """Two consents are asked for; the first is of somebody who has left. Seen to fail when all seats counted."""
    version: MandateVersion = mandate_in_force(made, "public", public_document(2026, 2, consents=2), since=AT)
    assert version.number == 2
    fresh = person("gust")
    join(made.teams["public"], fresh, since=made.today)
    deal = submitted(made, price=TEAM_PRICE)
    give_consent(seat=seat_of(made, deal, "anke"), by=made.anke, at=made.at)
    leave(made.teams["public"], made.anke, made.today)
    give_consent(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=made.at)
    deal.refresh_from_db()
    assert deal.state == "pending"
    give_consent(seat=seat_of(made, deal, "dirk"), by=made.dirk, at=made.at)
    deal.refresh_from_db()
    assert deal.state == "approved"
