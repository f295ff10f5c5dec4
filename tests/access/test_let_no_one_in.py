"""Nobody comes in through a form of another site, through a text, a cookie, a script, or a cell of a spreadsheet.

Seen to fail when forms' tokens were not asked for, when templates escaped nothing, and when cells that begin with a
full-width sign or follow a semicolon were left as they were.
"""

import csv
import io
import random
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from approvals.models import Case, ConsentSeat
from approvals.spreadsheets import harmless
from journal.models import Event
from teams.models import Customer
from tests.access.asking import Row, asked, filled, rows
from tests.access.scene import COLUMNS, Scene, scene
from tests.factories import AT, PASSWORD, TEAM_PRICE, World, seat_of, submitted, terms
from tests.factories import world as make_world

PEOPLE = list(COLUMNS.values())
FOREIGN = ("/accounts/", "/i18n/")


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> Iterator[World]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(AT, tick=False):
        yield make_world()


@pytest.fixture
def made(world: World) -> Scene:
    return scene(world)


def signed_in(world: World, key: str, **options: Any) -> Client:
    client = Client(**options)
    if key:
        client.force_login(world.people[key])
    return client


def allowed(row: Row) -> str:
    """Return somebody for whom a line's request does what it asks."""
    return PEOPLE[next(place for place, answer in enumerate(row.answers) if answer in ">2+-")]


# --- forms of other sites ---


def test_form_without_its_token_does_nothing(made: Scene) -> None:
    posts = [row for row in rows("pages.txt") if row.method == "POST" and set(row.answers) & set(">2")]
    assert len(posts) > 60
    before, taken = Event.objects.count(), []
    for row in posts:
        client = signed_in(made.world, allowed(row), enforce_csrf_checks=True)
        if (answer := asked(client, filled(row, made.names))) != "F":
            taken.append((row.address, answer))
    assert taken == []
    assert Event.objects.count() == before


def test_session_without_the_token_changes_nothing_through_the_api(made: Scene) -> None:
    writes = [row for row in rows("api.txt") if row.method != "GET" and set(row.answers) & set("2+-")]
    found = [(row, signed_in(made.world, allowed(row), enforce_csrf_checks=True)) for row in writes]
    assert [row.address for row, client in found if asked(client, filled(row, made.names)) != "F"] == []


# --- scripts and cookies ---

INLINE = re.compile(
    rb"<script(?![^>]*\ssrc=)(?![^>]*application/json)[^>]*>|<style|\sstyle=|\son[a-z]+=|javascript:", re.I
)


def test_every_page_is_sent_under_the_strict_policy_with_nothing_inline(made: Scene) -> None:
    wrong = []
    for row in rows("pages.txt"):
        if row.method != "GET" or "2" not in row.answers or "/files/" in row.address:
            continue
        answer = signed_in(made.world, PEOPLE[row.answers.index("2")]).get(filled(row, made.names).address)
        policy = answer["Content-Security-Policy"]
        strict = "script-src 'self';" in f"{policy};" and "unsafe" not in policy and "data:" not in policy
        sealed = answer["X-Frame-Options"] == "DENY" and answer["X-Content-Type-Options"] == "nosniff"
        html = answer["Content-Type"].startswith("text/html")
        found = INLINE.search(answer.content) if html else None
        if not (strict and sealed) or found:
            wrong.append((row.address, policy, found))
    assert wrong == []


def test_cookies_are_kept_from_scripts_and_other_sites(world: World) -> None:
    client = Client()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": "bram@example.test", "password": PASSWORD})
    for name in ("sessionid", "csrftoken"):
        assert client.cookies[name]["httponly"] is True
        assert client.cookies[name]["samesite"] == "Lax"


def test_answer_to_somebody_signed_in_is_kept_by_no_shared_cache(world: World) -> None:
    answer = signed_in(world, "bram").get("/")
    assert "Cookie" in answer["Vary"]


# --- texts ---

