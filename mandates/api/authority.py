"""The API of mandates and the charter. Granting is not here: it needs a person's own session."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from journal.editions import etag_of, require_match
from journal.idempotency import idempotent
from mandates import actions
from mandates.api.asking import day_of
from mandates.balances import Usage, usage
from mandates.documents import document_of
from mandates.engine import check_mandate
from mandates.expectations import check_tests
from mandates.models import CharterPeriod, CharterVersion, Mandate, MandateVersion, VersionHolder
from mandates.models import VersionPeriod as Period
from mandates.openness import as_meant, sees_charter_margins
from mandates.serializers import (
    CharterVersionSerializer,
    MandateDetailSerializer,
    MandateDraftSerializer,
    MandateSerializer,
    ProposeSerializer,
    TakeBackSerializer,
    UsageSerializer,
    VersionDetailSerializer,
    VersionSerializer,
    refuse_document,
)
from mandates.snapshots import in_force
from mandates.views.looking import sees_drafts, visible_charters, visible_versions
from mandates.views.reading import committee_names
from teams.api import ADMINISTER, IDEMPOTENCY_KEY, IF_MATCH, ReadScoped, asker
from teams.api_base import person_of_request
from teams.models import Customer

DOCUMENT = {
    "code": "retail-2026",
    "version": 1,
    "currency": "EUR",
    "valid_from": "2026-01-01",
    "valid_until": "2026-12-31",
    "committee": "deal-desk",
    "budgets": [{"per": "team", "period": "quarter", "amount": "50000"}],
    "limits": [{"metric": "line_discount", "member": "8", "team": "12"}],
}
DRAFT_EXAMPLE = OpenApiExample(
    "A mandate for retail",
    request_only=True,
    value={"document": DOCUMENT, "name": "Retail", "teams": ["retail"], "note": "Small things at the counter."},
)
PROPOSE_EXAMPLE = OpenApiExample("Nothing to confirm", request_only=True, value={"confirmed": []})
NUMBER = OpenApiParameter("number", int, OpenApiParameter.PATH, description="The number of the version.")


def _versions(request: Request) -> QuerySet[MandateVersion]:
    holders = Prefetch("holders", VersionHolder.objects.select_related("team"))
    return visible_versions(person_of_request(request)).prefetch_related(holders)


class MandateViewSet(ReadScoped, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Mandates, their versions and drafts, as far as the reader may see them."""

    serializer_class = MandateSerializer
    scope = ADMINISTER
    lookup_field = "code"
    lookup_value_regex = "[a-z0-9-]+"
    queryset = Mandate.objects.all()

    def get_queryset(self) -> QuerySet[Mandate]:
        """Return the mandates of which the reader may see a version."""
        if getattr(self, "swagger_fake_view", False):
            return Mandate.objects.none()
        return Mandate.objects.filter(pk__in=visible_versions(person_of_request(self.request)).values("mandate"))

    def get_serializer_context(self) -> dict[str, Any]:
        """Add the versions in force and the committees' names, each read once."""
        context = dict(super().get_serializer_context())
        if getattr(self, "swagger_fake_view", False):
            return context | {"in_force": {}, "committees": {}}
        current = Period.objects.filter(in_force(timezone.now())).values("version")
        living = {version.mandate_id: version for version in _versions(self.request).filter(pk__in=current)}
        reader = person_of_request(self.request)
        return context | {"in_force": living, "committees": committee_names(), "person": reader}

    @extend_schema(summary="List mandates", tags=["mandates"])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List mandates with their versions in force."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="Read a mandate", tags=["mandates"], responses={200: MandateDetailSerializer})
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Read a mandate with the document in force and its sentences."""
        mandate = self.get_object()
        shown = MandateDetailSerializer(mandate, context=self.get_serializer_context())
        return Response(shown.data, headers={"ETag": etag_of(mandate.edition)})

    @extend_schema(
        summary="Begin a draft",
        description="Of a new mandate, or the next version of the one with the document's code.",
        tags=["mandates"],
        request=MandateDraftSerializer,
        responses={201: VersionDetailSerializer},
        parameters=[IDEMPOTENCY_KEY],
        examples=[DRAFT_EXAMPLE],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Begin a draft."""
        values = draft_values(request)
        document = values["document"]
        version = actions.draft_mandate(
            by=asker(request),
            at=timezone.now(),
            code=document["code"],
            name=values.get("name", ""),
            goal=values.get("goal", ""),
            walk_away=values.get("walk_away", ""),
            options=values.get("options", ""),
            document=document,
            teams=values.get("teams"),
            note=values["note"],
            tests=values.get("tests"),
        )
        return self._shown(request, version, status.HTTP_201_CREATED)

    def _shown(self, request: Request, version: MandateVersion, code: int = status.HTTP_200_OK) -> Response:
        found = get_object_or_404(_versions(request), pk=version.pk)
        headers = {"ETag": etag_of(found.edition)}
        if code == status.HTTP_201_CREATED:
            headers["Location"] = f"/api/v1/mandates/{found.mandate.code}/versions/{found.number}/"
        sees_tests = sees_drafts(person_of_request(request))
        shown = VersionDetailSerializer(found, context={"sees_tests": sees_tests, "person": person_of_request(request)})
        return Response(shown.data, status=code, headers=headers)

    @extend_schema(
        summary="List a mandate's versions", tags=["mandates"], responses={200: VersionSerializer(many=True)}
    )
    @action(detail=True, pagination_class=None, filter_backends=[])
    def versions(self, request: Request, code: str) -> Response:
        """List the versions of a mandate, newest first."""
        mandate = self.get_object()
        found = _versions(request).filter(mandate=mandate).order_by("-number")
        return Response(VersionSerializer(found, many=True, context=self.get_serializer_context()).data)

    def _version(self, request: Request, code: str, number: str) -> MandateVersion:
        return get_object_or_404(_versions(request), mandate__code=code, number=number)

    @extend_schema(
        summary="Read a version", tags=["mandates"], parameters=[NUMBER], responses={200: VersionDetailSerializer}
    )
    @action(detail=True, url_path=r"versions/(?P<number>\d{1,6})")
    def version(self, request: Request, code: str, number: str) -> Response:
        """Read a version with its document; its ETag is what a change of the draft must name."""
        return self._shown(request, self._version(request, code, number))

    @extend_schema(
        summary="Change a draft",
        tags=["mandates"],
        parameters=[NUMBER, IF_MATCH],
        request=MandateDraftSerializer,
        responses={200: VersionDetailSerializer},
        examples=[DRAFT_EXAMPLE],
    )
    @version.mapping.put
    def change_draft(self, request: Request, code: str, number: str) -> Response:
        """Replace what a draft says; only its drafters may."""
        version = self._version(request, code, number)
        values = draft_values(request, document_of(version))
        with transaction.atomic():
            edition = _read_edition(request, version)
            teams = values.get("teams")
            actions.edit_draft(
                version=version,
                by=asker(request),
                at=timezone.now(),
                edition=edition,
                document=values["document"],
                teams=[holder.team for holder in version.holders.all()] if teams is None else teams,
                note=values["note"],
                name=values.get("name"),
                goal=values.get("goal"),
                walk_away=values.get("walk_away"),
                options=values.get("options"),
                tests=values.get("tests"),
            )
        return self._shown(request, version)

    @extend_schema(
        summary="Propose a draft",
        tags=["mandates"],
        parameters=[NUMBER, IF_MATCH, IDEMPOTENCY_KEY],
        request=ProposeSerializer,
        responses={200: VersionDetailSerializer},
        examples=[PROPOSE_EXAMPLE],
    )
    @action(detail=True, methods=["post"], url_path=r"versions/(?P<number>\d{1,6})/propose")
    @idempotent
    def propose(self, request: Request, code: str, number: str) -> Response:
        """Put a draft before the grantors. A person grants it in the browser."""
        taken = ProposeSerializer(data=request.data)
        taken.is_valid(raise_exception=True)
        version = self._version(request, code, number)
        with transaction.atomic():
            edition = _read_edition(request, version)
            confirmed = taken.validated_data["confirmed"]
            actions.propose(version=version, by=asker(request), at=timezone.now(), edition=edition, confirmed=confirmed)
        return self._shown(request, version)

    @extend_schema(
        summary="Take a version back",
        description="Of a draft, or of what is proposed and not answered: its drafters' own way out.",
        tags=["mandates"],
        parameters=[NUMBER, IF_MATCH, IDEMPOTENCY_KEY],
        request=TakeBackSerializer,
        responses={200: VersionDetailSerializer},
        examples=[OpenApiExample("Nothing", request_only=True, value={})],
    )
    @action(detail=True, methods=["post"], url_path=r"versions/(?P<number>\d{1,6})/take-back")
    @idempotent
    def take_back(self, request: Request, code: str, number: str) -> Response:
        """Take a draft or a proposal back; what is in force stays in force."""
        TakeBackSerializer(data=request.data).is_valid(raise_exception=True)
        version = self._version(request, code, number)
        with transaction.atomic():
            edition = _read_edition(request, version)
            actions.take_back(version=version, by=asker(request), at=timezone.now(), edition=edition)
        return self._shown(request, version)

    @extend_schema(
        summary="Budgets in use",
        description="Of each holding team, or of one customer, in the periods of a day.",
        tags=["mandates"],
        parameters=[
            OpenApiParameter("on", date, description="The day; today where it is left out."),
            OpenApiParameter("customer", str, description="A customer's reference, for budgets per customer."),
        ],
        responses={200: UsageSerializer(many=True)},
    )
    @action(detail=True, pagination_class=None, filter_backends=[])
    def usage(self, request: Request, code: str) -> Response:
        """Show what the budgets of the version in force hold and have committed."""
        mandate = self.get_object()
        version = self.get_serializer_context()["in_force"].get(mandate.pk)
        if version is None:
            return Response([])
        on = day_of(request)
        customer = _customer(request)
        found: list[Usage] = usage(version=version, on=on, customer=customer) if customer else []
        if customer is None:
            teams = sorted((holder.team for holder in version.holders.all()), key=lambda team: team.code)
            found = [shown for team in teams for shown in usage(version=version, on=on, team=team)]
        return Response(UsageSerializer(found, many=True).data)


