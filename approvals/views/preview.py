"""One thing in short, beside the inbox: what is asked, the figures, and the ways to its page."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from approvals import summaries
from approvals.clock import clock_of
from approvals.models import Case, ConsentRound
from approvals.sight import about_case, about_round, visible_advice, visible_cases
from approvals.views.looking import PageRequest, deal_of, row_number
from teams.permissions import may


def preview_of(request: PageRequest, kind: str, identifier: str) -> dict[str, Any]:
    """Return what the pane shows of a deal, a case or a question. Raises: Http404 where the reader may not see it."""
    if kind == "deal":
        return _deal(request, identifier)
    number = row_number(identifier)
    if number is None:
        raise Http404
    return _case(request, number) if kind == "case" else _advice(request, kind, number)


def _deal(request: PageRequest, reference: str) -> dict[str, Any]:
    deal = deal_of(request, reference)
    round = ConsentRound.objects.filter(revision=deal.latest_id, state=ConsentRound.State.OPEN).first()
    if round is not None and deal.latest is not None:
        round.revision = deal.latest
        round.revision.deal = deal
    asked = round is not None and may("consent.give", request.person, about_round(round)).allowed
    return {
        "title": deal.customer.name,
        "state": deal.state,
        "summary": summaries.of_deal(deal, request.person, request.organisation),
        "left": None if round is None else clock_of(request.organisation).of_round(round),
        "url": reverse("approvals:deal", args=[deal.reference]),
        "answers": asked,
    }


def _case(request: PageRequest, pk: int) -> dict[str, Any]:
    cases = visible_cases(request.person).select_related(
        "deal__team", "deal__customer", "deal__latest", "revision", "decision", "committee"
    )
    case = get_object_or_404(cases, pk=pk)
    known = about_case(case)
    may_vote = case.state == Case.State.OPEN and may("case.vote", request.person, known).allowed
    return {
        "title": f"{case.committee.name}: {case.deal.customer.name}",
        "state": case.state,
        "summary": summaries.of_case(case, request.person, request.organisation, known),
        "left": clock_of(request.organisation).of_case(case),
        "url": reverse("approvals:case", args=[case.pk]),
        "votes": may_vote,
    }


def _advice(request: PageRequest, kind: str, pk: int) -> dict[str, Any]:
    if kind != "advice":
        raise Http404
    found = visible_advice(request.person).select_related("asked_by", "deal__customer")
    advice = get_object_or_404(found, pk=pk)
    return {
        "title": advice.deal.customer.name,
        "state": advice.state,
        "summary": summaries.of_advice(advice),
        "url": reverse("approvals:advice", args=[advice.pk]),
    }
