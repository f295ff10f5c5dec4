"""The API of reminding those who have not answered: the pages' action, at most once in four hours."""

from datetime import datetime

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.actions.nudging import PAUSE, nudge_case, nudge_round
from approvals.api.examples import REFERENCE
from approvals.api.looking import DealView, deal_of, person_of, taken
from approvals.models import Case, ConsentRound
from approvals.sight import visible_cases
from journal.idempotency import idempotent
from teams.api import IDEMPOTENCY_KEY, asker
from teams.api_base import NothingSerializer

CASE = OpenApiParameter("id", int, OpenApiParameter.PATH, description="The case.")
DESCRIPTION = (
    "Those of the deal's team may, at most once in four hours (409 `nudged_already`). Whoever has answered or is away "
    "is left in peace; 409 `nobody_to_nudge` where nobody is left."
)
REMINDED = OpenApiExample(
    "Reminded", response_only=True, value={"nudged_at": "2026-11-23T09:00:00Z", "again_from": "2026-11-23T13:00:00Z"}
)


class NudgedSerializer(serializers.Serializer):
    """When they were reminded, and from when they may be again."""

    nudged_at = serializers.DateTimeField()
    again_from = serializers.DateTimeField()


class NudgeCaseView(DealView):
    """Reminding a committee."""

    @extend_schema(
        operation_id="cases_nudge",
        summary="Remind the members who have not voted",
        description=f"{DESCRIPTION} Not while the committee waits for the team (409 `clock_stands_still`).",
        tags=["cases"],
        request=NothingSerializer,
        responses={201: NudgedSerializer},
        parameters=[CASE, IDEMPOTENCY_KEY],
        examples=[REMINDED],
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        taken(NothingSerializer, request.data)
        seen = visible_cases(person_of(request))
        case: Case = get_object_or_404(seen, pk=pk)
        at = timezone.now()
        nudge_case(case=case, by=asker(request), at=at)
        return _reminded(at)


class NudgeConsentView(DealView):
    """Reminding the colleagues who were asked for their consent."""

    @extend_schema(
        operation_id="consents_nudge",
        summary="Remind the colleagues who have not answered",
        description=f"{DESCRIPTION} 404 where no colleague is asked.",
        tags=["deals"],
        request=NothingSerializer,
        responses={201: NudgedSerializer},
        parameters=[REFERENCE, IDEMPOTENCY_KEY],
        examples=[REMINDED],
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        taken(NothingSerializer, request.data)
        rounds = ConsentRound.objects.select_related("revision").filter(state=ConsentRound.State.OPEN)
        asked = get_object_or_404(rounds, revision=deal_of(request, reference).latest_id)
        at = timezone.now()
        nudge_round(round=asked, by=asker(request), at=at)
        return _reminded(at)


def _reminded(at: datetime) -> Response:
    known = {"nudged_at": at, "again_from": at + PAUSE}
    return Response(NudgedSerializer(known).data, status=status.HTTP_201_CREATED)
