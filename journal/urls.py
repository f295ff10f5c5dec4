"""The journal's pages, and what one does with one's own messages; the inbox itself belongs to the deals."""

from django.urls import path

from journal import views

app_name = "journal"
urlpatterns = [
    path("journal/", views.journal, name="journal"),
    path("journal/verify/", views.verify, name="verify"),
    path("journal/export/", views.export, name="export"),
    path("journal/checkpoint/", views.checkpoint, name="checkpoint"),
    path("inbox/<int:pk>/open/", views.open_message, name="open"),
    path("inbox/read/", views.mark_all_read, name="mark_all_read"),
]
