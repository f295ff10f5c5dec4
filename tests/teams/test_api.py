"""The API of teams, customers and people: tokens and their scopes, editions, repetition, and who may what."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from journal.models import Event
from teams import actions
from teams.models import ApiToken, Customer, CustomerTeam, User
from tests.factories import World, world

pytestmark = pytest.mark.django_db
FULL = ("read", "administer")


@pytest.fixture
def made() -> World:
    return world()


class Program:
    """A program that holds a token."""

    def __init__(self, user: User, *scopes: str, days: int = 30) -> None:
        self.made = actions.create_token(by=user, at=timezone.now(), name="p", scopes=scopes, days=days)
        self.client = Client(headers={"Authorization": f"Bearer {self.made.key}"})

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}")

    def send(self, method: str, path: str, body: Any, **headers: str) -> Any:
        return self.client.generic(
            method, f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers
        )


NEW = {"reference": "C-99", "name": "Nieuw", "segment": "public", "country": "be", "team": "public"}


def new(made: World) -> dict[str, str]:
    return NEW | {"contact": made.anke.email}


# --- tokens ---


def test_me_with_a_token_tells_its_owner_and_scopes(made: World) -> None:
    answer = Program(made.bram, "read").get("me/")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": made.bram.pk,
        "name": "Bram Wouters",
        "email": "bram@example.test",
        "roles": [],
        "teams": [{"team": "public", "role": "member"}],
        "committees": [],
        "scopes": ["read"],
    }


def test_me_with_a_session_tells_its_person(made: World) -> None:
    client = Client()
    client.force_login(made.nora)
    assert client.get("/api/v1/me/").json()["roles"] == ["mandate_administrator"]


@pytest.mark.parametrize("misuse", ["expired", "revoked", "owner_gone", "changed", "two_words", "none"])
def test_request_with_a_token_that_is_no_longer_good_is_refused(made: World, misuse: str) -> None:
    program = Program(made.ines, "read")
    key = program.made.key
    if misuse == "expired":
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif misuse == "revoked":
        actions.revoke_token(token=program.made.token, by=made.ines, at=timezone.now())
    elif misuse == "owner_gone":
        User.objects.filter(pk=made.ines.pk).update(is_active=False)
    elif misuse == "changed":
        key = key[:-1] + ("a" if key[-1] != "a" else "b")
    elif misuse == "two_words":
        key += " more"
    headers = {} if misuse == "none" else {"Authorization": f"Bearer {key}"}
    answer = Client(headers=headers).get("/api/v1/teams/")
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"
    assert answer["WWW-Authenticate"] == "Bearer"


def test_use_of_a_token_is_remembered_once_a_day(made: World, django_assert_num_queries: Any) -> None:
    program = Program(made.bram, "read")
    program.get("me/")
    token = ApiToken.objects.get()
    assert token.last_used_on is not None
    ApiToken.objects.update(last_used_on=token.last_used_on)
    writes = Event.objects.count()
    program.get("me/")
    assert ApiToken.objects.get().last_used_on == token.last_used_on
    assert Event.objects.count() == writes


SCOPES = [
    # scopes, method, path, allowed
    (("read",), "GET", "customers/", True),
    (("read",), "POST", "customers/", False),
    (("read",), "PATCH", "customers/C-17/", False),
    (("read",), "POST", "customers/C-17/hand-over/", False),
    (("evaluate",), "GET", "customers/", False),
    (("deals",), "GET", "teams/", False),
    (("deals",), "POST", "customers/", False),
    (("administer",), "GET", "customers/", True),
    (("administer",), "POST", "customers/", True),
    (("administer",), "PATCH", "customers/C-17/", True),
    (("administer",), "GET", "teams/", True),
    (("administer",), "GET", "users/", False),
    (("read",), "POST", "teams/retail/merge/", False),
]


@pytest.mark.parametrize(("scopes", "method", "path", "is_allowed"), SCOPES)
def test_request_with_scopes_is_let_in_as_the_table_says(
    made: World, scopes: tuple[str, ...], method: str, path: str, is_allowed: bool
) -> None:
    answer = Program(made.nora, *scopes).send(method, path, {})
    assert (answer.status_code != 403) is is_allowed


def test_token_of_a_member_with_every_scope_may_no_more_than_the_member(made: World) -> None:
    program = Program(made.bram, "read", "evaluate", "deals", "administer")
    answer = program.send("POST", "customers/", new(made))
    assert answer.status_code == 403
    assert answer.json()["code"] == "not_allowed_role_missing"
    assert not Customer.objects.filter(reference="C-99").exists()


# --- reading ---


def test_teams_read_shows_who_is_in_them_today(made: World, django_assert_max_num_queries: Any) -> None:
    program = Program(made.bram, "read")
    with django_assert_max_num_queries(12):
        answer = program.get("teams/")
    teams = {team["code"]: team for team in answer.json()["results"]}
    assert {member["user"]["name"] for member in teams["retail"]["members"]} == {"Sofie Goossens", "Tom Willems"}
    assert program.get("teams/retail/")["ETag"] == '"1"'
    assert program.get("teams/nowhere/").status_code == 404


@pytest.mark.parametrize(
    ("query", "references"),
    [
        ("", {"C-17", "C-18", "C-31", "C-32", "C-51"}),
        ("?q=water", {"C-18"}),
        ("?team=industry", {"C-31", "C-32"}),
        ("?segment=public", {"C-17", "C-18"}),
    ],
)
def test_customers_read_with_filters_shows_who_matches(made: World, query: str, references: set[str]) -> None:
    answer = Program(made.bram, "read").get(f"customers/{query}")
    assert {row["reference"] for row in answer.json()["results"]} == references


def test_customers_read_in_pages_shows_each_once(made: World) -> None:
    program, seen = Program(made.bram, "read"), []
    path = "customers/?page_size=2"
    while path:
        document = program.get(path).json()
        seen += [row["reference"] for row in document["results"]]
        path = (document["next"] or "").partition("/api/v1/")[2]
    assert sorted(seen) == ["C-17", "C-18", "C-31", "C-32", "C-51"]


def test_users_read_shows_no_rights_and_no_secrets(made: World) -> None:
    answer = Program(made.bram, "read").get("users/?email=ANKE@example.test")
    assert answer.json()["results"] == [
        {"id": made.anke.pk, "name": "Anke Claes", "email": "anke@example.test", "is_active": True}
    ]


# --- customers ---


def test_create_customer_sent_twice_with_one_key_is_made_once(made: World) -> None:
    program = Program(made.nora, *FULL)
    first = program.send("POST", "customers/", new(made), **{"Idempotency-Key": "k1"})
    second = program.send("POST", "customers/", new(made), **{"Idempotency-Key": "k1"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert first["Location"] == "/api/v1/customers/C-99/"
    assert first.json()["place"]["contact"]["name"] == "Anke Claes"
    assert first.json()["country"] == "BE"
    assert Event.objects.filter(verb="customer.created").count() == 1
    other = program.send("POST", "customers/", new(made) | {"name": "Other"}, **{"Idempotency-Key": "k1"})
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"reference": "C-17"}, "reference"),
        ({"reference": "a/b"}, "reference"),
        ({"name": ""}, "name"),
        ({"country": "Belgium"}, "country"),
        ({"team": "none"}, "team"),
        ({"contact": "femke@example.test"}, "contact"),
        ({"contact": None}, "contact"),
        ({"name": 5, "segment": {"a": 1}}, "segment"),
    ],
)
def test_create_customer_with_unusable_values_names_the_field(made: World, values: dict[str, Any], path: str) -> None:
    answer = Program(made.nora, *FULL).send("POST", "customers/", new(made) | values)
    assert answer.status_code == 422
    assert answer.json()["path"] == path
    assert answer["Content-Type"] == "application/problem+json"
    assert not Customer.objects.filter(reference="C-99").exists()


def test_change_customer_with_the_edition_read_changes_only_what_is_offered(made: World) -> None:
    program = Program(made.nora, *FULL)
    tag = program.get("customers/C-17/")["ETag"]
    before = Customer.objects.values().get(reference="C-17")
    everything = {"id": 9, "reference": "STOLEN", "edition": 99, "segment": "care", "place": None}
    refused = program.send("PATCH", "customers/C-17/", everything, **{"If-Match": tag})
    assert refused.status_code == 422
    assert {error["path"] for error in refused.json()["errors"]} == {"id", "reference", "edition", "place"}
    assert Customer.objects.values().get(reference="C-17") == before
    answer = program.send("PATCH", "customers/C-17/", {"segment": "care"}, **{"If-Match": tag})
    assert answer.status_code == 200
    assert answer["ETag"] == '"2"'
    after = Customer.objects.values().get(pk=before["id"])
    assert {name for name in before if before[name] != after[name]} == {"segment", "edition"}


@pytest.mark.parametrize(("tag", "status"), [("", 428), ('"0"', 412), ('W/"1"', 412), ('"1"', 200), ("*", 200)])
def test_change_customer_with_an_edition_is_answered_by_it(made: World, tag: str, status: int) -> None:
    headers = {"If-Match": tag} if tag else {}
    answer = Program(made.nora, *FULL).send("PATCH", "customers/C-17/", {"name": "N"}, **headers)
    assert answer.status_code == status
    assert Customer.objects.get(reference="C-17").edition == (2 if status == 200 else 1)


def test_hand_over_by_the_contact_passes_the_baton(made: World) -> None:
    program = Program(made.bram, *FULL)
    answer = program.send("POST", "customers/C-17/hand-over/", {"contact": "chloe@example.test", "note": "n"})
    assert answer.json()["place"]["contact"]["name"] == made.chloe.name
    again = program.send("POST", "customers/C-17/hand-over/", {"contact": "anke@example.test"})
    assert again.status_code == 403


def test_assign_by_an_administrator_moves_the_customer(made: World) -> None:
    body = {"team": "industry", "contact": "femke@example.test"}
    assert Program(made.nora, *FULL).send("POST", "customers/C-17/assign/", body).status_code == 200
    assert CustomerTeam.objects.get(customer__reference="C-17", ended_on=None).team == made.teams["industry"]
    assert Program(made.noud, *FULL).send("POST", "customers/C-17/assign/", body).status_code == 409


@pytest.mark.parametrize("path", ["teams/", "customers/", "users/", "me/"])
def test_delete_of_anything_is_not_offered(made: World, path: str) -> None:
    assert Program(made.nora, *FULL).send("DELETE", path, {}).status_code in {403, 405}
