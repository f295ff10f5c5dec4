"""The API of mandates, the charter, products and rates."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from mandates.api.authority import CharterViewSet, MandateViewSet
from mandates.api.catalogue import ProductViewSet, RatesView
from mandates.api.requests import OpeningsView, RequestViewSet

router = SimpleRouter()
router.register("mandates", MandateViewSet, basename="api-mandate")
router.register("charter", CharterViewSet, basename="api-charter")
router.register("products", ProductViewSet, basename="api-product")
router.register("requests", RequestViewSet, basename="api-request")
urlpatterns = [
    path("rates/", RatesView.as_view(), name="api-rates"),
    path("mandates/<slug:code>/openings/", OpeningsView.as_view(), name="api-openings"),
]
