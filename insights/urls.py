"""Routes of what is learnt from past deals."""

from django.urls import path

from insights.views import replays, widenings

app_name = "insights"
urlpatterns = [
    path("mandates/<slug:code>/versions/<int:number>/replay/", replays.replay_page, name="replay"),
    path("mandates/<slug:code>/versions/<int:number>/replay/<int:pk>/cancel", replays.cancel, name="replay_cancel"),
    path("mandates/<slug:code>/widening/<int:pk>/", widenings.page, name="widening"),
    path("mandates/<slug:code>/widening/<int:pk>/draft", widenings.draft, name="widening_draft"),
    path("mandates/<slug:code>/widening/<int:pk>/later", widenings.later, name="widening_later"),
]
