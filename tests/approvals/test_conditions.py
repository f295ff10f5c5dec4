"""A yes with conditions, dissent, and what votes said before they were changed."""

import json
from datetime import timedelta

import pytest

from approvals.actions.vote import Conditions, cast_vote
from approvals.models import Approval, Case, PastVote, Vote
from journal.models import Event
from journal.refusals import Invalid
from mandates.engine import check_approval
from tests.approvals.asking import case_of
from tests.approvals.countering import asked_of_desk
from tests.factories import World, revised, terms, vote

AT_LEAST = {"metric": "minimum_value", "bound": "3100"}


def conditioned(made: World, case: Case, conditions: Conditions, by: str = "ines") -> Case:
    """A yes with conditions."""
    return cast_vote(
        case=case, by=made.people[by], at=made.at, choice="conditions", reason="If so.", conditions=conditions
    )


def test_conditions_tighten_the_approval_and_the_revision_is_approved(made: World) -> None:
    deal = asked_of_desk(made)
    until = made.today + timedelta(days=7)
    conditioned(made, case_of(deal), Conditions([AT_LEAST], until))
    vote(made, case_of(deal), "joris")
    deal.refresh_from_db()
    document = json.loads(Approval.objects.get().document)
    assert check_approval(document) == []
    assert {"metric": "minimum_value", "bound": "3100", "currency": "EUR"} in document["limits"]
    assert (deal.state, deal.good_until, document["until"]) == ("approved", until, until.isoformat())
    revised(made, deal, terms(("TRAIN-1", "3", "850.00")))
    assert deal.state == "pending", "below the value that was a condition"


def test_conditions_of_everybody_who_said_yes_count(made: World) -> None:
    deal = asked_of_desk(made)
    conditioned(made, case_of(deal), Conditions([AT_LEAST]))
    conditioned(made, case_of(deal), Conditions([{"metric": "deal_margin", "bound": "60"}]), by="joris")
    bounds = {limit["metric"]: limit["bound"] for limit in json.loads(Approval.objects.get().document)["limits"]}
    assert (bounds["minimum_value"], bounds["deal_margin"]) == ("3100", "60")


def test_conditions_of_a_vote_that_was_changed_do_not_count(made: World) -> None:
    deal = asked_of_desk(made)
    conditioned(made, case_of(deal), Conditions([AT_LEAST]))
    vote(made, case_of(deal), "ines", "joris")
    bounds = {limit["metric"]: limit["bound"] for limit in json.loads(Approval.objects.get().document)["limits"]}
    assert bounds["minimum_value"] == "2880"
    past = PastVote.objects.get()
    assert (past.choice, json.loads(past.figures)) == ("conditions", [AT_LEAST])


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        (Conditions(), "no_figures"),
        (Conditions([{"metric": "line_discount", "product": "TRAIN-1", "bound": "13"}]), "not_met"),
        (Conditions([{"metric": "minimum_value", "bound": "2000"}]), "not_tighter"),
        (Conditions([{"metric": "payment_days", "bound": "30"}]), "not_tighter"),
        (Conditions([{"metric": "budget", "bound": "1"}]), "unknown_metric"),
    ],
)
def test_conditions_that_bind_nothing_or_are_not_met_are_refused(
    made: World, conditions: Conditions, code: str
) -> None:
    case = case_of(asked_of_desk(made))
    with pytest.raises(Invalid) as refusal:
        conditioned(made, case, conditions)
    assert refusal.value.code == code
    assert not Vote.objects.exists()


def test_conditions_with_another_choice_are_left_out(made: World) -> None:
    case = case_of(asked_of_desk(made))
    cast_vote(case=case, by=made.ines, at=made.at, choice="approve", reason="Yes.", conditions=Conditions([AT_LEAST]))
    assert Vote.objects.get().figures == ""


@pytest.mark.parametrize(("choices", "dissent"), [("aad", "karim"), ("dda", "karim"), ("aan", None)])
def test_dissent_is_recorded_with_the_result(made: World, choices: str, dissent: str | None) -> None:
    case = case_of(asked_of_desk(made))
    Case.objects.filter(pk=case.pk).update(quorum=3)
    names = {"a": "approve", "d": "decline", "n": "abstain"}
    for who, letter in zip(("karim", "ines", "joris"), choices[::-1], strict=True):
        vote(made, case, who, choice=names[letter])
    case.refresh_from_db()
    event = Event.objects.get(verb=f"case.{case.state}", subject_id=str(case.pk))
    assert json.loads(event.data)["dissent"] == ([] if dissent is None else [made.people[dissent].pk])


def test_vote_that_is_changed_keeps_what_it_said(made: World) -> None:
    case = case_of(asked_of_desk(made))
    for choice, reason in (("decline", "Too low."), ("abstain", "I know them."), ("approve", "All right.")):
        cast_vote(case=case, by=made.ines, at=made.at, choice=choice, reason=reason)
    assert Vote.objects.get().reason == "All right."
    assert list(PastVote.objects.order_by("id").values_list("choice", "reason")) == [
        ("decline", "Too low."),
        ("abstain", "I know them."),
    ]
