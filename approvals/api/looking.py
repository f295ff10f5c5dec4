"""What every view of this API shares: the row an address names, the edition that was read, and how deals are shown."""

from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from approvals.api.giving import DealDetailSerializer
from approvals.models import Deal, DealSupport
from approvals.sight import about, about_next, cost_shown, visible_deals
from approvals.states import DEAL_MOVES
from approvals.terms import DraftTerms, read
from journal.editions import etag_of, require_match
from journal.moves import legal
from mandates.documents import money_text, number_text
from teams.models import ApiToken
from teams.organisation import today
from teams.permissions import Person, may
from teams.sight import CostView
from teams.tokens import HasScope

REFERENCE = "[^/]+"
NEXT_REVISION = frozenset({"edit", "submit"})
RELATED = ("team", "customer", "contact", "latest")


class DealView(APIView):
    """Whoever is signed in reads; a token changes deals with the scope `deals` only."""

    permission_classes = [IsAuthenticated, HasScope]
    scope = ApiToken.Scope.DEALS.value


def person_of(request: Request) -> Person:
    """Return who asks, as the permission table knows them."""
    person: Person = request._request.person  # type: ignore[attr-defined]
    return person


def day_of(request: Request, at: datetime) -> date:
    """Return the organisation's day, with the settings that this request has read already."""
    return today(at, of=request._request.organisation)  # type: ignore[attr-defined]


def seen_deals(request: Request) -> QuerySet[Deal]:
    """Return the deals that the reader may see, with what every answer shows of them."""
    return visible_deals(person_of(request)).select_related(*RELATED)


def deal_of(request: Request, reference: str) -> Deal:
    """Return the deal if the reader may see it. Raises: Http404."""
    return get_object_or_404(seen_deals(request), reference=reference)


def shows_cost(request: Request, deal: Deal) -> bool:
    """Say whether the reader is shown the costs of this deal."""
    return cost_view_of(request, deal).figures


def cost_view_of(request: Request, deal: Deal) -> CostView:
    """Return how the reader is shown the costs of this deal."""
    of = request._request.organisation  # type: ignore[attr-defined]
    return cost_shown(deal, person_of(request), of, about(deal))


def taken(serializer: type[Serializer], data: Any) -> dict[str, Any]:
    """Return what was sent, validated. Raises: ValidationError."""
    read_in = serializer(data=data)
    read_in.is_valid(raise_exception=True)
    values: dict[str, Any] = read_in.validated_data
    return values


def edition_read(request: Request, deal: Deal) -> int:
    """Return the edition that the request was made from. Raises: PreconditionRequired, EditionChanged."""
    require_match(request, deal.edition)
    return deal.edition


# --- showing a deal ---


def shown(request: Request, reference: str, code: int = status.HTTP_200_OK) -> Response:
    """Read the deal anew and show it with its ETag."""
    supports = Prefetch("supports", DealSupport.objects.select_related("team").order_by("team__code"))
    deal = get_object_or_404(seen_deals(request).prefetch_related(supports), reference=reference)
    headers = {"ETag": etag_of(deal.edition)}
    if code == status.HTTP_201_CREATED:
        headers["Location"] = f"/api/v1/deals/{deal.reference}/"
    return Response(document_of(request, deal), status=code, headers=headers)


def document_of(request: Request, deal: Deal) -> Any:
    """Return a deal as its own address shows it."""
    values = DetailedDeal(deal, moves_of(request, deal))
    return DealDetailSerializer(values).data


class DetailedDeal:
    """A deal's row with what is computed for one reader beside it."""

    def __init__(self, deal: Deal, moves: list[str]) -> None:
        self._deal = deal
        self.moves = moves
        self.draft = draft_document(read(deal.draft), deal.currency)
        self.supporting_teams = [support.team.code for support in deal.supports.all()]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._deal, name)


def draft_document(terms: DraftTerms, currency: str) -> dict[str, Any]:
    """Return a draft as the API writes it."""
    return {
        "term_months": terms.term_months,
        "payment_days": terms.payment_days,
        "why": terms.why,
        "lines": [
            {
                "product": line.product,
                "quantity": number_text(line.quantity),
                "unit_price": money_text(line.unit_price, currency),
            }
            for line in terms.lines
        ],
    }


def moves_of(request: Request, deal: Deal) -> list[str]:
    """Return the moves that the state allows and the reader may make."""
    if deal.imported and deal.latest_id is not None:
        return []
    person, known = person_of(request), about(deal)
    next_one = about_next(deal, day_of(request, timezone.now()))
    found = [
        move.name
        for move in legal(DEAL_MOVES, deal.state)
        if move.permission and may(move.permission, person, next_one if move.name in NEXT_REVISION else known)
    ]
    if may("deal.copy", person, next_one):
        found.append("copy")
    return sorted({name.removesuffix("_as_draft") for name in found})
