"""The quote of an agreed deal: a page, the same on paper, in the language of whoever reads it."""

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from approvals.models import Deal
from approvals.quoting import Quote, quote_of, why_none
from approvals.shown import product_names
from approvals.views.looking import PageRequest, deal_of, today_of
from journal import pdf
from journal.refusals import Conflict

PAPER = "approvals/quote_pdf.html"


@require_safe
@login_required
def quote(request: PageRequest, reference: str) -> HttpResponse:
    """Show the quote, or why there is none."""
    deal = deal_of(request, reference)
    why = why_none(deal, today_of(request))
    context: dict[str, Any] = {"deal": deal, "why_none": why}
    if not why:
        language, shows_list = _chosen(request)
        with translation.override(language):
            context["article"] = render_to_string("approvals/_quote.html", _context(request, deal, shows_list))
        asked = f"?language={language}{'&list=1' if shows_list else ''}"
        context |= {
            "language": language,
            "languages": [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES],
            "shows_list": shows_list,
            "pdf_url": f"/deals/{deal.reference}/quote.pdf{asked}",
            "pdf_offered": pdf.available(),
            "pdf_missing": pdf.MISSING,
        }
    return render(request, "approvals/quote.html", context)


@require_safe
@login_required
def quote_pdf(request: PageRequest, reference: str) -> HttpResponse:
    """Give the quote as a PDF. Raises: Conflict `not_agreed` where there is none."""
    deal = deal_of(request, reference)
    if why := why_none(deal, today_of(request)):
        raise Conflict("not_agreed", why)
    language, shows_list = _chosen(request)
    with translation.override(language):
        context = _context(request, deal, shows_list)
        made: Quote = context["quote"]
        name = f"{_('quote')}-{made.number.replace('/', '-')}.pdf"
        page = f"/deals/{deal.reference}/quote/"
        return pdf.answer(request, PAPER, context, name=name, page=page, sha256=made.number)


def _chosen(request: PageRequest) -> tuple[str, bool]:
    """Return the language of the quote, the reader's own unless another is chosen, and whether it tells list prices."""
    language = request.GET.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = translation.get_language() or settings.LANGUAGE_CODE
    return language, request.GET.get("list", "") == "1"


def _context(request: PageRequest, deal: Deal, shows_list: bool) -> dict[str, Any]:
    revision = deal.latest
    if revision is None:
        raise Conflict("not_agreed", _("The deal is not approved yet, so nothing can be quoted."))
    document = json.loads(revision.document)["deal"]
    names = product_names(line["product"] for line in document["lines"])
    made = quote_of(deal, revision, document, names, shows_list=shows_list)
    return {"quote": made, "organisation": request.organisation}
