"""The API of mandates asked for from below, and of opening balances.

What a grantor offers can be read here; offering, accepting and refusing are a person's word and need their session.
"""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from journal.editions import etag_of
from journal.idempotency import idempotent
from mandates.actions import ask_for_mandate, open_balance
from mandates.actions.asking import wanted_of
from mandates.api.shapes import AskedForSerializer, NewAskedForSerializer, NewOpeningSerializer, OpeningSerializer
from mandates.engine import check_mandate
from mandates.models import BudgetOpening, Mandate, MandateVersion, VersionCounter, VersionHolder, VersionState
from mandates.openness import as_meant
from mandates.serializers import refuse_document
from mandates.snapshots import in_force
from mandates.views.looking import sees_drafts, visible_versions
from teams.api import ADMINISTER, IDEMPOTENCY_KEY, ReadScoped, asker
from teams.api_base import person_of_request

ASK_EXAMPLE = OpenApiExample(
    "A wider discount on services",
    request_only=True,
    value={
        "team": "public",
        "mandate": "public-2026",
        "goal": "Win the schools' installation work together with the network.",
        "walk_away": "A local installer does it, and we only deliver the boxes.",
        "note": "8 % never reaches them.",
    },
)
OPENING_EXAMPLE = OpenApiExample(
    "What a team gave away before the product kept its ledger",
    request_only=True,
    value={"team": "public", "period": "quarter", "amount": "12500.00", "reason": "From the old spreadsheet."},
)
MOST_OPENINGS = 200
CODE = OpenApiParameter("code", str, OpenApiParameter.PATH, description="The mandate's code.")


class RequestViewSet(ReadScoped, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """What teams ask for, as far as the reader may see it; the version's own address changes, proposes, takes back."""

    serializer_class = AskedForSerializer
    scope = ADMINISTER
    lookup_value_regex = r"\d{1,18}"
    queryset = MandateVersion.objects.none()

    def get_queryset(self) -> QuerySet[MandateVersion]:
        """Return the requests that the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return MandateVersion.objects.none()
        holders = Prefetch("holders", VersionHolder.objects.select_related("team"))
        counters = Prefetch("counters", VersionCounter.objects.select_related("by", "answered_by", "made"))
        found = visible_versions(person_of_request(self.request)).filter(request__isnull=False)
        query = self.request.query_params
        if team := query.get("team", ""):
            found = found.filter(request__team__code=team.replace("\0", ""))
        if state := query.get("state", ""):
            found = found.filter(state=state.replace("\0", ""))
        return found.prefetch_related(holders, counters)

    def get_serializer_context(self) -> dict[str, Any]:
        """Add who reads, asked once."""
        context = dict(super().get_serializer_context())
        if getattr(self, "swagger_fake_view", False):
            return context
        person = person_of_request(self.request)
        return context | {"person": person, "sees_tests": sees_drafts(person)}

    @extend_schema(
        summary="List requests",
        tags=["requests"],
        parameters=[
            OpenApiParameter("team", str, description="Only those of this team, by its code."),
            OpenApiParameter("state", str, enum=[str(state.value) for state in VersionState]),
        ],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what teams ask for, the newest first, with where each stands."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="Read a request", tags=["requests"])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Read what a team asks for, and what was offered instead; its ETag is the version's."""
        return self._shown(self.get_object(), status.HTTP_200_OK)

    @extend_schema(
        summary="Ask for a mandate",
        description="Of one's own team, or a wider version of one that it holds. It is a draft until it is proposed.",
        tags=["requests"],
        request=NewAskedForSerializer,
        responses={201: AskedForSerializer},
        parameters=[IDEMPOTENCY_KEY],
        examples=[ASK_EXAMPLE],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Draft what the team wants."""
        taken = NewAskedForSerializer(data=request.data)
        taken.is_valid(raise_exception=True)
        values = dict(taken.validated_data)
        at, sent = timezone.now(), values.pop("document")
        start = wanted_of(values["team"], values["mandate"], at)
        document = start if sent is None else _meant(sent, start)
        version = ask_for_mandate(by=asker(request), at=at, document=document, **values)
        return self._shown(self.get_queryset().get(pk=version.pk), status.HTTP_201_CREATED)

    def _shown(self, version: MandateVersion, code: int) -> Response:
        headers = {"ETag": etag_of(version.edition)}
        if code == status.HTTP_201_CREATED:
            headers["Location"] = f"/api/v1/requests/{version.pk}/"
        shown = AskedForSerializer(version, context=self.get_serializer_context())
        return Response(shown.data, status=code, headers=headers)


def _meant(sent: Any, start: dict[str, Any]) -> dict[str, Any]:
    """Return the document as it was meant. Raises: ValidationError with every problem of it."""
    document = as_meant(sent, start) if isinstance(sent, dict) else sent
    numbered = {"code": "new", "version": 1, **document} if isinstance(document, dict) else document
    refuse_document(check_mandate(numbered))
    return dict(document)


class OpeningsView(ReadScoped, APIView):
    """The opening balances of a mandate's budgets: what had been given away before the product kept its ledger."""

    scope = ADMINISTER

    def _mandate(self, request: Request, code: str) -> Mandate:
        seen = visible_versions(person_of_request(request)).values("mandate")
        return get_object_or_404(Mandate.objects.filter(pk__in=seen), code=code)

    @extend_schema(
        summary="List opening balances",
        tags=["mandates"],
        parameters=[CODE],
        responses={200: OpeningSerializer(many=True)},
    )
    def get(self, request: Request, code: str) -> Response:
        """List what was entered, the newest first; of one budget and period the newest counts."""
        found = BudgetOpening.objects.filter(budget__mandate=self._mandate(request, code)).order_by("-id")
        rows = found.select_related("budget__team", "budget__customer", "by")[:MOST_OPENINGS]
        return Response(OpeningSerializer(rows, many=True).data)

    @extend_schema(
        summary="Enter an opening balance",
        description="It counts as committed in the present period, and replaces an earlier one of the same budget.",
        tags=["mandates"],
        parameters=[CODE, IDEMPOTENCY_KEY],
        request=NewOpeningSerializer,
        responses={201: OpeningSerializer},
        examples=[OPENING_EXAMPLE],
    )
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        """Enter what a team or a customer had received in the present period."""
        taken = NewOpeningSerializer(data=request.data)
        taken.is_valid(raise_exception=True)
        mandate, at = self._mandate(request, code), timezone.now()
        period = mandate.periods.filter(in_force(at)).select_related("version__mandate").first()
        version = period.version if period else mandate.versions.order_by("-number")[0]
        budget = open_balance(version=version, by=asker(request), at=at, **taken.validated_data)
        made = budget.openings.select_related("budget__team", "budget__customer", "by").order_by("-id")[0]
        return Response(OpeningSerializer(made).data, status=status.HTTP_201_CREATED)
