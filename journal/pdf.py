"""Pages as PDF, where the machine has Pango; where it has not, a sentence that says so and sends to the printer."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import structlog
from django.conf import settings
from django.core.checks import CheckMessage, Info
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

MISSING = gettext_lazy("PDF needs Pango on the server; print this page instead.")
NOT_HERE = 501  # a request that is right, on a server that cannot do it
log = structlog.get_logger(__name__)


@cache
def _typesetting() -> ModuleType | None:
    """Return what sets PDFs, None where its libraries are missing; loaded late, because that takes a second."""
    try:
        return import_module("journal.typesetting")
    except OSError as error:
        log.warning("pdf.unavailable", cause=str(error).partition("\n")[0])
        return None


def available() -> bool:
    """Say whether PDFs can be made here; the first call loads what makes them."""
    return _typesetting() is not None


def answer(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, name: str, page: str, sha256: str
) -> HttpResponse:
    """Answer with a template as a PDF to keep under `name`, or with the sentence that leads to the `page` to print.

    The template extends `pdf.html` and is rendered without the request: it sees `context`, `address` (of the page)
    and `sha256` (what proves it).
    """
    return sent(request, made(template, context, page=page, sha256=sha256), name=name, page=page)


def sent(request: HttpRequest, content: bytes | None, *, name: str, page: str) -> HttpResponse:
    """Answer with a PDF that was made, or where there is none with the sentence that leads to the `page` to print."""
    if content is None:
        return _instead(request, page)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def made(template: str, context: Mapping[str, Any], *, page: str, sha256: str) -> bytes | None:
    """Return a template as a PDF, the same bytes each time; None where this server cannot make one."""
    typesetting = _typesetting()
    if typesetting is None:
        return None
    html = render_to_string(template, {**context, "address": f"{settings.SITE_URL}{page}", "sha256": sha256})
    try:
        return bytes(typesetting.typeset(html))
    except OSError as error:  # the libraries are there and do not work, which shows at the first use only
        log.warning("pdf.failed", cause=str(error))
        return None


def _instead(request: HttpRequest, page: str) -> HttpResponse:
    return render(request, "errors/no_pdf.html", {"sentence": MISSING, "page": page}, status=NOT_HERE)


def check_pango(app_configs: object, **kwargs: object) -> Sequence[CheckMessage]:
    """Tell `manage.py check --deploy` that PDFs cannot be made; the product works without."""
    if available():
        return []
    hint = "Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0, then start the product again."
    return [Info("Pango is missing: pages are offered for printing, not as PDF.", hint=hint, id="journal.I001")]
