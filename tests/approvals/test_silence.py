"""What a committee's rule on silence does: remind, pass on, lapse; never a yes."""

from datetime import timedelta

import pytest

from approvals.actions.vote import cast_vote
from approvals.models import Approval, Case
from approvals.sight import waiting_cases
from approvals.ticking import look_at_cases
from journal.refusals import NotAllowed
from teams.models import Committee, DutyTurn
from teams.standing import person_of
from tests.approvals.asking import case_of, told, verbs
from tests.factories import World, submitted, terms, vote

ASKING = terms(("TRAIN-1", "4", "800.00"))


def asked(made: World, silence: str) -> Case:
    """A case of the deal desk (majority, quorum 2, eight working hours) with this rule on silence."""
    Committee.objects.filter(code="deal-desk").update(silence=silence)
    return case_of(submitted(made, terms=ASKING))


def on_duty(made: World, who: str) -> None:
    DutyTurn.objects.create(
        committee=made.committees["deal-desk"], user=made.people[who], started_on=made.today, ended_on=None
    )


def now(case: Case) -> Case:
    case.refresh_from_db()
    return case


def test_case_is_reminded_of_at_half_time_those_who_have_not_voted(made: World) -> None:
    case = asked(made, "remind")
    vote(made, case, "ines")
    assert look_at_cases(made.at + timedelta(hours=4) - timedelta(seconds=1)) == 0
    assert look_at_cases(made.at + timedelta(hours=4)) == 1
    assert look_at_cases(made.at + timedelta(hours=4)) == 0
    assert told("case.reminded") == {made.joris.pk, made.karim.pk}
    assert now(case).looks_at == case.due_at


def test_silence_reminds_every_working_day_and_never_says_yes(made: World) -> None:
    case = asked(made, "remind")
    due = case.due_at
    assert [look_at_cases(due + timedelta(days=day)) for day in (0, 0, 1, 1, 30)] == [1, 0, 1, 0, 1]
    assert now(case).state == "open"
    assert not Approval.objects.exists()


def test_silence_passes_the_case_to_the_member_on_duty_who_decides_alone(made: World) -> None:
    case = asked(made, "pass_on")
    on_duty(made, "karim")
    vote(made, case, "karim")
    due = case.due_at
    look_at_cases(due)
    assert now(case).passed_to == made.karim
    assert told("case.passed_on") >= {made.karim.pk, made.ines.pk, made.bram.pk}
    # neither a vote from before nor somebody else's decides now
    assert case.state == "open"
    with pytest.raises(NotAllowed) as refused:
        cast_vote(case=case, by=made.ines, at=due, choice="approve", reason="Late.")
    assert refused.value.code == "not_allowed_passed_on"
    day = made.today + timedelta(days=1)
    assert not waiting_cases(person_of(made.ines, day)).exists()
    vote(made, case, "karim", choice="decline", at=due)
    assert now(case).state == "declined"


def test_silence_without_anybody_on_duty_passes_to_the_chair(made: World) -> None:
    case = asked(made, "pass_on")
    look_at_cases(case.due_at)
    assert now(case).passed_to == made.ines
    vote(made, case, "ines", at=case.due_at)
    assert now(case).state == "approved"


def test_silence_lapses_the_case_and_the_deal_with_it(made: World) -> None:
    case = asked(made, "lapse")
    look_at_cases(case.due_at)
    case.deal.refresh_from_db()
    assert (now(case).state, case.deal.state) == ("lapsed", "lapsed")
    assert verbs(case.deal)[-1] == "deal.lapsed"
    assert told("deal.lapsed") == {made.bram.pk}
    assert not Approval.objects.exists()


def test_silence_of_a_case_that_waits_for_its_team_does_nothing(made: World) -> None:
    case = asked(made, "lapse")
    Case.objects.filter(pk=case.pk).update(paused_at=made.at)
    assert look_at_cases(case.due_at + timedelta(days=30)) == 0
    assert now(case).state == "open"


def test_case_that_is_stuck_goes_to_its_rule_at_once(made: World) -> None:
    Committee.objects.filter(code="deal-desk").update(quorum=9)
    case = asked(made, "pass_on")
    assert case.stuck_at == made.at
    assert look_at_cases(made.at) == 1
    vote(made, now(case), "ines")
    assert now(case).state == "approved"
