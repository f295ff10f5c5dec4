"""Two who changed the draft of one deal: what differs is chosen between, and nothing is overwritten unasked."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from approvals.actions.draft import DraftHeader, edit_draft
from approvals.desk import Desk
from approvals.forms.meeting import Reading, merged, read_state, settled, state_of, state_text, terms_of
from approvals.models import Deal
from approvals.shown import product_names
from approvals.terms import DraftTerms, read
from approvals.views.desk_page import edition_of
from approvals.views.looking import PageRequest, deal_crumbs
from approvals.views.saving import keep_files, saved
from journal.refusals import Refusal

CHOICE = "choose-"
STALE = "stale_edition"


def _stored(deal: Deal) -> dict[str, Any]:
    return state_of(read(deal.draft), kind=deal.kind, channel=deal.channel, currency=deal.currency)


def met(request: PageRequest, deal: Deal, desk: Desk, terms: DraftTerms) -> HttpResponse:
    """Show what was typed beside what somebody else saved meanwhile. Files that were sent are kept at once."""
    keep_files(request, deal)
    mine = state_of(terms, kind=desk.kind, channel=desk.channel, currency=desk.currency)
    return _page(request, deal, read_state(request.POST.get("base", "")), mine, status=409)


def merge(request: PageRequest, deal: Deal) -> HttpResponse:
    """Save the merge with what was chosen; where the draft changed once more, show that first."""
    sent = request.POST
    base, mine = read_state(sent.get("base", "")), read_state(sent.get("mine", ""))
    choices = {key.removeprefix(CHOICE): str(sent[key]) for key in sent if key.startswith(CHOICE)}
    if edition_of(request) != deal.edition:
        return _page(request, deal, base, mine, status=409, choices=choices)
    found = merged(base, _stored(deal), mine)
    if missing := found.missing(choices):
        return _page(request, deal, base, mine, status=422, choices=choices, missing=missing)
    state = settled(found, choices)
    try:
        deal = edit_draft(
            deal=deal,
            by=request.user,
            at=timezone.now(),
            edition=edition_of(request),
            terms=terms_of(state),
            header=_header(deal, state),
        )
    except Refusal as refusal:
        again = None if refusal.code == STALE else refusal
        return _page(request, deal, base, mine, status=refusal.status, choices=choices, refusal=again)
    return saved(request, deal)


def _header(deal: Deal, state: Mapping[str, Any]) -> DraftHeader | None:
    if deal.submitted_at is not None:
        return None
    kind, currency = str(state.get("kind", deal.kind)), str(state.get("currency", deal.currency))
    return DraftHeader(deal.customer, kind, str(state.get("channel", "")), currency)


def _page(
    request: PageRequest,
    deal: Deal,
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    *,
    status: int,
    choices: Mapping[str, str] | None = None,
    missing: Sequence[str] = (),
    refusal: Refusal | None = None,
) -> HttpResponse:
    """Show what differs between the draft as both found it, as it is now, and as it was typed here."""
    deal = Deal.objects.select_related("customer").get(pk=deal.pk)
    theirs = _stored(deal)
    found = merged(base, theirs, mine)
    names = product_names(row.get("product", "") for state in (base, theirs, mine) for row in state["lines"])
    address = reverse("approvals:edit", args=[deal.reference])
    context = {
        "meeting": Reading(found, currency=deal.currency, names=names).shown(choices or {}, missing),
        "asks": found.asks,
        "deal": deal,
        "base": state_text(base),
        "mine": state_text(mine),
        "refusal": refusal,
        "address": address,
        "do": "review" if request.POST.get("do") == "review" else "save",
        "supporting": request.POST.getlist("supporting"),
        "supports_base": request.POST.get("supports_base") if "supports_shown" in request.POST else None,
        "crumbs": deal_crumbs(deal),
    }
    return render(request, "approvals/meeting.html", context, status=status)
