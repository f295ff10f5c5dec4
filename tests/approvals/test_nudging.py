"""Reminding those who have not answered: whom, how often, and that it is on record."""

from datetime import timedelta

import pytest

from approvals.actions.consent import give_consent
from approvals.actions.nudging import nudge_case, nudge_round
from approvals.models import Case, ConsentRound
from journal.models import Event, Message
from journal.refusals import Conflict, NotAllowed
from teams.actions import set_absence
from tests.approvals.asking import case_of, sentences, told, verbs
from tests.factories import TEAM_PRICE, World, seat_of, submitted, terms, vote

FOUR_HOURS = timedelta(hours=4)


@pytest.fixture
def case(made: World) -> Case:
    return case_of(submitted(made, terms=terms(("TRAIN-1", "4", "800.00"))))


@pytest.fixture
def round(made: World) -> ConsentRound:
    return ConsentRound.objects.get(revision__deal=submitted(made, price=TEAM_PRICE))


def test_nudge_case_tells_those_who_have_not_voted_and_are_here(made: World, case: Case) -> None:
    vote(made, case, "ines")
    set_absence(user=made.karim, by=made.karim, at=made.at, first_on=made.today, last_on=None)
    nudge_case(case=case, by=made.anke, at=made.at)
    assert told("case.nudged") == {made.joris.pk}
    case.refresh_from_db()
    assert case.nudged_at == made.at
    assert verbs(case.deal)[-1] == "case.nudged"
    assert "Anke Claes reminds Deal desk of D-1001" in sentences()
    assert Message.objects.filter(event__verb="case.nudged", channel="mail").count() == 1


def test_nudge_round_tells_the_colleagues_who_have_not_answered(made: World, round: ConsentRound) -> None:
    nudge_round(round=round, by=made.bram, at=made.at)
    assert told("consent.nudged") == {made.anke.pk, made.chloe.pk, made.dirk.pk}
    assert "Bram Wouters reminds the colleagues of D-1001" in sentences()


@pytest.mark.parametrize(
    ("after", "refused"), [(timedelta(0), True), (FOUR_HOURS - timedelta(seconds=1), True), (FOUR_HOURS, False)]
)
def test_nudge_happens_at_most_once_in_four_hours(
    after: timedelta, refused: bool, made: World, case: Case, round: ConsentRound
) -> None:
    """Seen to fail: with three hours, and without `nudged_at` written."""
    nudge_case(case=case, by=made.bram, at=made.at)
    nudge_round(round=round, by=made.bram, at=made.at)
    for again in (
        lambda at: nudge_case(case=case, by=made.chloe, at=at),
        lambda at: nudge_round(round=round, by=made.bram, at=at),
    ):
        if not refused:
            again(made.at + after)
            continue
        with pytest.raises(Conflict) as conflict:
            again(made.at + after)
        assert conflict.value.code == "nudged_already"
    assert Event.objects.filter(verb__endswith=".nudged").count() == (2 if refused else 4)


@pytest.mark.parametrize("key", ["els", "ines", "gilles", "nora", "petra", "quinten"])
def test_nudge_by_somebody_outside_the_team_is_refused(key: str, made: World, case: Case, round: ConsentRound) -> None:
    with pytest.raises(NotAllowed):
        nudge_case(case=case, by=made.people[key], at=made.at)
    with pytest.raises(NotAllowed):
        nudge_round(round=round, by=made.people[key], at=made.at)


def test_nudge_of_what_is_closed_or_stands_still_is_refused(made: World, case: Case, round: ConsentRound) -> None:
    Case.objects.filter(pk=case.pk).update(paused_at=made.at)
    with pytest.raises(Conflict) as conflict:
        nudge_case(case=case, by=made.bram, at=made.at)
    assert conflict.value.code == "clock_stands_still"
    give_consent(seat=seat_of(made, round.revision.deal, "anke"), by=made.anke, at=made.at)
    with pytest.raises(Conflict) as conflict:
        nudge_round(round=round, by=made.bram, at=made.at)
    assert conflict.value.code == "illegal_move"


def test_nudge_where_nobody_is_there_to_answer_is_refused(made: World, round: ConsentRound) -> None:
    for key in ("anke", "chloe", "dirk"):
        set_absence(user=made.people[key], by=made.people[key], at=made.at, first_on=made.today, last_on=None)
    with pytest.raises(Conflict) as conflict:
        nudge_round(round=round, by=made.bram, at=made.at)
    assert conflict.value.code == "nobody_to_nudge"
    round.refresh_from_db()
    assert round.nudged_at is None
