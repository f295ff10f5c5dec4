"""The API of deals: what each operation answers, and to whom."""

from typing import Any

import pytest
from django.test import Client

from approvals.models import Deal, DealEditor, Decision
from journal.models import Event
from tests.api.asking import ROOT, Program, body, code_of
from tests.factories import (
    COMMITTEE_PRICE,
    FORBIDDEN_PRICE,
    MEMBER_PRICE,
    PASSWORD,
    TEAM_PRICE,
    World,
    draft,
    submitted,
)

pytestmark = pytest.mark.django_db


# --- make and read ---


def test_create_by_a_member_answers_with_the_deal_and_its_address(made: World) -> None:
    answer = Program(made.bram).post("deals/", body(why="A tender."))
    document = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == f"{ROOT}deals/{document['reference']}/"
    assert answer["ETag"] == '"1"'
    assert document["state"] == "draft"
    assert document["team"] == "public"
    assert document["contact"]["name"] == "Bram Wouters"
    assert document["draft"] == {
        "term_months": 24,
        "payment_days": 30,
        "why": "A tender.",
        "lines": [{"product": "SW-24P", "quantity": "4.0000", "unit_price": "1116.0000"}],
    }
    assert document["moves"] == ["copy", "edit", "submit", "withdraw"]
    assert Event.objects.filter(verb="deal.drafted", subject_id=document["reference"]).count() == 1


def test_create_by_a_stranger_to_the_team_is_refused(made: World) -> None:
    for user in (made.femke, made.els, made.ines, made.petra, made.nora):
        assert Program(user).post("deals/", body()).status_code == 403
    operator = Client()
    operator.force_login(made.quinten)
    assert operator.post(ROOT + "deals/", body(), content_type="application/json").status_code == 403
    assert not Deal.objects.exists()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"customer": "C-99"}, "customer"),
    ({"currency": "ABC"}, "currency"),
    ({"kind": "other"}, "kind"),
    ({"term_months": "24"}, "term_months"),
    ({"term_months": -1}, "term_months"),
    ({"lines": [{"product": "SW-24P", "quantity": "4", "unit_price": 1044.5}]}, "lines[0].unit_price"),
    ({"lines": [{"product": "SW-24P", "quantity": "0", "unit_price": "1"}]}, "lines[0].quantity"),
    ({"lines": [{"product": "SW-24P", "quantity": "1", "unit_price": "1.00001"}]}, "lines[0].unit_price"),
    ({"lines": [{"product": "SW-24P", "quantity": "1", "unit_price": "1", "discount": "5"}]}, "lines[0].discount"),
    ({"lines": [{"product": "SW-24P", "quantity": "1"}]}, "lines[0].unit_price"),
    ({"lines": "SW-24P"}, "lines"),
    ({"colour": "red"}, "colour"),
]


@pytest.mark.parametrize(("change", "path"), WRONG, ids=lambda value: str(value)[:40])
def test_create_with_something_wrong_names_its_place(made: World, change: dict[str, Any], path: str) -> None:
    answer = Program(made.bram).post("deals/", body(**change))
    assert answer.status_code == 422
    assert path in [error["path"] for error in answer.json()["errors"]]
    assert not Deal.objects.exists()


def test_list_shows_what_the_reader_may_see_and_filters_it(made: World) -> None:
    mine, theirs = submitted(made), draft(made, by="femke", customer="C-31")
    assert references(Program(made.bram).get("deals/")) == [mine.reference]
    assert references(Program(made.femke).get("deals/")) == [theirs.reference]
    assert references(Program(made.petra).get("deals/")) == [theirs.reference, mine.reference]
    operator = Client()
    operator.force_login(made.quinten)
    assert references(operator.get(ROOT + "deals/")) == []
    assert references(Program(made.petra).get("deals/?state=approved")) == [mine.reference]
    assert references(Program(made.petra).get("deals/?team=industry")) == [theirs.reference]
    assert references(Program(made.bram).get("deals/?contact=me&q=hoogveld")) == [mine.reference]


