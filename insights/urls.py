"""Routes of what is learnt from past deals."""

from django.urls import path

from insights.views import replays

app_name = "insights"
urlpatterns = [
    path("mandates/<slug:code>/versions/<int:number>/replay/", replays.replay_page, name="replay"),
    path("mandates/<slug:code>/versions/<int:number>/replay/<int:pk>/cancel", replays.cancel, name="replay_cancel"),
]
