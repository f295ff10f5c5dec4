"""The API of deals, cases, decisions and questions; votes and consents have no address here."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from approvals.api import advising, commenting, following, history, nudging, papers, replying, talking, together
from approvals.api.deals import DealViewSet
from approvals.api.evaluating import EvaluateView

__all__ = ["router", "urlpatterns"]

router = SimpleRouter()
router.register("deals", DealViewSet, basename="api-deal")
router.register("cases", history.CaseViewSet, basename="api-case")
router.register("advice", advising.AdviceViewSet, basename="api-advice")
DEAL = "deals/<str:reference>"
COUNTER = "cases/<int:pk>/counter-proposals/<int:number>"
urlpatterns = [
    path("evaluate/", EvaluateView.as_view(), name="api-evaluate"),
    path("decisions/<int:pk>/", history.ReceiptView.as_view(), name="api-decision"),
    path("decisions/<int:pk>/proof/", papers.ProofView.as_view(), name="api-decision-proof"),
    path(f"{DEAL}/quote/", papers.QuoteView.as_view(), name="api-deal-quote"),
    path(f"{DEAL}/quote/pdf/", papers.QuotePdfView.as_view(), name="api-deal-quote-pdf"),
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
    path(f"{DEAL}/comments/<int:pk>/", commenting.CommentView.as_view(), name="api-deal-comment"),
    path(f"{DEAL}/advice/", advising.DealAdviceView.as_view(), name="api-deal-advice"),
    path(f"{DEAL}/who-knows/", advising.WhoKnowsView.as_view(), name="api-deal-who-knows"),
    path(f"{DEAL}/talk/", talking.TalkView.as_view(), name="api-deal-talk"),
    path(f"{DEAL}/follow/", following.FollowView.as_view(), name="api-deal-follow"),
    path(f"{DEAL}/consents/nudge/", nudging.NudgeConsentView.as_view(), name="api-deal-nudge"),
    path("follows/", following.FollowsView.as_view(), name="api-follows"),
    path("cases/<int:pk>/nudge/", nudging.NudgeCaseView.as_view(), name="api-case-nudge"),
    path("cases/<int:pk>/points/<int:position>/", replying.PointView.as_view(), name="api-case-point"),
    path(f"{COUNTER}/offer/", replying.OfferView.as_view(), name="api-counter-offer"),
    path(f"{COUNTER}/accept/", replying.AcceptView.as_view(), name="api-counter-accept"),
    path(f"{COUNTER}/go-on/", replying.GoOnView.as_view(), name="api-counter-go-on"),
]
