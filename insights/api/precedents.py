"""The API of precedents: found, read, published, withdrawn, drafted from. To cite one, put its link into a text."""

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.api.looking import DealView, day_of, person_of, taken
from approvals.models import Case, DealState
from approvals.readings import figures
from approvals.sight import visible_cases
from insights.actions import precedents as actions
from insights.actions.promoting import draft_promoted
from insights.models import Precedent
from insights.precedents import ANSWERS, all_precedents, is_citable, narrowed
from journal.idempotency import idempotent
from journal.strict import StrictSerializer
from mandates.engine import METRICS
from teams.api import IDEMPOTENCY_KEY, asker
from teams.api_base import NothingSerializer
from teams.models import ApiToken
from teams.serializers import ContactSerializer
from teams.tokens import HasScope

TAGS = ["precedents"]
CITED = "To cite it, put `link` into the reason of a deal, a comment or a vote; it counts once for each case."
PUBLISHED = OpenApiExample(
    "What made the difference",
    request_only=True,
    value={"title": "A longer term paid for the discount", "difference": "Thirty-six months instead of twelve."},
)
WITHDRAWN = OpenApiExample("It is over", request_only=True, value={"reason": "The price list has changed since."})


class PrecedentSerializer(serializers.ModelSerializer):
    """A decided case that may be cited; its case is named for those who see the deal."""

    link = serializers.SerializerMethodField(help_text="What cites it, in any text about a deal.")
    case = serializers.SerializerMethodField(help_text="Null for those who do not see the deal.")
    committee = serializers.CharField(source="case.committee.code")
    team = serializers.CharField(source="case.deal.team.code")
    customer = serializers.CharField(source="customer.reference")
    metrics = serializers.SerializerMethodField(help_text="The limits it was beyond, never those on margins.")
    families = serializers.SerializerMethodField()
    answer = serializers.ChoiceField(source="case.state", choices=Case.State.choices)
    deal_state = serializers.ChoiceField(source="case.deal.state", choices=DealState.choices)
    cited_in_cases = serializers.IntegerField(source="cases")
    citable = serializers.SerializerMethodField(help_text="Whether it may be cited today.")
    published_by = ContactSerializer()

    class Meta:
        model = Precedent
        fields: tuple[str, ...] = (
            *("id", "link", "title", "difference", "until", "citable", "cited_in_cases", "case", "committee", "team"),
            *("customer", "segment", "metrics", "families", "answer", "deal_state", "published_by", "published_at"),
            *("withdrawn_at", "withdrawn_why", "suggested_at"),
        )
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.URI)
    def get_link(self, one: Precedent) -> str:
        return f"{settings.SITE_URL}/precedents/{one.pk}/"

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_case(self, one: Precedent) -> int | None:
        return one.case_id if one.sees_case else None  # type: ignore[attr-defined]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_metrics(self, one: Precedent) -> list[str]:
        return one.metrics.split()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_families(self, one: Precedent) -> list[str]:
        return [family for family in one.families.split("\n") if family]

    def get_citable(self, one: Precedent) -> bool:
        return is_citable(one, day_of(self.context["request"], timezone.now()))


class PublishTakenSerializer(StrictSerializer):
    """What a decided case is to be known by; everybody can read it."""

    title = serializers.CharField(max_length=120)
    difference = serializers.CharField(max_length=actions.LONGEST, help_text="What made the difference.")
    until = serializers.DateField(allow_null=True, default=None, help_text="The last day on which it may be cited.")


class WithdrawTakenSerializer(StrictSerializer):
    """Why it is withdrawn."""

    reason = serializers.CharField(max_length=actions.LONGEST)


class DraftedSerializer(serializers.Serializer):
    """The draft that was made."""

    mandate = serializers.CharField(source="mandate.code")
    version = serializers.IntegerField(source="number")
    note = serializers.CharField(help_text="Which cases carry which limit.")


