"""Advice: asked, answered, thanked; a question withdrawn, passed, or closed with its deal; and never a vote."""

import pytest

from approvals.actions.advise import (
    MOST_ASKED,
    ask_for_advice,
    give_advice,
    pass_question,
    thank,
    withdraw_question,
)
from approvals.actions.outcome import lapse, lose, win
from approvals.actions.submit import withdraw
from approvals.models import Advice, ConsentSeat, Deal
from approvals.sight import visible_advice
from journal.models import Event
from journal.refusals import Conflict, Invalid, NotAllowed, Refusal
from teams.models import User
from teams.standing import person_of
from tests.approvals.asking import told, verbs
from tests.factories import TEAM_PRICE, World, draft, seat_of, submitted

QUESTION = "They ask for sixty days. Did we ever get something back for that?"


def asked(made: World, deal: Deal, *people: User, by: str = "bram", **fields: str) -> list[Advice]:
    """Bram's question to these people."""
    return ask_for_advice(
        deal=deal,
        by=made.people[by],
        at=made.at,
        people=people,
        question=QUESTION,
        **fields,  # type: ignore[arg-type]
    )


def refusal_of(act: object) -> Refusal:
    with pytest.raises(Refusal) as refused:
        act()  # type: ignore[operator]
    return refused.value


def test_ask_for_advice_writes_a_question_for_each_and_tells_them(made: World) -> None:
    deal = submitted(made)
    colleague, coach = asked(made, deal, made.chloe, made.els, clause="payment_days")
    assert (colleague.asked_of, coach.asked_of) == (made.chloe, made.els)
    assert {one.revision_id for one in (colleague, coach)} == {deal.latest_id}
    assert (colleague.state, colleague.clause, colleague.question) == ("asked", "payment_days", QUESTION)
    assert verbs(deal)[-2:] == ["advice.asked", "advice.asked"]
    assert told("advice.asked") == {made.chloe.pk, made.els.pk}
    event = Event.objects.filter(verb="advice.asked").order_by("sequence")[0]
    assert event.link == f"/advice/{colleague.pk}/"
    assert QUESTION not in event.data


def test_advice_given_and_thanked_tells_those_who_wait(made: World) -> None:
    deal = submitted(made)
    (question,) = asked(made, deal, made.gilles)
    answered = give_advice(advice=question, by=made.gilles, at=made.at, text="Ask for 36 months.")
    assert (answered.state, answered.answer, answered.answered_at) == ("answered", "Ask for 36 months.", made.at)
    assert told("advice.answered") == {made.bram.pk}
    thanked = thank(advice=question, by=made.anke, at=made.at, text="That settled it.")
    assert (thanked.state, thanked.thanked_by, thanked.thanks) == ("thanked", made.anke, "That settled it.")
    assert told("advice.thanked") == {made.gilles.pk}


def test_advice_is_no_vote(made: World) -> None:
    """A colleague's advice leaves the round as it was, and the colleague as free to object."""
    deal = submitted(made, price=TEAM_PRICE)
    (question,) = asked(made, deal, made.chloe)
    give_advice(advice=question, by=made.chloe, at=made.at, text="Fine with me.")
    deal.refresh_from_db()
    assert deal.state == "pending"
    assert seat_of(made, deal, "chloe").answer == ""
    assert not ConsentSeat.objects.exclude(answer="").exists()


def test_only_who_was_asked_answers(made: World) -> None:
    (question,) = asked(made, submitted(made), made.chloe)
    for act in (
        lambda: give_advice(advice=question, by=made.anke, at=made.at, text="I know"),
        lambda: pass_question(advice=question, by=made.anke, at=made.at),
    ):
        assert refusal_of(act).code == "not_allowed_not_asked_for_advice"


def test_who_may_ask(made: World) -> None:
    """The team and its coach; a stranger, a committee and an auditor may not."""
    deal = submitted(made)
    asked(made, deal, made.chloe, by="els")
    for key in ("gilles", "ines", "petra", "nora", "quinten"):
        with pytest.raises(NotAllowed):
            asked(made, deal, made.dirk, by=key)


