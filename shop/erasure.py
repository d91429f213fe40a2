"""The shop forgets a customer: who they were goes, what was sold for how much stays for the books."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from farm.erasure import Obstacle, money_under_way
from farm.models import Customer
from shop import photos, waiting
from shop.customers import ENDED, given_to, orders_of, waiting_of
from shop.links import delivery_path, order_path
from shop.models import (
    DamagePhoto,
    DamageReport,
    DamageReportEvent,
    Label,
    Order,
    TrackingEvent,
    WaitingOrder,
)

IN_LINE = WaitingOrder.MOVES[WaitingOrder.Status.LEFT]


def obstacles(customer: Customer) -> Iterator[Obstacle]:
    """Orders and gifts that are not over, damage that waits for its answer, money that is on its way back."""
    orders = orders_of(customer)
    for order in orders.exclude(status__in=ENDED).order_by("pk"):
        yield Obstacle(_("Order %(number)s is still under way.") % {"number": order.number}, order_path(order))
    if given_to(customer).exclude(status__in=ENDED).exists():
        yield Obstacle(_("A parcel that somebody else ordered for you has not arrived yet."), delivery_path())
    ended = orders.filter(status__in=ENDED)
    for order in ended.filter(damage_reports__status=DamageReport.Status.OPEN).order_by("pk"):
        words = _("The damage you reported of order %(number)s waits for our answer.") % {"number": order.number}
        yield Obstacle(words, order_path(order))
    going = money_under_way(order.payable for order in ended.only("number"))
    for order in ended.order_by("pk"):
        if order.payable in going:
            words = _("Money of order %(number)s is on its way back to you.") % {"number": order.number}
            yield Obstacle(words, order_path(order))


def forget(customer: Customer, *, now: dt.datetime) -> None:
    """Leave every line and erase who bought. Boxes, days, provinces and money stay: the ledgers do not change.

    Call inside a transaction, when nothing stands in the way. What is ordered at this very moment keeps who ordered it.
    """
    for place in waiting_of(customer).filter(status__in=IN_LINE).order_by("pk"):
        waiting.leave(waiting=place, by="customer", now=now)
    waiting_of(customer).update(phone="")
    orders = orders_of(customer).filter(status__in=ENDED)
    _forget_damage(orders)
    _forget_recipients(given_to(customer).filter(status__in=ENDED))
    _forget_recipients(orders, buyer_phone="")  # last: by the phone they are found


def _forget_recipients(orders: QuerySet[Order], **also: str) -> None:
    """Whom the parcels went to, on paper and in what the carrier said."""
    Label.objects.filter(shipment__order__in=orders).delete()
    TrackingEvent.objects.filter(shipment__order__in=orders).update(text="")
    orders.update(name="", phone="", street="", gift_message="", **also)


def _forget_damage(orders: QuerySet[Order]) -> None:
    """Words, answers and photos. The files first: a transaction that fails after that has lost what was to be lost."""
    reports = DamageReport.objects.filter(order__in=orders)
    kept = DamagePhoto.objects.filter(report__in=reports)
    photos.drop(list(kept.values_list("place", flat=True)))
    kept.delete()
    for event in DamageReportEvent.objects.filter(report__in=reports, details__has_key="answer"):
        DamageReportEvent.objects.filter(pk=event.pk).update(details={**event.details, "answer": ""})
    reports.update(words="", answer="")
