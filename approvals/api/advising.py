"""The API of advice: who is likely to know, asking, answering, thanking. An answer is no vote and stops nothing."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.actions.advise import MOST_ASKED, ask_for_advice, give_advice, pass_question, thank, withdraw_question
from approvals.api.examples import REFERENCE
from approvals.api.looking import DealView, deal_of, person_of, taken
from approvals.evidence import sought_of, who_knows
from approvals.knowing import as_document, from_document
from approvals.models import Advice, Deal
from approvals.readings.advice import why_named
from approvals.sight import about, visible_advice
from journal.idempotency import idempotent
from journal.strict import StrictSerializer
from mandates.engine.metrics import METRICS
from teams.api import IDEMPOTENCY_KEY, asker
from teams.api_base import NothingSerializer
from teams.committee_serializers import person_field
from teams.models import User
from teams.permissions import require
from teams.serializers import ContactSerializer

TAGS = ["advice"]
LONGEST = 4000
MOST_NAMED = 8
CLAUSE = OpenApiParameter("clause", str, enum=sorted(METRICS), description="The clause that it is about.")
QUESTION = OpenApiExample(
    "To one colleague",
    request_only=True,
    value={"people": ["els@example.com"], "question": "Did they ever pay late?", "clause": "payment_days"},
)
ANSWER = OpenApiExample("An answer", request_only=True, value={"text": "Once, in spring; they said so beforehand."})
THANKS = OpenApiExample("Thanks", request_only=True, value={"text": "That made the difference."})


class AdviceSerializer(serializers.ModelSerializer):
    """A question to one person about a deal, with the answer once given."""

    deal = serializers.CharField(source="deal.reference")
    asked_by = ContactSerializer()
    asked_of = ContactSerializer()
    thanked_by = ContactSerializer(allow_null=True)
    why = serializers.SerializerMethodField(help_text="Why the finder named this person, in words.")

    class Meta:
        model = Advice
        fields: tuple[str, ...] = (
            *("id", "deal", "state", "clause", "question", "why", "asked_by", "asked_of", "asked_at"),
            *("answer", "answered_at", "thanks", "thanked_by", "thanked_at", "closed_at"),
        )
        read_only_fields = fields

    def get_why(self, advice: Advice) -> list[str]:
        return why_named(from_document(advice.named_for))


class NamedSerializer(serializers.Serializer):
    """Somebody who is likely to know, and why; in no order of merit of persons."""

    user = ContactSerializer()
    why = serializers.ListField(child=serializers.CharField())


class QuestionTakenSerializer(StrictSerializer):
    """A question, and to whom."""

    people = serializers.ListField(child=person_field("Address."), min_length=1, max_length=MOST_ASKED)
    question = serializers.CharField(max_length=LONGEST)
    clause = serializers.ChoiceField(choices=sorted(METRICS), allow_blank=True, default="")


class AnswerTakenSerializer(StrictSerializer):
    """What one says to it."""

    text = serializers.CharField(max_length=LONGEST)


class ThanksTakenSerializer(StrictSerializer):
    """Thanks, with or without words."""

    text = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")


ROWS = ("deal__team", "asked_by", "asked_of", "thanked_by")


class DealAdviceView(DealView, generics.ListAPIView):
    """What was asked about a deal."""

    serializer_class = AdviceSerializer
    queryset = Advice.objects.none()

    def get_queryset(self) -> QuerySet[Advice]:
        if getattr(self, "swagger_fake_view", False):
            return Advice.objects.none()
        return deal_of(self.request, self.kwargs["reference"]).advice.select_related(*ROWS)

    @extend_schema(
        operation_id="deal_advice_list",
        summary="List the questions for advice on a deal",
        tags=TAGS,
        parameters=[REFERENCE],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(
        operation_id="deal_advice_create",
        summary="Ask for advice on a deal",
        description="One question to each of these people; the answer is recorded and is no vote.",
        tags=TAGS,
        request=QuestionTakenSerializer,
        responses={201: AdviceSerializer(many=True)},
        parameters=[REFERENCE, IDEMPOTENCY_KEY],
        examples=[QUESTION],
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        deal = deal_of(request, reference)
        values = taken(QuestionTakenSerializer, request.data)
        named = _named(request, deal, values["clause"], values["question"])
        rows = ask_for_advice(
            deal=deal,
            by=asker(request),
            at=timezone.now(),
            people=list(dict.fromkeys(values["people"])),
            question=values["question"],
            clause=values["clause"],
            named_for={one.person_id: as_document(one.reasons) for one in named},
        )
        return Response(AdviceSerializer(rows, many=True).data, status=status.HTTP_201_CREATED)


def _named(request: Request, deal: Deal, clause: str, text: str) -> Any:
    return who_knows(deal, sought_of(deal, clause=clause, text=text), without=[asker(request).pk])


class WhoKnowsView(DealView):
    """Whom to ask about a deal."""

    @extend_schema(
        operation_id="deal_who_knows",
        summary="Who is likely to know about a deal, and why",
        description="By what people declared, the deals they did, and advice that was thanked for.",
        tags=TAGS,
        parameters=[REFERENCE, CLAUSE, OpenApiParameter("q", str, description="Words of the question.")],
        responses={200: NamedSerializer(many=True)},
    )
    def get(self, request: Request, reference: str) -> Response:
        deal = deal_of(request, reference)
        require("advice.ask", person_of(request), about(deal))
        asked = {name: request.query_params.get(name, "").replace("\0", "") for name in ("clause", "q")}
        clause = asked["clause"] if asked["clause"] in METRICS else ""
        named = _named(request, deal, clause, asked["q"])[:MOST_NAMED]
        people = User.objects.in_bulk([one.person_id for one in named])
        rows = [{"user": people[one.person_id], "why": why_named(one.reasons)} for one in named]
        return Response(NamedSerializer(rows, many=True).data)


@extend_schema_view(
    list=extend_schema(
        summary="List the questions for advice that one may see",
        tags=TAGS,
        parameters=[
            OpenApiParameter("asked_of", str, enum=["me"], description="Only those put to oneself."),
            OpenApiParameter("state", str, enum=Advice.State.values),
        ],
    ),
    retrieve=extend_schema(summary="Read a question for advice", tags=TAGS),
)
class AdviceViewSet(DealView, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Questions for advice, wherever they were asked."""

    serializer_class = AdviceSerializer
    lookup_value_regex = r"\d{1,18}"
    queryset = Advice.objects.none()

    def get_queryset(self) -> QuerySet[Advice]:
        rows = visible_advice(person_of(self.request)).select_related(*ROWS)
        if self.action != "list":  # an answered question is still shown to whoever answered
            return rows
        if self.request.query_params.get("asked_of") == "me":
            rows = rows.filter(asked_of=asker(self.request))
        state = self.request.query_params.get("state", "")
        return rows.filter(state=state) if state else rows

    def _shown(self, one: Advice) -> Response:
        return Response(AdviceSerializer(self.get_queryset().get(pk=one.pk)).data)

    @extend_schema(
        summary="Answer a question that was put to oneself",
        tags=TAGS,
        request=AnswerTakenSerializer,
        responses={200: AdviceSerializer},
        parameters=[IDEMPOTENCY_KEY],
        examples=[ANSWER],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def answer(self, request: Request, pk: str) -> Response:
        one, text = self.get_object(), taken(AnswerTakenSerializer, request.data)["text"]
        return self._shown(give_advice(advice=one, by=asker(request), at=timezone.now(), text=text))

    @extend_schema(
        summary="Say that one does not know",
        tags=TAGS,
        request=NothingSerializer,
        responses={200: AdviceSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"], url_path="pass")
    @idempotent
    def pass_on(self, request: Request, pk: str) -> Response:
        one = self.get_object()
        taken(NothingSerializer, request.data)
        return self._shown(pass_question(advice=one, by=asker(request), at=timezone.now()))

    @extend_schema(
        summary="Thank for an answer",
        tags=TAGS,
        request=ThanksTakenSerializer,
        responses={200: AdviceSerializer},
        parameters=[IDEMPOTENCY_KEY],
        examples=[THANKS],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def thank(self, request: Request, pk: str) -> Response:
        one, text = self.get_object(), taken(ThanksTakenSerializer, request.data)["text"]
        return self._shown(thank(advice=one, by=asker(request), at=timezone.now(), text=text))

    @extend_schema(
        summary="Take a question back that is not answered yet",
        tags=TAGS,
        request=NothingSerializer,
        responses={200: AdviceSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, pk: str) -> Response:
        one = self.get_object()
        taken(NothingSerializer, request.data)
        return self._shown(withdraw_question(advice=one, by=asker(request), at=timezone.now()))
