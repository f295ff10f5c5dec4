"""The API of a committee's rota: who is on duty when; planning turns and ending them."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from journal.idempotency import idempotent
from teams import actions
from teams.api_base import ADMINISTER, IDEMPOTENCY_KEY, NothingSerializer, ReadScoped, asker, taken
from teams.committee_api import CODE
from teams.committee_serializers import NewRoundSerializer, NewTurnSerializer, TurnSerializer
from teams.duty import turns
from teams.models import Committee, DutyTurn

TAGS = ["committees"]
TURN = OpenApiExample(
    "A week",
    request_only=True,
    value={"user": "ines@example.com", "first_on": "2026-12-07", "last_on": "2026-12-11"},
)
ROUND = OpenApiExample("A round", request_only=True, value={"first_on": "2026-12-07", "rounds": 2})


class RotaView(ReadScoped, generics.ListAPIView):
    """Who is on duty for a committee."""

    scope = ADMINISTER
    serializer_class = TurnSerializer
    cursor_ordering = ("-started_on", "-id")
    queryset = DutyTurn.objects.none()

    def get_queryset(self) -> QuerySet[DutyTurn]:
        if getattr(self, "swagger_fake_view", False):
            return DutyTurn.objects.none()
        return turns(get_object_or_404(Committee, code=self.kwargs["code"]).pk)

    @extend_schema(
        operation_id="rota_list", summary="List a committee's turns, the last ones first", tags=TAGS, parameters=[CODE]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="rota_create",
        summary="Put a member on duty",
        tags=TAGS,
        request=NewTurnSerializer,
        responses={201: TurnSerializer},
        parameters=[CODE, IDEMPOTENCY_KEY],
        examples=[TURN],
    )
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        committee = get_object_or_404(Committee, code=code)
        values = taken(NewTurnSerializer, request.data)
        turn = actions.plan_turn(committee=committee, by=asker(request), at=timezone.now(), **values)
        return Response(TurnSerializer(turn).data, status=status.HTTP_201_CREATED)


class RoundsView(ReadScoped):
    """A week for each member in turn."""

    scope = ADMINISTER

    @extend_schema(
        operation_id="rota_rounds_create",
        summary="Put each member on duty for a week in turn",
        description="Whoever is away on a day of their week changes places with the next one who is not.",
        tags=TAGS,
        request=NewRoundSerializer,
        responses={201: TurnSerializer(many=True)},
        parameters=[CODE, IDEMPOTENCY_KEY],
        examples=[ROUND],
    )
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        committee = get_object_or_404(Committee, code=code)
        values = taken(NewRoundSerializer, request.data)
        rows = actions.plan_round(committee=committee, by=asker(request), at=timezone.now(), **values)
        return Response(TurnSerializer(rows, many=True).data, status=status.HTTP_201_CREATED)


class TurnEndView(ReadScoped):
    """The end of a turn."""

    scope = ADMINISTER

    @extend_schema(
        operation_id="rota_end",
        summary="End a turn today, or take it back",
        tags=TAGS,
        request=NothingSerializer,
        responses={200: TurnSerializer},
        parameters=[CODE, OpenApiParameter("id", int, OpenApiParameter.PATH), IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request, code: str, pk: int) -> Response:
        turn = get_object_or_404(DutyTurn.objects.select_related("committee"), pk=pk, committee__code=code)
        taken(NothingSerializer, request.data)
        return Response(TurnSerializer(actions.end_turn(turn=turn, by=asker(request), at=timezone.now())).data)
