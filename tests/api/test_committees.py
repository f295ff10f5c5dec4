"""Committees, their changes and rota, absences, competences and merging over the API: the pages' actions, no votes."""

from typing import Any

import pytest

from teams.models import CommitteeChange, Competence, DutyTurn, Substitution, Team
from tests.api.asking import Program, code_of
from tests.factories import World

pytestmark = pytest.mark.django_db
DESK = "committees/deal-desk/"
LATER = "2026-11-30"


def test_committee_is_read_with_its_seats_and_etag(made: World) -> None:
    answer = Program(made.bram).get(DESK)
    assert answer["ETag"] == '"1"'
    told = answer.json()
    assert next((one["user"]["name"], one["is_chair"]) for one in told["seats"]) == ("Ines Martens", True)
    assert told["calendar"] is None


def test_committee_is_made_once_however_often_it_is_asked(made: World) -> None:
    body = {"code": "board", "name": "Board", "rule": "number", "approvals_needed": 2, "quorum": 2}
    nora = Program(made.nora)
    first, second = nora.post("committees/", body, key="k"), nora.post("committees/", body, key="k")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second["Idempotency-Replayed"] == "true"
    assert code_of(nora.post("committees/", body)) == (422, "code_taken")


def test_change_is_proposed_from_the_edition_read_and_confirmed_nowhere_here(made: World) -> None:
    nora, olivier = Program(made.nora), Program(made.olivier)
    body = {"kind": "rule", "facts": {"quorum": 3}, "reason": "Three of us."}
    assert code_of(nora.post(f"{DESK}changes/", body)) == (428, "precondition_required")
    assert code_of(nora.post(f"{DESK}changes/", body, if_match='"7"')) == (412, "edition_changed")
    made_one = nora.post(f"{DESK}changes/", body, if_match='"1"')
    assert made_one.status_code == 201
    told = made_one.json()
    assert (told["state"], told["facts"]["quorum"], told["seat"]) == ("proposed", 3, None)
    pk = told["id"]
    for word in ("confirm", "decline"):
        assert olivier.post(f"{DESK}changes/{pk}/{word}/").status_code == 404
    assert nora.post(f"{DESK}changes/{pk}/take-back/").json()["state"] == "taken_back"
    assert CommitteeChange.objects.get().state == "taken_back"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"kind": "rule"}, "facts"),
        ({"kind": "seat"}, "user"),
        ({"kind": "seat", "user": "chloe@example.test", "seat": 1}, "seat"),
        ({"kind": "chair", "facts": {}}, "seat"),
        ({"kind": "rule", "facts": {"quorums": 2}}, "facts.quorums"),
    ],
)
def test_change_that_says_too_little_or_too_much_is_refused_at_its_field(
    made: World, body: dict[str, Any], path: str
) -> None:
    answer = Program(made.nora).move(f"{DESK}changes/", body)
    assert answer.status_code == 422
    assert path in [one["path"] for one in answer.json()["errors"]]


def test_rota_is_planned_listed_and_ended_by_the_chair(made: World) -> None:
    ines = Program(made.ines)
    turn = ines.post(f"{DESK}rota/", {"user": "karim@example.test", "first_on": LATER, "last_on": LATER})
    assert (turn.status_code, turn.json()["last_on"]) == (201, LATER)
    weeks = ines.post(f"{DESK}rota/rounds/", {"first_on": "2026-12-07"})
    assert len(weeks.json()) == 3
    assert len(ines.get(f"{DESK}rota/").json()["results"]) == 4
    again = ines.post(f"{DESK}rota/", {"user": "karim@example.test", "first_on": LATER})
    assert code_of(again) == (409, "duty_overlaps")
    assert ines.post(f"{DESK}rota/{turn.json()['id']}/end/").status_code == 200
    assert DutyTurn.objects.count() == 4
    assert len(ines.get(f"{DESK}rota/").json()["results"]) == 3


def test_substitute_named_by_a_program_waits_even_where_the_chair_names(made: World) -> None:
    """A token gives nobody a vote: seen to fail with `confirms=False` taken out of the views."""
    ines = Program(made.ines)
    body = {"committee": "deal-desk", "member": "karim@example.test", "substitute": "lien@example.test"}
    named = ines.post("substitutes/", body | {"first_on": LATER})
    assert (named.status_code, named.json()["confirmed_at"]) == (201, None)
    away = {"user": "joris@example.test", "first_on": LATER, "last_on": LATER}
    away["substitutes"] = [{"committee": "deal-desk", "substitute": "hanne@example.test"}]  # type: ignore[assignment]
    made_one = ines.post("absences/", away)
    assert (made_one.status_code, made_one.json()["last_on"]) == (201, LATER)
    assert not Substitution.objects.exclude(confirmed_at=None).exists()
    assert len(ines.get("absences/?committee=deal-desk").json()["results"]) == 1
    assert ines.get("absences/").json()["results"] == []
    assert len(Program(made.lien).get("substitutes/").json()["results"]) == 1
    pk = named.json()["id"]
    assert ines.post(f"substitutes/{pk}/confirm/").status_code == 404
    assert ines.post(f"substitutes/{pk}/end/").status_code == 200
    assert ines.post(f"absences/{made_one.json()['id']}/end/").status_code == 200


def test_competence_is_declared_found_and_dropped(made: World) -> None:
    bram = Program(made.bram)
    known = bram.post("competences/", {"kind": "topic", "name": "Tenders"})
    assert known.status_code == 201
    unknown = bram.post("competences/", {"kind": "family", "name": "no/such"})
    assert unknown.json()["errors"][0]["code"] == "unknown_competence"
    assert [one["user"]["id"] for one in Program(made.tom).get("competences/?q=tend").json()["results"]] == [
        made.bram.pk
    ]
    assert Program(made.tom).get("competences/?user=x").json()["results"] == []
    assert bram.send("DELETE", f"competences/{known.json()['id']}/").status_code == 204
    assert not Competence.objects.exists()


def test_teams_are_merged_from_the_edition_read(made: World) -> None:
    nora = Program(made.nora)
    assert code_of(nora.post("teams/retail/merge/", {"into": "industry"})) == (428, "precondition_required")
    answer = nora.post("teams/retail/merge/", {"into": "industry"}, if_match=nora.get("teams/retail/")["ETag"])
    assert (answer.status_code, answer.json()["code"]) == (200, "industry")
    assert not Team.objects.get(code="retail").is_active
