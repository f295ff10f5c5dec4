"""Precedents and look-backs over the API: read by everybody, done by the pages' actions, and nobody named."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.actions.outcome import win
from insights.actions.look_backs import plan_day
from insights.models import Citation, LookBack, Precedent
from insights.ticking import ask_due
from mandates.models import MandateVersion
from teams.models import Organisation
from tests.api.asking import Program, code_of
from tests.factories import MEMBER_PRICE, World, submitted
from tests.insights.test_precedents import asked, decided, published
from tests.insights.test_promoting import OFF_21, citing

pytestmark = pytest.mark.django_db
SAID = {"title": "Training below list", "difference": "They took two years of it."}
ANSWERS = {"fit": "narrow", "mandate_said": "Two years should earn more.", "again": "yes"}


def look_back(made: World) -> LookBack:
    deal = submitted(made, price=MEMBER_PRICE)
    win(deal=deal, by=made.bram, at=made.at, closed_on=made.today)
    ask_due(made.at)
    return LookBack.objects.get(deal=deal)


# --- precedents ---


def test_precedent_is_published_once_however_often_it_is_asked(made: World) -> None:
    case, ines = decided(made), Program(made.ines)
    path = f"cases/{case.pk}/precedent/"
    first, second = ines.post(path, SAID, key="k"), ines.post(path, SAID, key="k")
    assert (first.status_code, second.status_code) == (201, 201)
    one = Precedent.objects.get()
    assert first["Location"] == f"/api/v1/precedents/{one.pk}/"
    told = first.json()
    assert (told["case"], told["answer"], told["metrics"], told["citable"]) == (
        case.pk,
        "approved",
        ["line_discount"],
        True,
    )
    assert code_of(ines.post(path, SAID)) == (409, "published")
    assert code_of(Program(made.bram).post(path, SAID))[0] == 403
    assert code_of(Program(made.gilles).post(path, SAID))[0] == 404


def test_precedent_names_its_case_for_those_who_see_the_deal_alone(made: World) -> None:
    """Seen to fail: with the id of the case given to everybody."""
    one = published(made)
    for person, case in ((made.bram, one.case_id), (made.ines, one.case_id), (made.gilles, None), (made.tom, None)):
        answer = Program(person).get(f"precedents/{one.pk}/")
        assert answer.json()["case"] == case
        assert one.case.deal.reference not in answer.content.decode()


def test_precedents_are_found_by_words_limit_and_answer(made: World) -> None:
    one, tom = published(made), Program(made.tom)
    for query, found in (
        ("q=training&metric=line_discount&answer=approved", [one.pk]),
        ("q=nothing", []),
        ("answer=declined", []),
        ("metric=payment_days", []),
    ):
        assert [row["id"] for row in tom.get(f"precedents/?{query}").json()["results"]] == found, query
    assert Program(made.ines).post(f"precedents/{one.pk}/withdraw/", {"reason": "Old."}).json()["citable"] is False
    assert tom.get("precedents/").json()["results"] == []
    assert tom.get("precedents/?withdrawn=true").json()["results"][0]["withdrawn_why"] == "Old."


def test_precedent_is_cited_by_its_link_in_a_comment(made: World) -> None:
    one, bram = published(made), Program(made.bram)
    deal = asked(made)
    link = bram.get(f"precedents/{one.pk}/").json()["link"]
    assert bram.post(f"deals/{deal.reference}/comments/", {"text": f"As in {link}"}).status_code == 201
    assert Citation.objects.get().precedent == one
    assert bram.get(f"precedents/{one.pk}/").json()["cited_in_cases"] == 0  # said of the deal, in no case of it
    case = deal.cases.get()
    bram.post(f"deals/{deal.reference}/comments/", {"text": f"As in {link}", "case": case.pk})
    assert bram.get(f"precedents/{one.pk}/").json()["cited_in_cases"] == 1


def test_change_that_a_precedent_suggests_is_drafted_and_not_granted(made: World) -> None:
    Organisation.objects.update(citations_suggest=1)
    one, bram = published(made), Program(made.bram)
    assert code_of(bram.post(f"precedents/{one.pk}/draft/")) == (409, "not_suggested")
    citing(made, one, OFF_21)
    assert code_of(Program(made.bram, "deals", "read").post(f"precedents/{one.pk}/draft/"))[0] == 403
    answer = bram.post(f"precedents/{one.pk}/draft/")
    assert (answer.status_code, answer.json()["mandate"], answer.json()["version"]) == (201, "public-2026", 2)
    assert MandateVersion.objects.get(number=2, mandate__code="public-2026").state == "draft"


# --- look-backs ---


def test_look_back_is_answered_from_the_edition_read_and_names_nobody(made: World) -> None:
    """Seen to fail: with `answered_by` among the fields."""
    one, bram = look_back(made), Program(made.bram)
    waiting = bram.get("look-backs/?waiting=true").json()["results"]
    assert [row["id"] for row in waiting] == [one.pk]
    path = f"look-backs/{one.pk}/answer/"
    assert code_of(bram.post(path, ANSWERS)) == (428, "precondition_required")
    assert code_of(bram.post(path, ANSWERS, if_match='"7"')) == (412, "edition_changed")
    named: dict[str, Any] = ANSWERS | {"again_said": f"Ask {made.anke.name} first."}
    assert code_of(bram.post(path, named, if_match='"1"')) == (422, "names_person")
    answer = bram.post(path, ANSWERS, if_match='"1"')
    assert (answer.status_code, answer["ETag"], answer.json()["fit"]) == (200, '"2"', "narrow")
    for person in (made.gilles, made.bram, made.nora):
        text = Program(person).get("look-backs/?fit=narrow").content.decode()
        assert made.bram.name not in text and made.bram.email not in text and "answered_by" not in text
        assert len(json.loads(text)["results"]) == 1
    assert Program(made.gilles).get(f"look-backs/{one.pk}/").json()["deal"] is None
    assert code_of(Program(made.gilles).move(path, ANSWERS))[0] == 403


def test_look_back_that_nobody_answered_is_there_for_those_asked_alone(made: World) -> None:
    one = look_back(made)
    assert Program(made.bram).get(f"look-backs/{one.pk}/").status_code == 200
    assert Program(made.gilles).get(f"look-backs/{one.pk}/").status_code == 404
    assert Program(made.bram).get("look-backs/").json()["results"] == []


def test_day_to_look_back_on_is_set_and_seen_on_the_deal(made: World) -> None:
    deal = submitted(made, price=MEMBER_PRICE)
    path, body = f"deals/{deal.reference}/look-backs/", {"on": made.today.isoformat()}
    bram = Program(made.bram)
    answer = bram.post(path, body)
    assert (answer.status_code, answer.json()["cause"], answer.json()["due_on"]) == (201, "day", body["on"])
    assert [row["id"] for row in Program(made.els).get(path).json()["results"]] == [answer.json()["id"]]
    assert code_of(Program(made.els).post(path, body))[0] == 403
    assert code_of(bram.post(path, {"on": "2020-01-01"})) == (422, "day")
    plan_day(deal=deal, by=made.bram, at=made.at, on=made.today)
    ask_due(made.at)
    assert Program(made.els).get(path).json()["results"] == []


def test_lists_ask_the_database_no_more_for_more_rows(made: World) -> None:
    """Seen to fail: with the deal of each look-back looked up for itself."""
    counts = []
    for _round in range(3):
        one = look_back(made)
        Program(made.bram).post(f"look-backs/{one.pk}/answer/", ANSWERS, if_match='"1"')
        published(made)
        with CaptureQueriesContext(connection) as asked_for:
            program = Program(made.ines)
            program.get("look-backs/"), program.get("precedents/")
        counts.append(len(asked_for))
    assert counts[1] == counts[2]
