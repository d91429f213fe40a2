"""Deleting a customer's data, in all rooms or in none: at once, for good, and not while something is under way."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from beizhen.account.disclosing import spoken_of
from farm import accounts, erasure
from farm.erasure import Obstacle
from farm.models import Customer, SignIn
from farm.refusals import Refused
from shop import erasure as shop
from tours import erasure as tours


class StillUnderWay(Refused):
    """An order, a visit or money is on its way, and the farm has to know whose."""

    code = "still_under_way"
    conflict = True


def obstacles(customer: Customer) -> list[Obstacle]:
    return [*shop.obstacles(customer), *tours.obstacles(customer)]


@transaction.atomic
def erase(running: SignIn, *, now: dt.datetime) -> None:
    """Forget the customer of a sign-in of just now. There is no way back.

    :raises SignInAgain: when they signed in a while ago; StillUnderWay: naming what is.
    """
    accounts.check_fresh(running, now=now)
    customer = Customer.objects.select_for_update().get(pk=running.customer_id)
    if under_way := obstacles(customer):
        raise StillUnderWay(
            " ".join(one.words for one in under_way),
            advice=_("Wait until it is over, or cancel it; then delete your data."),
        )
    about = spoken_of(customer)
    shop.forget(customer, now=now)
    tours.forget(customer, now=now)
    erasure.forget(customer, about=about)
