"""The API of absences and substitutes. Naming a substitute gives nobody a vote: a person confirms it on the page."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from journal.idempotency import idempotent
from journal.strict import StrictSerializer
from teams import actions
from teams.absences import ahead, substitutions_ahead
from teams.api_base import ADMINISTER, IDEMPOTENCY_KEY, NothingSerializer, ReadScoped, asker, taken
from teams.committee_serializers import person_field
from teams.days import last_of
from teams.models import Absence, Committee, CommitteeSeat, Substitution
from teams.organisation import today
from teams.serializers import ContactSerializer

TAGS = ["absences"]
COMMITTEE = OpenApiParameter("committee", str, description="Those of this committee's members instead of one's own.")
AWAY = OpenApiExample(
    "A week",
    request_only=True,
    value={
        "first_on": "2026-12-07",
        "last_on": "2026-12-11",
        "substitutes": [{"committee": "finance", "substitute": "hilde@example.com"}],
    },
)
NAMED = OpenApiExample(
    "Whenever away in December",
    request_only=True,
    value={
        "committee": "finance",
        "substitute": "hilde@example.com",
        "first_on": "2026-12-01",
        "last_on": "2026-12-31",
    },
)


class _Period(serializers.ModelSerializer):
    last_on = serializers.SerializerMethodField(help_text="The last day; null: until further notice.")

    def get_last_on(self, row: Any) -> str | None:
        last = last_of(row.ended_on)
        return None if last is None else last.isoformat()


class AbsenceSerializer(_Period):
    """Days on which a person is away; nobody says why."""

    user = ContactSerializer()

    class Meta:
        model = Absence
        fields = ("id", "user", "started_on", "last_on")
        read_only_fields = fields


class SubstitutionSerializer(_Period):
    """Who may stand in for a member of a committee; before `confirmed_at` nobody stands in."""

    committee = serializers.CharField(source="committee.code")
    member = ContactSerializer()
    substitute = ContactSerializer()

    class Meta:
        model = Substitution
        fields = ("id", "committee", "member", "substitute", "started_on", "last_on", "confirmed_at")
        read_only_fields = fields


def _committees() -> Any:
    return serializers.SlugRelatedField(slug_field="code", queryset=Committee.objects.all(), help_text="Its code.")


class _Days(StrictSerializer):
    first_on = serializers.DateField()
    last_on = serializers.DateField(allow_null=True, default=None, help_text="Null: until further notice.")


class StandsInSerializer(StrictSerializer):
    """Who stands in on one committee."""

    committee = _committees()
    substitute = person_field("Somebody without a vote of their own there.")


class NewAbsenceSerializer(_Days):
    """Days away, and who stands in on each committee."""

    user = person_field("Oneself where left out; a chair says so for a member.", required=False, allow_null=True)
    substitutes = StandsInSerializer(many=True, required=False, max_length=50)  # type: ignore[call-arg]


class NewSubstitutionSerializer(_Days):
    """Who may stand in, within these days, whenever the member is away."""

    committee = _committees()
    member = person_field("Oneself where left out; a chair names for a member.", required=False, allow_null=True)
    substitute = person_field("Somebody without a vote of their own there.")


class _Listed(ReadScoped, mixins.ListModelMixin, viewsets.GenericViewSet):
    """One's own rows that hold today or later, or those of a committee that everybody may read."""

    scope = ADMINISTER
    lookup_value_regex = r"\d{1,18}"

    def committee(self) -> Committee | None:
        code = self.request.query_params.get("committee", "").replace("\0", "")
        return get_object_or_404(Committee, code=code) if code else None


@extend_schema_view(list=extend_schema(summary="List absences of today and later", tags=TAGS, parameters=[COMMITTEE]))
class AbsenceViewSet(_Listed):
    """When people are away."""

    serializer_class = AbsenceSerializer
    queryset = Absence.objects.none()

    def get_queryset(self) -> QuerySet[Absence]:
        rows, committee = ahead(today(timezone.now())), self.committee()
        if committee is None:
            return rows.filter(user=asker(self.request))
        return rows.filter(user__in=CommitteeSeat.objects.filter(committee=committee, ended_on=None).values("user"))

    @extend_schema(
        summary="Be away, or say that a member is",
        description="Whom one names to stand in waits to be confirmed on a page, also where the chair names.",
        tags=TAGS,
        request=NewAbsenceSerializer,
        responses={201: AbsenceSerializer},
        parameters=[IDEMPOTENCY_KEY],
        examples=[AWAY],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        values = taken(NewAbsenceSerializer, request.data)
        row = actions.set_absence(
            user=values.get("user") or asker(request),
            by=asker(request),
            at=timezone.now(),
            first_on=values["first_on"],
            last_on=values["last_on"],
            substitutes={one["committee"]: one["substitute"] for one in values.get("substitutes", [])},
            confirms=False,
        )
        return Response(AbsenceSerializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Be back today, or not be away at all",
        tags=TAGS,
        request=NothingSerializer,
        responses={200: AbsenceSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def end(self, request: Request, pk: str) -> Response:
        row = get_object_or_404(Absence.objects.select_related("user"), pk=pk)
        taken(NothingSerializer, request.data)
        ended = actions.end_absence(absence=row, by=asker(request), at=timezone.now())
        return Response(AbsenceSerializer(ended).data)


@extend_schema_view(
    list=extend_schema(summary="List substitutes of today and later", tags=TAGS, parameters=[COMMITTEE])
)
class SubstituteViewSet(_Listed):
    """Who stands in for whom on a committee."""

    serializer_class = SubstitutionSerializer
    queryset = Substitution.objects.none()

    def get_queryset(self) -> QuerySet[Substitution]:
        rows, committee, user = substitutions_ahead(today(timezone.now())), self.committee(), asker(self.request)
        if committee is None:
            return rows.filter(member=user) | rows.filter(substitute=user)
        return rows.filter(committee=committee)

    @extend_schema(
        summary="Name a substitute",
        description="A third person confirms it on a page, also where the chair names; until then nobody stands in.",
        tags=TAGS,
        request=NewSubstitutionSerializer,
        responses={201: SubstitutionSerializer},
        parameters=[IDEMPOTENCY_KEY],
        examples=[NAMED],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        values = taken(NewSubstitutionSerializer, request.data)
        member = values.pop("member", None) or asker(request)
        by, at = asker(request), timezone.now()
        row = actions.name_substitute(member=member, by=by, at=at, confirms=False, **values)
        return Response(SubstitutionSerializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="End a substitution today",
        tags=TAGS,
        request=NothingSerializer,
        responses={200: SubstitutionSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def end(self, request: Request, pk: str) -> Response:
        row = get_object_or_404(Substitution.objects.select_related("committee", "member", "substitute"), pk=pk)
        taken(NothingSerializer, request.data)
        ended = actions.end_substitute(substitution=row, by=asker(request), at=timezone.now())
        return Response(SubstitutionSerializer(ended).data)
