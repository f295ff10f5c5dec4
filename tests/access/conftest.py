"""Who may have a PDF is asked here, not how it is set: that takes Pango, and a moment for each."""

import pytest

from tests.pdfs import kept


@pytest.fixture(autouse=True)
def pdfs_kept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """PDFs are answered without being typeset."""
    return kept(monkeypatch)
