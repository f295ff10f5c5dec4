"""The forms of this app's pages: what they change, what they refuse, and two editions that meet."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from journal.models import Event
from teams import actions
from teams.models import (
    CommitteeSeat,
    Customer,
    CustomerTeam,
    Invitation,
    Organisation,
    OrganisationRole,
    Team,
    User,
)
from tests.factories import World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> World:
    return world()


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- forms: sent, refused, stale ---


def facts_of(form_html: bytes) -> str:
    found = re.search(rb'name="edition" value="(\d+)"', form_html)
    assert found
    return found[1].decode()


def test_edit_customer_sent_changes_it_and_only_it(made: World) -> None:
    client = as_(made.nora)
    edition = facts_of(client.get("/customers/C-17/edit/").content)
    everything = {
        "edition": edition,
        "name": "Hoogveld",
        "segment": "care",
        "country": "nl",
        "is_active": "on",
        "id": "999",
        "reference": "STOLEN",
    }
    response = client.post("/customers/C-17/edit/", everything)
    assert (response.status_code, response["Location"]) == (302, "/customers/C-17/")
    row = Customer.objects.get(reference="C-17")
    assert (row.name, row.segment, row.country, row.edition) == ("Hoogveld", "care", "NL", 2)
    assert row.pk == made.customers["C-17"].pk


def test_edit_customer_of_a_stale_edition_shows_both_and_saves_knowingly(made: World) -> None:
    client = as_(made.nora)
    mine = {"edition": "1", "name": "Mine", "segment": "public", "country": "BE", "is_active": "on"}
    Customer.objects.filter(reference="C-17").update(name="Theirs", edition=2)
    response = client.post("/customers/C-17/edit/", mine)
    assert response.status_code == 409
    rows = {row["label"]: row for row in response.context["stale"]}
    assert (rows["Name"]["before"], rows["Name"]["after"]) == ("Theirs", "Mine")
    assert (rows["Country"]["kind"], rows["Name"]["kind"]) == ("same", "conflict")
    assert b'value="Mine"' in response.content
    assert Customer.objects.get(reference="C-17").name == "Theirs"
    again = client.post("/customers/C-17/edit/", mine | {"edition": facts_of(response.content)})
    assert again.status_code == 302
    assert Customer.objects.get(reference="C-17").name == "Mine"


def test_edit_customer_that_two_changed_in_different_fields_merges_them(made: World) -> None:
    """Seen to fail with a form that keeps what it showed of the field that only the other one changed."""
    client = as_(made.nora)
    page = client.get("/customers/C-17/edit/").content.decode()
    base = re.search(r'name="base" value="([^"]*)"', page)
    assert base
    mine = {"edition": "1", "base": unescape(base[1]), "name": "Gemeente Hoogveld", "segment": "care", "country": "BE"}
    Customer.objects.filter(reference="C-17").update(name="Theirs", edition=2)
    response = client.post("/customers/C-17/edit/", mine | {"is_active": "on"})
    assert response.status_code == 409
    rows = {row["label"]: row for row in response.context["stale"]}
    assert [rows["Name"][side] for side in ("base", "before", "after")] == [
        "Gemeente Hoogveld",
        "Theirs",
        "Gemeente Hoogveld",
    ]
    kinds = {label: row["kind"] for label, row in rows.items() if row["kind"] != "same"}
    assert kinds == {"Name": "theirs", "Segment": "mine"}
    form = response.context["form"]
    assert (form["name"].value(), form["segment"].value(), form["edition"].value()) == ("Theirs", "care", 2)


def test_new_customer_with_errors_keeps_what_was_entered(made: World) -> None:
    sent = {"reference": "C-17", "name": "Nieuw & Co", "country": "BE", "team": made.teams["public"].pk}
    response = as_(made.nora).post("/customers/new/", sent)
    assert response.status_code == 422
    assert b"Nieuw &amp; Co" in response.content
    assert b'href="#id_contact"' in response.content
    response = as_(made.nora).post("/customers/new/", sent | {"contact": made.anke.pk})
    assert response.status_code == 422
    assert response.context["form"].has_error("reference", "reference_taken")


def test_new_customer_sent_is_created_with_its_contact(made: World) -> None:
    sent = {"reference": "C-99", "name": "N", "team": made.teams["public"].pk, "contact": made.anke.pk}
    response = as_(made.nora).post("/customers/new/", sent)
    assert response["Location"] == "/customers/C-99/"
    assert CustomerTeam.objects.get(customer__reference="C-99").contact == made.anke


def test_form_sent_empty_is_refused_with_its_errors(made: World) -> None:
    assert as_(made.nora).post("/settings/teams/new/", {}).status_code == 422


def test_profile_posting_every_field_changes_only_what_is_offered(made: World) -> None:
    client = as_(made.bram)
    before = User.objects.values().get(pk=made.bram.pk)
    everything = {field.name: "1" for field in User._meta.fields} | {
        "name": "Bram W.",
        "language": "nl",
        "time_zone": "Europe/Amsterdam",
        "edition": "1",
        "email": "boss@example.test",
    }
    assert client.post("/settings/profile/", everything).status_code == 302
    after = User.objects.values().get(pk=made.bram.pk)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"name", "language", "time_zone", "edition"}
    assert after["edition"] == 2


MASS: list[tuple[str, type[Any], dict[str, Any], set[str]]] = [
    (
        "/settings/teams/public/edit/",
        Team,
        {"name": "X", "group": "G", "cost_sight": "nobody", "is_active": "on", "edition": "1"},
        {"name", "group", "cost_sight", "cost_rating", "edition"},
    ),
]


@pytest.mark.parametrize(("path", "model", "values", "allowed"), MASS)
def test_edit_posting_every_field_of_the_row_changes_only_what_is_offered(
    made: World, path: str, model: type[Any], values: dict[str, Any], allowed: set[str]
) -> None:
    def rows() -> dict[int, dict[str, Any]]:
        return {row["id"]: row for row in model.objects.values()}

    before = rows()
    everything = {field.name: "77" for field in model._meta.fields} | values
    assert as_(made.nora).post(path, everything).status_code == 302
    after = rows()
    assert set(before) == set(after)
    changed = {name for pk in before for name in before[pk] if before[pk][name] != after[pk][name]}
    assert changed == allowed


def test_organisation_sent_changes_it_and_takes_a_decimal_comma(made: World) -> None:
    client = as_(made.nora)
    page = client.get("/settings/organisation/")
    sent = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    sent |= {
        "tolerance": "1,5",
        "consent_days": "3",
        "id": "2",
    }
    assert client.post("/settings/organisation/", sent).status_code == 302
    row = Organisation.objects.get()
    assert (row.pk, row.tolerance, row.consent_days) == (1, 15_000, 3)
    assert b'value="1.5"' in client.get("/settings/organisation/").content


@pytest.mark.parametrize("text", ["", "much", "-1", "101", "1.00001", "NaN", "Infinity"])
def test_organisation_with_a_tolerance_that_is_no_percentage_is_refused(made: World, text: str) -> None:
    client = as_(made.nora)
    form = client.get("/settings/organisation/").context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"tolerance": text}
    response = client.post("/settings/organisation/", sent)
    assert response.status_code == 422
    assert response.context["form"].has_error("tolerance")


# --- people ---


def test_invite_sent_shows_the_link_where_mail_reaches_nobody(made: World, mailoutbox: list[Any]) -> None:
    client = as_(made.nora)
    response = client.post("/settings/users/invite/", {"name": "Veerle", "email": "veerle@example.test"})
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    link = response.context["link"]
    assert link.encode() in response.content
    assert link in mailoutbox[0].body
    assert mailoutbox[0].to == ["veerle@example.test"]
    user = User.objects.get(email="veerle@example.test")
    assert client.post("/settings/users/invite/", {"name": "V", "email": "veerle@example.test"}).status_code == 422
    assert link.encode() not in client.get(f"/settings/users/{user.pk}/").content


def test_invite_sent_where_mail_reaches_people_hides_the_link(
    made: World, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("teams.invitations.reaches_people", lambda: True)
    response = as_(made.nora).post("/settings/users/invite/", {"name": "V", "email": "veerle@example.test"})
    assert b"/invitations/" not in response.content
    assert b"veerle@example.test" in response.content


def test_invitation_in_time_lets_in_once_and_signs_in(made: World, client: Client) -> None:
    invited = actions.invite_user(by=made.nora, at=timezone.now(), email="veerle@example.test", name="V")
    path = f"/invitations/{invited.token}/"
    assert client.get(path).status_code == 200
    assert Invitation.objects.get().accepted_at is None
    weak = {"name": "Veerle", "password": "password", "password_again": "password"}
    assert client.post(path, weak).status_code == 422
    differ = {"name": "Veerle", "password": "four plain words here", "password_again": "four plain words there"}
    assert client.post(path, differ).context["form"].has_error("password_again", "passwords_differ")
    good = differ | {"password_again": "four plain words here"}
    assert client.post(path, good)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(invited.user.pk)
    for misuse in (Client().get(path), Client().post(path, good)):
        assert misuse.status_code == 404


def test_invitation_with_an_unknown_token_is_not_found(client: Client, db: None) -> None:
    assert client.get("/invitations/nothing/").status_code == 404
    assert client.post("/invitations/nothing/", {"name": "X"}).status_code == 404


def test_deactivate_of_a_contact_shows_what_is_open_and_refuses(made: World) -> None:
    client, path = as_(made.nora), f"/settings/users/{made.bram.pk}/deactivate/"
    page = client.get(path)
    assert b"Gemeente Hoogveld" in page.content
    response = client.post(path)
    assert response.status_code == 422
    assert User.objects.get(pk=made.bram.pk).is_active


def test_deactivate_sent_ends_the_sessions_of_that_person(made: World) -> None:
    theirs = as_(made.ines)
    assert theirs.get("/settings/").status_code == 200
    assert as_(made.nora).post(f"/settings/users/{made.ines.pk}/deactivate/").status_code == 302
    assert theirs.get("/settings/").status_code == 302


def test_new_role_for_oneself_is_refused(made: World) -> None:
    response = as_(made.nora).post(f"/settings/users/{made.nora.pk}/roles/new/", {"role": "executive"})
    assert response.status_code == 403
    assert not OrganisationRole.objects.filter(user=made.nora, role="executive").exists()


BUTTONS = ("end_role", "invite_again", "reactivate", "revoke", "end_seat", "chair")


def button(made: World, name: str) -> str:
    role = OrganisationRole.objects.get(user=made.petra)
    seat = CommitteeSeat.objects.get(user=made.maarten)
    return {
        "end_role": f"/settings/users/{made.petra.pk}/roles/{role.pk}/end/",
        "invite_again": f"/settings/users/{made.petra.pk}/invite-again/",
        "reactivate": f"/settings/users/{made.petra.pk}/reactivate/",
        "revoke": "/settings/tokens/1/revoke/",
        "end_seat": f"/settings/committees/finance/seats/{seat.pk}/end/",
        "chair": f"/settings/committees/finance/seats/{seat.pk}/chair/",
    }[name]


@pytest.mark.parametrize("name", [name for name in BUTTONS if name != "revoke"])
def test_get_of_a_button_changes_nothing(made: World, name: str) -> None:
    assert as_(made.nora).get(button(made, name)).status_code == 302
    assert not Event.objects.exists()


@pytest.mark.parametrize("name", [name for name in BUTTONS if name != "revoke"])
@pytest.mark.parametrize("who", ["bram", "petra", "quinten", "ines"])
def test_post_of_a_button_by_somebody_else_is_refused(made: World, name: str, who: str) -> None:
    assert as_(made.people[who]).post(button(made, name)).status_code == 403
    assert not Event.objects.exists()


def test_end_role_sent_ends_it(made: World) -> None:
    assert as_(made.nora).post(button(made, "end_role"))["Location"] == f"/settings/users/{made.petra.pk}/"
    assert not OrganisationRole.objects.filter(user=made.petra, ended_on=None).exists()
