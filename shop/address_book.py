"""The addresses that customers keep: one of them stands in the order form before anybody types."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from farm.models import Customer
from farm.refusals import Refused
from shop import addresses
from shop.addresses import Address
from shop.customers import orders_of
from shop.models import KeptAddress

MOST = 20


class TooManyAddresses(Refused):
    """More than anybody looks through."""

    code = "too_many_addresses"
    conflict = True


def addresses_of(customer: Customer) -> QuerySet[KeptAddress]:
    """The default one first, then the newest."""
    return KeptAddress.objects.filter(customer=customer)


@transaction.atomic
def keep(*, customer: Customer, address: Address, now: dt.datetime) -> KeptAddress:
    """Keep an address; the first is the default one, and one that is kept already is kept once.

    :raises AddressRefused: naming the field that is wrong; TooManyAddresses: when twenty are kept.
    """
    checked = _checked(address)
    Customer.objects.select_for_update().get(pk=customer.pk)  # two first ones at a time: one default
    kept = list(addresses_of(customer))
    same = next((one for one in kept if address_in(one) == checked), None)
    if same is not None:
        return same
    if len(kept) >= MOST:
        raise TooManyAddresses(
            _("You keep %(most)s addresses already.") % {"most": MOST}, advice=_("Remove one that you do not need.")
        )
    return KeptAddress.objects.create(customer=customer, is_default=not kept, kept_at=now, **vars(checked))


def change(*, kept: KeptAddress, address: Address) -> None:
    """:raises AddressRefused: naming the field that is wrong."""
    KeptAddress.objects.filter(pk=kept.pk).update(**vars(_checked(address)))


@transaction.atomic
def remove(*, kept: KeptAddress) -> None:
    """Forget an address; after the default one the newest becomes it."""
    mine = _held_still(kept)
    mine.filter(pk=kept.pk).delete()
    newest = mine.first()
    if newest and not newest.is_default:
        mine.filter(pk=newest.pk).update(is_default=True)


@transaction.atomic
def make_default(*, kept: KeptAddress) -> None:
    mine = _held_still(kept)
    mine.filter(is_default=True).exclude(pk=kept.pk).update(is_default=False)
    mine.filter(pk=kept.pk).update(is_default=True)


def known_for(customer: Customer) -> Address | None:
    """Where the customer's next parcel probably goes: the default address, else that of their newest paid order."""
    kept = addresses_of(customer).first()
    if kept:
        return address_in(kept)
    # Anybody may order with any phone: only what was paid for and came home to it is theirs for sure.
    order = orders_of(customer).filter(phone=customer.phone).exclude(paid_by="").order_by("-pk").first()
    if order is None:
        return None
    return Address(order.name, order.phone, order.province, order.city, order.district, order.street)


def address_in(kept: KeptAddress) -> Address:
    return Address(kept.name, kept.phone, kept.province, kept.city, kept.district, kept.street)


def _checked(address: Address) -> Address:
    """The address as it is kept, with the whole names of its place."""
    cleaned = addresses.clean(address)
    place = addresses.check(cleaned)
    return Address(cleaned.name, cleaned.phone, place.province, place.city, place.district, cleaned.street)


def _held_still(kept: KeptAddress) -> QuerySet[KeptAddress]:
    """The addresses of the same customer, whose row is locked until commit."""
    Customer.objects.select_for_update().get(pk=kept.customer_id)
    return KeptAddress.objects.filter(customer=kept.customer_id)
