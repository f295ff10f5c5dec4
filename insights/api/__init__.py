"""The API of what is learnt: precedents and look-backs."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from insights.api.look_backs import DealLookBacksView, LookBackViewSet
from insights.api.precedents import DraftPrecedentView, PrecedentViewSet, PublishView

__all__ = ["router", "urlpatterns"]

router = SimpleRouter()
router.register("precedents", PrecedentViewSet, basename="api-precedent")
router.register("look-backs", LookBackViewSet, basename="api-look-back")
urlpatterns = [
    path("precedents/<int:pk>/draft/", DraftPrecedentView.as_view(), name="api-precedent-draft"),
    path("cases/<int:pk>/precedent/", PublishView.as_view(), name="api-case-precedent"),
    path("deals/<str:reference>/look-backs/", DealLookBacksView.as_view(), name="api-deal-look-backs"),
]
