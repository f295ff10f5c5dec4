"""Programs and people that talk to the API in these tests."""

import json
from typing import Any

from django.test import Client

from teams.actions import create_token
from teams.models import User
from tests.factories import AT

ROOT = "/api/v1/"
SCOPES = ("read", "evaluate", "deals", "administer")


class Program:
    """A program with a token of its owner; without scopes named, it has all of them."""

    def __init__(self, user: User, *scopes: str) -> None:
        key = create_token(by=user, at=AT, name="p", scopes=scopes or SCOPES, days=30).key
        self.client = Client(headers={"Authorization": f"Bearer {key}"})

    def get(self, path: str) -> Any:
        return self.client.get(ROOT + path)

    def send(self, method: str, path: str, body: Any = None, **headers: Any) -> Any:
        """Send JSON; `if_match` and `key` become the headers of those names."""
        text = json.dumps({} if body is None else body)
        return self.client.generic(method, ROOT + path, text, content_type="application/json", headers=named(**headers))

    def post(self, path: str, body: Any = None, **headers: Any) -> Any:
        return self.send("POST", path, body, **headers)

    def move(self, path: str, body: Any = None, **headers: Any) -> Any:
        """Post from the edition that stands now."""
        return self.post(path, body, if_match="*", **headers)


def named(if_match: Any = None, key: str | None = None) -> dict[str, str]:
    found = {} if if_match is None else {"If-Match": str(if_match)}
    return found if key is None else found | {"Idempotency-Key": key}


def body(price: str = "1116.00", **changes: Any) -> dict[str, Any]:
    """A deal with four switches for a customer of the public team."""
    return {
        "customer": "C-17",
        "kind": "new",
        "channel": "direct",
        "currency": "EUR",
        "term_months": 24,
        "payment_days": 30,
        "lines": [{"product": "SW-24P", "quantity": "4", "unit_price": price}],
    } | changes


def code_of(answer: Any) -> tuple[int, str]:
    """The status and the stable code of a problem, whose form is checked on the way."""
    document = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert document["status"] == answer.status_code
    assert document["type"].endswith(document["code"])
    return answer.status_code, document["code"]
