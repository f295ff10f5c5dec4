"""Find the row that an address names, as far as the reader may see it; else there is nothing there."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.electorates import place_of
from approvals.models import Case, Deal, Revision
from approvals.sight import visible_cases, visible_deals
from teams.models import Customer, Team
from teams.views.requests import PageRequest as PageRequest
from teams.views.requests import today_of as today_of

LONGEST_NUMBER = 18


def signed_in_part(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask for a sign-in, but never where a script asked for a part: the sign-in page is no answer to swap in."""
    guarded = login_required(view)

    @wraps(view)
    def asked(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and not request.user.is_authenticated:
            return HttpResponse(status=401)
        return guarded(request, *args, **kwargs)

    return asked


def outdated(request: PageRequest, latest: Revision | None) -> int | None:
    """Return the revision that a link was about, where a newer one stands on the page."""
    text = request.GET.get("revision", "")
    if latest is None or not (text.isascii() and text.isdigit() and len(text) < 9):
        return None
    return int(text) if int(text) < latest.number else None


def deal_crumbs(deal: Deal) -> list[dict[str, str]]:
    """Return where a page beneath a deal lies."""
    return [
        {"url": reverse("approvals:deals"), "label": _("Deals")},
        {"url": reverse("approvals:deal", args=[deal.reference]), "label": deal.reference},
    ]


def deal_of(request: PageRequest, reference: str) -> Deal:
    """Return the deal if the reader may see it. Raises: Http404."""
    deals = visible_deals(request.person).select_related("team", "customer", "contact", "latest", "created_by")
    return get_object_or_404(deals, reference=reference)


def case_of(request: PageRequest, pk: int) -> Case:
    """Return the case if the reader may see it. Raises: Http404."""
    cases = visible_cases(request.person).select_related(
        "deal__team", "deal__customer", "deal__contact", "deal__latest", "revision", "decision", "committee"
    )
    votes = cases.prefetch_related(
        "votes__past", "electors__user", "electors__substitution__member", "recusals", "counter_proposals"
    )
    return get_object_or_404(votes, pk=pk)


def is_history(deal: Deal) -> bool:
    """Whether the deal was decided elsewhere and imported: it was not judged here, and nothing can be done with it."""
    return deal.imported and deal.latest is not None and not deal.latest.judged


def customer_of(reference: str) -> Customer | None:
    return Customer.objects.filter(reference=reference, is_active=True).first()


def team_of(customer: Customer, day: date) -> Team | None:
    """Return the team that looks after the customer: its mandate judges a new deal."""
    place = place_of(customer.pk, day)
    return None if place is None else place.team


def row_number(text: str) -> int | None:
    """Return the number of a row that was sent as text; None where it can be none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None
