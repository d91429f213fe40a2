"""What a line of a log may say: nothing by which whoever reads logs could act for a customer."""

import logging
import re

from farm.security import SIGNED

GIVES_AWAY = re.compile(rf"{SIGNED.pattern}|(?<=/cashier/)[^/\s]+")
"""The practice cashier's page leads back to the order that is paid there."""


class Line(logging.Formatter):
    """A whole record, with its traceback, without what would give a customer's page away."""

    def format(self, record: logging.LogRecord) -> str:
        return GIVES_AWAY.sub("…", super().format(record))
