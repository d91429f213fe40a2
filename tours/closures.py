"""Rain: slots are closed, and each of their parties chooses another slot, its money or a credit until a deadline.

The closure itself is one transaction; what follows for each booking is one of its own, carried on by a sweep.
A slot may be opened again by hand and closed once more: the latest closure that was not undone speaks for it.
"""

import contextlib
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from farm import rows
from farm.refusals import Refused
from farm.security import new_reference
from farm.states import WrongState
from tours import changing, line, offers
from tours.models import Booking, CheckIn, Closure, ClosureOffer, Rebooking, Slot, VisitorsDay, WaitingParty
from tours.slots import refuse_on_closed_day

AT_ONCE = 100
CALLED_OFF = ("人数不足", "too few visitors")


@dataclass(frozen=True)
class Reason:
    """Why slots are closed, and what becomes of parties that do not answer: `refund` or `credit`."""

    zh: str
    en: str
    otherwise: str = ""


class NothingToClose(Refused):
    code = "nothing_to_close"


class AnsweredAlready(Refused):
    """Somebody has chosen: the closure stands."""

    code = "answered_already"
    conflict = True


class BegunAlready(Refused):
    """A slot would be opened whose parties stayed at home."""

    code = "begun_already"
    conflict = True


@transaction.atomic
def close(
    *, slots: Sequence[int], reason: Reason, by: str, day: VisitorsDay | None = None, now: dt.datetime
) -> Closure:
    """Close slots that have not begun, with `day` the whole day, and give every sure party an offer to answer.

    Closed slots sell nothing from this moment. `carry_on` does the rest: holds end, seats are kept, notices are sent.

    :raises NothingToClose: when none of the slots is open any more, nor the day.
    """
    found = Slot.objects.select_for_update(of=("self",)).filter(pk__in=slots, is_closed=False, starts_at__gt=now)
    open_slots = list(found.order_by("pk"))
    if not open_slots and (day is None or day.is_closed or day.date < localdate(now)):
        raise NothingToClose(_("None of these times is open."), advice=_("Reload the week to see what is."))
    Slot.objects.filter(pk__in=[slot.pk for slot in open_slots]).update(**_closed_for(reason))
    closure = Closure.objects.create(
        number=new_reference("BR"),
        reason_zh=reason.zh,
        reason_en=reason.en,
        otherwise=reason.otherwise or settings.RAIN_OTHERWISE,
        day=_shut_day(day, reason) if day else None,
        made_at=now,
        made_by=by,
        answer_until=now + dt.timedelta(hours=settings.RAIN_ANSWER_HOURS),
    )
    closure.slots.set(open_slots)
    closure.log("open", at=now, by=by, slots=len(open_slots))
    return closure


def on_called_off(*, slot: int, now: dt.datetime, **__: object) -> None:
    """Too few came together: what rain does to a slot happens to this one, which is closed already."""
    row = Slot.objects.filter(pk=slot, is_closed=True, runs=Slot.Runs.CALLED_OFF).first()
    if row is None:
        return
    closure = Closure.objects.create(
        number=new_reference("BR"),
        reason_zh=CALLED_OFF[0],
        reason_en=CALLED_OFF[1],
        otherwise=settings.RAIN_OTHERWISE,
        made_at=now,
        made_by="system",
        answer_until=now + dt.timedelta(hours=settings.RAIN_ANSWER_HOURS),
    )
    closure.slots.set([row])
    closure.log("open", at=now)


@transaction.atomic
def undo(*, closure: Closure, by: str, now: dt.datetime) -> None:
    """It does not rain after all: open the slots again, while nobody has answered.

    What a later closure has shut once more stays shut.

    :raises AnsweredAlready: when somebody has chosen, or the deadline is over.
    :raises BegunAlready: when one of the slots would have begun: who stayed at home must not be a no-show.
    :raises NotPlanned: when the farm is closed on a day of one of them.
    """
    closure = Closure.objects.select_for_update().get(pk=closure.pk)
    answered = closure.offers.exclude(status=ClosureOffer.Status.WAITING).exists()
    if closure.status != Closure.Status.OPEN or answered:
        raise AnsweredAlready(
            _("Somebody has answered already."), advice=_("Open single times again in the schedule instead.")
        )
    slots = list(_shut_by(closure.pk).select_for_update(of=("self",)).order_by("pk"))
    if any(slot.starts_at <= now for slot in slots):
        raise BegunAlready(
            _("One of these times has begun already."), advice=_("Add new times in the schedule instead.")
        )
    days = [closure.day.date] if closure.day else []
    refuse_on_closed_day(*days, *(slot.date for slot in slots))
    closure.move(Closure.Status.UNDONE, at=now, by=by)
    words = {"is_closed": False, "closed_reason_zh": "", "closed_reason_en": ""}
    closed = Slot.objects.filter(pk__in=[slot.pk for slot in slots])
    closed.filter(runs=Slot.Runs.CALLED_OFF).update(runs=Slot.Runs.SURE)
    closed.update(**words)
    if closure.day_id:
        is_latest = _has_no_later(closure.pk, day=OuterRef("pk"))
        VisitorsDay.objects.filter(is_latest, pk=closure.day_id).update(**words)
    line.offer_freed(slots, now=now)


def _closed_for(reason: Reason) -> dict[str, Any]:
    return {"is_closed": True, "closed_reason_zh": reason.zh, "closed_reason_en": reason.en}


def _shut_day(day: VisitorsDay, reason: Reason) -> VisitorsDay | None:
    """The day, shut by this closure; None when it was shut before: it opens with what was closed with it."""
    shut = VisitorsDay.objects.filter(pk=day.pk, is_closed=False).update(**_closed_for(reason))
    return day if shut else None


