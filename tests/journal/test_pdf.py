"""PDFs: what they are set from, what they refuse to fetch, and what is said on a machine that cannot make them.

Seen to fail when the fetcher asked any address, and when a missing library was let through as an error.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from journal import pdf
from tests.pdfs import inflated, needs_pango

PAGE = '<!doctype html><html lang="en"><head><title>One page</title>{}</head><body><h1>One page</h1>{}</body></html>'


def missing(name: str) -> Any:
    raise OSError("cannot load library 'libpango-1.0-0'")


@pytest.fixture
def without_pango(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "import_module", missing)
    monkeypatch.setattr(pdf, "_typesetting", pdf._typesetting.__wrapped__)


@needs_pango
def test_typeset_a_page_is_tagged_and_the_same_each_time() -> None:
    typeset = import_module("journal.typesetting").typeset
    made = typeset(PAGE.format("", "<p>Words</p>"))
    assert made.startswith(b"%PDF-")
    assert b"pdfuaid:part" in inflated(made)
    assert b"/StructTreeRoot" in inflated(made)
    assert made == typeset(PAGE.format("", "<p>Words</p>"))


@needs_pango
@pytest.mark.parametrize(
    "address",
    [
        "https://example.test/picture.svg",
        "http://127.0.0.1:8000/decisions/1/",
        "http://169.254.169.254/latest/a.css",
        "file:///etc/passwd",
        "file:///etc/passwd.svg",
        "data:text/css,p{}",
        "/static/../config/settings.py",
        "/static/../../../etc/hostname.css",
        "/static/%2e%2e/templates/pdf.svg",
        "/static/nothing.css",
        "/media/offer.svg",
    ],
)
def test_typesetting_fetches_nothing_but_our_own_static_files(address: str) -> None:
    own_files = import_module("journal.typesetting").OwnFiles()
    site = "http://127.0.0.1:8000"
    with pytest.raises(Exception, match=r"style sheets|outside|nothing\.css|joined path|located"):
        own_files.fetch(address if ":" in address else f"{site}{address}")


@needs_pango
def test_typesetting_reads_our_own_style_sheet() -> None:
    own_files = import_module("journal.typesetting").OwnFiles()
    assert b"@page" in own_files.fetch("http://127.0.0.1:8000/static/pdf.css").read()


@needs_pango
def test_page_that_asks_for_anything_else_is_not_set() -> None:
    typesetting = import_module("journal.typesetting")
    with pytest.raises(BaseException, match="Error fetching"):
        typesetting.typeset(PAGE.format('<link rel="stylesheet" href="https://example.test/a.css">', ""))


@needs_pango
def test_collected_style_sheet_is_found_by_its_hashed_name(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "pdf.0123456789ab.css").write_text("p { color: red }")
    settings.STATIC_ROOT = tmp_path
    own_files = import_module("journal.typesetting").OwnFiles()
    assert b"red" in own_files.fetch("http://127.0.0.1:8000/static/pdf.0123456789ab.css").read()


def test_frame_rendered_names_address_and_hash() -> None:
    html = render_to_string("pdf.html", {"address": "https://mandates.test/decisions/1/", "sha256": "ab" * 32})
    assert "https://mandates.test/decisions/1/" in html
    assert f'content="{"ab" * 32}"' in html


def test_check_without_pango_informs_and_finds_nothing_wrong(without_pango: None) -> None:
    found = pdf.check_pango(None)
    assert [one.id for one in found] == ["journal.I001"]
    assert not any(one.is_serious() for one in found)
    assert not pdf.available()


def test_pdf_of_libraries_that_break_when_used_is_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        @staticmethod
        def typeset(html: str) -> bytes:
            raise OSError("no fonts")

    monkeypatch.setattr(pdf, "_typesetting", lambda: Broken)
    request = RequestFactory().get("/x.pdf")
    answer = pdf.answer(request, "pdf.html", {}, name="x.pdf", page="/x/", sha256="")
    assert answer.status_code == pdf.NOT_HERE
    assert str(pdf.MISSING) in answer.content.decode()
    assert 'href="/x/"' in answer.content.decode()
