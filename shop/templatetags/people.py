"""What an order's page may show of a person, and in which words money goes back."""

from django import template
from django.utils.translation import gettext as _

from farm import security
from shop.addresses import Address
from shop.models import Order
from shop.models.damage import WHY

register = template.Library()
register.filter("masked_name", security.mask_name)
register.filter("masked_phone", security.mask_phone)
register.filter("masked_street", security.mask_street)


@register.filter
def place(address: Address | Order) -> str:
    """辽宁省锦州市北镇市; a municipality is said once"""
    city = "" if address.city == address.province else address.city
    return f"{address.province}{city}{address.district}"


@register.filter
def why_back(why: str) -> str:
    """The reason of a refund in the customer's words."""
    reasons = {
        "cancelled": _("The order was cancelled"),
        "late": _("It came after the hold had ended"),
        "double": _("You had paid already"),
        "wrong amount": _("It was not the order's amount"),
    }
    if why.startswith("freight"):
        return _("The way to the new address is cheaper")
    if why.startswith(WHY):
        return _("For damaged fruit")
    return reasons.get(why, _("The farm sends it back"))
