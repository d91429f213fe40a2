"""Orders that cannot leave as promised, their day closed or their lot withdrawn: staff are asked, the bench refuses."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from farm import chores, rows
from farm.limited import Limited
from farm.models import StaffTask
from farm.refusals import Refused
from farm.states import WrongState
from shop.models import Lot, Order, ShipDate, Shipment
from shop.models.orders import OrderQuerySet

TASK_PREFIX, LEFT_OUT_PREFIX = "stranded:", "left out:"
SETTLE_WITHIN = dt.timedelta(hours=24)


class UnsoundLot(Refused):
    """A lot of the order is withdrawn or over before it arrives: nobody may send these grapes to anybody."""

    code = "unsound_lot"
    conflict = True


class NothingWrong(Refused):
    """All lots of the order are sound."""

    code = "nothing_wrong"
    conflict = True


def ask_staff(
    *, orders: OrderQuerySet, row: Limited, why: chores.Saying, now: dt.datetime, due_at: dt.datetime
) -> None:
    """Ask staff to settle those of `orders` that are stranded, or nobody when there are none.

    `why` says what happened to `row`. Closed twice within a day is two tasks.
    """
    mine = orders.stranded()
    words = {"count": mine.count(), "packed": mine.filter(status__in=Order.AT_THE_BENCH).count()}
    if words["count"]:
        chores.raise_task(
            key=f"{TASK_PREFIX}{row.counter}:{now:%Y%m%d%H%M%S%f}",
            what=lambda: _settle_them(words) % {**words, "why": why()},
            about=row.counter,
            due_at=due_at,
            now=now,
        )


def ask_about_left_out(orders: OrderQuerySet, ship_date: ShipDate, now: dt.datetime) -> None:
    """Ask staff, once for a date, about its paid `orders` that planning left out.

    What happened to their day or lot asked already; this is for an order that came in at that very moment, and for
    those that nobody has settled.
    """
    key = f"{LEFT_OUT_PREFIX}{ship_date.counter}"
    if StaffTask.objects.filter(key=key).exists():
        return
    count = orders.count()
    words = {"date": ship_date.date, "count": count}
    chores.raise_task(
        key=key,
        what=lambda: _left_out(count) % words,
        about=ship_date.counter,
        due_at=now + SETTLE_WITHIN,
        now=now,
    )


def due_at(*, row: Limited, now: dt.datetime) -> dt.datetime:
    """By when the orders of `row` are to be settled: as first asked, however often it was asked since."""
    asked = StaffTask.objects.filter(key__startswith=f"{TASK_PREFIX}{row.counter}:", settled_at=None)
    return min(asked.values_list("due_at", flat=True), default=now + SETTLE_WITHIN)


def take_back(*, row: Limited, by: str, now: dt.datetime) -> None:
    """Close what was asked about `row`: `by` took away its cause. So is what planning asked, where no order is left."""
    chores.close(StaffTask.objects.filter(key__startswith=f"{TASK_PREFIX}{row.counter}:"), by=by, now=now)
    left_out = StaffTask.objects.filter(key__startswith=LEFT_OUT_PREFIX, settled_at=None)
    done = [task.pk for task in left_out if not _of(task).exists()]
    chores.close(StaffTask.objects.filter(pk__in=done), by=by, now=now)


def say_left(task: StaffTask) -> str:
    """How many of the orders that a task is about are stranded still, or nothing when none is."""
    count = _of(task).count()
    said = ngettext(
        "%(count)s order of it is still to be moved or cancelled.",
        "%(count)s orders of it are still to be moved or cancelled.",
        count,
    )
    return said % {"count": count} if count else ""


def refuse_unsound(order: Order, *, while_it_is: Order.Status) -> None:
    """Say why the order must not go one step further at the bench, if it stands where that step begins.

    :raises UnsoundLot: while one of its lots is withdrawn, or over before the parcel can be there.
    """
    if not is_unsound(order, while_it_is=while_it_is):
        return
    advice = (
        _("Set its boxes aside and choose “Take apart”; then move or cancel the order.")
        if while_it_is in Order.AT_THE_BENCH
        else _("Leave its boxes and move or cancel the order: moved to its own date it gets boxes of a sound lot.")
    )
    raise UnsoundLot(
        _("A lot of order %(number)s is withdrawn, or over before it arrives.") % {"number": order.number},
        advice=advice,
    )


def is_unsound(order: Order, *, while_it_is: Order.Status) -> bool:
    """Whether the order stands there with grapes that must not leave."""
    return rows.exists(_unsound, order.pk, while_it_is)


@transaction.atomic
def take_apart(*, order: Order, by: str, now: dt.datetime, why: str = "") -> Order:
    """The boxes of a picked or packed order are set aside: it is paid again and can be moved or cancelled.

    Its parcel is gone with its label; packed anew it gets another waybill. One of sound lots is taken apart for a
    reason, one of `naming.TAKEN_APART`: words of somebody's own could name the customer for ever.

    :raises NothingWrong: when its lots are sound and no reason is given.
    :raises WrongState: unless it is picked or packed.
    """
    if order.status not in Order.AT_THE_BENCH:
        raise WrongState(order, Order.Status.PAID)
    if not why and not is_unsound(order, while_it_is=Order.Status(order.status)):
        raise NothingWrong(
            _("All lots of order %(number)s are sound.") % {"number": order.number},
            advice=_("Go on with it, or say why it has to be taken apart all the same."),
        )
    details = {**order.details_of_leaving(), **({"reason": why} if why else {})}
    order.move(Order.Status.PAID, at=now, by=by, details=details, only_from=Order.Status(order.status), wave=None)
    Shipment.objects.filter(order=order).delete()
    return order


def _of(task: StaffTask) -> OrderQuerySet:
    kind, _colon, key = task.about.partition(":")
    is_lot = kind == Lot._meta.label_lower
    mine = Order.objects.spoilt_by(int(key)) if is_lot else Order.objects.filter(ship_date=int(key))
    return mine.stranded()


def _settle_them(words: dict[str, int]) -> str:
    if words["packed"]:
        return ngettext(
            "%(why)s: move or cancel %(count)s order; picked or packed: %(packed)s, take it apart first.",
            "%(why)s: move or cancel %(count)s orders; picked or packed: %(packed)s, take these apart first.",
            words["count"],
        )
    return ngettext(
        "%(why)s: move or cancel %(count)s order.", "%(why)s: move or cancel %(count)s orders.", words["count"]
    )


def _left_out(count: int) -> str:
    return ngettext(
        "%(count)s order of %(date)s is in no wave, day closed or lot not good: move or cancel it.",
        "%(count)s orders of %(date)s are in no wave, day closed or lot not good: move or cancel them.",
        count,
    )


def _unsound(order: int, status: str) -> QuerySet[Order]:
    return Order.objects.filter(pk=order, status=status).of_unsound_lots()
