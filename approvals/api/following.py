"""The API of following deals: their news, and that of their cases, comes to one's own inbox."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.actions.following import follow, unfollow
from approvals.api.examples import REFERENCE
from approvals.api.looking import DealView, deal_of, person_of, taken
from approvals.models import Follow
from approvals.sight import visible_deals
from journal.idempotency import idempotent
from teams.api import IDEMPOTENCY_KEY, asker
from teams.api_base import NothingSerializer

TAGS = ["deals"]
FOLLOWED = {"deal": "D-1001", "following": True, "since": "2026-11-23T09:00:00Z"}


class FollowingSerializer(serializers.Serializer):
    """Whether one follows a deal, and since when."""

    deal = serializers.CharField(help_text="Its reference.")
    following = serializers.BooleanField()
    since = serializers.DateTimeField(allow_null=True)


class FollowSerializer(serializers.ModelSerializer):
    """A deal that one follows."""

    deal = serializers.CharField(source="deal.reference", help_text="Its reference.")
    customer = serializers.CharField(source="deal.customer.reference", help_text="The customer's reference.")
    state = serializers.CharField(source="deal.state", help_text="Where the deal stands.")
    since = serializers.DateTimeField(source="since_at")

    class Meta:
        model = Follow
        fields: tuple[str, ...] = ("deal", "customer", "state", "since")
        read_only_fields = fields


class FollowsView(DealView, generics.ListAPIView):
    """The deals that one follows and may see."""

    serializer_class = FollowSerializer
    queryset = Follow.objects.none()

    def get_queryset(self) -> QuerySet[Follow]:
        if getattr(self, "swagger_fake_view", False):
            return Follow.objects.none()
        seen = visible_deals(person_of(self.request)).values("pk")
        return Follow.objects.filter(user=asker(self.request), deal__in=seen).select_related("deal__customer")

    @extend_schema(operation_id="follows_list", summary="List the deals that you follow, latest first", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class FollowView(DealView):
    """Whether one follows a deal: a personal mark, of which nobody hears."""

    @extend_schema(
        operation_id="follow_read",
        summary="Read whether you follow a deal",
        tags=TAGS,
        parameters=[REFERENCE],
        responses={200: FollowingSerializer},
    )
    def get(self, request: Request, reference: str) -> Response:
        deal = deal_of(request, reference)
        mark = Follow.objects.filter(deal=deal, user=asker(request)).first()
        return Response(_shown(deal.reference, mark))

    @extend_schema(
        operation_id="follow_create",
        summary="Follow a deal with its cases",
        description="Its news comes to your inbox, without mail. Following twice is following once.",
        tags=TAGS,
        request=NothingSerializer,
        responses={201: FollowingSerializer},
        parameters=[REFERENCE, IDEMPOTENCY_KEY],
        examples=[OpenApiExample("Followed", response_only=True, value=FOLLOWED)],
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        taken(NothingSerializer, request.data)
        deal = deal_of(request, reference)
        mark = follow(deal=deal, by=asker(request), at=timezone.now())
        return Response(_shown(deal.reference, mark), status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="follow_delete",
        summary="Leave off following a deal",
        description="Leaving off what you do not follow changes nothing.",
        tags=TAGS,
        parameters=[REFERENCE],
        responses={204: None},
    )
    def delete(self, request: Request, reference: str) -> Response:
        unfollow(references=[deal_of(request, reference).reference], by=asker(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _shown(reference: str, mark: Follow | None) -> Any:
    since = None if mark is None else mark.since_at
    return FollowingSerializer({"deal": reference, "following": mark is not None, "since": since}).data