def references(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [deal["reference"] for deal in answer.json()["results"]]


def test_list_goes_on_by_cursor_without_skipping(made: World) -> None:
    program = Program(made.bram)
    wanted = [draft(made).reference for _ in range(5)][::-1]
    found, path = [], "deals/?page_size=2"
    while path:
        document = program.get(path).json()
        found += [deal["reference"] for deal in document["results"]]
        path = (document["next"] or "").partition(ROOT)[2]
    assert found == wanted
    assert code_of(program.get("deals/?cursor=cD1hYmM%3D")) == (404, "not_found")


def test_list_asks_a_constant_number_of_queries(made: World, django_assert_max_num_queries: Any) -> None:
    program = Program(made.bram)
    for _ in range(6):
        draft(made)
    program.get("deals/")
    with django_assert_max_num_queries(8):
        program.get("deals/")


def test_foreign_deals_and_what_belongs_to_them_are_not_there(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    decision = Decision.objects.get()
    parts = ("", "revisions/", "revisions/1/", "decisions/", "consents/", "approvals/", "timeline/", "attachments/")
    program = Program(made.femke)
    for part in parts:
        assert code_of(program.get(f"deals/{deal.reference}/{part}")) == (404, "not_found"), part
    assert program.get(f"decisions/{decision.pk}/").status_code == 404
    for move in ("submit", "withdraw", "won", "lost", "reopen", "copy", "support", "objections/escalate"):
        assert program.move(f"deals/{deal.reference}/{move}/").status_code == 404, move
    assert program.send("PATCH", f"deals/{deal.reference}/", {}, if_match="*").status_code == 404


# --- change ---


def test_change_in_part_keeps_the_rest_and_counts_the_edition(made: World) -> None:
    deal = draft(made)
    answer = Program(made.chloe).send("PATCH", f"deals/{deal.reference}/", {"term_months": 36}, if_match='"1"')
    assert answer.status_code == 200
    assert answer["ETag"] == '"2"'
    assert answer.json()["draft"]["term_months"] == 36
    assert len(answer.json()["draft"]["lines"]) == 1
    assert DealEditor.objects.filter(deal=deal, user=made.chloe).exists()


def test_change_of_a_line_without_its_price_is_refused(made: World) -> None:
    deal = draft(made)
    sent = {"lines": [{"product": "SW-24P", "quantity": "1"}]}
    answer = Program(made.bram).send("PATCH", f"deals/{deal.reference}/", sent, if_match="*")
    assert answer.json()["path"] == "lines[0].unit_price"


def test_replace_moves_a_draft_to_another_customer_until_it_is_submitted(made: World) -> None:
    deal, program = draft(made), Program(made.bram)
    path = f"deals/{deal.reference}/"
    assert program.send("PUT", path, body(customer="C-18"), if_match="*").json()["customer"]["reference"] == "C-18"
    assert program.move(path + "submit/").status_code == 201
    refused = program.send("PUT", path, body(customer="C-17"), if_match="*")
    assert code_of(refused) == (409, "header_fixed")


def test_change_needs_the_edition_that_was_read(made: World) -> None:
    deal, program = draft(made), Program(made.bram)
    path = f"deals/{deal.reference}/"
    assert code_of(program.send("PATCH", path, {"term_months": 6})) == (428, "precondition_required")
    assert code_of(program.send("PATCH", path, {"term_months": 6}, if_match='"7"')) == (412, "edition_changed")
    assert code_of(program.send("PATCH", path, {"term_months": 6}, if_match='W/"1"')) == (412, "edition_changed")
    for move in ("submit", "withdraw", "won", "lost", "reopen"):
        assert code_of(program.post(f"{path}{move}/")) == (428, "precondition_required")
        assert code_of(program.post(f"{path}{move}/", if_match='"7"')) == (412, "edition_changed")
    deal.refresh_from_db()
    assert deal.edition == 1


def test_change_that_lost_a_race_says_412(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen to fail with `unless_changed` taken out of the view: 409."""
    deal, program = draft(made), Program(made.bram)
    seen = deal.edition
    Deal.objects.filter(pk=deal.pk).update(edition=seen + 1)
    monkeypatch.setattr("approvals.api.deals.edition_read", lambda request, deal: seen)
    answer = program.send("PATCH", f"deals/{deal.reference}/", {"term_months": 6}, if_match=f'"{seen}"')
    assert code_of(answer) == (412, "edition_changed")


EVERY_FIELD = {
    "id": 99,
    "reference": "D-1",
    "team": "industry",
    "contact": 1,
    "state": "approved",
    "draft": "{}",
    "edition": 40,
    "created_by": 1,
    "created_at": "2020-01-01T00:00:00Z",
    "submitted_at": "2020-01-01T00:00:00Z",
    "answered_at": "2020-01-01T00:00:00Z",
    "good_until": "2030-01-01",
    "closed_on": "2020-01-01",
    "result_by": 1,
    "result_why": "x",
    "reopened_count": 9,
    "latest": 1,
    "imported": True,
}


def test_fields_of_the_model_are_all_accounted_for() -> None:
    taken = {"customer", "kind", "channel", "currency"}
    assert {field.name for field in Deal._meta.fields} == set(EVERY_FIELD) | taken


@pytest.mark.parametrize("name", sorted(EVERY_FIELD))
def test_create_and_change_with_a_field_of_the_model_are_refused(made: World, name: str) -> None:
    program, deal = Program(made.bram), draft(made)
    before = list(Deal.objects.values())
    for answer in (
        program.post("deals/", body(**{name: EVERY_FIELD[name]})),
        program.send("PATCH", f"deals/{deal.reference}/", {name: EVERY_FIELD[name]}, if_match="*"),
        program.send("PUT", f"deals/{deal.reference}/", body(**{name: EVERY_FIELD[name]}), if_match="*"),
        program.move(f"deals/{deal.reference}/submit/", {name: EVERY_FIELD[name]}),
        program.move(f"deals/{deal.reference}/withdraw/", {name: EVERY_FIELD[name]}),
    ):
        assert answer.status_code == 422
        assert [(error["path"], error["code"]) for error in answer.json()["errors"]] == [(name, "unknown_field")]
    assert list(Deal.objects.values()) == before


# --- moves ---


@pytest.mark.parametrize(
    ("price", "outcome", "state"),
    [
        (MEMBER_PRICE, "member", "approved"),
        (TEAM_PRICE, "team", "pending"),
        (COMMITTEE_PRICE, "committee", "pending"),
        (FORBIDDEN_PRICE, "outside_charter", "refused"),
    ],
)
def test_submit_answers_at_once(made: World, price: str, outcome: str, state: str) -> None:
    deal = draft(made, price=price)
    answer = Program(made.bram).post(f"deals/{deal.reference}/submit/", if_match='"1"')
    document = answer.json()
    assert answer.status_code == 201
    assert document["decision"]["outcome"] == outcome
    assert document["deal"]["state"] == state
    assert answer["ETag"] == f'"{document["deal"]["edition"]}"'
    assert answer["Location"] == f"{ROOT}decisions/{document['decision']['id']}/"


def test_submit_without_lines_is_refused_with_its_path(made: World) -> None:
    program = Program(made.bram)
    reference = program.post("deals/", body(lines=[])).json()["reference"]
    answer = program.move(f"deals/{reference}/submit/")
    assert code_of(answer) == (422, "no_lines")
    assert answer.json()["path"] == "lines"


def test_result_is_entered_and_reopened_by_a_second_person(made: World) -> None:
    deal, bram, chloe = submitted(made), Program(made.bram), Program(made.chloe)
    path = f"deals/{deal.reference}/"
    assert bram.move(path + "won/", {"closed_on": "2026-11-23"}).json()["state"] == "won"
    assert code_of(bram.move(path + "reopen/", {"reason": "Mistake."})) == (403, "not_allowed_own_result")
    assert chloe.move(path + "reopen/", {"reason": "Mistake."}).json()["state"] == "approved"
    assert bram.move(path + "lost/", {"closed_on": "2026-11-23", "why": "Price."}).json()["result_why"] == "Price."
    assert code_of(bram.move(path + "withdraw/", {"reason": "No."})) == (409, "illegal_move")
    assert bram.move(path + "won/", {"closed_on": "someday"}).json()["path"] == "closed_on"


def test_withdraw_and_copy(made: World) -> None:
    deal, program = submitted(made, price=TEAM_PRICE), Program(made.bram)
    path = f"deals/{deal.reference}/"
    assert program.move(path + "withdraw/", {"reason": "Postponed."}).json()["state"] == "withdrawn"
    copied = program.post(path + "copy/")
    assert copied.status_code == 201
    assert copied.json()["reference"] != deal.reference
    assert copied.json()["state"] == "draft"


def test_coach_and_committee_read_and_change_nothing(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    path = f"deals/{deal.reference}/"
    for user in (made.els, made.ines, made.petra):
        program = Program(user)
        assert program.get(path).json()["moves"] == []
        assert program.send("PATCH", path, {"term_months": 6}, if_match="*").status_code == 403
        assert program.move(path + "submit/").status_code == 403
        assert program.move(path + "withdraw/").status_code == 403
        assert program.post(path + "copy/").status_code == 403


# --- who is there ---


def test_session_needs_its_csrf_token_and_a_token_does_not(made: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.login(email=made.bram.email, password=PASSWORD)
    assert browser.get(ROOT + "deals/").status_code == 200
    refused = browser.post(ROOT + "deals/", body(), content_type="application/json")
    assert code_of(refused) == (403, "not_allowed")
    assert Program(made.bram).post("deals/", body()).status_code == 201


def test_nobody_signed_in_gets_401_everywhere(made: World) -> None:
    deal = draft(made)
    for path in ("deals/", f"deals/{deal.reference}/", "cases/", "decisions/1/", "schema/"):
        answer = Client().get(ROOT + path)
        assert code_of(answer) == (401, "not_signed_in"), path
        assert answer["WWW-Authenticate"] == "Bearer"
    assert Client().post(ROOT + "evaluate/", body(), content_type="application/json").status_code == 401


def test_token_does_only_what_its_scopes_say(made: World) -> None:
    deal = draft(made)
    path = f"deals/{deal.reference}/"
    reader, asker, writer = (Program(made.bram, scope) for scope in ("read", "evaluate", "deals"))
    assert reader.get(path).status_code == writer.get(path).status_code == 200
    assert asker.get(path).status_code == 403
    for program in (reader, asker):
        assert program.post("deals/", body()).status_code == 403
        assert program.move(path + "submit/").status_code == 403
    assert reader.post("evaluate/", body()).status_code == writer.post("evaluate/", body()).status_code == 403
    assert asker.post("evaluate/", body()).status_code == 200
    assert writer.move(path + "submit/").status_code == 201


def test_votes_consents_and_grants_have_no_address(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    case = deal.cases.get(committee__code="deal-desk")
    ines = Program(made.ines)
    assert ines.get(f"cases/{case.pk}/").status_code == 200
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert code_of(ines.send(method, f"cases/{case.pk}/", {"choice": "approve"})) == (405, "method_not_allowed")
    for path in (f"cases/{case.pk}/vote/", f"deals/{deal.reference}/consent/", "mandates/public-2026/grant/"):
        assert ines.post(path, {"choice": "approve"}).status_code == 404
    assert Program(made.chloe).post(f"deals/{deal.reference}/consents/").status_code == 405
    case.refresh_from_db()
    assert case.state == "open"
    assert not case.votes.exists()
