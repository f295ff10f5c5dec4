"""The API of teams, customers and people."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from journal.editions import etag_of, require_match, unless_changed
from journal.idempotency import idempotent
from teams import actions
from teams.absence_api import AbsenceViewSet, SubstituteViewSet
from teams.api_base import ADMINISTER, IDEMPOTENCY_KEY, IF_MATCH, ReadScoped, asker, person_of_request, taken
from teams.calendar_api import CalendarViewSet
from teams.change_api import ChangesView, ChangeView, TakeBackView
from teams.committee_api import CommitteeViewSet
from teams.competence_api import CompetenceViewSet
from teams.models import ApiToken, Committee, Customer, CustomerTeam, Membership, Team, User
from teams.permissions import require
from teams.rota_api import RotaView, RoundsView, TurnEndView
from teams.schema import TokenScheme
from teams.serializers import (
    AssignSerializer,
    CustomerFactsSerializer,
    CustomerSerializer,
    HandOverSerializer,
    MergeSerializer,
    MeSerializer,
    NewCustomerSerializer,
    PersonSerializer,
    TeamSerializer,
)

__all__ = ["ADMINISTER", "IDEMPOTENCY_KEY", "IF_MATCH", "ReadScoped", "TokenScheme", "asker", "router", "urlpatterns"]

CUSTOMER_EXAMPLE = OpenApiExample(
    "A customer of the public team",
    request_only=True,
    value={
        "reference": "C-17",
        "name": "Gemeente Hoogveld",
        "segment": "public",
        "country": "BE",
        "team": "public",
        "contact": "bram@example.com",
    },
)


@extend_schema_view(
    list=extend_schema(summary="List teams", tags=["teams"]),
    retrieve=extend_schema(summary="Read a team", tags=["teams"]),
)
class TeamViewSet(ReadScoped, viewsets.ReadOnlyModelViewSet):
    """Teams with who is in them today."""

    scope = ADMINISTER
    serializer_class = TeamSerializer
    lookup_field = "code"
    lookup_value_regex = "[a-z0-9-]+"
    queryset = Team.objects.prefetch_related(
        Prefetch("memberships", Membership.objects.filter(ended_on=None).select_related("user"), to_attr="open_members")
    )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._shown(self.get_object())

    def _shown(self, team: Team) -> Response:
        return Response(TeamSerializer(team).data, headers={"ETag": etag_of(team.edition)})

    @extend_schema(
        summary="Make a team part of another",
        description="Its people, customers and drafts go over; what it submitted stays with it. Shows the other team.",
        tags=["teams"],
        request=MergeSerializer,
        responses={200: TeamSerializer},
        parameters=[IDEMPOTENCY_KEY, IF_MATCH],
        examples=[OpenApiExample("Into the public team", request_only=True, value={"into": "public"})],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def merge(self, request: Request, code: str) -> Response:
        team = self.get_object()
        require("team.manage", person_of_request(request))
        require_match(request, team.edition)
        into = taken(MergeSerializer, request.data)["into"]
        act = partial(actions.merge_teams, team=team, into=into, by=asker(request), at=timezone.now())
        merged = unless_changed(partial(act, edition=team.edition))
        return self._shown(self.get_queryset().get(pk=merged.pk))


@extend_schema_view(
    list=extend_schema(
        summary="List people",
        tags=["people"],
        parameters=[OpenApiParameter("email", str, description="Only the person with this address.")],
    ),
    retrieve=extend_schema(summary="Read a person", tags=["people"]),
)
class UserViewSet(ReadScoped, viewsets.ReadOnlyModelViewSet):
    """People as colleagues know them; their rights are on the pages."""

    serializer_class = PersonSerializer
    queryset = User.objects.all()
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[User]:
        email = self.request.query_params.get("email", "")
        return User.objects.filter(email__iexact=email) if email and "\0" not in email else User.objects.all()


@extend_schema_view(
    list=extend_schema(
        summary="List customers",
        tags=["customers"],
        parameters=[
            OpenApiParameter("q", str, description="Part of the name, or the beginning of the reference."),
            OpenApiParameter("team", str, description="The code of the team that looks after them today."),
            OpenApiParameter("segment", str),
        ],
    ),
    retrieve=extend_schema(summary="Read a customer", tags=["customers"]),
)
class CustomerViewSet(ReadScoped, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Customers, the team that looks after them, and their one contact."""

    serializer_class = CustomerSerializer
    scope = ADMINISTER
    lookup_field = "reference"
    lookup_value_regex = "[^/]+"
    queryset = Customer.objects.all()

    def get_queryset(self) -> QuerySet[Customer]:
        today = CustomerTeam.objects.filter(ended_on=None)
        places = Prefetch("teams", today.select_related("team", "contact"), to_attr="place")
        found = Customer.objects.prefetch_related(places)
        asked = {name: self.request.query_params.get(name, "").replace("\0", "") for name in ("q", "team", "segment")}
        if asked["q"]:
            found = found.filter(Q(name__icontains=asked["q"]) | Q(reference__istartswith=asked["q"]))
        if asked["team"]:
            found = found.filter(pk__in=today.filter(team__code=asked["team"]).values("customer"))
        return found.filter(segment__iexact=asked["segment"]) if asked["segment"] else found

    def _shown(self, reference: str, code: int = status.HTTP_200_OK) -> Response:
        """Read the customer anew and show it with its ETag."""
        customer = get_object_or_404(self.get_queryset(), reference=reference)
        headers = {"ETag": etag_of(customer.edition)}
        if code == status.HTTP_201_CREATED:
            headers["Location"] = f"/api/v1/customers/{reference}/"
        return Response(CustomerSerializer(customer).data, status=code, headers=headers)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._shown(self.get_object().reference)

    @extend_schema(
        summary="Create a customer",
        tags=["customers"],
        request=NewCustomerSerializer,
        responses={201: CustomerSerializer},
        parameters=[IDEMPOTENCY_KEY],
        examples=[CUSTOMER_EXAMPLE],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        taken = NewCustomerSerializer(data=request.data)
        taken.is_valid(raise_exception=True)
        customer = actions.create_customer(by=asker(request), at=timezone.now(), **taken.validated_data)
        return self._shown(customer.reference, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a customer",
        tags=["customers"],
        request=CustomerFactsSerializer(partial=True),
        responses={200: CustomerSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, reference: str) -> Response:
        customer = self.get_object()
        taken = CustomerFactsSerializer(data=request.data, partial=True)
        taken.is_valid(raise_exception=True)
        with transaction.atomic():
            locked = Customer.objects.select_for_update().get(pk=customer.pk)
            require_match(request, locked.edition)
            facts = {name: getattr(locked, name) for name in ("name", "segment", "country", "is_active")}
            actions.change_customer(
                customer=locked,
                by=asker(request),
                at=timezone.now(),
                edition=locked.edition,
                **(facts | taken.validated_data),
            )
        return self._shown(reference)

    @extend_schema(
        summary="Hand a customer over within its team",
        tags=["customers"],
        request=HandOverSerializer,
        responses={200: CustomerSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"], url_path="hand-over")
    @idempotent
    def hand_over(self, request: Request, reference: str) -> Response:
        taken = HandOverSerializer(data=request.data)
        taken.is_valid(raise_exception=True)
        customer = self.get_object()
        actions.hand_over(customer=customer, by=asker(request), at=timezone.now(), **taken.validated_data)
        return self._shown(reference)

    @extend_schema(
        summary="Give a customer to another team",
        tags=["customers"],
        request=AssignSerializer,
        responses={200: CustomerSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def assign(self, request: Request, reference: str) -> Response:
        taken = AssignSerializer(data=request.data)
        taken.is_valid(raise_exception=True)
        customer = self.get_object()
        actions.assign_customer(customer=customer, by=asker(request), at=timezone.now(), **taken.validated_data)
        return self._shown(reference)


class MeView(ReadScoped):
    """Who the request comes from."""

    @extend_schema(summary="Who am I?", tags=["people"], responses={200: MeSerializer})
    def get(self, request: Request) -> Response:
        user = asker(request)
        person = request._request.person  # type: ignore[attr-defined]
        teams = Team.objects.filter(pk__in=list(person.team_roles), is_active=True)
        codes = dict(teams.values_list("pk", "code"))
        committees = Committee.objects.filter(pk__in=list(person.committees)).order_by("code")
        places = [{"team": codes[pk], "role": role} for pk, role in person.team_roles.items() if pk in codes]
        document = {
            "id": user.pk,
            "name": user.name,
            "email": user.email,
            "roles": sorted(person.roles),
            "teams": sorted(places, key=lambda place: place["team"]),
            "committees": list(committees.values_list("code", flat=True)),
            "scopes": request.auth.scopes.split() if isinstance(request.auth, ApiToken) else [],
        }
        return Response(MeSerializer(document).data)


router = SimpleRouter()
router.register("teams", TeamViewSet, basename="api-team")
router.register("customers", CustomerViewSet, basename="api-customer")
router.register("calendars", CalendarViewSet, basename="api-calendar")
router.register("users", UserViewSet, basename="api-user")
router.register("committees", CommitteeViewSet, basename="api-committee")
router.register("absences", AbsenceViewSet, basename="api-absence")
router.register("substitutes", SubstituteViewSet, basename="api-substitute")
router.register("competences", CompetenceViewSet, basename="api-competence")
COMMITTEE = "committees/<slug:code>"
urlpatterns = [
    path("me/", MeView.as_view(), name="api-me"),
    path(f"{COMMITTEE}/changes/", ChangesView.as_view(), name="api-committee-changes"),
    path(f"{COMMITTEE}/changes/<int:pk>/", ChangeView.as_view(), name="api-committee-change"),
    path(f"{COMMITTEE}/changes/<int:pk>/take-back/", TakeBackView.as_view(), name="api-committee-take-back"),
    path(f"{COMMITTEE}/rota/", RotaView.as_view(), name="api-rota"),
    path(f"{COMMITTEE}/rota/rounds/", RoundsView.as_view(), name="api-rota-rounds"),
    path(f"{COMMITTEE}/rota/<int:pk>/end/", TurnEndView.as_view(), name="api-rota-end"),
]
