"""The API of comments, for reading."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.api.answers import CommentSerializer
from approvals.api.examples import REFERENCE
from approvals.api.looking import DealView, deal_of


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
