"""The API of what was submitted, asked and decided: revisions, receipts, consents, approvals, cases, timeline.

All of it is for reading. Consents and votes are a person's own, given in their own session: no address takes them.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.api.answers import PREFETCHED, bound_to
from approvals.api.examples import REFERENCE
from approvals.api.giving import (
    ApprovalSerializer,
    CaseDetailSerializer,
    CaseSerializer,
    DecisionSerializer,
    ReceiptSerializer,
    RevisionDetailSerializer,
    RevisionSerializer,
    RoundSerializer,
    TimelineSerializer,
)
from approvals.api.looking import DealView, cost_view_of, deal_of, person_of, shows_cost
from approvals.models import Approval, Case, ConsentRound, ConsentSeat, Deal, Decision, Revision
from approvals.readings.blind import names_mandate, without_margin
from approvals.readings.lines import totals_of
from approvals.readings.rating import rating_of_deal, rating_of_line
from approvals.shown import documents_as_known, documents_of
from approvals.sight import on_visible_deals, visible_cases
from journal.editions import etag_of
from journal.timeline import PAGE_SIZE, timeline
from mandates.engine import digest
from mandates.sentences import approval_sentences
from teams.models import ApiToken
from teams.sight import CostView
from teams.tokens import HasScope

TAGS = ["deals"]
MOST_DIGITS = 18


# --- revisions ---


class RevisionsView(DealView):
    """The submitted states of a deal."""

    @extend_schema(
        operation_id="revisions_list",
        summary="List a deal's revisions, newest first",
        tags=TAGS,
        parameters=[REFERENCE],
        responses={200: RevisionSerializer(many=True)},
    )
    def get(self, request: Request, reference: str) -> Response:
        revisions = _revisions(deal_of(request, reference)).order_by("-number")
        return Response(RevisionSerializer([_revision(one) for one in revisions], many=True).data)


class RevisionView(DealView):
    """One submitted state of a deal."""

    @extend_schema(
        operation_id="revisions_read",
        summary="Read a revision with its lines",
        tags=TAGS,
        parameters=[REFERENCE],
        responses={200: RevisionDetailSerializer},
    )
    def get(self, request: Request, reference: str, number: int) -> Response:
        deal = deal_of(request, reference)
        revision = get_object_or_404(_revisions(deal), number=number)
        return Response(RevisionDetailSerializer(_whole(revision, cost_view_of(request, deal))).data)


def _revisions(deal: Deal) -> QuerySet[Revision]:
    decisions = Prefetch("decisions", Decision.objects.order_by("number"))
    return deal.revisions.select_related("submitted_by").prefetch_related(decisions)


def _revision(revision: Revision, facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a revision's own columns; what was given away is counted from the prices alone, whatever the cost."""
    facts = facts or json.loads(revision.document)
    names = ("number", "on", "submitted_at", "submitted_by", "why", "term_months", "payment_days", "judged")
    return {name: getattr(revision, name) for name in names} | {
        "list_value": revision.list_value,
        "net_value": revision.net_value,
        "discount_amount": totals_of(facts["deal"], sees_cost=False).given.quantize(revision.net_value),
        "decisions": [decision.pk for decision in revision.decisions.all()],
    }


def _whole(revision: Revision, view: CostView) -> dict[str, Any]:
    facts, cost, bands = json.loads(revision.document), view.figures, view.bands
    lines = [
        {
            **line,
            "unit_cost": line.get("unit_cost") if cost else None,
            "margin_rating": rating_of_line(line, bands) if bands else None,
        }
        for line in facts["deal"]["lines"]
    ]
    return _revision(revision, facts) | {
        "rates": facts["rates"],
        "lines": [{"charge": "one_off", **line} for line in lines],
        "cost": revision.cost if cost else None,
        "margin_rating": rating_of_deal(facts["deal"], bands) if bands else None,
        "sha256": revision.sha256 if cost else None,
    }


# --- receipts ---


class DecisionsView(DealView):
    """Every judgement of a deal."""

    @extend_schema(
        operation_id="deal_decisions_list",
        summary="List a deal's decisions, newest first",
        tags=TAGS,
        parameters=[REFERENCE],
        responses={200: DecisionSerializer(many=True)},
    )
    def get(self, request: Request, reference: str) -> Response:
        decisions = Decision.objects.filter(revision__deal=deal_of(request, reference)).order_by("-id")
        return Response(DecisionSerializer(decisions.select_related("revision__deal"), many=True).data)


class ReceiptView(DealView):
    """The record of one decision, and what proves it."""

    @extend_schema(
        operation_id="decisions_read",
        summary="Read the receipt of a decision",
        description="The case and the answer byte for byte, as canonical JSON gives them; their hashes prove it.",
        tags=["decisions"],
        responses={200: ReceiptSerializer},
    )
    def get(self, request: Request, pk: int) -> Response:
        decisions = Decision.objects.filter(on_visible_deals(person_of(request), "revision__deal_id"))
        related = decisions.select_related("revision__deal__team", "mandate_version__mandate")
        decision = get_object_or_404(related, pk=pk)
        cost = shows_cost(request, decision.revision.deal)
        return Response(DecisionSerializer(decision).data | _receipt(decision, cost))


