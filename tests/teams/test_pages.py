"""The pages of this app: who may read which, what their forms do, and what they refuse."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal.models import Event
from teams import actions, sections
from teams.models import (
    ApiToken,
    Committee,
    CommitteeSeat,
    Customer,
    CustomerTeam,
    Invitation,
    Membership,
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


def pages(made: World) -> dict[str, str]:
    """Every page that a GET shows, by name."""
    team, customer = made.teams["public"].code, "C-17"
    member = Membership.objects.get(user=made.dirk).pk
    person = made.bram.pk
    return {
        "settings": "/settings/",
        "profile": "/settings/profile/",
        "tokens": "/settings/tokens/",
        "new_token": "/settings/tokens/new/",
        "organisation": "/settings/organisation/",
        "users": "/settings/users/",
        "invite": "/settings/users/invite/",
        "user": f"/settings/users/{person}/",
        "edit_user": f"/settings/users/{person}/edit/",
        "deactivate_user": f"/settings/users/{person}/deactivate/",
        "new_role": f"/settings/users/{person}/roles/new/",
        "new_team": "/settings/teams/new/",
        "manage_team": f"/settings/teams/{team}/",
        "edit_team": f"/settings/teams/{team}/edit/",
        "new_member": f"/settings/teams/{team}/members/new/",
        "member": f"/settings/teams/{team}/members/{member}/",
        "end_member": f"/settings/teams/{team}/members/{member}/end/",
        "committees": "/settings/committees/",
        "new_committee": "/settings/committees/new/",
        "committee": "/settings/committees/finance/",
        "edit_committee": "/settings/committees/finance/edit/",
        "new_seat": "/settings/committees/finance/seats/new/",
        "teams": "/teams/",
        "team": f"/teams/{team}/",
        "customers": "/customers/",
        "new_customer": "/customers/new/",
        "customer": f"/customers/{customer}/",
        "edit_customer": f"/customers/{customer}/edit/",
        "assign_customer": f"/customers/{customer}/team/",
        "hand_over": f"/customers/{customer}/hand-over/",
    }


EVERYBODY = {
    "settings",
    "profile",
    "tokens",
    "new_token",
    "committees",
    "committee",
    "teams",
    "team",
    "customers",
    "customer",
}
READ_BY_AUDITORS = {"users", "user"}
READERS: dict[str, set[str]] = {
    "nora": set(),  # filled below: everything
    "petra": EVERYBODY | READ_BY_AUDITORS,
    "bram": EVERYBODY | {"hand_over"},
    "anke": EVERYBODY | {"hand_over"},
    "chloe": EVERYBODY,
    "els": EVERYBODY,
    "femke": EVERYBODY,
    "ines": EVERYBODY,
    "olivier": EVERYBODY,
    "quinten": EVERYBODY,
    "ruth": EVERYBODY,
}


@pytest.mark.parametrize("who", sorted(READERS))
def test_get_of_every_page_by_every_role_is_answered_as_the_table_says(made: World, who: str) -> None:
    client, table = as_(made.people[who]), pages(made)
    expected = READERS[who] or set(table)
    answers = {name: client.get(url).status_code for name, url in table.items()}
    assert answers == {name: 200 if name in expected else 403 for name in table}


def test_get_of_every_page_by_somebody_not_signed_in_leads_to_sign_in(made: World, client: Client) -> None:
    for name, url in pages(made).items():
        response = client.get(url)
        assert response.status_code == 302, name
        assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    "path",
    [
        "/settings/users/999999/",
        "/settings/teams/nowhere/",
        "/settings/committees/nobody/",
        "/teams/nowhere/",
        "/customers/none/",
        "/settings/tokens/999999/revoke/",
    ],
)
def test_get_of_a_row_that_is_not_there_is_not_found(made: World, path: str) -> None:
    assert as_(made.nora).get(path).status_code == 404


def test_member_page_of_another_team_is_not_found(made: World) -> None:
    row = Membership.objects.get(user=made.femke).pk
    assert as_(made.nora).get(f"/settings/teams/public/members/{row}/").status_code == 404


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
    assert rows["Country"]["change"] == "same"
    assert b'value="Mine"' in response.content
    assert Customer.objects.get(reference="C-17").name == "Theirs"
    again = client.post("/customers/C-17/edit/", mine | {"edition": facts_of(response.content)})
    assert again.status_code == 302
    assert Customer.objects.get(reference="C-17").name == "Mine"


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
        {"name", "group", "cost_sight", "edition"},
    ),
    (
        "/settings/committees/finance/edit/",
        Committee,
        {
            "name": "X",
            "rule": "majority",
            "approvals_needed": "3",
            "quorum": "3",
            "answer_hours": "3",
            "is_active": "on",
            "edition": "1",
        },
        {"name", "rule", "approvals_needed", "quorum", "answer_hours", "edition"},
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
        "workday_starts_at": "08:30",
        "workday_ends_at": "17:00",
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


# --- teams and customers ---


def test_end_member_of_a_contact_asks_for_the_next_and_hands_over(made: World) -> None:
    row = Membership.objects.get(user=made.bram)
    client, path = as_(made.nora), f"/settings/teams/public/members/{row.pk}/end/"
    page = client.get(path)
    assert b"Gemeente Hoogveld" in page.content
    offered = set(page.context["form"].fields["new_contact"].queryset)
    assert offered == {made.anke, made.chloe, made.dirk}
    assert client.post(path).status_code == 422
    assert client.post(path, {"new_contact": made.femke.pk}).status_code == 422
    assert client.post(path, {"new_contact": made.anke.pk}).status_code == 302
    assert CustomerTeam.objects.get(customer__reference="C-17", ended_on=None).contact == made.anke


def test_hand_over_by_the_contact_passes_the_baton(made: World) -> None:
    client = as_(made.bram)
    assert b"Pass the baton" in client.get("/customers/C-17/").content
    sent = {"contact": made.chloe.pk, "note": "<b>likes</b> mornings"}
    assert client.post("/customers/C-17/hand-over/", sent)["Location"] == "/customers/C-17/"
    page = client.get("/customers/C-17/")
    assert b"&lt;b&gt;likes&lt;/b&gt; mornings" in page.content
    assert b"Pass the baton" not in page.content


def test_hand_over_by_another_member_is_refused(made: World) -> None:
    sent = {"contact": made.anke.pk, "note": ""}
    assert as_(made.chloe).post("/customers/C-17/hand-over/", sent).status_code == 403
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (
            "",
            [
                "Bakkerij Zonneweelde",
                "Gemeente Hoogveld",
                "Imprimerie du Lac",
                "Staalhuis Maasoever",
                "Waterschap Lindedal",
            ],
        ),
        ("?q=water", ["Waterschap Lindedal"]),
        ("?q=c-3", ["Imprimerie du Lac", "Staalhuis Maasoever"]),
        ("?team=public", ["Gemeente Hoogveld", "Waterschap Lindedal"]),
        ("?segment=PUBLIC", ["Gemeente Hoogveld", "Waterschap Lindedal"]),
        ("?mine=on", ["Gemeente Hoogveld"]),
        (
            "?team=none",
            [
                "Bakkerij Zonneweelde",
                "Gemeente Hoogveld",
                "Imprimerie du Lac",
                "Staalhuis Maasoever",
                "Waterschap Lindedal",
            ],
        ),
        ("?q=zzz", []),
        ("?page=nonsense&q=water", ["Waterschap Lindedal"]),
    ],
)
def test_customers_with_filters_shows_who_matches(made: World, query: str, names: list[str]) -> None:
    response = as_(made.bram).get(f"/customers/{query}")
    assert response.status_code == 200
    assert [row.name for row in response.context["page"].items] == names


def test_customers_of_a_long_list_cost_the_same_number_of_queries(
    made: World, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        customer = Customer.objects.create(reference=f"N-{number}", name=f"New {number:03}")
        CustomerTeam.objects.create(
            customer=customer, team=made.teams["public"], contact=made.anke, started_on=made.today
        )
    client = as_(made.bram)
    with django_assert_max_num_queries(14):
        response = client.get("/customers/")
    assert len(response.context["page"].items) == 50
    following = client.get("/customers/" + response.context["page"].next_url)
    assert len(following.context["page"].items) == 15


@pytest.mark.parametrize(
    "path", ["/teams/", "/teams/public/", "/settings/users/", "/settings/committees/", "/settings/"]
)
def test_page_costs_a_bounded_number_of_queries(made: World, path: str, django_assert_max_num_queries: Any) -> None:
    client = as_(made.nora)
    with django_assert_max_num_queries(18):
        client.get(path)


def test_team_page_shows_the_sections_that_other_apps_register(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def section(team: Team, person: Any, request: Any) -> tuple[str, dict[str, Any]] | None:
        if person.user_id != made.bram.pk:
            return None
        return "components/callout.html", {"text": f"<{team.code}>"}

    monkeypatch.setitem(sections.team_sections, "test", section)
    assert b"&lt;public&gt;" in as_(made.bram).get("/teams/public/").content
    assert b"&lt;public&gt;" not in as_(made.anke).get("/teams/public/").content


def test_new_token_sent_shows_the_key_once(made: World) -> None:
    client = as_(made.bram)
    response = client.post("/settings/tokens/new/", {"name": "CRM", "scopes": ["read"], "days": "30", "user": "1"})
    key = response.context["new"].key
    assert key.encode() in response.content
    token = ApiToken.objects.get()
    assert token.user == made.bram
    assert key.encode() not in client.get("/settings/tokens/").content
    assert as_(made.anke).post(f"/settings/tokens/{token.pk}/revoke/").status_code == 404
    assert client.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at


def test_page_of_somebody_with_a_language_and_zone_is_shown_in_them(made: World) -> None:
    User.objects.filter(pk=made.bram.pk).update(language="nl", time_zone="America/Lima")
    response = as_(made.bram).get("/settings/profile/")
    assert b'<html lang="nl"' in response.content
