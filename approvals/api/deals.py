"""The API of deals: make, read, change, submit and close them. Each change is the same action that the pages call."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.actions.draft import DraftHeader, copy_deal, create_deal, edit_draft
from approvals.actions.outcome import lose, reopen, win
from approvals.actions.submit import submit, withdraw
from approvals.api.examples import DRAFT, DRAFT_CHANGED, REASON, REFERENCE, RESULT
from approvals.api.giving import DealDetailSerializer, DealSerializer, DecisionSerializer, SubmittedSerializer
from approvals.api.looking import REFERENCE as REFERENCE_PATTERN
from approvals.api.looking import (
    deal_of,
    draft_document,
    edition_read,
    seen_deals,
    shown,
    taken,
)
from approvals.api.taking import (
    DraftSerializer,
    LostSerializer,
    NeededReasonSerializer,
    ReasonSerializer,
    WonSerializer,
    terms_of,
)
from approvals.forms.filters import DealFilter
from approvals.models import Deal, DealState
from approvals.terms import read
from journal.editions import etag_of, unless_changed
from journal.idempotency import idempotent
from teams.api import IDEMPOTENCY_KEY, IF_MATCH, asker
from teams.api_base import NothingSerializer
from teams.models import ApiToken, Team
from teams.tokens import HasScope

TAGS = ["deals"]
SAFELY = [REFERENCE, IDEMPOTENCY_KEY, IF_MATCH]
FILTERS = [
    OpenApiParameter("q", str, description="Words of the customer's name, or of a reference."),
    OpenApiParameter("state", str, enum=DealState.values),
    OpenApiParameter("team", str, description="The code of the deal's team."),
    OpenApiParameter("contact", str, enum=["me"], description="`me`: the deals whose contact you are."),
]


class DealViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Deals that you may see; the others are 404."""

    permission_classes = [IsAuthenticated, HasScope]
    scope = ApiToken.Scope.DEALS.value
    serializer_class = DealSerializer
    lookup_field = "reference"
    lookup_value_regex = REFERENCE_PATTERN
    queryset = Deal.objects.none()

    def get_queryset(self) -> QuerySet[Deal]:
        form = DealFilter(self.request.query_params, teams=list(Team.objects.order_by("name")))
        return form.narrow(seen_deals(self.request), me=asker(self.request).pk)

    @extend_schema(operation_id="deals_list", summary="List deals", tags=TAGS, parameters=FILTERS)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="deals_create",
        summary="Begin a deal",
        description="With a customer of your own team. Nothing is judged and nobody is asked before it is submitted.",
        tags=TAGS,
        request=DraftSerializer,
        responses={201: DealDetailSerializer},
        parameters=[IDEMPOTENCY_KEY],
        examples=[DRAFT],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        values = taken(DraftSerializer, request.data)
        deal = create_deal(
            by=asker(request),
            at=timezone.now(),
            customer=values["customer"],
            kind=values["kind"],
            channel=values["channel"],
            currency=values["currency"],
            terms=terms_of(values),
        )
        return shown(request, deal.reference, status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="deals_read",
        summary="Read a deal",
        tags=TAGS,
        parameters=[REFERENCE],
        responses={200: DealDetailSerializer},
    )
    def retrieve(self, request: Request, reference: str) -> Response:
        return shown(request, reference)

    @extend_schema(
        operation_id="deals_replace",
        summary="Replace a deal's draft",
        description="What was submitted stays as it is until the draft is submitted again.",
        tags=TAGS,
        request=DraftSerializer,
        responses={200: DealDetailSerializer},
        parameters=[REFERENCE, IF_MATCH],
        examples=[DRAFT],
    )
    def update(self, request: Request, reference: str) -> Response:
        return self._edit(request, deal_of(request, reference), request.data)

    @extend_schema(
        operation_id="deals_change",
        summary="Change a deal's draft in part",
        description="What is left out stays as it is; `lines` are replaced as a whole.",
        tags=TAGS,
        request=DraftSerializer(partial=True),
        responses={200: DealDetailSerializer},
        parameters=[REFERENCE, IF_MATCH],
        examples=[DRAFT_CHANGED],
    )
    def partial_update(self, request: Request, reference: str) -> Response:
        deal = deal_of(request, reference)
        sent = request.data
        return self._edit(request, deal, {**_as_sent(deal), **sent} if isinstance(sent, dict) else sent)

    def _edit(self, request: Request, deal: Deal, data: Any) -> Response:
        edition = edition_read(request, deal)
        values = taken(DraftSerializer, data)
        header = DraftHeader(values["customer"], values["kind"], values["channel"], values["currency"])
        unless_changed(
            lambda: edit_draft(
                deal=deal,
                by=asker(request),
                at=timezone.now(),
                edition=edition,
                terms=terms_of(values),
                header=header,
            )
        )
        return shown(request, deal.reference)

    @extend_schema(
        operation_id="deals_copy",
        summary="Copy a deal",
        description="Begins another deal with the same customer and draft; nothing that was decided comes with it.",
        tags=TAGS,
        request=NothingSerializer,
        responses={201: DealDetailSerializer},
        parameters=[REFERENCE, IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def copy(self, request: Request, reference: str) -> Response:
        taken(NothingSerializer, request.data)
        made = copy_deal(deal=deal_of(request, reference), by=asker(request), at=timezone.now())
        return shown(request, made.reference, status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="deals_submit",
        summary="Submit a deal",
        description="Freezes the draft as a revision, judges it and does what the answer says, in one transaction.",
        tags=TAGS,
        request=NothingSerializer,
        responses={201: SubmittedSerializer},
        parameters=SAFELY,
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def submit(self, request: Request, reference: str) -> Response:
        taken(NothingSerializer, request.data)
        deal = deal_of(request, reference)
        edition = edition_read(request, deal)
        decision = unless_changed(
            lambda: submit(deal=deal, by=asker(request), at=timezone.now(), edition=edition),
        )
        after = deal_of(request, reference)
        document = {"deal": DealSerializer(after).data, "decision": DecisionSerializer(decision).data}
        headers = {"ETag": etag_of(after.edition), "Location": f"/api/v1/decisions/{decision.pk}/"}
        return Response(document, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(
        operation_id="deals_withdraw",
        summary="Withdraw a deal",
        description="Whoever was asked need not answer any more, and its budget is free again.",
        tags=TAGS,
        request=ReasonSerializer,
        responses={200: DealDetailSerializer},
        parameters=SAFELY,
        examples=[REASON],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, reference: str) -> Response:
        return self._move(request, reference, ReasonSerializer, withdraw)

    @extend_schema(
        operation_id="deals_won",
        summary="Enter that the customer took the deal",
        tags=TAGS,
        request=WonSerializer,
        responses={200: DealDetailSerializer},
        parameters=SAFELY,
        examples=[RESULT],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def won(self, request: Request, reference: str) -> Response:
        return self._move(request, reference, WonSerializer, win)

    @extend_schema(
        operation_id="deals_lost",
        summary="Enter that the customer turned the deal down",
        tags=TAGS,
        request=LostSerializer,
        responses={200: DealDetailSerializer},
        parameters=SAFELY,
        examples=[RESULT],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def lost(self, request: Request, reference: str) -> Response:
        return self._move(request, reference, LostSerializer, lose)

    @extend_schema(
        operation_id="deals_reopen",
        summary="Undo a result that somebody else entered by mistake",
        tags=TAGS,
        request=NeededReasonSerializer,
        responses={200: DealDetailSerializer},
        parameters=SAFELY,
        examples=[REASON],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def reopen(self, request: Request, reference: str) -> Response:
        return self._move(request, reference, NeededReasonSerializer, reopen)

    def _move(self, request: Request, reference: str, serializer: Any, act: Any) -> Response:
        """Read what was sent, make one move from the edition that was read, and show the deal afterwards."""
        deal = deal_of(request, reference)
        edition = edition_read(request, deal)
        values = taken(serializer, request.data)
        at: datetime = timezone.now()
        unless_changed(lambda: act(deal=deal, by=asker(request), at=at, edition=edition, **values))
        return shown(request, reference)


def _as_sent(deal: Deal) -> dict[str, Any]:
    """Return the draft as somebody would send it who changes nothing."""
    header = {
        "customer": deal.customer.reference,
        "kind": deal.kind,
        "channel": deal.channel,
        "currency": deal.currency,
    }
    return header | draft_document(read(deal.draft), deal.currency)