def seen(request: Request) -> QuerySet[Precedent]:
    """Return all precedents, each with whether the reader sees its case."""
    shows = visible_cases(person_of(request)).filter(pk=OuterRef("case"))
    return all_precedents().annotate(sees_case=Exists(shows))


def _shown(request: Request, pk: int, code: int = status.HTTP_200_OK) -> Response:
    one = get_object_or_404(seen(request), pk=pk)
    headers = {"Location": f"/api/v1/precedents/{pk}/"} if code == status.HTTP_201_CREATED else {}
    return Response(PrecedentSerializer(one, context={"request": request}).data, status=code, headers=headers)


class PrecedentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Decided cases that may be cited; everybody signed in reads them."""

    permission_classes = [IsAuthenticated, HasScope]
    scope = ApiToken.Scope.DEALS.value
    serializer_class = PrecedentSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = Precedent.objects.none()

    def get_queryset(self) -> QuerySet[Precedent]:
        return seen(self.request)

    @extend_schema(
        operation_id="precedents_list",
        summary="List precedents, newest first",
        description=CITED,
        tags=TAGS,
        parameters=[
            OpenApiParameter("q", str, description="Words: title, difference, family, segment or customer."),
            OpenApiParameter("metric", str, enum=sorted(set(METRICS) - figures.MARGIN)),
            OpenApiParameter("answer", str, enum=ANSWERS),
            OpenApiParameter("withdrawn", bool, description="Also those that may be cited no more."),
        ],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = {name: request.query_params.get(name, "").replace("\0", "") for name in ("q", "metric", "answer")}
        values = {**asked, "withdrawn": request.query_params.get("withdrawn", "") in ("true", "1")}
        rows = narrowed(self.get_queryset(), values, day_of(request, timezone.now()))
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(operation_id="precedents_read", summary="Read a precedent", description=CITED, tags=TAGS)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return _shown(request, int(kwargs["pk"]))

    @extend_schema(
        operation_id="precedents_withdraw",
        summary="Withdraw a precedent",
        description="It is cited no more; where it was cited it can still be read.",
        tags=TAGS,
        request=WithdrawTakenSerializer,
        responses={200: PrecedentSerializer},
        parameters=[IDEMPOTENCY_KEY],
        examples=[WITHDRAWN],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, pk: str) -> Response:
        one = self.get_object()
        reason = taken(WithdrawTakenSerializer, request.data)["reason"]
        actions.withdraw(precedent=one, by=asker(request), at=timezone.now(), reason=reason)
        return _shown(request, one.pk)


class PublishView(DealView):
    """A decided case, made a precedent."""

    @extend_schema(
        operation_id="precedents_create",
        summary="Publish a decided case as a precedent",
        description="For the committee that decided it and the team's account lead.",
        tags=TAGS,
        request=PublishTakenSerializer,
        responses={201: PrecedentSerializer},
        parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH), IDEMPOTENCY_KEY],
        examples=[PUBLISHED],
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        case = get_object_or_404(visible_cases(person_of(request)), pk=pk)
        values = taken(PublishTakenSerializer, request.data)
        made = actions.publish(case=case, by=asker(request), at=timezone.now(), **values)
        return _shown(request, made.pk, status.HTTP_201_CREATED)


class DraftPrecedentView(DealView):
    """The change of the mandate that a precedent suggests."""

    scope = ApiToken.Scope.ADMINISTER.value

    @extend_schema(
        operation_id="precedents_draft",
        summary="Draft the change of the mandate that a precedent suggests",
        description="With the limits that its cases justify. A draft, to be changed and proposed; nothing is granted.",
        tags=TAGS,
        request=NothingSerializer,
        responses={201: DraftedSerializer},
        parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH), IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        taken(NothingSerializer, request.data)
        one = get_object_or_404(Precedent.objects.all(), pk=pk)
        made = draft_promoted(precedent=one, by=asker(request), at=timezone.now())
        headers = {"Location": f"/api/v1/mandates/{made.mandate.code}/versions/{made.number}/"}
        return Response(DraftedSerializer(made).data, status=status.HTTP_201_CREATED, headers=headers)
