"""The API of a committee's changes: proposing one and taking it back. A second person answers on the page."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from journal.editions import require_match, unless_changed
from journal.idempotency import idempotent
from teams import actions
from teams.api_base import (
    ADMINISTER,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    NothingSerializer,
    ReadScoped,
    asker,
    person_of_request,
    taken,
)
from teams.committee_api import CODE, TAGS
from teams.committee_serializers import ChangeSerializer, ProposalSerializer
from teams.models import Committee, CommitteeChange
from teams.permissions import may, require

EXAMPLES = [
    OpenApiExample("Another rule", request_only=True, value={"kind": "rule", "facts": {"quorum": 3}}),
    OpenApiExample("A member", request_only=True, value={"kind": "seat", "user": "chloe@example.com"}),
    OpenApiExample("A member less", request_only=True, value={"kind": "unseat", "seat": 12, "reason": "She moves."}),
]


class _Changes(ReadScoped):
    """Whoever may propose or answer changes reads them."""

    scope = ADMINISTER

    def committee(self) -> Committee:
        """Return the committee of the address. Raises: NotAllowed, Http404."""
        person = person_of_request(self.request)
        if not may("committee.confirm", person):
            require("committee.manage", person)
        return get_object_or_404(Committee, code=self.kwargs["code"])

    def changes(self) -> QuerySet[CommitteeChange]:
        rows = self.committee().changes.select_related("committee", "proposed_by", "answered_by")
        return rows.order_by("-pk")


class ChangesView(_Changes, generics.ListAPIView):
    """What was proposed about a committee."""

    serializer_class = ChangeSerializer
    queryset = CommitteeChange.objects.none()

    def get_queryset(self) -> QuerySet[CommitteeChange]:
        if getattr(self, "swagger_fake_view", False):
            return CommitteeChange.objects.none()
        return self.changes()

    @extend_schema(
        operation_id="committee_changes_list",
        summary="List a committee's changes, newest first",
        tags=TAGS,
        parameters=[CODE],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="committee_changes_create",
        summary="Propose a change of a committee",
        description="It happens when a second person confirms it, which is done on its page and has no address here.",
        tags=TAGS,
        request=ProposalSerializer,
        responses={201: ChangeSerializer},
        parameters=[CODE, IDEMPOTENCY_KEY, IF_MATCH],
        examples=EXAMPLES,
    )
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        committee = self.committee()
        require("committee.manage", person_of_request(request))
        require_match(request, committee.edition)
        values = taken(ProposalSerializer, request.data)
        act = partial(actions.propose_change, committee=committee, by=asker(request), at=timezone.now())
        reason, edition = values["reason"], committee.edition
        change = unless_changed(
            partial(act, kind=values["kind"], values=_values(values), reason=reason, edition=edition)
        )
        headers = {"Location": f"/api/v1/committees/{code}/changes/{change.pk}/"}
        return Response(ChangeSerializer(change).data, status=status.HTTP_201_CREATED, headers=headers)


def _values(sent: dict[str, Any]) -> dict[str, Any]:
    """Return what was sent in the form that the action takes."""
    if "facts" in sent:
        return dict(sent["facts"])
    if "user" in sent:
        return {"user": sent["user"].pk, "is_chair": sent.get("is_chair", False)}
    return {"seat": sent["seat"]}


class ChangeView(_Changes):
    """One proposed change."""

    @extend_schema(
        operation_id="committee_changes_read",
        summary="Read a change of a committee",
        tags=TAGS,
        parameters=[CODE, OpenApiParameter("id", int, OpenApiParameter.PATH)],
        responses={200: ChangeSerializer},
    )
    def get(self, request: Request, code: str, pk: int) -> Response:
        return Response(ChangeSerializer(get_object_or_404(self.changes(), pk=pk)).data)


class TakeBackView(_Changes):
    """Taking back what one proposed."""

    @extend_schema(
        operation_id="committee_changes_take_back",
        summary="Take back a change that one proposed",
        tags=TAGS,
        request=NothingSerializer,
        responses={200: ChangeSerializer},
        parameters=[CODE, OpenApiParameter("id", int, OpenApiParameter.PATH), IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request, code: str, pk: int) -> Response:
        change = get_object_or_404(self.changes(), pk=pk)
        taken(NothingSerializer, request.data)
        row = actions.take_back_change(change=change, by=asker(request), at=timezone.now())
        return Response(ChangeSerializer(row).data)
