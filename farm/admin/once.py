"""What the page of a row shows is read once: the tool asks each field that is only shown five times what it says."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

Answer = TypeVar("Answer")
KEPT = "_read_once"


def read_once(field: Callable[[Any, Any], Answer]) -> Callable[[Any, Any], Answer]:
    """For what asks the database. The answer stays with the row, which is read anew for every page."""

    @wraps(field)
    def answer(room: Any, row: Any) -> Answer:
        kept: dict[str, Answer] = row.__dict__.setdefault(KEPT, {})
        if field.__qualname__ not in kept:
            kept[field.__qualname__] = field(room, row)
        return kept[field.__qualname__]

    return answer
