"""The list of deals with its export, one deal, and its files."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from approvals.forms.filters import DealFilter
from approvals.models import Deal
from approvals.readings import figures
from approvals.sight import visible_deals
from approvals.spreadsheets import as_csv
from approvals.views.deal_page import deal_page
from approvals.views.looking import PageRequest, deal_of
from journal.paging import page
from teams.models import Team
from teams.permissions import may

SHOWN = ("customer", "team", "contact", "latest")


@require_safe
@login_required
def deals(request: PageRequest) -> HttpResponse:
    """List the deals that the reader may see, newest first, by the filters in the address."""
    form, found = _filtered(request)
    current = page(found, request.GET)
    export = request.GET.copy()
    export.pop("page", None)
    context = {
        "form": form,
        "active": form.is_set,
        "rows": [_row(deal) for deal in current.items],
        "page": current,
        "export": export.urlencode(),
        "may_create": bool(may("deal.create", request.person)),
    }
    return render(request, "approvals/deals.html", context)


@require_safe
@login_required
def export(request: PageRequest) -> StreamingHttpResponse:
    """Give the same list as a CSV file."""
    _form, found = _filtered(request)
    response = StreamingHttpResponse(
        as_csv(found.order_by("-pk").iterator(2000)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="deals.csv"'
    return response


@require_safe
@login_required
def deal(request: PageRequest, reference: str) -> HttpResponse:
    """Show one deal."""
    return deal_page(request, deal_of(request, reference))


@require_safe
@login_required
def file(request: PageRequest, reference: str, attachment_id: int) -> FileResponse:
    """Give a file of the deal, always as a download: it comes from outside."""
    attachment = get_object_or_404(deal_of(request, reference).attachments, pk=attachment_id)
    response = FileResponse(attachment.file.open("rb"), as_attachment=True, filename=attachment.name)
    response["Content-Type"] = "application/octet-stream"
    return response


def _filtered(request: PageRequest) -> tuple[DealFilter, QuerySet[Deal]]:
    form = DealFilter(request.GET or {}, teams=list(Team.objects.order_by("name")))
    seen = visible_deals(request.person).select_related(*SHOWN)
    return form, form.narrow(seen, me=request.user.pk)


def _row(deal: Deal) -> dict[str, Any]:
    latest = deal.latest
    share = ""
    if latest is not None and latest.discount_amount is not None and latest.list_value:
        share = figures.percent(100 * latest.discount_amount / latest.list_value)
    net = "" if latest is None else figures.money(latest.net_value, deal.currency)
    return {"deal": deal, "net": net, "discount": share}