MARK = "zq7"
TAGS = ("script", "img", "svg", "iframe", "a", "math", "object", "details", "body", "style")
HOOKS = ("src=x onerror=", "onload=", "href=javascript:", "ontoggle=", "style=x:")
SHAPES = (
    "<{tag} {hook}{mark}()>",
    '"><{tag} {hook}{mark}()>',
    "'><{tag}/{hook}{mark}()//",
    "</p><{tag} {hook}'{mark}'>",
)
PAYLOADS = [shape.format(tag=tag, hook=hook, mark=MARK) for shape, tag, hook in product(SHAPES, TAGS, HOOKS)]


class Marked(HTMLParser):
    """Finds the mark where a browser would read it as markup and not as text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if MARK in name or (MARK in (value or "") and name not in ("value", "title", "content", "aria-label")):
                self.found.append(f"{tag} {name}")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)


def markup_in(client: Client, address: str) -> list[str]:
    """Return where a page's markup holds the mark; the text must be there at all."""
    html = client.get(address).content.decode()
    assert MARK in html, address
    parser = Marked()
    parser.feed(html)
    return parser.found


def test_two_hundred_texts_are_shown_as_texts(world: World) -> None:
    assert len(PAYLOADS) == 200
    bram, ines = signed_in(world, "bram"), signed_in(world, "ines")
    for start in range(0, len(PAYLOADS), 40):
        text = "\n".join(PAYLOADS[start : start + 40])
        assert len(text) < 4000
        Customer.objects.filter(reference="C-17").update(name=text[:200])
        asking = terms(("TRAIN-1", "4", "800.00"), why=text)
        deal = submitted(world, terms=asking)
        case = Case.objects.get(deal=deal)
        ines.post(f"/cases/{case.pk}/vote", {"choice": "abstain", "reason": text})
        objected = submitted(world, price=TEAM_PRICE)
        seat = seat_of(world, objected, "anke")
        ConsentSeat.objects.filter(pk=seat.pk).update(answer="objection", reason=text, answered_at=AT)
        for client, address in (
            (bram, f"/deals/{deal.reference}/"),
            (bram, f"/deals/{deal.reference}/edit"),
            (bram, f"/deals/{objected.reference}/"),
            (bram, "/"),
            (bram, "/deals/"),
            (bram, "/customers/C-17/"),
            (ines, f"/cases/{case.pk}/"),
            (ines, "/cases/?show=open"),
        ):
            assert markup_in(client, address) == [], address


# --- cells ---

SIGNS = "=+-@|%\t\r\n＝＋－＠"  # noqa: RUF001


def strings(count: int) -> Iterator[str]:
    """Yield texts that a spreadsheet might calculate, behind every kind of blank, quote and separator."""
    chance = random.Random(20_26)
    blanks = ["", " ", "  ", "\t", "\u00a0", "\u2003", "\n", "\r\n"]
    before = ["", "a;", "a;  ", '"', "'", "a\t", "a\r\n", "a\n ", "Bakkerij ; "]
    formulas = ["1+1", 'HYPERLINK("http://x","y")', "cmd|' /C calc'!A0", "SUM(A1:A9)", "DDE()", "2-3"]
    for _ in range(count):
        yield "".join((chance.choice(before), chance.choice(blanks), chance.choice(SIGNS), chance.choice(formulas)))


def cells_of(text: str) -> list[str]:
    """Return what a spreadsheet makes of a cell, whichever separator it goes by."""
    return [text, *re.split(r"[;\t\r\n]", text)[1:]]


def test_five_thousand_texts_are_no_formula_in_a_spreadsheet() -> None:
    wrong = []
    for text in strings(5_000):
        for cell in cells_of(harmless(text)):
            if cell.strip() and cell.lstrip()[0] in SIGNS:
                wrong.append(text)
    assert wrong == []


def test_export_of_such_names_holds_no_formula(world: World) -> None:
    Customer.objects.filter(reference="C-17").update(name='Bakkerij;=HYPERLINK("http://x")')
    Customer.objects.filter(reference="C-18").update(name="＝1+1")  # noqa: RUF001
    submitted(world)
    submitted(world, customer="C-18", by="chloe")
    answer: Any = signed_in(world, "bram").get("/deals/export.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert len(cells) > 30
    assert [cell for cell in cells for part in cells_of(cell) if part.strip() and part.lstrip()[0] in SIGNS] == []
