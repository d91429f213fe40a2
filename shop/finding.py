"""Finding an order again by its number and the last digits of its buyer's phone."""

from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from farm.refusals import Refused
from farm.security import read_reference
from shop.models import Order

ORDER, VISIT = "BZ", "BV"
"""The letters with which numbers begin."""


class NotFound(Refused):
    """One answer for every failure: it never tells whether the number exists."""

    code = "not_found"


class OfAVisit(NotFound):
    """The number of a booking, by its letters alone."""


def find(*, number: str, last4: str) -> Order:
    """The order whose number somebody typed; what stands before it is no part of it unless it is a visit's letters.

    :raises NotFound: when there is none with this number and these digits.
    """
    letters, drawn = read_reference(number)
    if letters == VISIT:
        raise OfAVisit(
            _("This is the number of a visit."),
            advice=_("Open the link in the message we sent you, or sign in to see your visits."),
            field="number",
        )
    order = Order.objects.filter(number=f"{ORDER}{drawn}").only("number", "buyer_phone").first()
    if order is None or not constant_time_compare(order.buyer_phone[-4:], last4):
        raise NotFound(
            _("We know no order with this number and these digits."),
            advice=_("Compare both with the message we sent you, or ask the farm."),
        )
    return order
