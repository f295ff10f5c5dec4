"""The API of what a team adds to a deal: files, supporting teams, and its answers to an objection."""

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.actions.consent import escalate, reply
from approvals.actions.draft import support, unsupport
from approvals.actions.files import attach, detach
from approvals.api.examples import REFERENCE
from approvals.api.giving import AttachmentSerializer, DealDetailSerializer
from approvals.api.looking import DealView, deal_of, shown, taken
from approvals.api.taking import FileTakenSerializer, ReplyTakenSerializer, SupportTakenSerializer
from approvals.models import Attachment, ConsentRound, ConsentSeat, Deal
from journal.idempotency import idempotent
from teams.api import IDEMPOTENCY_KEY, asker
from teams.api_base import NothingSerializer
from teams.models import Team

TAGS = ["deals"]


# --- files ---


class AttachmentsView(DealView):
    """The files of a deal."""

    parser_classes = [MultiPartParser]

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Read the form before its repetition is looked for: two forms of one content differ in their boundary."""
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            request.data  # noqa: B018

    @extend_schema(
        operation_id="attachments_list",
        summary="List a deal's files",
        tags=TAGS,
        parameters=[REFERENCE],
        responses={200: AttachmentSerializer(many=True)},
    )
    def get(self, request: Request, reference: str) -> Response:
        files = _files(deal_of(request, reference)).order_by("id")
        return Response(AttachmentSerializer(files, many=True).data)

    @extend_schema(
        operation_id="attachments_create",
        summary="Keep a file with a deal",
        description="At most 10 MB; documents, tables, pictures and mails.",
        tags=TAGS,
        request={"multipart/form-data": FileTakenSerializer},
        responses={201: AttachmentSerializer},
        parameters=[REFERENCE, IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        deal = deal_of(request, reference)
        file = taken(FileTakenSerializer, request.data)["file"]
        kept = attach(deal=deal, by=asker(request), at=timezone.now(), file=file, name=file.name)
        headers = {"Location": f"/api/v1/deals/{deal.reference}/attachments/{kept.pk}/"}
        return Response(AttachmentSerializer(kept).data, status=status.HTTP_201_CREATED, headers=headers)


class AttachmentView(DealView):
    """One file of a deal."""

    @extend_schema(
        operation_id="attachments_read",
        summary="Download a file",
        tags=TAGS,
        parameters=[REFERENCE],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, reference: str, pk: int) -> HttpResponseBase:
        attachment = get_object_or_404(_files(deal_of(request, reference)), pk=pk)
        answer = FileResponse(attachment.file.open("rb"), as_attachment=True, filename=attachment.name)
        answer["Content-Type"] = "application/octet-stream"
        return answer

    @extend_schema(
        operation_id="attachments_delete",
        summary="Remove a file that nobody has been asked about yet",
        tags=TAGS,
        parameters=[REFERENCE],
        responses={204: None},
    )
    def delete(self, request: Request, reference: str, pk: int) -> Response:
        attachment = get_object_or_404(_files(deal_of(request, reference)), pk=pk)
        detach(attachment=attachment, by=asker(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _files(deal: Deal) -> QuerySet[Attachment]:
    return deal.attachments.select_related("added_by", "deal")


# --- supporting teams ---


class SupportsView(DealView):
    """Teams that see a deal and advise on it."""

    @extend_schema(
        operation_id="supports_create",
        summary="Let another team see a deal and advise",
        tags=TAGS,
        request=SupportTakenSerializer,
        responses={201: DealDetailSerializer},
        parameters=[REFERENCE, IDEMPOTENCY_KEY],
        examples=[OpenApiExample("The industry team", request_only=True, value={"team": "industry"})],
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        deal = deal_of(request, reference)
        team = taken(SupportTakenSerializer, request.data)["team"]
        support(deal=deal, team=team, by=asker(request), at=timezone.now())
        return shown(request, reference, status.HTTP_201_CREATED)


class SupportView(DealView):
    """One team that advises on a deal."""

    @extend_schema(
        operation_id="supports_delete",
        summary="End another team's sight of a deal",
        tags=TAGS,
        parameters=[REFERENCE],
        responses={204: None},
    )
    def delete(self, request: Request, reference: str, team: str) -> Response:
        deal = deal_of(request, reference)
        other = get_object_or_404(Team.objects.filter(supported_deals__deal=deal), code=team)
        unsupport(deal=deal, team=other, by=asker(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


# --- objections ---


class ReplyView(DealView):
    """The team's answer to an objection."""

    @extend_schema(
        operation_id="objections_reply",
        summary="Answer a colleague's objection",
        tags=TAGS,
        request=ReplyTakenSerializer,
        responses={201: DealDetailSerializer},
        parameters=[REFERENCE, IDEMPOTENCY_KEY],
        examples=[OpenApiExample("A reply", request_only=True, value={"text": "The price is for the pilot only."})],
    )
    @idempotent
    def post(self, request: Request, reference: str, seat: int) -> Response:
        deal = deal_of(request, reference)
        seats = ConsentSeat.objects.filter(round__revision=deal.latest_id).select_related("round__revision", "user")
        text = taken(ReplyTakenSerializer, request.data)["text"]
        reply(seat=get_object_or_404(seats, pk=seat), by=asker(request), at=timezone.now(), text=text)
        return shown(request, reference, status.HTTP_201_CREATED)


class EscalateView(DealView):
    """Taking an objection to the committee."""

    @extend_schema(
        operation_id="objections_escalate",
        summary="Take an objection to the mandate's committee",
        tags=TAGS,
        request=NothingSerializer,
        responses={201: DealDetailSerializer},
        parameters=[REFERENCE, IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        deal = deal_of(request, reference)
        taken(NothingSerializer, request.data)
        rounds = ConsentRound.objects.select_related("revision")
        asked = get_object_or_404(rounds, revision=deal.latest_id)
        escalate(round=asked, by=asker(request), at=timezone.now())
        return shown(request, reference, status.HTTP_201_CREATED)
