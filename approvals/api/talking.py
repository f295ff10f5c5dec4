"""The API of the talk beneath a round of consent: it answers no question and counts for nothing."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.actions.talk import remark
from approvals.api.examples import REFERENCE
from approvals.api.looking import DealView, deal_of, taken
from approvals.models import ConsentRound, Remark
from journal.idempotency import idempotent
from journal.strict import StrictSerializer
from teams.api import IDEMPOTENCY_KEY, asker
from teams.serializers import ContactSerializer

SAID = OpenApiExample("A remark", request_only=True, value={"text": "What do they give back for the longer payment?"})


class RemarkSerializer(serializers.ModelSerializer):
    """What somebody said while colleagues were asked."""

    by = ContactSerializer()
    revision = serializers.IntegerField(source="round.revision.number", help_text="Beneath which revision.")

    class Meta:
        model = Remark
        fields: tuple[str, ...] = ("id", "revision", "by", "at", "text")
        read_only_fields = fields


class RemarkTakenSerializer(StrictSerializer):
    """What one says."""

    text = serializers.CharField(max_length=4000)


class TalkView(DealView, generics.ListAPIView):
    """The talk beneath a deal's rounds of consent."""

    serializer_class = RemarkSerializer
    queryset = Remark.objects.none()

    def get_queryset(self) -> QuerySet[Remark]:
        if getattr(self, "swagger_fake_view", False):
            return Remark.objects.none()
        deal = deal_of(self.request, self.kwargs["reference"])
        return Remark.objects.filter(round__revision__deal=deal).select_related("by", "round__revision")

    @extend_schema(
        operation_id="talk_list",
        summary="List what was said while colleagues were asked, newest first",
        tags=["deals"],
        parameters=[REFERENCE],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="talk_create",
        summary="Say something while colleagues are asked",
        description="Beneath the open round of the latest revision. It is neither a consent nor an objection.",
        tags=["deals"],
        request=RemarkTakenSerializer,
        responses={201: RemarkSerializer},
        parameters=[REFERENCE, IDEMPOTENCY_KEY],
        examples=[SAID],
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        deal = deal_of(request, reference)
        text = taken(RemarkTakenSerializer, request.data)["text"]
        rounds = ConsentRound.objects.select_related("revision")
        asked = get_object_or_404(rounds, revision=deal.latest_id)
        said = remark(round=asked, by=asker(request), at=timezone.now(), text=text)
        return Response(RemarkSerializer(said).data, status=status.HTTP_201_CREATED)