def test_nobody_thanks_for_own_advice(made: World) -> None:
    (question,) = asked(made, submitted(made), made.chloe)
    give_advice(advice=question, by=made.chloe, at=made.at, text="Ask for more.")
    refused = refusal_of(lambda: thank(advice=question, by=made.chloe, at=made.at))
    assert refused.code == "not_allowed_own_advice"


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_ask_for_advice_without_a_readable_question_is_refused_at_its_field(made: World, text: str) -> None:
    refused = refusal_of(
        lambda: ask_for_advice(deal=draft(made), by=made.bram, at=made.at, people=[made.chloe], question=text)
    )
    assert isinstance(refused, Invalid)
    assert refused.path == "question"
    assert not Advice.objects.exists()


def test_ask_for_advice_of_the_wrong_people_is_refused(made: World) -> None:
    deal = draft(made)
    made.dirk.is_active = False
    made.dirk.save(update_fields=["is_active"])
    many = [made.people[key] for key in ("anke", "chloe", "els", "femke", "gilles", "hanne")]
    assert len(many) > MOST_ASKED
    codes = [
        refusal_of(lambda people=people: asked(made, deal, *people)).code
        for people in ([], many, [made.bram], [made.dirk], [made.quinten])
    ]
    assert codes == ["nobody_asked", "too_many_asked", "asked_oneself", "cannot_advise", "cannot_advise"]
    asked(made, deal, made.chloe)
    assert refusal_of(lambda: asked(made, deal, made.chloe)).code == "asked_already"
    assert refusal_of(lambda: asked(made, deal, made.anke, clause="colour")).code == "unknown_clause"


def test_withdrawn_and_passed_questions_take_no_answer_and_may_be_asked_again(made: World) -> None:
    deal = draft(made)
    (first,) = asked(made, deal, made.chloe)
    withdraw_question(advice=first, by=made.anke, at=made.at)
    (second,) = asked(made, deal, made.chloe)
    pass_question(advice=second, by=made.chloe, at=made.at)
    asked(made, deal, made.chloe)
    for closed in (first, second):
        closed.refresh_from_db()
        assert closed.closed_at == made.at
        with pytest.raises(Conflict):
            give_advice(advice=closed, by=made.chloe, at=made.at, text="Too late")
    assert told("advice.withdrawn") == {made.chloe.pk}
    assert told("advice.passed") == {made.bram.pk}


def _win(made: World, deal: Deal) -> None:
    win(deal=deal, by=made.bram, at=made.at, closed_on=made.today)


def _lose(made: World, deal: Deal) -> None:
    lose(deal=deal, by=made.bram, at=made.at, closed_on=made.today)


def _withdraw(made: World, deal: Deal) -> None:
    withdraw(deal=deal, by=made.bram, at=made.at)


def _lapse(made: World, deal: Deal) -> None:
    Deal.objects.filter(pk=deal.pk).update(good_until=made.today.replace(day=1))
    lapse(deal=deal, at=made.at)


@pytest.mark.parametrize(("end", "price"), [(_win, ""), (_lose, ""), (_lapse, ""), (_withdraw, TEAM_PRICE)])
def test_deal_that_ends_closes_what_nobody_has_answered(made: World, end: object, price: str) -> None:
    """Seen to fail with `close_advice` taken out of each of the four."""
    deal = submitted(made, price=price)
    waiting, answered = asked(made, deal, made.chloe, made.els)
    give_advice(advice=answered, by=made.els, at=made.at, text="Ask for a reference.")
    end(made, deal)  # type: ignore[operator]
    waiting.refresh_from_db()
    answered.refresh_from_db()
    assert (waiting.state, waiting.closed_at, answered.state) == ("closed", made.at, "answered")
    assert told("advice.closed") == {made.chloe.pk}
    assert refusal_of(lambda: asked(made, deal, made.anke)).code == "deal_ended"


def test_question_is_seen_by_who_was_asked_and_by_who_sees_the_deal(made: World) -> None:
    (question,) = asked(made, submitted(made), made.gilles)
    seen_by = {
        key: visible_advice(person_of(person, made.today)).filter(pk=question.pk).exists()
        for key, person in made.people.items()
    }
    assert {key for key, sees in seen_by.items() if sees} == {"anke", "bram", "chloe", "dirk", "els", "petra", "gilles"}


def test_nothing_is_kept_of_a_question_whose_event_cannot_be_written(
    made: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal = draft(made)

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("no journal")

    monkeypatch.setattr("approvals.telling.record_all", broken)
    with pytest.raises(RuntimeError):
        asked(made, deal, made.chloe)
    assert not Advice.objects.exists()
