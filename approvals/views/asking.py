"""Can I? One product at one price, answered at once and without a deal."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from approvals.catalogue_search import is_large, offered
from approvals.forms.ask import AskForm
from approvals.judging import preview
from approvals.readings import figures
from approvals.readings.verdict import Reader
from approvals.rows import price_at, resolved
from approvals.shown import verdict_of
from approvals.terms import DraftLine, DraftTerms
from approvals.views.choosing import own_teams
from approvals.views.looking import PageRequest, customer_of, signed_in_part, team_of, today_of
from mandates.catalogue import Quote, quotes, why_unpriced
from teams.models import Customer, CustomerTeam, Team, holds_on
from teams.permissions import About, may
from teams.sight import sees_cost

MOST_CUSTOMERS = 200


@dataclass(frozen=True, slots=True)
class Question:
    """A question that can be judged."""

    customer: Customer
    team: Team
    code: str
    quote: Quote
    quantity: Decimal
    price: Decimal
    term_months: int
    payment_days: int


@require_safe
@signed_in_part
def ask(request: PageRequest) -> HttpResponse:
    """Answer what the address asks; the answer's part alone where the page asks while somebody types."""
    form, context = asked(request)
    if request.htmx:
        return render(request, "approvals/_ask_answer.html", context)
    currency = request.organisation.currency
    context |= {
        "form": form,
        "currency": currency,
        "offers": offered(currency=currency, on=today_of(request)),
        "writes_deals": bool(own_teams(request.person)),
        "has_customers": bool(form.customers),
    }
    return render(request, "approvals/ask.html", context)


def asked(request: PageRequest, *, team: Team | None = None) -> tuple[AskForm, dict[str, Any]]:
    """Return the form, and what the answer's part shows: that nothing is asked yet, or the answer."""
    if not request.GET.get("product"):
        silence = _("Choose a product to see the answer.")
        return ask_form(request, None, team=team), {"verdict": None, "silence": silence, "problems": []}
    form = ask_form(request, request.GET, team=team)
    return form, {"verdict": None, **_answer(request, form)}


def ask_form(request: PageRequest, data: Any, *, team: Team | None = None) -> AskForm:
    """Return the form with the reader's customers, of one team or all, those whom they speak to first."""
    customers = _customers(request, own_teams(request.person) if team is None else [team.pk])
    search = reverse("approvals:products") if is_large() else ""
    initial = {"customer": request.GET.get("customer", "")}
    return AskForm(data, customers=customers, search=search, initial=initial)


def _customers(request: PageRequest, team_ids: list[int]) -> list[tuple[str, Any]]:
    places = CustomerTeam.objects.filter(
        holds_on(today_of(request)), team__in=team_ids, customer__is_active=True
    ).select_related("customer")
    mine: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for place in places.order_by("customer__name")[:MOST_CUSTOMERS]:
        choice = (place.customer.reference, place.customer.name)
        (mine if place.contact_id == request.user.pk else others).append(choice)
    groups = [(_("You speak to them"), mine), (_("Your team's"), others)]
    return [(label, choices) for label, choices in groups if choices]


def _answer(request: PageRequest, form: AskForm) -> dict[str, Any]:
    """Return what the answer's part shows: the verdict, or why there is none."""
    question, problem = _question(request, form)
    if question is None:
        return {"silence": _("This cannot be answered as it stands."), "problems": [problem] if problem else []}
    line = DraftLine(question.code, question.quantity, question.price)
    asked = preview(
        team=question.team,
        customer=question.customer,
        kind="new",
        channel="",
        currency=request.organisation.currency,
        terms=DraftTerms(question.term_months, question.payment_days, "", (line,)),
        person=request.person,
        at=timezone.now(),
    )
    reader = Reader(of_team=True, sees_cost=sees_cost(request.person, question.team))
    days = request.organisation.consent_days
    products = {question.code: question.quote.product.name}
    shown = verdict_of(
        asked, team=question.team, customer=question.customer, reader=reader, products=products, days=days
    )
    return {
        "verdict": shown,
        "silence": _("This cannot be judged as it stands."),
        "problems": [issue.detail for issue in asked.problems],
        "said": _said(question, request.organisation.currency),
        "deal_url": _deal_url(question, request.organisation.currency),
        # without a mandate every answer is the committee: what to do about that
        "ask_for_url": "" if asked.versions else reverse("mandates:ask_for", args=[question.team.code]),
    }


def _question(request: PageRequest, form: AskForm) -> tuple[Question | None, str]:
    """Return what is asked, or why it cannot be answered."""
    if not form.is_valid():
        return None, next((f"{form.fields[name].label}: {said[0]}" for name, said in form.errors.items()), "")
    values, day, currency = form.cleaned_data, today_of(request), request.organisation.currency
    customer = customer_of(values["customer"])
    team = None if customer is None else team_of(customer, day)
    if customer is None or team is None or not may("deal.create", request.person, About(team_id=team.pk)):
        return None, _("Choose one of your team's customers.")
    code = resolved({values["product"]}).get(values["product"], "")
    quote = quotes([code], currency=currency, on=day).get(code)
    if quote is None:
        reason = why_unpriced(code, currency=currency, on=day) if code else ""
        return None, reason or _("“%(text)s” is not in the catalogue.") % {"text": values["product"]}
    return Question(
        customer=customer,
        team=team,
        code=code,
        quote=quote,
        quantity=values["quantity"],
        price=_price(values, quote, currency),
        term_months=values["term_months"],
        payment_days=values["payment_days"],
    ), ""


def _price(values: dict[str, Any], quote: Quote, currency: str) -> Decimal:
    """Return the price asked for: as given, by its discount, or the list price."""
    if values["price"] is not None:
        return Decimal(values["price"])
    if values["discount"] is not None:
        return max(Decimal(0), price_at(quote.list_price, values["discount"], currency))
    return quote.list_price


def _said(question: Question, currency: str) -> str:
    """Return what was understood, echoed."""
    return _("%(quantity)s of %(product)s at %(price)s (list %(list)s), %(months)s, payment within %(days)s") % {
        "quantity": figures.number(question.quantity, 0),
        "product": question.quote.product.name,
        "price": figures.money(question.price, currency),
        "list": figures.money(question.quote.list_price, currency),
        "months": figures.months(question.term_months),
        "days": figures.days(question.payment_days),
    }


def _deal_url(question: Question, currency: str) -> str:
    """Return the way to a deal with these values."""
    values = {
        "customer": question.customer.reference,
        "product": question.code,
        "quantity": figures.plain(question.quantity),
        "price": figures.plain(question.price),
        "term_months": question.term_months,
        "payment_days": question.payment_days,
        "currency": currency,
    }
    return f"{reverse('approvals:new')}?{urlencode(values)}"
