"""The receipt as a PDF: the page's own words on paper, for the page's own readers.

Seen to fail when the PDF was made from the true findings, and when the deal was looked up among all deals.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from journal import pdf
from journal.models import Event
from teams.models import Team
from tests.approvals_pages.conftest import SignIn
from tests.approvals_pages.posting import text_of
from tests.pdfs import inflated, kept, needs_pango


@pytest.fixture
def typeset(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep what was given to be typeset instead of typesetting it."""
    return kept(monkeypatch)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@needs_pango
def test_receipt_as_pdf_is_a_pdf_with_its_reference_and_hash(
    sign_in: SignIn, submitted: Any, settings: Any, tmp_path: Path
) -> None:
    decision = submitted().revisions.get().decisions.get()
    answer = sign_in("bram").get(f"/decisions/{decision.pk}/receipt.pdf")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="D-1001-1-1-receipt.pdf"'
    assert answer.content.startswith(b"%PDF-")
    said = inflated(answer.content)
    assert b"pdfuaid:part" in said and b"Receipt D-1001, revision 1" in said
    assert decision.answer_sha256.encode() in said
    reader = shutil.which("pdftotext")
    if reader:
        (tmp_path / "receipt.pdf").write_bytes(answer.content)
        read = [reader, str(tmp_path / "receipt.pdf"), "-"]
        text = subprocess.run(read, check=True, capture_output=True, text=True, timeout=20).stdout
        assert "Receipt D-1001, revision 1" in text
        assert decision.answer_sha256 in text
        assert f"{settings.SITE_URL}/decisions/{decision.pk}/" in text


def test_receipt_as_pdf_says_what_the_page_says(sign_in: SignIn, submitted: Any, typeset: list[str]) -> None:
    decision = submitted().revisions.get().decisions.get()
    bram = sign_in("bram")
    page = bram.get(f"/decisions/{decision.pk}/").content.decode()
    assert bram.get(f"/decisions/{decision.pk}/receipt.pdf").content == b"%PDF-kept"
    article = re.compile(r'<article class="receipt".*?</article>', re.DOTALL)
    shown, set_ = article.search(page), article.search(typeset[0])
    assert shown and set_ and shown[0] == set_[0]
    assert "D-1001" in typeset[0] and decision.case_sha256 in typeset[0]
    event = Event.objects.get(verb="deal.submitted")
    assert f"Event {event.sequence} of the journal" in words(typeset[0])
    assert f"/decisions/{decision.pk}/receipt.pdf" in page


def test_receipt_as_pdf_of_a_blind_reader_tells_no_cost(sign_in: SignIn, submitted: Any, typeset: list[str]) -> None:
    Team.objects.filter(code="public").update(cost_sight="nobody")
    decision = submitted("1044").revisions.get().decisions.get()
    sign_in("bram").get(f"/decisions/{decision.pk}/receipt.pdf")
    blind = words(typeset[0])
    assert "Margin" not in blind and "610" not in blind
    assert decision.case_sha256 not in typeset[0] and decision.answer_sha256 not in typeset[0]
    sign_in("petra").get(f"/decisions/{decision.pk}/receipt.pdf")
    assert "Margin" in words(typeset[1]) and decision.case_sha256 in typeset[1]


def test_receipt_as_pdf_that_was_superseded_says_so(sign_in: SignIn, submitted: Any, typeset: list[str]) -> None:
    deal = submitted()
    first = deal.revisions.get().decisions.get()
    sign_in("anke").post(f"/deals/{deal.reference}/consent", {"answer": "consent", "reason": ""})
    sign_in("bram").get(f"/decisions/{first.pk}/receipt.pdf")
    assert "Superseded The same revision was judged again: decision 2." in words(typeset[0])


def test_receipt_as_pdf_of_another_team_is_not_there(sign_in: SignIn, submitted: Any, typeset: list[str]) -> None:
    decision = submitted().revisions.get().decisions.get()
    assert [sign_in(key).get(f"/decisions/{decision.pk}/receipt.pdf").status_code for key in ("femke", "nora")] == [
        404,
        404,
    ]
    assert typeset == []


def test_receipt_without_pango_is_to_be_printed(
    sign_in: SignIn, submitted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = submitted().revisions.get().decisions.get()
    monkeypatch.setattr(pdf, "_typesetting", lambda: None)
    bram = sign_in("bram")
    page = bram.get(f"/decisions/{decision.pk}/")
    assert str(pdf.MISSING) in text_of(page)
    assert "receipt.pdf" not in page.content.decode()
    answer = bram.get(f"/decisions/{decision.pk}/receipt.pdf")
    assert answer.status_code == pdf.NOT_HERE
    assert str(pdf.MISSING) in text_of(answer)
    assert f'href="/decisions/{decision.pk}/"' in answer.content.decode()
