"""Read the tables of answers, ask as each person, and write an answer as one letter."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve

HERE = Path(__file__).parent
LETTERS = {200: "2", 201: "+", 204: "-", 302: ">", 401: "U", 403: "F", 404: "0", 405: "5", 409: "9", 412: "E", 422: "!"}
# The desk's form with one line, as its page sends it.
DESK = (
    "customer=C-17&kind=new&channel=&currency=EUR&priced_in=EUR&term_months=24&payment_days=30&why=Again&do=save"
    "&lines-TOTAL_FORMS=1&lines-INITIAL_FORMS=0&lines-0-product=SW-24P&lines-0-quantity=4&lines-0-price=1116"
)


@dataclass(frozen=True)
class Row:
    """One line of a table, with the names in braces filled in."""

    method: str
    answers: str
    address: str
    sent: str


def rows(name: str) -> list[Row]:
    """Return the lines of a table as they stand."""
    lines = (line.strip() for line in (HERE / name).read_text().splitlines())
    return [Row(*[*line.split(maxsplit=3), ""][:4]) for line in lines if line and not line.startswith("#")]


def filled(row: Row, names: dict[str, Any]) -> Row:
    """Return the line with its names filled in from the scene."""
    sent = row.sent if row.address.startswith("/api/") else row.sent.format(**{"desk": DESK} | names)
    return Row(row.method, row.answers, row.address.format(**names), sent)


def route_of(address: str) -> str:
    """Return the pattern that an address leads to."""
    return str(resolve(address.partition("?")[0]).route)


def all_routes() -> Iterator[tuple[str, URLPattern]]:
    """Yield the whole pattern of every address that the product answers."""

    def walk(patterns: Any, before: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            whole = before + str(pattern.pattern).removeprefix("^")
            if isinstance(pattern, URLPattern):
                yield whole, pattern
            else:
                yield from walk(pattern.url_patterns, whole)

    yield from walk(get_resolver().url_patterns, "")


def undone(act: Callable[[], Any]) -> Any:
    """Do something and take back what it changed."""
    with transaction.atomic():
        result = act()
        transaction.set_rollback(True)
    return result


def letter(answer: Any) -> str:
    """Write an answer as one letter."""
    if answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"):
        return "L"
    if answer.status_code == 302 and answer["Location"].startswith("/admin/login/"):
        return "S"
    return LETTERS.get(answer.status_code, f"<{answer.status_code}>")


def asked(client: Client, row: Row) -> str:
    """Ask what a line asks, take back what it did, and return the answer's letter."""

    def act() -> str:
        answer = _answered(client, row)
        for close in answer._resource_closers:
            close()  # the file alone: closing the whole answer would close the database as well
        return letter(answer)

    kept = {name: morsel.value for name, morsel in client.cookies.items()}
    got = str(undone(act))
    client.cookies.load(kept)  # signing out and the like is taken back as well
    return got


def _answered(client: Client, row: Row) -> Any:
    if row.sent.startswith("file:"):
        upload = SimpleUploadedFile("offer.pdf", b"%PDF-1.4 an offer")
        return client.post(row.address, {row.sent.removeprefix("file:"): upload})
    if row.address.startswith("/api/"):
        return client.generic(row.method, row.address, row.sent, "application/json", headers={"If-Match": "*"})
    return client.generic(row.method, row.address, row.sent, "application/x-www-form-urlencoded")
