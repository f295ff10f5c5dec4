"""The API of products and rates."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from journal.editions import etag_of, require_match
from journal.idempotency import idempotent
from mandates import actions
from mandates.api.asking import day_of
from mandates.catalogue import rates_on
from mandates.models import Product
from mandates.serializers import (
    NewPriceSerializer,
    NewProductSerializer,
    ProductFactsSerializer,
    ProductSerializer,
    RatesSerializer,
)
from teams.api import ADMINISTER, IDEMPOTENCY_KEY, IF_MATCH, ReadScoped, asker
from teams.api_base import person_of_request
from teams.sight import sees_catalogue_cost

PRODUCT_EXAMPLE = OpenApiExample(
    "A switch",
    request_only=True,
    value={"code": "SW-24P", "name": "Switch, 24 ports", "family": "network/switches", "charge": "one_off"},
)
# --- the catalogue ---


class ProductViewSet(ReadScoped, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Products with their dated prices; costs only for those who may see them."""

    serializer_class = ProductSerializer
    scope = ADMINISTER
    lookup_field = "code"
    lookup_value_regex = "[^/]+"
    queryset = Product.objects.prefetch_related("prices")

    def get_queryset(self) -> QuerySet[Product]:
        """Return the products that the address asks for."""
        found = Product.objects.prefetch_related("prices")
        asked = {name: self.request.query_params.get(name, "").replace("\0", "") for name in ("q", "family")}
        if asked["q"]:
            found = found.filter(Q(code__icontains=asked["q"]) | Q(name__icontains=asked["q"]))
        if asked["family"]:
            found = found.filter(Q(family=asked["family"]) | Q(family__startswith=f"{asked['family']}/"))
        return found

    def get_serializer_context(self) -> dict[str, Any]:
        """Say whether the reader sees costs."""
        context = dict(super().get_serializer_context())
        if getattr(self, "swagger_fake_view", False):
            return context
        return context | {"sees_cost": sees_catalogue_cost(person_of_request(self.request))}

    def _shown(self, code: str, answer: int = status.HTTP_200_OK) -> Response:
        product = get_object_or_404(Product.objects.prefetch_related("prices"), code=code)
        headers = {"ETag": etag_of(product.edition)}
        if answer == status.HTTP_201_CREATED:
            headers["Location"] = f"/api/v1/products/{code}/"
        shown = ProductSerializer(product, context=self.get_serializer_context())
        return Response(shown.data, status=answer, headers=headers)

    @extend_schema(
        summary="List products",
        tags=["products"],
        parameters=[
            OpenApiParameter("q", str, description="Part of the code or the name."),
            OpenApiParameter("family", str, description="A family and all that lies below it."),
        ],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List products."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="Read a product", tags=["products"])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Read a product."""
        return self._shown(self.get_object().code)

    @extend_schema(
        summary="Create a product",
        tags=["products"],
        request=NewProductSerializer,
        responses={201: ProductSerializer},
        parameters=[IDEMPOTENCY_KEY],
        examples=[PRODUCT_EXAMPLE],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Make a product; give it a price, so that it can be sold."""
        taken = NewProductSerializer(data=request.data)
        taken.is_valid(raise_exception=True)
        product = actions.create_product(by=asker(request), at=timezone.now(), **taken.validated_data)
        return self._shown(product.code, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a product",
        tags=["products"],
        request=ProductFactsSerializer(partial=True),
        responses={200: ProductSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, code: str) -> Response:
        """Change a product's facts; deals keep what was frozen with them."""
        product = self.get_object()
        taken = ProductFactsSerializer(data=request.data, partial=True)
        taken.is_valid(raise_exception=True)
        with transaction.atomic():
            locked = Product.objects.select_for_update().get(pk=product.pk)
            require_match(request, locked.edition)
            values = taken.validated_data
            actions.change_product(
                product=locked, by=asker(request), at=timezone.now(), edition=locked.edition, **values
            )
        return self._shown(code)

    @extend_schema(
        summary="Add a price",
        tags=["products"],
        request=NewPriceSerializer,
        responses={201: ProductSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def prices(self, request: Request, code: str) -> Response:
        """Add a price that holds from a day until the next row's day."""
        taken = NewPriceSerializer(data=request.data)
        taken.is_valid(raise_exception=True)
        product = self.get_object()
        actions.add_price(product=product, by=asker(request), at=timezone.now(), **taken.validated_data)
        return self._shown(code, status.HTTP_201_CREATED)


class RatesView(ReadScoped):
    """The exchange rates that serve on a day."""

    @extend_schema(
        summary="Exchange rates of a day",
        tags=["rates"],
        parameters=[OpenApiParameter("on", date, description="The day; today where it is left out.")],
        responses={200: RatesSerializer},
    )
    def get(self, request: Request) -> Response:
        """Show the last rate of each currency, at most seven days old, as units per euro."""
        on = day_of(request)
        return Response({"on": on.isoformat(), "rates": rates_on(on)})
