"""Products with their dated prices, and the exchange rates."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.paging import page
from journal.refusals import Refusal
from mandates import sections
from mandates.actions import add_price, change_product, create_product
from mandates.catalogue import quotes
from mandates.forms.catalogue import PriceForm, ProductFilter, ProductForm, RateFilter
from mandates.models import Product, Rate
from mandates.phrases import day_text, figure
from mandates.views.looking import PageRequest, today_of
from teams.permissions import may
from teams.sight import sees_catalogue_cost


def _crumbs() -> list[dict[str, str]]:
    return [{"url": "/products/", "label": _("Products")}]


def _must_manage(request: PageRequest) -> None:
    if not may("product.manage", request.person):
        raise Http404


@require_safe
@login_required
def products(request: PageRequest) -> HttpResponse:
    """Show the catalogue with the list prices of today."""
    form = ProductFilter(request.GET or {})
    found = page(form.narrow(Product.objects.all()), request.GET, order="code")
    currency = request.organisation.currency
    priced = quotes((product.code for product in found.items), currency=currency, on=today_of(request))
    rows = [
        {
            "product": product,
            "price": figure(priced[product.code].list_price, "price", currency) if product.code in priced else "",
            "converted": product.code in priced and priced[product.code].converted,
        }
        for product in found.items
    ]
    context = {
        "rows": rows,
        "form": form,
        "page": found,
        "may_manage": may("product.manage", request.person).allowed,
    }
    return render(request, "mandates/products.html", context)


@require_safe
@login_required
def product_page(request: PageRequest, pk: int) -> HttpResponse:
    """Show a product and its prices; costs only to those who may see them."""
    product = get_object_or_404(Product, pk=pk)
    return render(request, "mandates/product.html", _context(request, product))


def _context(request: PageRequest, product: Product, form: PriceForm | None = None) -> dict[str, Any]:
    manages = may("product.manage", request.person).allowed
    start = {"currency": request.organisation.currency, "from_on": today_of(request).isoformat()}
    return {
        "product": product,
        "prices": _prices(request, product),
        "sees_cost": sees_catalogue_cost(request.person),
        "may_manage": manages,
        "form": form or (PriceForm(initial=start) if manages else None),
        "sections": sections.of_product(product, request.person, request),
        "crumbs": _crumbs(),
    }


def _prices(request: PageRequest, product: Product) -> list[dict[str, Any]]:
    """Return the price rows, the newest first in each currency, each with whether it holds today."""
    day, seen = today_of(request), set()
    rows = []
    for price in product.prices.order_by("currency", "-from_on"):
        holds = price.from_on <= day and price.currency not in seen
        if holds:
            seen.add(price.currency)
        cost = price.unit_cost
        rows.append(
            {
                "from": day_text(price.from_on),
                "list_price": figure(price.list_price, "price", price.currency),
                "unit_cost": _("unknown") if cost is None else figure(cost, "price", price.currency),
                "holds": holds,
                "later": price.from_on > day,
            }
        )
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: PageRequest) -> HttpResponse:
    """Make a product."""
    _must_manage(request)
    form = ProductForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("code", "name", "family", "charge")}
        try:
            product = create_product(by=request.user, at=timezone.now(), **values)
        except Refusal as refusal:
            form.add_error(refusal.path if refusal.path in form.fields else None, refusal.detail)
            return render(request, "mandates/product_form.html", {"form": form, "crumbs": _crumbs()}, status=422)
        messages.success(request, _("The product is there. Give it a price, so that it can be sold."))
        return redirect("mandates:product", pk=product.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "mandates/product_form.html", {"form": form, "crumbs": _crumbs()}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a product's facts."""
    _must_manage(request)
    product = get_object_or_404(Product, pk=pk)
    names = ("name", "family", "charge", "is_active", "edition")
    initial = {name: getattr(product, name) for name in names}
    form = ProductForm(request.POST or None, product=product, initial=initial)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        edition = values.pop("edition")
        try:
            change_product(
                product=product, by=request.user, at=timezone.now(), edition=0 if edition is None else edition, **values
            )
        except Refusal as refusal:
            status = refusal.status
            form.add_error(refusal.path if refusal.path in form.fields else None, refusal.detail)
        else:
            messages.success(request, _("The product is changed."))
            return redirect("mandates:product", pk=pk)
    context = {"form": form, "product": product, "crumbs": [*_crumbs(), _crumb(product)]}
    return render(request, "mandates/product_form.html", context, status=status)


def _crumb(product: Product) -> dict[str, str]:
    return {"url": f"/products/{product.pk}/", "label": product.code}


@require_POST
@login_required
def price(request: PageRequest, pk: int) -> HttpResponse:
    """Give a product a price from a day on."""
    _must_manage(request)
    product = get_object_or_404(Product, pk=pk)
    form = PriceForm(request.POST)
    if not form.is_valid():
        return render(request, "mandates/product.html", _context(request, product, form), status=422)
    try:
        add_price(product=product, by=request.user, at=timezone.now(), **form.cleaned_data)
    except Refusal as refusal:
        form.add_error(refusal.path if refusal.path in form.fields else None, refusal.detail)
        return render(request, "mandates/product.html", _context(request, product, form), status=refusal.status)
    messages.success(request, _("The price is there."))
    return redirect("mandates:product", pk=pk)


@require_safe
@login_required
def rates(request: PageRequest) -> HttpResponse:
    """Show the exchange rates, newest first."""
    form = RateFilter(request.GET or {})
    found = page(form.narrow(Rate.objects.all()), request.GET, order="-on")
    latest = Rate.objects.order_by("-on").values_list("on", flat=True).first()
    context = {
        "form": form,
        "page": found,
        "latest": latest,
        "stale": latest is None or (today_of(request) - latest).days > 7,
        "crumbs": [{"url": "/settings/", "label": _("Settings")}],
    }
    return render(request, "mandates/rates.html", context)
