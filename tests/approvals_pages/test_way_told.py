"""The way of a deal in words: who, in which order, how soon, and what silence means."""

from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.readings.way import steps_of, told, usually
from approvals.usual import Usual
from approvals.ways import Asked, Step, Way
from teams.models import Committee

NAMES = {"finance": "Finance", "deal-desk": "Deal desk"}
CLEO = Asked(1, "Cleo", is_chair=True)
DIRK = Asked(2, "Dirk", stands_in_for_id=3, stands_in_for="Daan")
EVA = Asked(4, "Eva", is_away=True)
USUAL = Usual(12, timedelta(hours=2, minutes=40))


def finance(silence: str = "pass_on", passes_to: Asked | None = CLEO) -> Step:
    committee = Committee(code="finance", name="Finance", answer_hours=8, silence=silence)
    return Step((CLEO, DIRK, EVA), code="finance", committee=committee, usual=USUAL, passes_to=passes_to)


def test_committee_is_told_with_its_chair_its_substitutes_and_who_is_away() -> None:
    (said,) = told(Way(committees=(finance(),)), NAMES, days=2)
    assert (said.label, said.when) == ("Finance", "")
    assert said.people == "Cleo (chair), Dirk for Daan, who is away and Eva (away today)"
    assert said.lines == (
        "Answers within 8 working hours; usually 3 working hours (median of 12 cases in the last 90 days).",
        "On silence it passes to Cleo alone.",
    )


def test_committee_is_told_with_who_is_on_duty() -> None:
    step = replace(finance(), on_duty=CLEO)
    assert told(Way(committees=(step,)), NAMES, days=2)[0].lines[0] == "Cleo is on duty and answers first."
    assert steps_of(Way(committees=(step,)))[0]["on_duty"] == "Cleo"


@pytest.mark.parametrize(
    ("silence", "passes_to", "said"),
    [
        ("remind", CLEO, "On silence whoever has not voted is reminded, and Cleo first."),
        ("remind", None, "On silence whoever has not voted is reminded."),
        ("pass_on", None, "On silence whoever has not voted is reminded."),
        ("lapse", CLEO, "On silence the deal lapses."),
    ],
)
def test_committee_is_told_with_what_its_silence_means(silence: str, passes_to: Asked | None, said: str) -> None:
    assert told(Way(committees=(finance(silence, passes_to),)), NAMES, days=2)[0].lines[-1] == said


def test_second_committee_is_asked_at_the_same_time() -> None:
    said = told(Way(committees=(finance(), replace(finance(), code="deal-desk"))), NAMES, days=2)
    assert [one.label for one in said] == ["Finance", "Deal desk"]
    assert said[1].when == "At the same time. All of them must say yes."


def test_committee_on_which_nobody_sits_says_so() -> None:
    empty = replace(finance(), people=())
    assert told(Way(committees=(empty, Step(code="gone"))), NAMES, days=2)[1].label == "gone"
    assert told(Way(committees=(empty,)), NAMES, days=2)[0].people == "nobody sits on it today"


def test_colleagues_come_first_and_the_committee_only_where_they_do_not_agree() -> None:
    way = Way(colleagues=Step((CLEO, DIRK, EVA), 1), otherwise=Step(code="deal-desk"))
    first, then = told(way, NAMES, days=2)
    assert first.people == "Cleo or Dirk"
    assert first.lines == ("Eva is away today.", "They answer within 2 working days; no answers yet.")
    assert then.label == "Deal desk"
    assert then.when.startswith("Only where a colleague objects")


@pytest.mark.parametrize(
    ("usual", "said"),
    [
        (Usual(), "no cases yet"),
        (Usual(1, timedelta(seconds=20)), "usually 1 minute (1 case in the last 90 days)"),
        (Usual(2, timedelta(minutes=59)), "usually 59 minutes (median of 2 cases in the last 90 days)"),
        (Usual(2, timedelta(minutes=89)), "usually 1 working hour (median of 2 cases in the last 90 days)"),
        (Usual(3, timedelta(hours=20)), "usually 20 working hours (median of 3 cases in the last 90 days)"),
    ],
)
def test_usual_time_is_said_with_the_number_of_answers_behind_it(usual: Usual, said: str) -> None:
    assert usually(usual) == said


def test_way_is_told_to_programs_in_its_order() -> None:
    steps = steps_of(Way(colleagues=Step((CLEO, EVA), 1, usual=USUAL), otherwise=finance()))
    assert [(step["asks"], step["committee"], step["only_if"]) for step in steps] == [
        ("colleagues", None, None),
        ("committee", "finance", "colleagues_disagree"),
    ]
    assert steps[0]["usual"] == {"count": 12, "minutes": 160}
    assert steps[1]["people"][1] == {"name": "Dirk", "stands_in_for": "Daan", "chair": False, "away": False}  # type: ignore[index]
    assert steps[1]["passes_to"] == "Cleo"
