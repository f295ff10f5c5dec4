"""The API of deals, cases, decisions and questions; votes and consents have no address here."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from approvals.api import commenting, history, together
from approvals.api.deals import DealViewSet
from approvals.api.evaluating import EvaluateView

__all__ = ["router", "urlpatterns"]

router = SimpleRouter()
router.register("deals", DealViewSet, basename="api-deal")
router.register("cases", history.CaseViewSet, basename="api-case")
DEAL = "deals/<str:reference>"
urlpatterns = [
    path("evaluate/", EvaluateView.as_view(), name="api-evaluate"),
    path("decisions/<int:pk>/", history.ReceiptView.as_view(), name="api-decision"),
    path(f"{DEAL}/revisions/", history.RevisionsView.as_view(), name="api-deal-revisions"),
    path(f"{DEAL}/revisions/<int:number>/", history.RevisionView.as_view(), name="api-deal-revision"),
    path(f"{DEAL}/decisions/", history.DecisionsView.as_view(), name="api-deal-decisions"),
    path(f"{DEAL}/consents/", history.ConsentsView.as_view(), name="api-deal-consents"),
    path(f"{DEAL}/approvals/", history.ApprovalsView.as_view(), name="api-deal-approvals"),
    path(f"{DEAL}/comments/", commenting.CommentsView.as_view(), name="api-deal-comments"),
    path(f"{DEAL}/timeline/", history.TimelineView.as_view(), name="api-deal-timeline"),
    path(f"{DEAL}/attachments/", together.AttachmentsView.as_view(), name="api-deal-attachments"),
    path(f"{DEAL}/attachments/<int:pk>/", together.AttachmentView.as_view(), name="api-deal-attachment"),
    path(f"{DEAL}/support/", together.SupportsView.as_view(), name="api-deal-supports"),
    path(f"{DEAL}/support/<str:team>/", together.SupportView.as_view(), name="api-deal-support"),
    path(f"{DEAL}/objections/escalate/", together.EscalateView.as_view(), name="api-deal-escalate"),
    path(f"{DEAL}/objections/<int:seat>/reply/", together.ReplyView.as_view(), name="api-deal-reply"),
]
