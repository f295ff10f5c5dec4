"""The quote of an agreed deal: a page, the same on paper, in the language of whoever reads it."""

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
from approvals.quoting import expect_agreed, quote_of, why_none
from approvals.views.looking import PageRequest, deal_of, today_of
from journal import pdf
from teams.models import Organisation

PAPER = "approvals/quote_pdf.html"
Paper = tuple[str, bytes | None]


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
            shown = {"quote": quote_of(deal, shows_list=shows_list), "organisation": request.organisation}
            context["article"] = render_to_string("approvals/_quote.html", shown)
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
    expect_agreed(deal, today_of(request))
    language, shows_list = _chosen(request)
    name, paper = paper_of(deal, request.organisation, language=language, shows_list=shows_list)
    return pdf.sent(request, paper, name=name, page=_page_of(deal))


def paper_of(deal: Deal, organisation: Organisation, *, language: str | None, shows_list: bool) -> Paper:
    """Return the name of the quote's PDF and the PDF, None where this server cannot make one."""
    with translation.override(language):
        made = quote_of(deal, shows_list=shows_list)
        context = {"quote": made, "organisation": organisation}
        name = f"{_('quote')}-{made.number.replace('/', '-')}.pdf"
        return name, pdf.made(PAPER, context, page=_page_of(deal), sha256=made.number)


def _page_of(deal: Deal) -> str:
    return f"/deals/{deal.reference}/quote/"


def _chosen(request: PageRequest) -> tuple[str, bool]:
    """Return the language of the quote, the reader's own unless another is chosen, and whether it tells list prices."""
    language = request.GET.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = translation.get_language() or settings.LANGUAGE_CODE
    return language, request.GET.get("list", "") == "1"
