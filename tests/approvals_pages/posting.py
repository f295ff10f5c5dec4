"""What the desk's form sends, and the terms it stands for."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client

from approvals.terms import DraftLine, DraftTerms


def terms(
    price: str = "1100", *, product: str = "SW-24P", quantity: str = "4", term: int = 24, days: int = 30
) -> DraftTerms:
    """One line, as an action takes it."""
    return DraftTerms(term, days, "They buy again next year.", (DraftLine(product, Decimal(quantity), Decimal(price)),))


def desk(*lines: dict[str, str], do: str = "check", **changes: str) -> dict[str, Any]:
    """The fields of the desk's form with these rows."""
    data = {
        "customer": "C-17",
        "kind": "new",
        "channel": "",
        "currency": "EUR",
        "priced_in": "EUR",
        "term_months": "24",
        "payment_days": "30",
        "why": "They buy again next year.",
        "lines-TOTAL_FORMS": str(len(lines)),
        "lines-INITIAL_FORMS": "0",
        "do": do,
    }
    for number, line in enumerate(lines):
        data |= {f"lines-{number}-{name}": value for name, value in line.items()}
    return data | changes


def line(product: str = "SW-24P", quantity: str = "4", **fields: str) -> dict[str, str]:
    return {"product": product, "quantity": quantity, **fields}


def value_of(client_answer: Any, name: str) -> str:
    """The value of a field in an answered page."""
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', client_answer.content.decode())
    assert found, f"no field {name}"
    return unescape(found.group(1))


def text_of(answer: Any) -> str:
    """The words of an answered page, without its tags, on one line."""
    content = answer.content.decode()
    plain = re.sub(r"<(script|style|head|template)[\s>].*?</\1>", " ", content, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", plain)).replace("&#x27;", "'").replace("\u00a0", " ")


def without_tokens(answer: Any) -> bytes:
    """The bytes of a page without what differs on every request."""
    content: bytes = answer.content
    content = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", content)
    return re.sub(rb"X-CSRFToken[^}]*", b"", content)


def get(client: Client, url: str, **query: str) -> HttpResponse:
    answer: Any = client.get(url, query)
    return answer
