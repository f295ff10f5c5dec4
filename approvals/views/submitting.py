"""Check your answers, then submit: the outcome is there at once."""

import json
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from approvals import desk as desks
from approvals.actions.submit import submit as submit_deal
from approvals.models import Deal, Decision
from approvals.readings.diff import changes
from approvals.readings.lines import lines_of, totals_of
from approvals.shown import product_names
from approvals.sight import about_next
from approvals.states import DEAL_MOVES
from approvals.views.desk_page import answer_of, edition_of
from approvals.views.looking import PageRequest, deal_of, is_history, today_of
from journal.moves import legal
from journal.refusals import Conflict, Invalid
from teams.permissions import may
from teams.sight import sees_cost

TWICE = timedelta(minutes=5)


@require_safe
@login_required
def check(request: PageRequest, reference: str) -> HttpResponse:
    """Show what would be submitted, and what submitting would do."""
    deal = deal_of(request, reference)
    _must_submit(request, deal)
    return _page(request, deal)


@require_POST
@login_required
def submit(request: PageRequest, reference: str) -> HttpResponse:
    """Submit once; the second of two clicks finds it done and goes to the same page."""
    deal = deal_of(request, reference)
    _must_submit(request, deal)
    edition = edition_of(request)
    if edition is None:
        return redirect("approvals:check", deal.reference)
    try:
        decision = submit_deal(deal=deal, by=request.user, at=timezone.now(), edition=edition)
    except Conflict as conflict:
        if conflict.code == "stale_edition" and _was_just_submitted(request, deal, edition):
            return redirect("approvals:deal", deal.reference)
        return _page(request, deal, said=conflict.detail, status=conflict.status)
    except Invalid as invalid:
        return _page(request, deal, said=invalid.detail, status=invalid.status)
    messages.success(request, _told(decision))
    return redirect("approvals:deal", deal.reference)


def _must_submit(request: PageRequest, deal: Deal) -> None:
    """Raises: Http404 where the reader does not submit deals of this team."""
    if is_history(deal) or not may("deal.submit", request.person, about_next(deal, today_of(request))):
        raise Http404


def _was_just_submitted(request: PageRequest, deal: Deal, edition: int) -> bool:
    """Say whether this very form was sent before, by the same person, a moment ago."""
    latest = deal.latest
    if latest is None or latest.submitted_by_id != request.user.pk:
        return False
    return deal.edition > edition and timezone.now() - latest.submitted_at < TWICE


def _told(decision: Decision) -> str:
    return {
        "member": _("Approved: you may say yes to the customer."),
        "team": _("Your colleagues are asked."),
        "committee": _("It is with the committee now."),
    }.get(decision.outcome, _("It lies outside the charter, so nobody is asked. The reasons stand below."))


def _page(request: PageRequest, deal: Deal, *, said: str = "", status: int = 200) -> HttpResponse:
    desk = desks.stored(deal, on=today_of(request))
    answer = answer_of(request, desk)
    cost = sees_cost(request.person, desk.team)
    document = desk.document()
    latest = deal.latest
    before = None if latest is None else json.loads(latest.document)["deal"]
    context = {
        "deal": deal,
        "desk": desk,
        "said": said,
        "document": document,
        "lines": lines_of(document, product_names(line["product"] for line in document["lines"]), sees_cost=cost),
        "totals": totals_of(document, sees_cost=cost) if document["lines"] else None,
        "changes": [] if before is None else changes(before, document, _names(before, document)),
        "attachments": list(deal.attachments.order_by("id")),
        "may_submit": any(move.name == "submit" for move in legal(DEAL_MOVES, deal.state)),
        "sees_cost": cost,
        **answer,
    }
    return render(request, "approvals/check.html", context, status=status)


def _names(*documents: dict[str, Any]) -> dict[str, str]:
    return product_names(line["product"] for document in documents for line in document["lines"])
