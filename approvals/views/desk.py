"""The deal desk: a new deal, a draft being changed, and the live answer to both."""

import re
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from approvals import desk as desks
from approvals.actions.draft import DraftHeader, create_deal, edit_draft
from approvals.desk import Desk
from approvals.forms.desk import TermsForm
from approvals.models import Deal
from approvals.rows import Line
from approvals.sight import about_next
from approvals.states import DEAL_MOVES
from approvals.views.choosing import choose_customer
from approvals.views.desk_page import answer_of, catalogue_of, desk_page, edition_of
from approvals.views.looking import PageRequest, customer_of, deal_of, is_history, signed_in_part, team_of, today_of
from approvals.views.meeting import STALE, merge, met
from approvals.views.saving import saved
from journal.moves import legal
from journal.refusals import Conflict, Refusal
from teams.models import Customer, Team
from teams.permissions import About, may

FIGURE = re.compile(r"[0-9]{1,15}(\.[0-9]{1,4})?")
CARRIED = ("kind", "channel")


@login_required
@require_http_methods(["GET", "POST"])
def new(request: PageRequest) -> HttpResponse:
    """Begin a deal: choose the customer, then work on the desk; saving makes the draft."""
    values = request.POST if request.method == "POST" else request.GET
    customer = customer_of(values.get("customer", ""))
    if customer is None:
        return choose_customer(request)
    team = team_of(customer, today_of(request))
    if team is None or not may("deal.create", request.person, About(team_id=team.pk)):
        return choose_customer(request, refused=customer)
    if request.method == "GET":
        return desk_page(request, _carried(request, customer, team))
    desk = _sent(request, customer, team, None)
    terms = desk.draft()
    if request.POST.get("do") not in desks.SAVING or not desk.is_right or terms is None:
        return desk_page(request, desk)
    try:
        deal = create_deal(
            by=request.user,
            at=timezone.now(),
            customer=customer,
            kind=desk.kind,
            channel=desk.channel,
            currency=desk.currency,
            terms=terms,
        )
    except Refusal as refusal:
        return desk_page(request, desk, refusal=refusal)
    return saved(request, deal)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: PageRequest, reference: str) -> HttpResponse:
    """Change a deal's draft; what somebody else saved meanwhile is shown beside one's own, and chosen between."""
    deal = deal_of(request, reference)
    if not may("deal.edit", request.person, about_next(deal, today_of(request))):
        raise Http404
    closed = is_history(deal) or not any(move.name == "edit" for move in legal(DEAL_MOVES, deal.state))
    said = _("This deal is closed, so its draft stays as it is. Copy it to start again.")
    if request.method == "GET":
        if not closed:
            return desk_page(request, desks.stored(deal, on=today_of(request)))
        messages.info(request, said)
        return redirect("approvals:deal", deal.reference)
    if request.POST.get("then") == "merge":
        return merge(request, deal)
    desk = _sent(request, deal.customer, team_of(deal.customer, today_of(request)) or deal.team, deal)
    if closed:  # closed while somebody was typing: what was typed stays on the page
        return desk_page(request, desk, refusal=Conflict("illegal_move", said))
    terms = desk.draft()
    if request.POST.get("do") not in desks.SAVING or not desk.is_right or terms is None:
        return desk_page(request, desk)
    header = None if desk.head_is_fixed else DraftHeader(deal.customer, desk.kind, desk.channel, desk.currency)
    try:
        deal = edit_draft(
            deal=deal, by=request.user, at=timezone.now(), edition=edition_of(request), terms=terms, header=header
        )
    except Refusal as refusal:
        if refusal.code == STALE:
            return met(request, deal, desk, terms)
        return desk_page(request, desk, refusal=refusal)
    return saved(request, deal)


@require_POST
@signed_in_part
def verdict(request: PageRequest) -> HttpResponse:
    """Answer what stands on the desk now; nothing is kept."""
    desk = _sent(request, *_posted(request))
    return render(request, "approvals/_verdict.html", answer_of(request, desk))


@require_POST
@signed_in_part
def grid(request: PageRequest) -> HttpResponse:
    """Show the lines anew after the currency was changed: discounts stay, prices follow."""
    desk = _sent(request, *_posted(request))
    return render(request, "approvals/_lines.html", {"desk": desk, **catalogue_of(request, desk)})


def _posted(request: PageRequest) -> tuple[Customer, Team, Deal | None]:
    """Return whose desk was sent. Raises: Http404 where it is not the reader's to write on."""
    reference = request.POST.get("reference", "")
    deal = deal_of(request, reference) if reference else None
    customer = deal.customer if deal else customer_of(request.POST.get("customer", ""))
    team = None if customer is None else team_of(customer, today_of(request)) or (deal.team if deal else None)
    if customer is None or team is None or not may("deal.create", request.person, About(team_id=team.pk)):
        raise Http404
    return customer, team, deal


def _sent(request: PageRequest, customer: Customer, team: Team, deal: Deal | None) -> Desk:
    """Return the desk as sent, with a row removed or a way to a yes applied where that is what the button says."""
    day = today_of(request)
    data: QueryDict = request.POST
    if "remove" in data:
        data = desks.without_row(data, data.get("remove", ""))
    desk = desks.sent(data, customer=customer, team=team, deal=deal, on=day)
    if "apply" in data:
        data = desks.with_change(data, data.get("apply", ""), desk.rows)
        desk = desks.sent(data, customer=customer, team=team, deal=deal, on=day)
    return desk


def _carried(request: PageRequest, customer: Customer, team: Team) -> Desk:
    """Return a new desk, with what a link such as the one of "Can I?" carries."""
    probe = TermsForm(request.GET)
    probe.is_valid()
    head = {name: request.GET.get(name, "") for name in CARRIED}
    initial = {name: value for name, value in {**head, **probe.cleaned_data}.items() if value not in ("", None)}
    currency = request.GET.get("currency", "") or request.organisation.currency
    return desks.begun(
        customer=customer,
        team=team,
        initial=initial,
        lines=_carried_lines(request.GET),
        currency=currency if currency in desks.currencies() else request.organisation.currency,
        on=today_of(request),
    )


def _carried_lines(query: QueryDict) -> list[Line]:
    product, quantity, price = (str(query.get(name, "")) for name in ("product", "quantity", "price"))
    if not product or not FIGURE.fullmatch(quantity or "1") or not FIGURE.fullmatch(price):
        return []
    line = (product, Decimal(quantity or "1"), Decimal(price))
    return [line] if line[1] > 0 else []
