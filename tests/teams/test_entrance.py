"""The ways in: first use, the demo's sign-in, sign-in by e-mail, and what is closed."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings as SettingsWrapper

from teams.invitations import reaches_people
from teams.models import OrganisationRole, User
from tests.factories import PASSWORD, world

pytestmark = pytest.mark.django_db

FIRST = {
    "organisation_name": "Lindedal NV",
    "name": "Ann",
    "email": "ann@example.test",
    "password": "four plain words here",
    "password_again": "four plain words here",
    "second_name": "Bo",
    "second_email": "bo@example.test",
}


def test_first_use_of_an_empty_site_signs_in_and_shows_the_second_persons_link(client: Client) -> None:
    assert b"/first-use/" in client.get("/accounts/login/").content
    assert client.get("/first-use/").status_code == 200
    response = client.post("/first-use/", FIRST)
    assert response.status_code == 200
    link = response.context["link"]
    assert link.encode() in response.content
    ann = User.objects.get(email="ann@example.test")
    assert client.session["_auth_user_id"] == str(ann.pk)
    assert not ann.is_staff
    assert OrganisationRole.objects.count() == 4
    assert Client().get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert client.get("/first-use/").status_code == 404
    assert client.post("/first-use/", FIRST | {"email": "eve@example.test"}).status_code == 404
    settings_page = client.get("/settings/")
    assert not settings_page.context["is_set_up"]
    assert b"/first-use/" not in Client().get("/accounts/login/").content


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"password": "short", "password_again": "short"}, "password"),
        ({"password_again": "other"}, "password_again"),
        ({"second_email": "ANN@example.test"}, "second_email"),
        ({"email": "no address"}, "email"),
        ({"organisation_name": ""}, "organisation_name"),
    ],
)
def test_first_use_with_errors_names_the_field_and_keeps_nothing(
    client: Client, values: dict[str, str], field: str
) -> None:
    response = client.post("/first-use/", FIRST | values)
    assert response.status_code == 422
    assert response.context["form"].has_error(field)
    assert not User.objects.exists()


def test_first_use_of_a_site_in_use_is_not_there(client: Client) -> None:
    world()
    assert client.get("/first-use/").status_code == 404
    assert client.post("/first-use/", FIRST).status_code == 404


# --- the demo ---


def test_demo_sign_in_outside_the_demo_is_not_there(client: Client) -> None:
    made = world()
    assert client.post("/demo/sign-in/", {"user": made.bram.pk}).status_code == 404
    assert "_auth_user_id" not in client.session
    assert b"/demo/sign-in/" not in client.get("/accounts/login/").content


def test_demo_sign_in_in_the_demo_signs_in(client: Client, settings: SettingsWrapper) -> None:
    settings.DEMO = True
    made = world()
    assert made.bram.name.encode() in client.get("/accounts/login/").content
    response = client.post("/demo/sign-in/", {"user": made.bram.pk, "next": "/teams/"})
    assert response["Location"] == "/teams/"
    assert client.session["_auth_user_id"] == str(made.bram.pk)


def test_demo_sign_in_by_get_is_refused(client: Client, settings: SettingsWrapper) -> None:
    settings.DEMO = True
    assert client.get("/demo/sign-in/").status_code == 405


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", ""])
def test_demo_sign_in_leads_nowhere_else(client: Client, settings: SettingsWrapper, target: str) -> None:
    settings.DEMO = True
    made = world()
    assert client.post("/demo/sign-in/", {"user": made.bram.pk, "next": target})["Location"] == "/"


@pytest.mark.parametrize("who", ["quinten", "gone", "none"])
def test_demo_sign_in_as_an_operator_or_nobody_is_not_there(
    client: Client, settings: SettingsWrapper, who: str
) -> None:
    settings.DEMO = True
    made = world()
    User.objects.filter(pk=made.ruth.pk).update(is_active=False)
    chosen: Any = {"quinten": made.quinten.pk, "gone": made.ruth.pk, "none": "x1"}[who]
    assert client.post("/demo/sign-in/", {"user": chosen}).status_code == 404
    assert "_auth_user_id" not in client.session


# --- signing in ---


def test_login_with_address_in_any_case_and_password_signs_in(client: Client) -> None:
    made = world()
    response = client.post("/accounts/login/", {"login": "BRAM@example.test", "password": PASSWORD})
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(made.bram.pk)


def test_login_of_somebody_deactivated_is_refused(client: Client) -> None:
    made = world()
    User.objects.filter(pk=made.bram.pk).update(is_active=False)
    client.post("/accounts/login/", {"login": "bram@example.test", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_login_guessed_too_often_is_refused_even_with_the_right_password(client: Client) -> None:
    world()
    for guess in range(6):
        client.post("/accounts/login/", {"login": "bram@example.test", "password": f"guess {guess}"})
    client.post("/accounts/login/", {"login": "bram@example.test", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_sign_up_is_closed(client: Client) -> None:
    sent = {"email": "eve@example.test", "password1": "four plain words here", "password2": "four plain words here"}
    client.post("/accounts/signup/", sent)
    assert not User.objects.filter(email="eve@example.test").exists()


def test_admin_sign_in_goes_through_the_rate_limited_page(client: Client) -> None:
    response = client.get("/admin/login/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_own_address_cannot_be_changed_past_the_actions(client: Client) -> None:
    made = world()
    client.force_login(made.bram)
    client.post("/accounts/email/", {"action_add": "", "email": "boss@example.test"})
    client.post("/accounts/email/", {"action_primary": "", "email": "boss@example.test"})
    assert User.objects.get(pk=made.bram.pk).email == "bram@example.test"
    assert not made.bram.emailaddress_set.filter(email="boss@example.test").exists()


@pytest.mark.parametrize(
    ("backend", "leaves"),
    [("config.mail.TerminalBackend", False), ("django.core.mail.backends.smtp.EmailBackend", True)],
)
def test_invitation_by_mail_that_leaves_this_machine_shows_no_link(
    settings: SettingsWrapper, backend: str, leaves: bool
) -> None:
    settings.EMAIL_BACKEND = backend
    assert reaches_people() is leaves