def carry_on(now: dt.datetime) -> int:
    """The sweep: take back the offers of undone closures, make those of new ones, settle those whose time is over
    or whose party was let in all the same.

    Each booking is one transaction, so a worker killed in the middle loses nothing and sends nothing twice.
    """
    done = sum(offers.take_back(offer, now=now) for offer in rows.read(_undone))
    for closure in rows.read(_open):
        done += _begin(closure, now)
        if closure.answer_until <= now:
            done += _settle(closure, now)
            _end(closure, now)
    done += sum(offers.answer_for(offer, now=now) for offer in rows.read(_came))
    return done + sum(offers.free_spoiled(offer, now=now) for offer in rows.read(_spoiled, now))


def _open() -> QuerySet[Closure]:
    return Closure.objects.filter(status=Closure.Status.OPEN).order_by("pk")


def _waiting(closures: str) -> QuerySet[ClosureOffer]:
    """Offers of such closures that nobody has answered."""
    return ClosureOffer.objects.filter(closure__status=closures, status=ClosureOffer.Status.WAITING).order_by("pk")


def _came() -> QuerySet[ClosureOffer]:
    return _waiting(Closure.Status.OPEN).filter(booking__in=CheckIn.objects.values("booking"))[:AT_ONCE]


def _spoiled(now: dt.datetime) -> QuerySet[ClosureOffer]:
    return _waiting(Closure.Status.OPEN).filter(offers.spoiled(now)).distinct()[:AT_ONCE]


def _undone() -> QuerySet[ClosureOffer]:
    return _waiting(Closure.Status.UNDONE)[:AT_ONCE]


def _begin(closure: Closure, now: dt.datetime) -> int:
    """What the closed slots' bookings and waiting parties must hear of, each once."""
    held, sure = (_unasked(closure, status) for status in (Booking.Status.HELD, Booking.Status.CONFIRMED))
    with override("zh-hans"):
        for booking in held:
            offers.end_hold(booking, reason=closure.reason, now=now)
    for party in rows.read(_in_line, closure.pk):
        offers.end_wait(party, now=now)
    for change in rows.read(_moving, closure.pk):
        with contextlib.suppress(WrongState):  # it was paid or ended at this moment
            changing.drop(rebooking=change, by="system", now=now)
    return len(held) + sum(offers.make(closure, booking, now=now) for booking in sure)


def _in_line(closure: int) -> QuerySet[WaitingParty]:
    in_line = (WaitingParty.Status.WAITING, WaitingParty.Status.OFFERED)
    return WaitingParty.objects.filter(slot__in=_shut_by(closure), status__in=in_line)[:AT_ONCE]


def _moving(closure: int) -> QuerySet[Rebooking]:
    """Nobody pays for moving to a closed slot: the party keeps the time it has."""
    moving = Rebooking.objects.held().filter(slot__in=_shut_by(closure)).order_by("pk")
    return moving.select_related("booking")[:AT_ONCE]


def _unasked(closure: Closure, status: str) -> list[Booking]:
    """Bookings of its slots, or of any slot of its day, that have no offer yet and answer no other closure's."""
    if closure.day_id:
        return rows.read(_unasked_on_its_day, closure.pk, closure.day_id, closure.made_at, status)
    return rows.read(_unasked_in_its_slots, closure.pk, status)


def _unasked_in_its_slots(closure: int, status: str) -> QuerySet[Booking]:
    return _without_offer(Q(slot__in=_shut_by(closure)), closure, status)


def _unasked_on_its_day(closure: int, day: int, made_at: dt.datetime, status: str) -> QuerySet[Booking]:
    """A slot that another closure had shut, and that was undone, is shut by its day all the same."""
    of_day = Slot.objects.filter(
        _has_no_later(closure, day=OuterRef("day")), day=day, day__is_closed=True, starts_at__gt=made_at
    )
    return _without_offer(Q(slot__in=_shut_by(closure)) | Q(slot__in=of_day), closure, status)


def _without_offer(is_shut: Q, closure: int, status: str) -> QuerySet[Booking]:
    asked = ClosureOffer.objects.filter(
        Q(closure=closure) | Q(status=ClosureOffer.Status.WAITING), booking=OuterRef("pk")
    )
    return Booking.objects.filter(is_shut, ~Exists(asked), status=status)[:AT_ONCE]


def _shut_by(closure: int) -> QuerySet[Slot]:
    """The slots that this closure keeps shut: not those that were opened again, nor what closed them once more."""
    return Slot.objects.filter(_has_no_later(closure, slots=OuterRef("pk")), closures=closure, is_closed=True)


def _has_no_later(closure: int, **of: OuterRef) -> Q:
    """Of a slot or a day: no closure after this one speaks for it."""
    later = Closure.objects.filter(pk__gt=closure, **of).exclude(status=Closure.Status.UNDONE)
    return ~Q(Exists(later))


def _settle(closure: Closure, now: dt.datetime) -> int:
    """Who has not answered gets what the closure says."""
    return sum(offers.answer_for(offer, now=now) for offer in rows.read(_silent, closure.pk))


def _silent(closure: int) -> QuerySet[ClosureOffer]:
    silent = ClosureOffer.objects.filter(closure=closure, status=ClosureOffer.Status.WAITING)
    return silent.order_by("pk")[:AT_ONCE]


def _end(closure: Closure, now: dt.datetime) -> None:
    """Nobody is left to ask or to answer; of two sweeps, or a sweep and an undo, one says so."""
    unasked = [*_unasked(closure, Booking.Status.HELD), *_unasked(closure, Booking.Status.CONFIRMED)]
    if not unasked and not rows.exists(_silent, closure.pk):
        with contextlib.suppress(WrongState), transaction.atomic():
            closure.move(Closure.Status.SETTLED, at=now)
