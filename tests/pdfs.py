"""Reading PDFs in tests, and keeping what would be typeset where a test is not about typesetting."""

import re
import zlib

import pytest

from journal import pdf

needs_pango = pytest.mark.skipif(not pdf.available(), reason="Pango is missing: pages are printed instead")


def inflated(content: bytes) -> bytes:
    """Return the streams of a PDF as they are read: metadata, properties, drawing."""
    streams = re.findall(rb"/FlateDecode.*?stream\n(.*?)\nendstream", content, re.DOTALL)
    return b"\n".join(zlib.decompress(stream) for stream in streams)


def kept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Take typesetting's place: collect what is given to it, and answer with a PDF in name only."""
    given: list[str] = []

    class Kept:
        @staticmethod
        def typeset(html: str) -> bytes:
            given.append(html)
            return b"%PDF-kept"

    monkeypatch.setattr(pdf, "_typesetting", lambda: Kept)
    return given
