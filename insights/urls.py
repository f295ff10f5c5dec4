"""Routes of what is learnt from past deals."""

from django.urls import path

from insights.views import look_backs, precedents, replays, widenings

app_name = "insights"
urlpatterns = [
    path("precedents/", precedents.precedents, name="precedents"),
    path("precedents/<int:pk>/", precedents.precedent, name="precedent"),
    path("precedents/<int:pk>/withdraw", precedents.withdraw, name="withdraw_precedent"),
    path("precedents/<int:pk>/draft", precedents.draft, name="draft_precedent"),
    path("cases/<int:pk>/precedent/", precedents.publish, name="publish_precedent"),
    path("look-backs/", look_backs.look_backs, name="look_backs"),
    path("look-backs/<int:pk>/", look_backs.look_back, name="look_back"),
    path("deals/<str:reference>/look-back", look_backs.plan, name="plan_look_back"),
    path("mandates/<slug:code>/versions/<int:number>/replay/", replays.replay_page, name="replay"),
    path("mandates/<slug:code>/versions/<int:number>/replay/<int:pk>/cancel", replays.cancel, name="replay_cancel"),
    path("mandates/<slug:code>/widening/<int:pk>/", widenings.page, name="widening"),
    path("mandates/<slug:code>/widening/<int:pk>/draft", widenings.draft, name="widening_draft"),
    path("mandates/<slug:code>/widening/<int:pk>/later", widenings.later, name="widening_later"),
]
