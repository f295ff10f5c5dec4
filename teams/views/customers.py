"""Customers: the list, one with its contact and its history, and the changes to them."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from journal.paging import page
from teams import actions, leaving, sections
from teams.forms.places import AssignForm, CustomerFilter, CustomerForm, HandOverForm, NewCustomerForm
from teams.models import Customer, CustomerTeam
from teams.permissions import About, require
from teams.views.requests import PageRequest, allowed, form_page, posted, reader


def _url(customer: Customer) -> str:
    return reverse("teams:customer", args=[customer.reference])


def crumbs(customer: Customer | None = None) -> list[dict[str, str]]:
    trail = [{"url": reverse("teams:customers"), "label": _("Customers")}]
    return [*trail, {"url": _url(customer), "label": customer.name}] if customer else trail


@reader()
def customers(request: PageRequest) -> HttpResponse:
    """List the customers that match the address's filters, by name."""
    form = CustomerFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    context = {
        "page": page(_matching(wanted, request.user.pk), request.GET, order="name"),
        "form": form,
        "is_filtered": any(wanted.values()) or not form.is_valid(),
        "manages": allowed(request, "customer.manage"),
        "mine_url": f"?{_mine()}",
    }
    return render(request, "teams/customers.html", context)


def _mine() -> str:
    query = QueryDict(mutable=True)
    query["mine"] = "on"
    return query.urlencode()


def _matching(wanted: dict[str, Any], reader_id: int) -> QuerySet[Customer]:
    """The customers that the filters leave, each with its team and contact of today as `place`."""
    today = CustomerTeam.objects.filter(ended_on=None)
    found = Customer.objects.prefetch_related(
        Prefetch("teams", today.select_related("team", "contact"), to_attr="place")
    )
    if text := (wanted.get("q") or "").strip():
        found = found.filter(Q(name__icontains=text) | Q(reference__istartswith=text))
    if segment := (wanted.get("segment") or "").strip():
        found = found.filter(segment__iexact=segment)
    if team := wanted.get("team"):
        found = found.filter(pk__in=today.filter(team=team).values("customer"))
    if wanted.get("mine"):
        found = found.filter(pk__in=today.filter(contact_id=reader_id).values("customer"))
    return found


@reader()
def customer(request: PageRequest, reference: str) -> HttpResponse:
    """Show a customer: who speaks to it, who did, and what other apps have to say of it."""
    shown = get_object_or_404(Customer, reference=reference)
    history = list(
        CustomerTeam.objects.filter(customer=shown).select_related("team", "contact").order_by("-started_on", "-pk")
    )
    place = next((row for row in history if row.ended_on is None), None)
    about = About(team_id=place.team_id, contact_id=place.contact_id) if place else About()
    may_hand_over = place is not None and allowed(request, "customer.hand_over", about)
    context = {
        "customer": shown,
        "place": place,
        "history": history,
        "is_contact": place is not None and place.contact_id == request.user.pk,
        "form": HandOverForm(team=place.team, contact=place.contact) if place and may_hand_over else None,
        "manages": allowed(request, "customer.manage"),
        "sections": sections.of_customer(shown, request.person, request),
        "crumbs": crumbs(),
    }
    return render(request, "teams/customer.html", context)


@reader("customer.manage")
def new(request: PageRequest) -> HttpResponse:
    """Make a customer with its team and contact."""
    form = NewCustomerForm(posted(request))
    context = {
        "title": _("New customer"),
        "lead": _("Each customer has one team and one contact."),
        "crumbs": crumbs(),
        "primary": _("Create the customer"),
        "back": reverse("teams:customers"),
    }
    return form_page(
        request,
        form,
        lambda: actions.create_customer(by=request.user, at=timezone.now(), **form.cleaned_data),
        _url,
        context=context,
        said=_("The customer is created."),
    )


def _stored(pk: int) -> dict[str, Any]:
    names = ("edition", "name", "segment", "country", "is_active")
    return dict(Customer.objects.filter(pk=pk).values(*names).get())


@reader("customer.manage")
def edit(request: PageRequest, reference: str) -> HttpResponse:
    """Change what is known of a customer."""
    shown = get_object_or_404(Customer, reference=reference)
    form = CustomerForm(posted(request), initial=_stored(shown.pk))
    context = {
        "title": _("Change %(name)s") % {"name": shown.name},
        "lead": _("Segment and country may change which limits judge the next deal; what is decided stays decided."),
        "crumbs": crumbs(shown),
        "primary": _("Save"),
        "back": _url(shown),
    }
    return form_page(
        request,
        form,
        lambda: actions.change_customer(
            customer=shown, by=request.user, at=timezone.now(), edition=form.cleaned_data["edition"], **form.values
        ),
        _url,
        context=context,
        said=_("Saved."),
        stored=lambda: _stored(shown.pk),
    )


@reader("customer.manage")
def assign(request: PageRequest, reference: str) -> HttpResponse:
    """Give a customer to another team; what is open with it is shown first."""
    shown = get_object_or_404(Customer, reference=reference)
    form = AssignForm(posted(request))
    context = {
        "title": _("Another team for %(name)s") % {"name": shown.name},
        "lead": _("From today. Pending deals stay with the team they are in; their next revision is the new team's."),
        "matters": leaving.of_customer(shown.pk),
        "crumbs": crumbs(shown),
        "primary": _("Give it to this team"),
        "back": _url(shown),
    }
    return form_page(
        request,
        form,
        lambda: actions.assign_customer(customer=shown, by=request.user, at=timezone.now(), **form.cleaned_data),
        lambda _row: _url(shown),
        context=context,
        said=_("The customer has another team."),
    )


@reader()
def hand_over(request: PageRequest, reference: str) -> HttpResponse:
    """Pass the baton within the team."""
    place = get_object_or_404(
        CustomerTeam.objects.select_related("customer", "team", "contact"), customer__reference=reference, ended_on=None
    )
    require("customer.hand_over", request.person, About(team_id=place.team_id, contact_id=place.contact_id))
    form = HandOverForm(posted(request), team=place.team, contact=place.contact)
    context = {
        "title": _("Hand %(name)s over") % {"name": place.customer.name},
        "lead": _("%(contact)s speaks to this customer today.") % {"contact": place.contact.name},
        "crumbs": crumbs(place.customer),
        "primary": _("Hand over"),
        "back": _url(place.customer),
    }
    return form_page(
        request,
        form,
        lambda: actions.hand_over(customer=place.customer, by=request.user, at=timezone.now(), **form.cleaned_data),
        lambda _row: _url(place.customer),
        context=context,
        said=_("The baton is passed."),
    )
