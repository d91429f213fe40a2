"""What time alone does to sure bookings: the reminder of the day before, and who did not come."""

import contextlib
import datetime as dt

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.timezone import localtime

from farm.models import Notice
from farm.states import WrongState
from tours import notices
from tours.models import Booking, CheckIn, Closure

AT_ONCE = 200
REMIND_FROM = dt.time(16, 0)
GRACE = dt.timedelta(hours=3)
"""So long a gate without network may take to tell who came."""


def remind_of_tomorrow(now: dt.datetime) -> int:
    """From four in the afternoon, remind everybody who comes tomorrow; each once per slot. Returns how many."""
    here = localtime(now)
    if here.time() < REMIND_FROM:
        return 0
    key = Concat(OuterRef("number"), Value(":reminder:"), Cast(OuterRef("slot_id"), CharField()))
    told = Notice.objects.filter(Q(key=key) | Q(key=Concat(key, Value(":mail"))))
    coming = Booking.objects.filter(
        status=Booking.Status.CONFIRMED,
        slot__date=here.date() + dt.timedelta(days=1),
        slot__is_closed=False,
        slot__day__is_closed=False,
    )
    coming = coming.exclude(phone="", email="").filter(~Exists(told))
    reminded = list(coming.select_related("slot__experience", "slot__day").order_by("pk")[:AT_ONCE])
    for booking in reminded:
        notices.remind(booking, now=now)
    return len(reminded)


def mark_who_came(now: dt.datetime) -> int:
    """Three hours after a slot's end a sure booking has attended, if one of its party came, or is a no-show.

    Of a closed slot only those who came all the same: who stayed at home was asked to.
    """
    over = Booking.objects.filter(
        was_held(slot="slot__") | Q(pk__in=CheckIn.objects.values("booking")),
        status=Booking.Status.CONFIRMED,
        slot__ends_at__lte=now - GRACE,
    )
    marked = 0
    for pk in list(over.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        with contextlib.suppress(WrongState), transaction.atomic():
            booking = Booking.objects.select_for_update().get(pk=pk)  # a gate may be telling right now who came
            came = booking.check_ins.exists()
            booking.move(Booking.Status.ATTENDED if came else Booking.Status.NO_SHOW, at=now)
            marked += 1
    return marked


def was_held(slot: str = "") -> Q:
    """Of slots, or of what leads to one by `slot`: open ones. A day that is closed at noon has had its morning."""
    shut_at = Closure.objects.filter(day=OuterRef(f"{slot}day")).order_by("-pk").values("made_at")[:1]
    had_begun = Q(**{f"{slot}day__is_closed": False}) | Q(**{f"{slot}starts_at__lte": Subquery(shut_at)})
    return Q(**{f"{slot}is_closed": False}) & had_begun
