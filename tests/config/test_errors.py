"""Refusals and errors become the right HTTP answers, for pages, for htmx and for the API."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from journal.refusals import Conflict, Invalid, NotAllowed

RAISED: dict[str, Exception] = {
    "not-allowed": NotAllowed("own_deal", "You submitted this deal: somebody else consents."),
    "conflict": Conflict("mandate_revoked", "The mandate was revoked."),
    "invalid": Invalid("price_negative", "A price is not negative.", path="lines[0].price"),
    "missing": Http404("secret reason"),
    "denied": PermissionDenied("secret reason"),
    "malformed": exceptions.ParseError("no JSON"),
    "throttled": exceptions.Throttled(wait=7),
    "unknown-method": exceptions.MethodNotAllowed("PUT"),
    "media": exceptions.UnsupportedMediaType("text/plain"),
    "anonymous": exceptions.NotAuthenticated(),
    "bug": ZeroDivisionError("secret reason"),
}


def page(request: HttpRequest, name: str) -> HttpResponse:
    raise RAISED[name]


class Endpoint(APIView):
    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Any, name: str) -> Response:
        raise RAISED[name]

    def post(self, request: Any, name: str) -> Response:
        Body(data=request.data).is_valid(raise_exception=True)
        return Response(status=204)


class Line(serializers.Serializer):
    price = serializers.IntegerField()


class Body(serializers.Serializer):
    customer = serializers.CharField()
    lines = Line(many=True)


urlpatterns = [path("page/<name>", page), path("api/v1/thing/<name>", Endpoint.as_view())]
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
pytestmark = pytest.mark.urls(__name__)


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("not-allowed", 403, "own_deal"),
        ("conflict", 409, "mandate_revoked"),
        ("invalid", 422, "price_negative"),
        ("missing", 404, "not_found"),
        ("denied", 403, "not_allowed"),
        ("malformed", 400, "malformed"),
        ("throttled", 429, "too_many_requests"),
        ("unknown-method", 405, "method_not_allowed"),
        ("media", 415, "unsupported_media_type"),
        ("anonymous", 403, "not_signed_in"),
        ("bug", 500, "internal_error"),
    ],
)
def test_api_each_exception_gives_its_problem(name: str, status: int, code: str) -> None:
    client = APIClient(raise_request_exception=False)
    answer = client.get(f"/api/v1/thing/{name}")
    document = json.loads(answer.content)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert (document["status"], document["code"]) == (status, code)
    assert document["type"] == f"urn:negotiation-mandates:problem:{code}"
    assert "secret" not in answer.content.decode()


def test_api_refusal_with_path_names_the_field() -> None:
    document = APIClient().get("/api/v1/thing/invalid").json()
    assert document["path"] == "lines[0].price"
    assert document["errors"][0]["path"] == "lines[0].price"


def test_api_throttled_says_when_to_go_on() -> None:
    assert APIClient().get("/api/v1/thing/throttled")["Retry-After"] == "7"


def test_api_invalid_body_lists_every_field() -> None:
    answer = APIClient().post("/api/v1/thing/any", {"lines": [{"price": 1}, {"price": "x"}]}, format="json")
    assert answer.status_code == 422
    assert {(error["path"], error["code"]) for error in answer.json()["errors"]} == {
        ("customer", "required"),
        ("lines[1].price", "invalid"),
    }


def test_api_unknown_address_gives_a_problem() -> None:
    answer = APIClient().get("/api/v1/nothing-here")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "status"), [("not-allowed", 403), ("conflict", 409), ("invalid", 422), ("missing", 404), ("denied", 403)]
)
def test_page_each_exception_gives_a_page_with_its_status(client: Client, name: str, status: int) -> None:
    answer = client.get(f"/page/{name}")
    assert answer.status_code == status
    assert "secret" not in answer.content.decode()
    assert "<h1" in answer.content.decode()


@pytest.mark.django_db
def test_page_refusal_shows_its_sentence(client: Client) -> None:
    assert RAISED["conflict"].args[0] in client.get("/page/conflict").content.decode()


@pytest.mark.django_db
def test_page_refusal_for_htmx_goes_to_the_notices(client: Client) -> None:
    answer = client.get("/page/conflict", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#notices"
    assert "<html" not in answer.content.decode()


@pytest.mark.django_db
def test_page_bug_gives_a_page_without_its_reason() -> None:
    answer = Client(raise_request_exception=False).get("/page/bug")
    assert answer.status_code == 500
    assert "secret" not in answer.content.decode()


def test_form_without_its_token_is_refused(rf: RequestFactory) -> None:
    answer = Client(enforce_csrf_checks=True).post("/page/conflict")
    assert answer.status_code == 403
