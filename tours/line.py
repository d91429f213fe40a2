"""The waiting line of full slots: seats that come free are offered to the first whole party that fits.

Called in the transaction that gives the seats back, so nobody else can take them in between.
"""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from farm import limited, outbox, rows
from tours import seats
from tours.models import Slot, WaitingParty


def offer_freed(slots: Iterable[Slot], *, now: dt.datetime) -> int:
    """Offer what came free in these slots to those who wait for them or, as their day was full, for others of the day.

    All or nothing: a party too large for what is free is passed over and keeps its place. Returns how many got one.
    """
    days = [day for day in {slot.day_id for slot in slots} if rows.exists(_waiting_on, day)]
    return _offer_in_line(WaitingParty.objects.filter(slot__day__in=days), now) if days else 0


def offer_due(now: dt.datetime) -> int:
    """The sweep: offer seats that came free otherwise: a limit was raised, the day has room again. Returns how many."""
    waiting = WaitingParty.objects.filter(status=WaitingParty.Status.WAITING, slot__taken__lt=F("slot__limit"))
    slots = list(waiting.order_by("slot").values_list("slot", flat=True).distinct())
    offered = 0
    for slot in slots:
        with transaction.atomic():
            offered += _offer_in_line(WaitingParty.objects.filter(slot=slot), now)
    return offered


def _waiting_on(day: int) -> QuerySet[WaitingParty]:
    return WaitingParty.objects.filter(status=WaitingParty.Status.WAITING, slot__day=day)


def _offer_in_line(parties: QuerySet[WaitingParty], now: dt.datetime) -> int:
    waiting = parties.filter(
        status=WaitingParty.Status.WAITING,
        slot__is_closed=False,
        slot__day__is_closed=False,
        slot__cut_off_at__gt=now,
        slot__experience__is_on_sale=True,
    )
    # The caller may hold the day, which comes after all slots in the one order: others of its slots are locked
    # without waiting or not at all, so nobody deadlocks; whom this passes over the sweep finds.
    still = waiting.select_for_update(skip_locked=True, no_key=True, of=("self", "slot"))
    in_line = list(still.select_related("slot__day").order_by("pk"))
    return sum(_offer(party, now) for party in in_line if party.people <= min(party.slot.left, party.slot.day.left))


def _offer(party: WaitingParty, now: dt.datetime) -> bool:
    """Take the seats in the party's name until its offer ends; False when they are too few."""
    try:
        with transaction.atomic():
            limited.take(seats.demands(party.slot, party.people), holder=party.holder, why="offered", now=now)
    except limited.SoldOut:
        return False
    until = min(now + dt.timedelta(minutes=settings.WAITING_OFFER_MINUTES), party.slot.cut_off_at)
    party.move(WaitingParty.Status.OFFERED, at=now, offered_until=until)
    outbox.publish("party.offered", at=now, number=party.number)
    return True
