"""Ask to sign in again before a vote on a deal above the organisation's figure."""

import json
from decimal import Decimal

from django.http import HttpResponse
from django.urls import reverse

from approvals.models import Case
from approvals.views.looking import PageRequest
from teams.views.again import sign_in_again

EURO = "EUR"


def asked_again(request: PageRequest, case: Case, *, doing: str) -> HttpResponse | None:
    """Return the page that asks to sign in again; None where the deal is not above the figure or the session recent.

    Call it once the form is valid, before the vote. A value that cannot be converted counts as above.
    """
    most = request.organisation.vote_again_above
    if most is None:
        return None
    value = _converted(case, request.organisation.currency)
    if value is not None and value <= most:
        return None
    return sign_in_again(request, doing=doing, back=reverse("approvals:case", args=[case.pk]))


def _converted(case: Case, currency: str) -> Decimal | None:
    """Return the revision's net value in that currency, by the rates that it was judged with."""
    net = case.revision.net_value
    if net is None or case.deal.currency == currency:
        return net
    rates = {**json.loads(case.decision.case_document).get("rates", {}), EURO: 1}
    if not {currency, case.deal.currency} <= set(rates):
        return None
    return net / Decimal(rates[case.deal.currency]) * Decimal(rates[currency])
