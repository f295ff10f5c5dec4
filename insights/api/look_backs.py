"""The API of look-backs: what teams learnt, and the three answers; no answer names who gave it."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.api.examples import REFERENCE
from approvals.api.looking import DealView, deal_of, person_of, taken
from approvals.sight import about, visible_deals
from insights.actions import look_backs as actions
from insights.look_backs import FILTERS, answered_look_backs, narrowed, waiting_look_backs
from insights.models import LookBack
from journal.editions import etag_of, require_match, unless_changed
from journal.idempotency import idempotent
from journal.strict import StrictSerializer
from teams.api import IDEMPOTENCY_KEY, IF_MATCH, asker
from teams.models import ApiToken
from teams.permissions import may
from teams.tokens import HasScope

TAGS = ["look-backs"]
ANSWERED = OpenApiExample(
    "Too narrow",
    request_only=True,
    value={
        "fit": "narrow",
        "mandate_said": "A longer term should earn more than a short one.",
        "gave": "Two points more.",
        "got": "A term of three years.",
        "again": "yes",
        "again_said": "Ask for the term before speaking of the price.",
    },
)
PLANNED = OpenApiExample("After the delivery", request_only=True, value={"on": "2027-03-01"})


class LookBackSerializer(serializers.ModelSerializer):
    """What a team learnt from a deal; who answered is kept for the record alone and stands in no answer."""

    deal = serializers.SerializerMethodField(help_text="Its reference; null for those who do not see the deal.")
    customer = serializers.CharField(source="deal.customer.reference")
    team = serializers.CharField(source="deal.team.code")
    mandate = serializers.SerializerMethodField()

    class Meta:
        model = LookBack
        fields: tuple[str, ...] = (
            *("id", "deal", "customer", "team", "mandate", "cause", "due_on", "asked_at", "answered_at"),
            *("fit", "mandate_said", "gave", "got", "again", "again_said", "edition"),
        )
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_deal(self, one: LookBack) -> str | None:
        return one.deal.reference if one.sees_deal else None  # type: ignore[attr-defined]

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_mandate(self, one: LookBack) -> str | None:
        return one.mandate.code if one.mandate else None


class LookBackAnswerTakenSerializer(StrictSerializer):
    """The three answers: about the mandate, the exchange, and what the team would do again."""

    fit = serializers.ChoiceField(choices=LookBack.Fit.choices)
    mandate_said = serializers.CharField(max_length=actions.LONGEST, allow_blank=True, default="")
    gave = serializers.CharField(max_length=actions.LONGEST, allow_blank=True, default="")
    got = serializers.CharField(max_length=actions.LONGEST, allow_blank=True, default="")
    again = serializers.ChoiceField(choices=LookBack.Again.choices)
    again_said = serializers.CharField(max_length=actions.LONGEST, allow_blank=True, default="")


class DayTakenSerializer(StrictSerializer):
    """The day on which the team looks back."""

    on = serializers.DateField()


def _seen(request: Request, rows: QuerySet[LookBack]) -> QuerySet[LookBack]:
    shows = visible_deals(person_of(request)).filter(pk=OuterRef("deal"))
    return rows.select_related("deal__customer", "deal__team", "mandate").annotate(sees_deal=Exists(shows))


def _shown(one: LookBack, code: int = status.HTTP_200_OK) -> Response:
    headers = {"ETag": etag_of(one.edition)}
    if code == status.HTTP_201_CREATED:
        headers["Location"] = f"/api/v1/look-backs/{one.pk}/"
    return Response(LookBackSerializer(one).data, status=code, headers=headers)


class LookBackViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Look-backs: answered ones are read by everybody, those still asked by whoever may answer."""

    permission_classes = [IsAuthenticated, HasScope]
    scope = ApiToken.Scope.DEALS.value
    serializer_class = LookBackSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = LookBack.objects.none()

    @extend_schema(
        operation_id="look_backs_list",
        summary="List look-backs, newest first",
        tags=TAGS,
        parameters=[
            OpenApiParameter("q", str, description="Words in what was said, or of the customer's name."),
            OpenApiParameter("mandate", str, description="The mandate's code."),
            OpenApiParameter("team", str, description="The team's code."),
            OpenApiParameter("fit", str, enum=LookBack.Fit.values),
            OpenApiParameter("cause", str, enum=LookBack.Cause.values),
            OpenApiParameter("waiting", bool, description="Those that the reader is asked, instead of answered ones."),
        ],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = {name: request.query_params.get(name, "").replace("\0", "") for name in ("q", *FILTERS)}
        waits = request.query_params.get("waiting", "") in ("true", "1")
        rows = waiting_look_backs(person_of(request)) if waits else answered_look_backs()
        page = self.paginate_queryset(_seen(request, narrowed(rows, asked)))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(operation_id="look_backs_read", summary="Read a look-back", tags=TAGS)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return _shown(self._found(request, kwargs["pk"]))

    @extend_schema(
        operation_id="look_backs_answer",
        summary="Answer a look-back, or say it better",
        description="For those who worked on the deal. It is about the mandate and the deal, and names nobody.",
        tags=TAGS,
        request=LookBackAnswerTakenSerializer,
        responses={200: LookBackSerializer},
        parameters=[IDEMPOTENCY_KEY, IF_MATCH],
        examples=[ANSWERED],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def answer(self, request: Request, pk: str) -> Response:
        one = self._found(request, pk)
        require_match(request, one.edition)
        answers = actions.Answers(**taken(LookBackAnswerTakenSerializer, request.data))
        at, by = timezone.now(), asker(request)
        unless_changed(lambda: actions.answer(look_back=one, by=by, at=at, edition=one.edition, answers=answers))
        return _shown(self._found(request, pk))

    def _found(self, request: Request, pk: str) -> LookBack:
        """Return a look-back that was asked; one without an answer only to those who may give it. Raises: Http404."""
        one = get_object_or_404(_seen(request, LookBack.objects.filter(asked_at__isnull=False)), pk=pk)
        if one.answered_at is None and not may("lookback.answer", person_of(request), about(one.deal)):
            raise Http404
        return one


class DealLookBacksView(DealView, generics.GenericAPIView):
    """The look-backs on one deal."""

    serializer_class = LookBackSerializer
    queryset = LookBack.objects.none()

    @extend_schema(
        operation_id="deal_look_backs_list",
        summary="List the look-backs on a deal",
        description="Answered ones, the day that the team has set, and what the reader is asked.",
        tags=TAGS,
        parameters=[REFERENCE],
        responses={200: LookBackSerializer(many=True)},
    )
    def get(self, request: Request, reference: str) -> Response:
        deal = deal_of(request, reference)
        shown = Q(answered_at__isnull=False) | Q(cause=LookBack.Cause.DAY, asked_at=None)
        if may("lookback.answer", person_of(request), about(deal)):
            shown |= Q(asked_at__isnull=False)
        rows = _seen(request, LookBack.objects.filter(shown, deal=deal)).order_by("-id")
        return self.get_paginated_response(LookBackSerializer(self.paginate_queryset(rows), many=True).data)

    @extend_schema(
        operation_id="deal_look_backs_create",
        summary="Set a day on which the team looks back on an agreed deal, or move it",
        tags=TAGS,
        request=DayTakenSerializer,
        responses={201: LookBackSerializer},
        parameters=[REFERENCE, IDEMPOTENCY_KEY],
        examples=[PLANNED],
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        deal = deal_of(request, reference)
        on = taken(DayTakenSerializer, request.data)["on"]
        made = actions.plan_day(deal=deal, by=asker(request), at=timezone.now(), on=on)
        return _shown(_seen(request, LookBack.objects.all()).get(pk=made.pk), status.HTTP_201_CREATED)
