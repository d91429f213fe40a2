"""What a line of a log may say: nothing by which whoever reads logs could act for a customer."""

import logging
import re
from copy import copy

from farm.security import SIGNED

GIVES_AWAY = re.compile(rf"{SIGNED.pattern}|(?<=/cashier/)[^/\s]+")
"""The practice cashier's page leads back to the order that is paid there."""
BAD_REQUESTS = "django.security."
LONGEST = 400
"""Any stranger can have such lines written, as many as he likes: they are short, and no fault of ours to trace."""


class Line(logging.Formatter):
    """A whole record, with its traceback, without what would give a customer's page away."""

    def format(self, record: logging.LogRecord) -> str:
        is_bad_request = record.name.startswith(BAD_REQUESTS)
        if is_bad_request:
            record = copy(record)
            record.exc_info = record.exc_text = None
        words = GIVES_AWAY.sub("…", super().format(record))
        return words[:LONGEST] if is_bad_request else words
