"""The API's question without a deal: a whole case for the engine, or terms judged with the authority of today."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from approvals.api.examples import ANSWER, QUESTION, WHOLE_CASE
from approvals.api.giving import AnswerSerializer, QuestionAnswerSerializer
from approvals.api.looking import day_of, person_of, taken
from approvals.api.taking import QuestionSerializer, terms_of
from approvals.electorates import place_of
from approvals.judging import Preview, preview
from approvals.readings.way import steps_of
from approvals.shown import answer_as_known
from journal.parsing import StrictJSONParser, refuse_unstorable
from journal.refusals import Invalid
from mandates.engine import InvalidCase, evaluate, parse_text
from teams.models import ApiToken, Customer, Team
from teams.permissions import About, require
from teams.sight import sees_cost
from teams.tokens import HasScope

YES = frozenset({"1", "true"})
QUESTION_ONLY = frozenset({"customer", "team", "lines"})


class CaseParser(StrictJSONParser):
    """JSON as the engine reads it: a key given twice is named with its path."""

    largest = 1024 * 1024

    def value_of(self, text: str) -> Any:
        try:
            value = parse_text(text)
        except InvalidCase as error:
            if error.code == "not_json":
                raise ParseError(error.detail) from error
            raise _invalid(error) from error
        if "\\u" in text:
            refuse_unstorable(value)
        return value


class WholeCaseSerializer(serializers.Serializer):
    """A whole case (`decision.md` section 2); the engine itself says what is wrong with one."""

    case = serializers.CharField(required=False, allow_null=True, help_text="A label, ignored.")
    on = serializers.DateField()
    member_may_decide = serializers.BooleanField()
    default_committee = serializers.CharField()
    rates = serializers.DictField(child=serializers.CharField(), required=False)
    charter = serializers.DictField(required=False, allow_null=True)
    mandates = serializers.ListField(child=serializers.DictField(), required=False)
    approvals = serializers.ListField(child=serializers.DictField(), required=False)
    deal = serializers.DictField()


class EvaluateView(APIView):
    """What may be agreed? Nothing is kept."""

    permission_classes = [IsAuthenticated, HasScope]
    scope = ApiToken.Scope.EVALUATE.value
    throttle_scope = "evaluate"
    parser_classes = [CaseParser]

    @extend_schema(
        operation_id="evaluate",
        summary="Ask what may be agreed",
        description=(
            "Send either a whole case as `decision.md` section 2 writes it, which the engine alone answers, or a "
            "customer of your own team with terms, which are judged with today's prices, costs, mandates and budgets "
            "as submitting a deal would be. What depends on a cost that you may not see is left out."
        ),
        tags=["evaluate"],
        request=PolymorphicProxySerializer(
            "CaseOrQuestion", [QuestionSerializer, WholeCaseSerializer], resource_type_field_name=None
        ),
        responses={
            200: PolymorphicProxySerializer(
                "Evaluated", [QuestionAnswerSerializer, AnswerSerializer], resource_type_field_name=None
            )
        },
        parameters=[OpenApiParameter("guide", str, enum=["1"], description="Also say what would be a yes.")],
        examples=[QUESTION, WHOLE_CASE, ANSWER],
    )
    def post(self, request: Request) -> Response:
        guide = request.query_params.get("guide", "") in YES
        document: Any = request.data
        if isinstance(document, dict) and QUESTION_ONLY & document.keys():
            return Response(_answered(request, document, guide))
        try:
            return Response(evaluate(document, guide=guide))
        except InvalidCase as error:
            raise _invalid(error) from error


def _invalid(error: InvalidCase) -> Invalid:
    return Invalid(error.code, error.detail, path=error.path)


def _answered(request: Request, document: dict[str, Any], guide: bool) -> dict[str, Any]:
    """Return what submitting such a deal would answer, as far as the reader may know it."""
    values = taken(QuestionSerializer, document)
    person, at = person_of(request), timezone.now()
    team = _team_of(values["customer"], values.get("team"), day_of(request, at))
    require("deal.create", person, About(team_id=team.pk))
    asked = preview(
        team=team,
        customer=values["customer"],
        kind=values["kind"],
        channel=values["channel"],
        currency=values["currency"],
        terms=terms_of(values),
        person=person,
        at=at,
        guide=guide,
        settings=request._request.organisation,  # type: ignore[attr-defined]
    )
    return _told(asked, cost=sees_cost(person, team), guide=guide)


def _team_of(customer: Customer, named: Team | None, day: Any) -> Team:
    """Return the team whose authority judges the customer's deals. Raises: Invalid."""
    if not customer.is_active:
        raise Invalid("customer_inactive", _("This customer is no longer active."), path="customer")
    place = place_of(customer.pk, day)
    if place is None:
        raise Invalid("customer_without_team", _("No team looks after this customer."), path="customer")
    if named is not None and named.pk != place.team_id:
        raise Invalid("other_team", _("Another team looks after this customer."), path="team")
    return place.team


def _told(asked: Preview, *, cost: bool, guide: bool) -> dict[str, Any]:
    if asked.case is None or asked.answer is None:
        problem = asked.problems[0]
        raise Invalid(problem.code, problem.detail, path=problem.path or None)
    people = {
        "colleagues": list(asked.colleagues),
        "committees": {code: list(names) for code, names in sorted(asked.committees.items())},
        "too_few": asked.too_few,
        "order": steps_of(asked.way),
    }
    known = answer_as_known(asked.case, asked.answer, sees_cost=cost, guide=guide)
    problems = [problem._asdict() for problem in asked.problems]
    return {**known, "asked": people, "sees_cost": cost, "problems": problems}
