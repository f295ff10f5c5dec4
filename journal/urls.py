"""The journal's pages: the journal itself and the inbox."""

from django.urls import URLPattern

app_name = "journal"
urlpatterns: list[URLPattern] = []
