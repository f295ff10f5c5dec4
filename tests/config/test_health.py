"""Alive, ready and the figures, and who may read them."""

import pytest
from django.conf import LazySettings
from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.test import Client

from config import health


def test_alive_needs_no_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_ready_with_all_in_place_says_so(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.content
    assert answer.json()["ready"] is True


def test_ready_without_database_is_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Unreachable:
        def cursor(self) -> None:
            raise OperationalError("no route")

    monkeypatch.setattr(health, "connections", {"default": Unreachable()})
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": "unreachable"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["migrations", "guards"])
def test_ready_with_something_missing_is_503(client: Client, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(health.CHECKS, name, lambda: "1 missing")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()[name] == "1 missing"


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic figures", "figures"])
@pytest.mark.django_db
def test_metrics_without_the_token_is_404(client: Client, settings: LazySettings, header: str | None) -> None:
    settings.METRICS_TOKEN = "figures"
    headers = {"Authorization": header} if header else {}
    assert client.get("/metrics", headers=headers).status_code == 404


@pytest.mark.django_db
def test_metrics_with_an_empty_setting_lets_nobody_in(client: Client, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_metrics_with_the_token_gives_figures(client: Client, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "figures"
    answer = client.get("/metrics", headers={"Authorization": "Bearer figures"})
    assert answer.status_code == 200
    assert b"django_http_requests" in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize(("staff", "status"), [(True, 200), (False, 404)])
def test_metrics_signed_in_only_for_an_operator(client: Client, staff: bool, status: int) -> None:
    user = get_user_model().objects.create(email="someone@example.org", is_staff=staff)
    client.force_login(user)
    assert client.get("/metrics").status_code == status
