"""Points that a committee asks of the team, and the clock that stands still meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from approvals.actions.asking import answer_point, request, take_back_request
from approvals.actions.pausing import moved
from approvals.models import AskedPoint, Case, CasePause, CaseRequest
from approvals.ticking import look_at_cases
from journal.refusals import Conflict, Invalid, NotAllowed
from tests.approvals.asking import case_of, told, verbs
from tests.approvals.countering import asked_of_desk
from tests.factories import World, revised, terms, vote


def asked(made: World, case: Case, *points: str, by: str = "ines", kind: str = "information") -> CaseRequest:
    """A request with two points, unless others are named."""
    texts = points or ("Who else offers?", "What does year two bring?")
    return request(case=case, by=made.people[by], at=made.at, kind=kind, points=texts, reason="Before I vote.")


def test_request_pauses_the_clock_and_tells_the_team(made: World) -> None:
    deal = asked_of_desk(made)
    own = asked(made, case_of(deal))
    assert [point.text for point in own.points.order_by("position")] == [
        "Who else offers?",
        "What does year two bring?",
    ]
    assert case_of(deal).paused_at == made.at
    assert told("case.requested") == {made.bram.pk}
    assert verbs(deal)[-1] == "case.requested"


def test_paused_case_is_not_reminded(made: World) -> None:
    deal = asked_of_desk(made)
    asked(made, case_of(deal))
    assert look_at_cases(made.at + timedelta(days=30)) == 0


def test_last_answer_lets_the_clock_run_with_what_was_left(made: World) -> None:
    deal = asked_of_desk(made)
    due_at = case_of(deal).due_at
    own = asked(made, case_of(deal))
    first, second = own.points.order_by("position")
    answer_point(point=first, by=made.bram, at=made.at, answer="Two others.")
    assert case_of(deal).paused_at is not None
    later = made.at + timedelta(hours=3)
    answer_point(point=second, by=made.chloe, at=later, answer="The same again.")
    case = case_of(deal)
    own.refresh_from_db()
    assert (own.state, case.paused_at) == ("answered", None)
    assert case.due_at == due_at + timedelta(hours=3)
    assert CasePause.objects.get().ended_at == later
    assert made.joris.pk in told("case.answered")


def test_two_requests_pause_once_and_resume_after_both(made: World) -> None:
    deal = asked_of_desk(made)
    first = asked(made, case_of(deal), "One?")
    second = asked(made, case_of(deal), "Two?", by="joris", kind="changes")
    answer_point(point=first.points.get(), by=made.bram, at=made.at, answer="Yes.")
    assert case_of(deal).paused_at is not None
    take_back_request(request=second, by=made.joris, at=made.at)
    assert case_of(deal).paused_at is None
    assert CasePause.objects.count() == 1


def test_point_is_answered_once(made: World) -> None:
    own = asked(made, case_of(asked_of_desk(made)))
    point = own.points.get(position=1)
    answer_point(point=point, by=made.bram, at=made.at, answer="Two others.")
    with pytest.raises(Conflict) as refusal:
        answer_point(point=point, by=made.chloe, at=made.at, answer="Three.")
    assert refusal.value.code == "already_answered"
    assert AskedPoint.objects.get(pk=point.pk).answer == "Two others."


@pytest.mark.parametrize("by", ["els", "tom", "ines", "nora", "petra", "quinten"])
def test_answer_by_somebody_outside_the_team_is_refused(made: World, by: str) -> None:
    own = asked(made, case_of(asked_of_desk(made)))
    with pytest.raises(NotAllowed):
        answer_point(point=own.points.get(position=1), by=made.people[by], at=made.at, answer="So it is.")


@pytest.mark.parametrize("by", ["bram", "anke", "els", "lien", "nora", "petra", "quinten"])
def test_request_by_somebody_who_may_not_vote_is_refused(made: World, by: str) -> None:
    with pytest.raises(NotAllowed):
        asked(made, case_of(asked_of_desk(made)), by=by)


@pytest.mark.parametrize(
    ("kind", "points", "code"),
    [
        ("advice", ["One?"], "unknown_kind"),
        ("changes", [" ", ""], "no_points"),
        ("changes", ["One?"] * 21, "too_many_points"),
        ("changes", ["x" * 4001], "too_long"),
    ],
)
def test_request_that_cannot_be_read_is_refused(made: World, kind: str, points: list[str], code: str) -> None:
    case = case_of(asked_of_desk(made))
    with pytest.raises(Invalid) as refusal:
        request(case=case, by=made.ines, at=made.at, kind=kind, points=points, reason="Before I vote.")
    assert refusal.value.code == code


def test_votes_while_paused_decide_the_case_and_end_its_pause(made: World) -> None:
    deal = asked_of_desk(made)
    own = asked(made, case_of(deal))
    case = vote(made, case_of(deal), "ines", "joris")
    own.refresh_from_db()
    assert (case.state, case.paused_at, own.state) == ("approved", None, "void")
    assert not CasePause.objects.filter(ended_at=None).exists()
    with pytest.raises(Conflict):
        answer_point(point=own.points.get(position=1), by=made.bram, at=made.at, answer="Too late.")


def test_new_revision_closes_what_was_asked(made: World) -> None:
    deal = asked_of_desk(made)
    own = asked(made, case_of(deal), kind="changes")
    revised(made, deal, terms(("TRAIN-1", "4", "810.00")))
    own.refresh_from_db()
    assert (own.state, case_of(deal).paused_at) == ("void", None)


def test_request_is_taken_back_by_whoever_asked_or_the_chair(made: World) -> None:
    case = case_of(asked_of_desk(made))
    own = asked(made, case, by="joris")
    with pytest.raises(NotAllowed):
        take_back_request(request=own, by=made.karim, at=made.at)
    assert take_back_request(request=own, by=made.ines, at=made.at).state == "taken_back"
    with pytest.raises(Conflict):
        take_back_request(request=own, by=made.joris, at=made.at)


@pytest.mark.parametrize(
    ("due", "paused", "resumed", "expected"),
    [
        # Monday 23 November 2026 in Brussels, where 9 to 17 is worked: 8 to 16 UTC
        ("23 15", "23 10", "23 11", "23 16"),
        ("23 15", "23 10", "23 15", "24 12"),
        ("23 15", "23 10", "27 16", "30 13"),  # over the weekend
        ("23 14", "23 15", "23 18", "23 14"),  # late already: due when it was
    ],
)
def test_clock_keeps_the_working_time_that_was_left(
    made: World, due: str, paused: str, resumed: str, expected: str
) -> None:
    def moment(text: str) -> datetime:
        day, hour = text.split()
        return datetime(2026, 11, int(day), int(hour), tzinfo=UTC)

    found = moved(moment(due), paused_at=moment(paused), at=moment(resumed), of=made.organisation)
    assert found == moment(expected)
