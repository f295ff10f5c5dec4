"""The API of a team's answers to a committee: the points that it asked, and its counter-proposals.

Accepting one submits a revision, which a token may do; the committee's yes was given by its members' votes.
"""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.actions import counter
from approvals.actions.asking import answer_point
from approvals.api.giving import DealDetailSerializer
from approvals.api.looking import DealView, draft_document, person_of, shown, taken
from approvals.models import Approval, AskedPoint, Case, CounterProposal
from approvals.offers import hash_of, nearest_facts
from approvals.sight import visible_cases
from approvals.terms import of_facts
from journal.editions import etag_of, require_match
from journal.idempotency import idempotent
from journal.strict import StrictSerializer
from teams.api import IDEMPOTENCY_KEY, IF_MATCH, asker
from teams.organisation import today

TAGS = ["cases"]
LONGEST = 4000
CASE = OpenApiParameter("id", int, OpenApiParameter.PATH, description="The case.")
NUMBER = OpenApiParameter("number", int, OpenApiParameter.PATH, description="The counter-proposal's number.")
POSITION = OpenApiParameter("position", int, OpenApiParameter.PATH, description="The point's position.")


class PointAnswerSerializer(StrictSerializer):
    """What the team says to a point."""

    answer = serializers.CharField(max_length=LONGEST)


class RequestStateSerializer(serializers.Serializer):
    """Where a request stands."""

    state = serializers.CharField(help_text="`answered` once no point is left: the committee's clock runs again.")
    left = serializers.IntegerField(help_text="How many points are not answered yet.")


class OfferSerializer(serializers.Serializer):
    """The revision that accepting would submit today; null terms where no price up to list keeps to the figures."""

    terms = serializers.JSONField(allow_null=True, help_text="Term, payment days and lines, as a deal's draft.")
    hash = serializers.CharField(allow_null=True, help_text="Sent back as `expected`, so that nothing else is agreed.")


class AcceptTakenSerializer(StrictSerializer):
    """Which terms one read."""

    expected = serializers.CharField(max_length=64, required=False, help_text="The offer's `hash`.")


class GoOnTakenSerializer(StrictSerializer):
    """Why the team goes on with what it asks."""

    reason = serializers.CharField(max_length=LONGEST)


def _case(request: Request, pk: int) -> Case:
    """Return the case if the reader may see it. Raises: Http404."""
    return get_object_or_404(visible_cases(person_of(request)).select_related("deal", "revision", "committee"), pk=pk)


class PointView(DealView):
    """One point that a committee asked of the team."""

    @extend_schema(
        operation_id="points_answer",
        summary="Answer a point that a committee asked",
        description="Of the request that is open; the last answer lets the committee's clock run again.",
        tags=TAGS,
        request=PointAnswerSerializer,
        responses={201: RequestStateSerializer},
        parameters=[CASE, POSITION, IDEMPOTENCY_KEY],
        examples=[OpenApiExample("An answer", request_only=True, value={"answer": "Two others, both dearer."})],
    )
    @idempotent
    def post(self, request: Request, pk: int, position: int) -> Response:
        case = _case(request, pk)
        points = AskedPoint.objects.select_related("request__case").filter(request__case=case, request__state="open")
        point = get_object_or_404(points, position=position)
        answer = taken(PointAnswerSerializer, request.data)["answer"]
        asked = answer_point(point=point, by=asker(request), at=timezone.now(), answer=answer)
        state = {"state": asked.state, "left": asked.points.filter(answered_at=None).count()}
        return Response(RequestStateSerializer(state).data, status=status.HTTP_201_CREATED)


class _Proposal(DealView):
    def proposal(self, request: Request, pk: int, number: int) -> CounterProposal:
        """Return the counter-proposal of the address. Raises: Http404."""
        rows = CounterProposal.objects.select_related("case__deal__customer", "case__deal__team", "case__revision")
        return get_object_or_404(rows, case=_case(request, pk), number=number)


class OfferView(_Proposal):
    """What a counter-proposal offers the team today."""

    @extend_schema(
        operation_id="counter_offer",
        summary="Read which revision accepting a counter-proposal would submit",
        tags=TAGS,
        parameters=[CASE, NUMBER],
        responses={200: OfferSerializer},
    )
    def get(self, request: Request, pk: int, number: int) -> Response:
        own = self.proposal(request, pk, number)
        approval = get_object_or_404(Approval, proposal=own)
        deal = own.case.deal
        facts = nearest_facts(own, approval, deal, today(timezone.now()))
        document: dict[str, Any] = {"terms": None, "hash": None}
        if facts is not None:
            document = {"terms": draft_document(of_facts(facts["deal"]), deal.currency), "hash": hash_of(facts)}
        return Response(OfferSerializer(document).data, headers={"ETag": etag_of(own.case.edition)})


class AcceptView(_Proposal):
    """Taking a counter-proposal up."""

    @extend_schema(
        operation_id="counter_accept",
        summary="Take a counter-proposal up, as the team",
        description="Submits the nearest revision inside it, which is approved at once; another committee whose "
        "question it still raises is asked. If-Match names the case's edition.",
        tags=TAGS,
        request=AcceptTakenSerializer,
        responses={201: DealDetailSerializer},
        parameters=[CASE, NUMBER, IDEMPOTENCY_KEY, IF_MATCH],
        examples=[OpenApiExample("Whatever it is today", request_only=True, value={})],
    )
    @idempotent
    def post(self, request: Request, pk: int, number: int) -> Response:
        own = self.proposal(request, pk, number)
        require_match(request, own.case.edition)
        expected = taken(AcceptTakenSerializer, request.data).get("expected")
        counter.accept(proposal=own, by=asker(request), at=timezone.now(), expected=expected)
        return shown(request, own.case.deal.reference, status.HTTP_201_CREATED)


class GoOnView(_Proposal):
    """Leaving a counter-proposal aside."""

    @extend_schema(
        operation_id="counter_go_on",
        summary="Go on with what the team asks, and leave a counter-proposal aside",
        tags=TAGS,
        request=GoOnTakenSerializer,
        responses={201: DealDetailSerializer},
        parameters=[CASE, NUMBER, IDEMPOTENCY_KEY, IF_MATCH],
        examples=[OpenApiExample("Why", request_only=True, value={"reason": "They will not sign for four years."})],
    )
    @idempotent
    def post(self, request: Request, pk: int, number: int) -> Response:
        own = self.proposal(request, pk, number)
        require_match(request, own.case.edition)
        reason = taken(GoOnTakenSerializer, request.data)["reason"]
        counter.go_on(proposal=own, by=asker(request), at=timezone.now(), reason=reason)
        return shown(request, own.case.deal.reference, status.HTTP_201_CREATED)
