"""Choose whom a new deal is for, and find products by a few letters."""

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from approvals.catalogue_search import offered
from approvals.views.looking import PageRequest, signed_in_part, today_of
from mandates.engine.currencies import EXPONENTS
from teams.models import Customer, CustomerTeam, holds_on
from teams.permissions import LEAD, MEMBER, Person

MOST_SHOWN = 40


def own_teams(person: Person) -> list[int]:
    """Return the teams whose deals this person writes."""
    return [team for team, role in person.team_roles.items() if role in (LEAD, MEMBER)]


def choose_customer(request: PageRequest, *, refused: Customer | None = None) -> HttpResponse:
    """Show the reader's customers, those whose contact they are first; `refused` belongs to another team."""
    day = today_of(request)
    text = request.GET.get("q", "").strip()
    places = _places(request, text)[:MOST_SHOWN]
    other = None
    if refused is not None:
        other = CustomerTeam.objects.filter(holds_on(day), customer=refused).select_related("team", "contact").first()
    context = {
        "most": MOST_SHOWN,
        "places": places,
        "q": text,
        "refused": refused,
        "other": other,
        "teams": own_teams(request.person),
    }
    return render(request, "approvals/choose_customer.html", context)


def _places(request: PageRequest, text: str) -> QuerySet[CustomerTeam]:
    mine = Case(When(contact=request.user, then=Value(0)), default=Value(1), output_field=IntegerField())
    places = (
        CustomerTeam.objects.filter(
            holds_on(today_of(request)), team__in=own_teams(request.person), customer__is_active=True
        )
        .select_related("customer", "team", "contact")
        .annotate(rank=mine)
    )
    for word in text.split():
        places = places.filter(Q(customer__name__icontains=word) | Q(customer__reference__icontains=word))
    return places.order_by("rank", "customer__name")


@require_safe
@signed_in_part
def products(request: PageRequest) -> HttpResponse:
    """Return the suggestions for what is being typed into a row, for a catalogue too large for one list."""
    typed = next((str(value) for name, value in request.GET.items() if name.endswith("product") or name == "q"), "")
    currency = request.GET.get("currency", "")
    found = []
    if typed.strip() and currency in EXPONENTS:
        found = offered(currency=currency, on=today_of(request), text=typed[:100])
    return render(request, "approvals/_products.html", {"offers": found})
