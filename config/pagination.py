"""Cursor pages: a list neither skips nor repeats a row while others write, and page 1,000 costs what page 1 costs."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView


class CursorPages(CursorPagination):
    """Newest first; a view names another order in `cursor_ordering`."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = ("-id",)

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> tuple[str, ...]:
        """Return what the view names, or newest first."""
        return tuple(getattr(view, "cursor_ordering", self.ordering))
