"""A mandate on paper: the printed page and its PDF.

Seen to fail when the hash was taken over the file as it is sent.
"""

import hashlib
import json

import pytest
from django.test import Client

from journal import pdf
from tests.factories import World
from tests.pdfs import inflated, kept, needs_pango

PDF = "/mandates/public-2026/print.pdf"
PAGE = "/mandates/public-2026/print/"


@pytest.fixture
def bram(world: World, client: Client) -> Client:
    client.force_login(world.people["bram"])
    return client


@needs_pango
def test_mandate_as_pdf_is_a_pdf_named_after_its_version(world: World, bram: Client) -> None:
    answer = bram.get(PDF)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="public-2026-1.pdf"'
    assert answer.content.startswith(b"%PDF-")
    said = inflated(answer.content)
    assert b"pdfuaid:part" in said and b"Public-2026, version 1" in said
    assert world.mandates["public-2026"].sha256.encode() in said


def test_mandate_as_pdf_says_what_the_printed_page_says(
    world: World, bram: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = kept(monkeypatch)
    page = bram.get(PAGE).content.decode()
    bram.get(PDF)
    shown = page[page.index('<ol class="clauses">') : page.index('<section class="proof')]
    assert shown.rpartition("</section>")[0] in given[0].replace("\r", "")
    assert "What we can decide ourselves" in given[0]
    assert world.mandates["public-2026"].sha256 in given[0] and world.mandates["public-2026"].sha256 in page
    assert PDF in page


def test_mandate_on_paper_is_verified_as_it_says(world: World, bram: Client) -> None:
    document = json.loads(bram.get("/mandates/public-2026/versions/1/document.json").content)["mandate"]
    written = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    assert hashlib.sha256(written.encode("ascii")).hexdigest() == world.mandates["public-2026"].sha256


def test_mandate_without_pango_is_to_be_printed(bram: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_typesetting", lambda: None)
    page = bram.get(PAGE).content.decode()
    assert str(pdf.MISSING) in page and "print.pdf" not in page
    answer = bram.get(PDF)
    assert answer.status_code == pdf.NOT_HERE
    assert str(pdf.MISSING) in answer.content.decode()
