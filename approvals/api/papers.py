"""The API of what leaves the house on paper: the quote for the customer, and the proof of a receipt."""

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone, translation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.api.examples import REFERENCE
from approvals.api.looking import DealView, day_of, deal_of, person_of
from approvals.models import Deal
from approvals.quoting import expect_agreed, figures_of
from approvals.views.quotes import paper_of
from approvals.views.receipts import found, proof_text
from journal.refusals import Refusal
from teams.standing import as_reader

LIST = OpenApiParameter("list", bool, description="Whether list prices and the discount stand on it.")
LANGUAGE = OpenApiParameter(
    "language", str, enum=[code for code, _name in settings.LANGUAGES], description="The reader's own unless given."
)


class NoPaper(Refusal):
    """A request that is right, on a server that cannot make PDFs (501)."""

    status = 501


class QuoteLineSerializer(serializers.Serializer):
    """One line of a quote; list price and discount are null unless they were asked for."""

    product = serializers.CharField()
    name = serializers.CharField()
    charge = serializers.ChoiceField(choices=["one_off", "monthly"])
    quantity = serializers.CharField()
    unit_price = serializers.CharField()
    net = serializers.CharField(help_text="For one month where the charge is monthly.")
    list_price = serializers.CharField(allow_null=True)
    discount = serializers.CharField(allow_null=True, help_text="In percent of the list price.")


class QuoteSerializer(serializers.Serializer):
    """What the customer of an agreed deal may be given, and nothing of how it came about."""

    number = serializers.CharField()
    customer = serializers.CharField()
    customer_reference = serializers.CharField()
    contact = serializers.CharField()
    contact_mail = serializers.EmailField()
    on = serializers.DateField()
    until = serializers.DateField(allow_null=True, help_text="The last day on which it is good; null once agreed.")
    agreed_on = serializers.DateField(allow_null=True)
    currency = serializers.CharField()
    lines = QuoteLineSerializer(many=True)
    once = serializers.CharField()
    monthly = serializers.CharField()
    whole = serializers.CharField(help_text="What is paid once, and each month of the term.")
    term_months = serializers.IntegerField()
    payment_days = serializers.IntegerField()


def _agreed(request: Request, reference: str) -> Deal:
    """Return a deal of which there is a quote today. Raises: Http404; Conflict `not_agreed`."""
    deal = deal_of(request, reference)
    expect_agreed(deal, day_of(request, timezone.now()))
    return deal


def _shows_list(request: Request) -> bool:
    return request.query_params.get("list", "") in ("true", "1")


class QuoteView(DealView):
    """The quote of an agreed deal."""

    @extend_schema(
        operation_id="quotes_read",
        summary="Read the quote of an agreed deal",
        description="Nothing internal stands on it: no cost, limit, mandate, committee or reason.",
        tags=["deals"],
        parameters=[REFERENCE, LIST],
        responses={200: QuoteSerializer},
    )
    def get(self, request: Request, reference: str) -> Response:
        deal = _agreed(request, reference)
        return Response(QuoteSerializer(figures_of(deal, shows_list=_shows_list(request))).data)


class QuotePdfView(DealView):
    """The same on paper."""

    @extend_schema(
        operation_id="quotes_pdf",
        summary="Download the quote of an agreed deal as a PDF",
        tags=["deals"],
        parameters=[REFERENCE, LIST, LANGUAGE],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        deal = _agreed(request, reference)
        asked, organisation = request.query_params.get("language", ""), request._request.organisation  # type: ignore[attr-defined]
        with as_reader(request.user, organisation) as own:
            language = asked if asked in dict(settings.LANGUAGES) else own
            name, paper = paper_of(deal, organisation, language=language, shows_list=_shows_list(request))
        if paper is None:
            raise NoPaper("no_pdf", translation.gettext("This server makes no PDFs; print the page instead."))
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(paper, content_type="application/pdf", headers=headers)


class ProofView(DealView):
    """What proves a receipt, as one file."""

    @extend_schema(
        operation_id="decisions_proof",
        summary="Download the proof of a receipt",
        description="Sealed JSON for `manage.py receipt verify`; without sight of cost it proves what one may know.",
        tags=["decisions"],
        responses={(200, "application/json"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        organisation = request._request.organisation  # type: ignore[attr-defined]
        decision, view = found(person_of(request), organisation, pk)
        with as_reader(request.user, organisation):  # the PDF whose hash is in it is the reader's own
            name, text = proof_text(decision, view, organisation, timezone.now())
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(text, content_type="application/json", headers=headers)
