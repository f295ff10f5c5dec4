"""The API of what people say to know about: read by everybody, said by each for themselves."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from journal.idempotency import idempotent
from journal.strict import StrictSerializer
from teams import actions
from teams.api_base import ADMINISTER, IDEMPOTENCY_KEY, ReadScoped, asker, taken
from teams.competences import offered
from teams.models import Competence
from teams.serializers import ContactSerializer

TAGS = ["people"]
LONGEST_ID = 18
KNOWN = OpenApiExample(
    "A product family", request_only=True, value={"kind": "family", "name": "network/switches", "note": "Tenders."}
)


class CompetenceSerializer(serializers.ModelSerializer):
    """Something that a person says to know about."""

    user = ContactSerializer()

    class Meta:
        model = Competence
        fields = ("id", "user", "kind", "name", "note", "declared_at")
        read_only_fields = fields


class NewCompetenceSerializer(StrictSerializer):
    """Something that one knows about. Families, segments and clauses are those that exist; a topic is free."""

    kind = serializers.ChoiceField(choices=Competence.Kind.choices)
    name = serializers.CharField(max_length=200)
    note = serializers.CharField(max_length=200, allow_blank=True, default="", help_text="What one can help with.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        names = offered().get(attrs["kind"])
        if names is not None and attrs["name"] not in names:
            said = serializers.ErrorDetail("There is nothing of this name to know about.", code="unknown_competence")
            raise serializers.ValidationError({"name": [said]})
        return attrs


@extend_schema_view(
    list=extend_schema(
        summary="List what people say to know about",
        tags=TAGS,
        parameters=[
            OpenApiParameter("user", int, description="Only that of the person with this id."),
            OpenApiParameter("kind", str, enum=Competence.Kind.values),
            OpenApiParameter("q", str, description="Part of its name or note."),
        ],
    )
)
class CompetenceViewSet(ReadScoped, mixins.ListModelMixin, viewsets.GenericViewSet):
    """Who says to know about what; who is likely to know about a deal is asked of the deal (`who-knows`)."""

    scope = ADMINISTER
    serializer_class = CompetenceSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = Competence.objects.none()

    def get_queryset(self) -> QuerySet[Competence]:
        rows = Competence.objects.filter(user__is_active=True).select_related("user")
        asked = {name: self.request.query_params.get(name, "").replace("\0", "") for name in ("user", "kind", "q")}
        if asked["user"]:
            rows = rows.filter(user=int(asked["user"])) if _is_id(asked["user"]) else rows.none()
        if asked["kind"]:
            rows = rows.filter(kind=asked["kind"])
        return rows.filter(Q(name__icontains=asked["q"]) | Q(note__icontains=asked["q"])) if asked["q"] else rows

    @extend_schema(
        summary="Say that one knows about something",
        tags=TAGS,
        request=NewCompetenceSerializer,
        responses={201: CompetenceSerializer},
        parameters=[IDEMPOTENCY_KEY],
        examples=[KNOWN],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        values = taken(NewCompetenceSerializer, request.data)
        row = actions.declare_competence(by=asker(request), at=timezone.now(), **values)
        return Response(CompetenceSerializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="No longer name something of one's own", tags=TAGS, responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        row = get_object_or_404(Competence, pk=pk, user=asker(request))
        actions.drop_competence(competence=row, by=asker(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID
