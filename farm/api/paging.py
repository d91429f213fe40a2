"""Long lists page by cursor: a page costs the same on the first and on the ten-thousandth."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

MOST_DIGITS = 18


class ByCursor(CursorPagination):
    """The newest rows first; the cursor is opaque to clients."""

    page_size = 50
    max_page_size = 100
    page_size_query_param = "page_size"
    ordering = "-pk"

    def decode_cursor(self, request: Request) -> Any:
        """Like the parent's, which would hand a position made up by somebody to the database as it is."""
        cursor = super().decode_cursor(request)
        position = None if cursor is None or cursor.position is None else str(cursor.position)
        if position is not None and not (position.isascii() and position.isdigit() and len(position) <= MOST_DIGITS):
            raise NotFound(self.invalid_cursor_message)
        return cursor
