"""What the shop tells its customers, in the order's language and with the link to the order."""

import datetime as dt

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from farm import rows
from farm.models import Notice
from farm.money import yuan
from farm.notify import Message, notify, notify_sparingly
from farm.templatetags.dates import day
from farm.web_addresses import absolute
from shop import asked
from shop.links import order_path, waiting_path
from shop.models import DamageReport, Order, WaitingOrder
from shop.models.damage import WHY
from shop.models.orders import OrderQuerySet


def on_placed(*, number: str, now: dt.datetime, **__: object) -> None:
    order = rows.one(asked.numbered, number)
    if not order.awaits_payment(now):
        return  # told too late to be of use: it was paid, cancelled or let go
    with override(order.language):
        until = localtime(order.hold_until).strftime("%H:%M")
        text = _("Beizhen Grapes: your boxes are kept until %(until)s. Pay here:") % {"until": until}
        _tell_sparingly(order, "placed", text, now)


def on_paid(*, number: str, now: dt.datetime, **__: object) -> None:
    order = rows.one(asked.numbered_with_date, number)
    with override(order.language):
        words = {"number": order.number, "date": day(order.ship_date.date)}
        _tell(order, "paid", _("Beizhen Grapes: order %(number)s is paid and ships on %(date)s.") % words, now)


def on_moved(*, number: str, date: str, moved_at: str, now: dt.datetime, **__: object) -> None:
    """Staff moved the order: say so, unless it was moved on or let go before this was told."""
    order = rows.one(asked.numbered_with_date, number)
    if str(order.ship_date.date) != date or order.status not in Order.HOLDING:
        return
    with override(order.language):
        words = {"number": order.number, "date": day(order.ship_date.date)}
        text = _("Beizhen Grapes: we moved order %(number)s, it now ships on %(date)s. See or cancel it here:") % words
        _tell(order, f"moved:{moved_at}", text, now)


def on_shipped(*, number: str, now: dt.datetime, **__: object) -> None:
    order = rows.one(_with_parcel, number)
    with override(order.language):
        words = {"number": order.number, "waybill": order.shipment.waybill_no}
        text = _("Beizhen Grapes: order %(number)s is on its way, waybill %(waybill)s. Follow it here:") % words
        _tell(order, "shipped", text, now)


def on_delivered(*, number: str, now: dt.datetime, **__: object) -> None:
    order = rows.one(asked.numbered, number)
    with override(order.language):
        words = {"number": order.number}
        text = _("Beizhen Grapes: order %(number)s has arrived, enjoy them! If fruit is damaged, tell us here:") % words
        _tell(order, "delivered", text, now)


def on_cancelled(*, number: str, now: dt.datetime, **__: object) -> None:
    order = rows.one(asked.numbered, number)
    with override(order.language):
        words = {"number": order.number}
        if order.paid_by:
            text = _("Beizhen Grapes: order %(number)s is cancelled, your money is on its way back.") % words
            _tell(order, "cancelled", text, now)
        else:
            _tell_sparingly(order, "cancelled", _("Beizhen Grapes: order %(number)s is cancelled.") % words, now)


def on_damage_answered(*, number: str, now: dt.datetime, **__: object) -> None:
    report = DamageReport.objects.select_related("order").get(number=number)
    with override(report.order.language):
        words = {"number": report.order.number, "amount": yuan(report.granted_fen)}
        granted, refused = (
            _("Beizhen Grapes: we are sorry for the damaged fruit of order %(number)s: ¥%(amount)s goes back.") % words,
            _("Beizhen Grapes: we have answered your report about order %(number)s:") % words,
        )
        _tell(report.order, f"damage:{number}", granted if report.granted_fen else refused, now)


def on_refunded(
    *, payable: str, amount_fen: int, why: str, now: dt.datetime, refund_no: str = "", **__: object
) -> None:
    order = Order.objects.filter(number=payable.removeprefix("order:")).first()
    if order is None or order.payable != payable or why.startswith(WHY):
        return  # not ours; or told with the answer to a damage report
    with override(order.language):
        words = {"amount": yuan(amount_fen), "number": order.number}
        text = _("Beizhen Grapes: we sent back ¥%(amount)s for order %(number)s.") % words
        _tell(order, f"refunded:{refund_no or why}", text, now)


def on_offered(*, number: str, now: dt.datetime, **__: object) -> None:
    waiting = WaitingOrder.objects.select_related("ship_date").get(number=number)
    if not waiting.may_order(now) or waiting.offered_until is None:
        return  # told too late to be of use: it was taken or went to the next
    with override(waiting.language):
        words = {"date": day(waiting.ship_date.date), "until": f"{localtime(waiting.offered_until):%H:%M}"}
        text = _("Beizhen Grapes: boxes for %(date)s came free and are kept for you until %(until)s:") % words
        _tell_waiting(waiting, "offered", text, now)


def on_lapsed(*, number: str, now: dt.datetime, **__: object) -> None:
    waiting = WaitingOrder.objects.select_related("ship_date").get(number=number)
    with override(waiting.language):
        words = {"date": day(waiting.ship_date.date)}
        ended, in_vain = (
            _("Beizhen Grapes: the boxes kept for you for %(date)s went to the next in line.") % words,
            _("Beizhen Grapes: no boxes came free for %(date)s, we are sorry. Days with boxes left:") % words,
        )
        _tell_waiting(waiting, "lapsed", ended if waiting.offered_until else in_vain, now)


def link_to(order: Order) -> str:
    """The order's own address: whoever has it may see and change the order, nobody can guess it."""
    return absolute(order_path(order))


def _with_parcel(number: str) -> OrderQuerySet:
    return asked.numbered(number).select_related("shipment")


def _tell(order: Order, what: str, text: str, now: dt.datetime) -> None:
    """Tell the buyer, unless they asked to be forgotten: whom a gift goes to learns neither its price nor the link."""
    if order.buyer_phone:
        notify(_message(order, text), key=f"{order.number}:{what}", about=order.payable, now=now)


def _tell_sparingly(order: Order, what: str, text: str, now: dt.datetime) -> None:
    if order.buyer_phone:
        notify_sparingly(_message(order, text), key=f"{order.number}:{what}", about=order.payable, now=now)


def _message(order: Order, text: str) -> Message:
    return Message(Notice.Channel.SMS, order.buyer_phone, f"{text} {link_to(order)}")


def _tell_waiting(waiting: WaitingOrder, what: str, text: str, now: dt.datetime) -> None:
    if not waiting.phone:
        return
    message = Message(Notice.Channel.SMS, waiting.phone, f"{text} {absolute(waiting_path(waiting))}")
    notify_sparingly(message, key=f"{waiting.number}:{what}", about=waiting.holder, now=now)
