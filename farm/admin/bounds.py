"""What no form of the staff's tool takes, because only a slip of the hand can have meant it."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

MOST = 1_000_000_000
"""No number is higher: a thousand tons of fruit in grams, and less than what any database counts to."""
NUMBER: dict[str, Any] = {
    "max_value": MOST,
    "error_messages": {"max_value": _lazy("Write at most %(limit_value)s.")},
}
"""What a field for a whole number is made with."""
FARTHEST = dt.timedelta(days=2 * 366)


def refuse_far_off(date: dt.date) -> None:
    """See that a day to come is no slip in its year.

    :raises ValidationError: when it is more than two years ahead.
    """
    if date - timezone.localdate() > FARTHEST:
        raise ValidationError(_("This is more than two years ahead: look at the year."))


def to_come(date: dt.date) -> dt.date:
    """The same day, when the farm can still do something on it.

    :raises ValidationError: when it is over, or more than two years ahead.
    """
    if date < timezone.localdate():
        raise ValidationError(_("This day is over: choose today or a later one."))
    refuse_far_off(date)
    return date