def _receipt(decision: Decision, cost: bool) -> dict[str, Any]:
    whole, answer = documents_of(decision)
    case, known = documents_as_known(whole, answer, sees_cost=cost)
    version = decision.mandate_version if cost or names_mandate(whole) else None
    return {
        "sees_cost": cost,
        "mandate": None if version is None else version.mandate.code,
        "version": None if version is None else version.number,
        "case_sha256": decision.case_sha256 if cost else digest(case),
        "answer_sha256": decision.answer_sha256 if cost else digest(known),
        "case": case,
        "answer": known,
    }


# --- consents and approvals ---


class ConsentsView(DealView):
    """What the colleagues were asked and said."""

    @extend_schema(
        operation_id="consents_list",
        summary="List the questions to colleagues, newest first",
        description="Consents and objections are given in a person's own session; the API only shows them.",
        tags=TAGS,
        parameters=[REFERENCE],
        responses={200: RoundSerializer(many=True)},
    )
    def get(self, request: Request, reference: str) -> Response:
        seats = Prefetch("seats", ConsentSeat.objects.select_related("user", "replied_by").order_by("user__name", "id"))
        rounds = ConsentRound.objects.filter(revision__deal=deal_of(request, reference))
        listed = rounds.select_related("revision").prefetch_related(seats).order_by("-id")
        return Response(RoundSerializer(listed, many=True).data)


class ApprovalsView(DealView):
    """What committees allowed for a deal."""

    @extend_schema(
        operation_id="approvals_list",
        summary="List a deal's approvals, newest first",
        description="Margins are left out of them for readers without sight of cost.",
        tags=TAGS,
        parameters=[REFERENCE],
        responses={200: ApprovalSerializer(many=True)},
    )
    def get(self, request: Request, reference: str) -> Response:
        deal = deal_of(request, reference)
        cost = shows_cost(request, deal)
        approvals = deal.approvals.select_related("case__committee", "proposal", "revocation__by").order_by("-id")
        return Response(ApprovalSerializer([_with_words(one, cost) for one in approvals], many=True).data)


def _with_words(approval: Approval, cost: bool) -> Approval:
    document = json.loads(approval.document)
    known = document if cost else without_margin(document)
    approval.known, approval.sentences = known, approval_sentences(known)  # type: ignore[attr-defined]
    return approval


# --- cases ---


@extend_schema_view(
    list=extend_schema(
        operation_id="cases_list",
        summary="List cases",
        tags=["cases"],
        parameters=[
            OpenApiParameter("state", str, enum=Case.State.values),
            OpenApiParameter("committee", str, description="The committee's code."),
            OpenApiParameter("deal", str, description="The deal's reference."),
        ],
    ),
)
class CaseViewSet(viewsets.ReadOnlyModelViewSet):
    """Questions to committees, for reading. Votes are cast in a person's own session; no address here takes them."""

    permission_classes = [IsAuthenticated, HasScope]
    scope = ApiToken.Scope.DEALS.value
    serializer_class = CaseSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = Case.objects.none()

    def get_queryset(self) -> QuerySet[Case]:
        cases = visible_cases(person_of(self.request)).select_related("deal", "revision", "committee")
        asked = {name: self.request.query_params.get(name, "") for name in ("state", "committee", "deal")}
        names = {"state": "state", "committee": "committee__code", "deal": "deal__reference"}
        return cases.filter(**{names[name]: value for name, value in asked.items() if value})

    @extend_schema(
        operation_id="cases_read",
        summary="Read a case with its electorate and votes",
        tags=["cases"],
        responses={200: CaseDetailSerializer},
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        cases = self.get_queryset().select_related("deal__team").prefetch_related(*PREFETCHED)
        case = bound_to(get_object_or_404(cases, pk=kwargs["pk"]))
        known = {"sees_cost": shows_cost(request, case.deal)}
        return Response(CaseDetailSerializer(case, context=known).data, headers={"ETag": etag_of(case.edition)})


# --- timeline ---


class TimelineView(DealView):
    """What happened to a deal, from the journal."""

    @extend_schema(
        operation_id="deal_timeline",
        summary="Read a deal's timeline",
        tags=TAGS,
        parameters=[REFERENCE, OpenApiParameter("after", int, description="Only what is older than this event.")],
        responses={200: TimelineSerializer},
    )
    def get(self, request: Request, reference: str) -> Response:
        deal = deal_of(request, reference)
        text = request.query_params.get("after", "")
        after = int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
        entries = timeline("deal", deal.reference, after=after)
        more = len(entries) == PAGE_SIZE
        older = request.build_absolute_uri(f"{request.path}?after={entries[-1].sequence}") if more else None
        return Response(TimelineSerializer({"next": older, "results": entries}).data)
