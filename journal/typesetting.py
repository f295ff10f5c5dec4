"""Typeset HTML as PDF. Loading this needs Pango: only `journal/pdf.py` loads it, and only when a PDF is asked for."""

from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

KINDS = {".css": "text/css", ".svg": "image/svg+xml"}


class OwnFiles(URLFetcher):
    """Reads our own static files from the disk and refuses every other address: typesetting asks nobody."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._before = urljoin(_site(), settings.STATIC_URL)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return one of our static files. Raises: ValueError for an address that is none."""
        kind = KINDS.get(PurePosixPath(urlsplit(url).path).suffix)
        if kind is None or not url.startswith(self._before):
            raise ValueError("a PDF is set with our own style sheets and drawings only")
        name = unquote(urlsplit(url.removeprefix(self._before)).path)
        return URLFetcherResponse(url, _content(name), {"Content-Type": kind})


def typeset(html: str) -> bytes:
    """Return the page as PDF/UA: tagged, so that a screen reader reads it in its order. Same page, same bytes."""
    page = HTML(string=html, base_url=_site(), url_fetcher=OwnFiles())
    return bytes(page.write_pdf(pdf_variant="pdf/ua-1"))


def _site() -> str:
    return f"{settings.SITE_URL}/"


def _content(name: str) -> bytes:
    """Return a static file by the name that its address has: as it stands in the project, or as it was collected."""
    found = finders.find(name)
    if isinstance(found, str):
        with open(found, "rb") as file:
            return file.read()
    with staticfiles_storage.open(name) as file:
        return bytes(file.read())
