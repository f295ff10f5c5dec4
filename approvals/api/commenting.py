"""The API of comments on a deal and its cases."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.actions.comments import comment, take_back_comment
from approvals.api.answers import CommentSerializer
from approvals.api.examples import REFERENCE
from approvals.api.looking import DealView, deal_of, taken
from journal.idempotency import idempotent
from journal.strict import StrictSerializer
from teams.api import IDEMPOTENCY_KEY, asker

SAID = OpenApiExample("A comment", request_only=True, value={"text": "They *wait*, @Chloé Lambert."})


class CommentTakenSerializer(StrictSerializer):
    """A comment in Markdown; `@Name` tells somebody who sees the deal."""

    text = serializers.CharField(max_length=4000)
    case = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, allow_null=True, default=None, help_text="One of the deal's cases."
    )


class CommentsView(DealView):
    """What was said about a deal and its cases."""

    @extend_schema(
        operation_id="comments_list",
        summary="List a deal's comments, newest first",
        description="As Markdown, the way their authors wrote them.",
        tags=["deals"],
        parameters=[REFERENCE],
        responses={200: CommentSerializer(many=True)},
    )
    def get(self, request: Request, reference: str) -> Response:
        comments = deal_of(request, reference).comments.select_related("by").prefetch_related("mentions__user")
        return Response(CommentSerializer(comments.order_by("-id"), many=True).data)

    @extend_schema(
        operation_id="comments_create",
        summary="Comment on a deal or one of its cases",
        tags=["deals"],
        request=CommentTakenSerializer,
        responses={201: CommentSerializer},
        parameters=[REFERENCE, IDEMPOTENCY_KEY],
        examples=[SAID],
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        deal = deal_of(request, reference)
        values = taken(CommentTakenSerializer, request.data)
        of_case: Any = values["case"]
        case = None if of_case is None else get_object_or_404(deal.cases.select_related("committee"), pk=of_case)
        said = comment(deal=deal, case=case, by=asker(request), at=timezone.now(), text=values["text"])
        return Response(CommentSerializer(said).data, status=status.HTTP_201_CREATED)


class CommentView(DealView):
    """One comment."""

    @extend_schema(
        operation_id="comments_delete",
        summary="Take one's own comment back",
        tags=["deals"],
        parameters=[REFERENCE, OpenApiParameter("id", int, OpenApiParameter.PATH)],
        responses={204: None},
    )
    def delete(self, request: Request, reference: str, pk: int) -> Response:
        row = get_object_or_404(deal_of(request, reference).comments.select_related("case"), pk=pk)
        take_back_comment(comment=row, by=asker(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
