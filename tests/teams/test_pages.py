"""The pages of this app: who may read which, what they show, and at what cost."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from journal.models import Event
from teams import sections
from teams.models import (
    ApiToken,
    Customer,
    CustomerTeam,
    Membership,
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
        "competences": "/settings/competences/",
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
    "competences",
    "tokens",
    "new_token",
    "committees",
    "committee",
    "teams",
    "team",
    "customers",
    "customer",
}
READ_BY_AUDITORS = {"users", "user", "organisation"}
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
    with django_assert_max_num_queries(24):
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


def test_organisation_read_by_an_auditor_shows_figures_and_no_form(made: World) -> None:
    client = as_(made.petra)
    page = client.get("/settings/organisation/")
    assert b"Europe/Brussels" in page.content
    assert b"csrfmiddlewaretoken" not in page.content.split(b"<main")[1]
    assert client.post("/settings/organisation/", {"name": "X"}).status_code == 403
