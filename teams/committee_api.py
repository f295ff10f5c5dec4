"""The API of committees: reading them, and making one; what they are changes when a second person confirms it."""

from functools import partial
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from journal.editions import etag_of, require_match, unless_changed
from journal.idempotency import idempotent
from teams import actions
from teams.api_base import ADMINISTER, IDEMPOTENCY_KEY, IF_MATCH, ReadScoped, asker, person_of_request, taken
from teams.committee_serializers import CalendarTakenSerializer, CommitteeSerializer, NewCommitteeSerializer
from teams.models import Committee, CommitteeSeat
from teams.permissions import require

TAGS = ["committees"]
SEATS = CommitteeSeat.objects.filter(ended_on=None).select_related("user").order_by("-is_chair", "user__name", "pk")
CODE = OpenApiParameter("code", str, OpenApiParameter.PATH, description="The committee's code.")
NEW = OpenApiExample(
    "Two of the board",
    request_only=True,
    value={"code": "board", "name": "Board", "rule": "number", "approvals_needed": 2, "quorum": 2, "answer_hours": 16},
)


@extend_schema_view(list=extend_schema(summary="List committees", tags=TAGS))
class CommitteeViewSet(ReadScoped, viewsets.ReadOnlyModelViewSet):
    """Committees, the rule by which they decide, and who sits on them today."""

    scope = ADMINISTER
    serializer_class = CommitteeSerializer
    lookup_field = "code"
    lookup_value_regex = "[a-z0-9-]+"
    queryset = Committee.objects.select_related("calendar").prefetch_related(
        Prefetch("seats", SEATS, to_attr="open_seats")
    )

    @extend_schema(summary="Read a committee", tags=TAGS)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        committee = self.get_object()
        return Response(CommitteeSerializer(committee).data, headers={"ETag": etag_of(committee.edition)})

    @extend_schema(
        summary="Choose the calendar that a committee works by",
        description="Null: the organisation's. Its answer time is counted in it; what is due stays due.",
        tags=TAGS,
        request=CalendarTakenSerializer,
        responses={200: CommitteeSerializer},
        parameters=[CODE, IDEMPOTENCY_KEY, IF_MATCH],
        examples=[OpenApiExample("Its own", request_only=True, value={"calendar": "benelux"})],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def calendar(self, request: Request, code: str) -> Response:
        committee = self.get_object()
        require("calendar.manage", person_of_request(request))
        require_match(request, committee.edition)
        calendar = taken(CalendarTakenSerializer, request.data)["calendar"]
        act = partial(actions.choose_calendar, committee=committee, by=asker(request), at=timezone.now())
        unless_changed(partial(act, edition=committee.edition, calendar=calendar))
        return self.retrieve(request, code=code)

    @extend_schema(
        summary="Make a committee",
        description="Without members it decides nothing yet: propose each of them as a change.",
        tags=TAGS,
        request=NewCommitteeSerializer,
        responses={201: CommitteeSerializer},
        parameters=[IDEMPOTENCY_KEY],
        examples=[NEW],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        values = taken(NewCommitteeSerializer, request.data)
        made = actions.create_committee(by=asker(request), at=timezone.now(), **values)
        committee = self.get_queryset().get(pk=made.pk)
        headers = {"ETag": etag_of(committee.edition), "Location": f"/api/v1/committees/{committee.code}/"}
        return Response(CommitteeSerializer(committee).data, status=status.HTTP_201_CREATED, headers=headers)
