"""Cursor pages: a list neither skips nor repeats a row while others write, and page 1,000 costs what page 1 costs."""

import re
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView

ID = re.compile(r"[0-9]{1,18}")


class CursorPages(CursorPagination):
    """Newest first; a view names another order in `cursor_ordering`."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = ("-id",)

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> tuple[str, ...]:
        """Return what the view names, or newest first."""
        return tuple(getattr(view, "cursor_ordering", self.ordering))

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return the place in the list. Raises: NotFound where the cursor is none that a page gave."""
        cursor = super().decode_cursor(request)
        position = None if cursor is None else str(cursor.position or "")
        by_id = self.ordering[0].lstrip("-") in ("id", "pk")
        if position and by_id and not ID.fullmatch(position):
            raise NotFound(self.invalid_cursor_message)
        return cursor