def _read_edition(request: Request, version: MandateVersion) -> int:
    """Return the edition that the request read, the version locked. Raises: as `require_match`."""
    locked = MandateVersion.objects.select_for_update().get(pk=version.pk)
    require_match(request, locked.edition)
    return int(locked.edition)


def draft_values(request: Request, source: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what was sent, bounds that the sender may not see taken from `source`.

    Raises: ValidationError, also with every problem of the document.
    """
    taken = MandateDraftSerializer(data=request.data)
    taken.is_valid(raise_exception=True)
    values: dict[str, Any] = taken.validated_data
    if source is not None and isinstance(values["document"], dict):
        values["document"] = as_meant(values["document"], source)
    refuse_document(check_mandate(values["document"]))
    refuse_document(check_tests(values.get("tests", []), values["document"]), prefix="")
    return values


def _customer(request: Request) -> Customer | None:
    reference = request.query_params.get("customer", "").replace("\0", "")
    return get_object_or_404(Customer, reference=reference) if reference else None


# --- the charter ---


@extend_schema_view(
    list=extend_schema(summary="List the charter's versions", tags=["charter"]),
    retrieve=extend_schema(summary="Read a version of the charter", tags=["charter"]),
)
class CharterViewSet(ReadScoped, viewsets.ReadOnlyModelViewSet):
    """The charter's versions, as far as the reader may see them."""

    serializer_class = CharterVersionSerializer
    lookup_field = "number"
    lookup_value_regex = r"\d{1,6}"
    queryset = CharterVersion.objects.all()

    def get_queryset(self) -> QuerySet[CharterVersion]:
        """Return the versions that the reader may see."""
        if getattr(self, "swagger_fake_view", False):
            return CharterVersion.objects.none()
        return visible_charters(person_of_request(self.request))

    def get_serializer_context(self) -> dict[str, Any]:
        """Add whether the reader sees the margins that the charter sets, asked once."""
        context = dict(super().get_serializer_context())
        if getattr(self, "swagger_fake_view", False):
            return context
        return context | {"sees_margins": sees_charter_margins(person_of_request(self.request))}

    @extend_schema(summary="Read the charter in force", tags=["charter"], responses={200: CharterVersionSerializer})
    @action(detail=False, url_path="in-force")
    def in_force(self, request: Request) -> Response:
        """Read the version that binds everybody now; 404 where there is none."""
        period = CharterPeriod.objects.filter(in_force(timezone.now())).first()
        if period is None:
            raise Http404
        version = get_object_or_404(self.get_queryset(), pk=period.version_id)
        shown = CharterVersionSerializer(version, context=self.get_serializer_context())
        return Response(shown.data, headers={"ETag": etag_of(version.edition)})
