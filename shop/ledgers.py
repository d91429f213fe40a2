"""Re-add what the shop counts: each order against what it holds, what it costs, its history and its money.

Checks like those of `farm.ledgers`, and below them, in the same order, the questions that they ask.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext_noop as _

from farm.language import said
from farm.ledgers import LATE, broken_histories, held_by_nobody, left_of_payment, payables_between_stories, unlike
from farm.models import ClosedDay, LedgerEntry, Movement, Payment, Refund
from farm.money import yuan
from farm.payments import refunds
from farm.questions import compiled_once
from shop.models import (
    DamageReport,
    DamageReportEvent,
    Lot,
    Order,
    OrderEvent,
    OrderLine,
    ShipDate,
    WaitingOrder,
    WaitingOrderEvent,
)
from shop.models.damage import WHY

PAID = (
    Order.Status.PAID,
    Order.Status.PLANNED,
    Order.Status.PICKED,
    Order.Status.PACKED,
    Order.Status.SHIPPED,
    Order.Status.DELIVERED,
)
PREFIX, IN_LINE = "order:", "in-line:"
DAYS, LOTS = f"{ShipDate._meta.label_lower}:", f"{Lot._meta.label_lower}:"


def orders_hold_their_ship_date(now: dt.datetime) -> Iterator[str]:
    """Every living order holds its packing units of its own ship date, a dead one holds none."""
    for order in _beside_their_ship_date():
        yield said(
            _("%(order)s: holds %(here)s of its ship date and %(everywhere)s of all, should hold %(owed)s"),
            order=order,
            here=order.here,
            everywhere=order.everywhere,
            owed=order.owed,
        )


def orders_hold_their_lots(now: dt.datetime) -> Iterator[str]:
    """Every living order holds the grams of its lines of each lot, a dead one holds none."""
    for order in _with_other_grams():
        yield said(
            _("%(order)s: holds %(everywhere)s g of all lots, its lines need %(owed)s g"),
            order=order,
            everywhere=order.everywhere,
            owed=order.owed,
        )
    for number, lot, needed, held in _lines_beside_their_lot():
        yield said(
            _("order %(number)s: holds %(held)s g of lot %(lot)s, needs %(needed)s g"),
            number=number,
            held=held,
            lot=lot,
            needed=needed,
        )


def offers_hold_their_boxes(now: dt.datetime) -> Iterator[str]:
    """Every order in line to which boxes are offered holds them of its date and of lots, any other holds none."""
    for waiting in _in_line_with_other_boxes():
        yield said(
            _(
                "%(waiting)s: holds %(units)s of ship dates and %(grams)s g of lots, should hold %(owed)s "
                "and %(owed_grams)s g"
            ),
            waiting=waiting,
            units=waiting.units,
            grams=waiting.grams,
            owed=waiting.owed,
            owed_grams=waiting.owed_grams,
        )


def movements_belong_to_orders(now: dt.datetime) -> Iterator[str]:
    """Nothing is held in the name of an order, placed or in line, that does not exist."""
    for prefix, kind in ((PREFIX, Order), (IN_LINE, WaitingOrder)):
        for holder, counter, held in held_by_nobody(prefix, kind):
            yield said(
                _("%(holder)s: holds %(held)s of %(counter)s, but there is no such order"),
                holder=holder,
                held=held,
                counter=counter,
            )


def orders_cost_what_their_lines_say(now: dt.datetime) -> Iterator[str]:
    """Every total is boxes plus freight, and boxes, units and grams are those of the lines."""
    for order in _with_wrong_sums():
        yield said(
            _(
                "%(order)s: ¥%(total)s for boxes of ¥%(boxes)s and freight of ¥%(freight)s; its lines say "
                "¥%(lines)s, %(lines_units)s units, %(lines_grams)s g"
            ),
            order=order,
            total=yuan(order.total_fen),
            boxes=yuan(order.boxes_fen),
            freight=yuan(order.freight_fen),
            lines=yuan(order.lines_fen),
            lines_units=order.lines_units,
            lines_grams=order.lines_grams,
        )


def orders_follow_their_events(now: dt.datetime) -> Iterator[str]:
    """Every order, placed or in line, stands where its history says, and the history is a path that it may go."""
    yield from broken_histories(OrderEvent, owner="order", begins="placed", number="number")
    yield from broken_histories(WaitingOrderEvent, owner="waiting_order", begins="waiting", number="number")


def paid_orders_keep_their_price(now: dt.datetime) -> Iterator[str]:
    """Every paid order keeps exactly its price less what was granted for damage, of the one payment that it names."""
    for order in _settled(_paid_and_not_worth_it()):
        yield said(
            _("%(order)s: costs ¥%(due)s, keeps ¥%(kept)s of %(keepers)s payments, ¥%(named)s of the one it names"),
            order=order,
            due=yuan(order.due_fen),
            kept=yuan(order.kept_fen),
            keepers=order.keepers,
            named=yuan(order.named_fen),
        )


def other_orders_keep_no_money(now: dt.datetime) -> Iterator[str]:
    """Unpaid, cancelled and expired orders keep nothing but what is on its way back, however late that is."""
    for order in _settled(_unpaid_that_keep_money()):
        yield said(
            _("%(order)s: keeps ¥%(kept)s, refunds of ¥%(going)s are on their way"),
            order=order,
            kept=yuan(order.kept_fen),
            going=yuan(order.going_fen),
        )


def damage_is_paid_as_granted(now: dt.datetime) -> Iterator[str]:
    """Every report of damage stands where its history says, and its refund is what was granted."""
    yield from broken_histories(DamageReportEvent, owner="report", begins="reported", number="number")
    moving = set(payables_between_stories())
    for report in _granted_and_not_sent():
        if report.order.payable not in moving:
            yield said(
                _("%(report)s: granted ¥%(granted)s, refunds of ¥%(sent)s were noted"),
                report=report,
                granted=yuan(report.granted_fen),
                sent=yuan(report.sent_fen),
            )


def damage_is_answered_in_time(now: dt.datetime) -> Iterator[str]:
    """No customer waits for an answer about damaged fruit longer than was promised."""
    for report in _to_be_answered_by(now):
        yield said(_("%(report)s: was to be answered by %(due)s"), report=report, due=f"{report.due_at:%Y-%m-%d %H:%M}")


def shipped_orders_have_a_waybill(now: dt.datetime) -> Iterator[str]:
    """Every shipped order has a parcel with a waybill."""
    for order in _shipped_without_waybill():
        yield said(_("%(order)s: no waybill"), order=order)


def holds_end_in_time(now: dt.datetime) -> Iterator[str]:
    """No unpaid order and no offer stands more than five minutes after its time ended."""
    for order in _dead_holds(now - LATE):
        yield said(
            _("%(order)s: its hold ended at %(hold_until)s"),
            order=order,
            hold_until=f"{order.hold_until:%Y-%m-%d %H:%M:%S}",
        )
    for waiting in _offered_until(now - LATE):
        yield said(
            _("%(waiting)s: its offer ended at %(offered_until)s"),
            waiting=waiting,
            offered_until=f"{waiting.offered_until:%Y-%m-%d %H:%M:%S}",
        )


def closed_days_sell_nothing(now: dt.datetime) -> Iterator[str]:
    """No ship date sells for a day on which the farm is closed."""
    for ship_date in _open_on_closed_days(now):
        yield said(_("%(ship_date)s: still sells, though the farm is closed on that day"), ship_date=ship_date)


@compiled_once
def _beside_their_ship_date() -> QuerySet[Any]:
    here = _held(Q(counter=Concat(Value(DAYS), Cast(OuterRef("ship_date_id"), CharField()))))
    everywhere = _held(Q(counter__startswith=DAYS))
    orders = _orders().annotate(
        owed=_if_holding(F("packing_units")), here=_sum_of(here), everywhere=_sum_of(everywhere)
    )
    return unlike(orders, here=F("owed"), everywhere=F("owed"))


@compiled_once
def _with_other_grams() -> QuerySet[Any]:
    grams = Coalesce(Subquery(_lines(grams=Sum(F("quantity") * F("box__net_grams")))), 0)
    everywhere = _held(Q(counter__startswith=LOTS))
    orders = _orders().annotate(owed=_if_holding(grams), everywhere=_sum_of(everywhere))
    return unlike(orders, everywhere=F("owed"))


@compiled_once
def _lines_beside_their_lot() -> QuerySet[Any]:
    """Lines that hold another amount of their own lot than they need."""
    counter = Concat(Value(LOTS), Cast(OuterRef("lot_id"), CharField()))
    moved = Movement.objects.filter(holder=Concat(Value(PREFIX), OuterRef("order__number")), counter=counter)
    held = moved.order_by().values("holder").annotate(sum=Sum("amount")).values("sum")
    living = OrderLine.objects.filter(order__status__in=Order.HOLDING).order_by()
    needs = living.values("order__number", "lot_id", "lot__code").annotate(
        needs=Sum(F("quantity") * F("box__net_grams"))
    )
    wrong = needs.annotate(held=Coalesce(Subquery(held), 0)).exclude(held=F("needs"))
    return wrong.values_list("order__number", "lot__code", "needs", "held")


@compiled_once
def _in_line_with_other_boxes() -> QuerySet[Any]:
    mine = Movement.objects.filter(holder=Concat(Value(IN_LINE), OuterRef("number"))).order_by().values("holder")
    in_line: QuerySet[Any] = WaitingOrder.objects.annotate(
        owed=_if_offered(F("packing_units")),
        owed_grams=_if_offered(F("net_grams")),
        units=_sum_of(mine.filter(counter__startswith=DAYS)),
        grams=_sum_of(mine.filter(counter__startswith=LOTS)),
    )
    return unlike(in_line, units=F("owed"), grams=F("owed_grams"))


@compiled_once
def _with_wrong_sums() -> QuerySet[Any]:
    orders = _orders().annotate(
        lines_fen=Coalesce(Subquery(_lines(fen=Sum(F("quantity") * F("price_fen")))), 0),
        lines_units=Coalesce(Subquery(_lines(units=Sum(F("quantity") * F("box__packing_units")))), 0),
        lines_grams=Coalesce(Subquery(_lines(grams=Sum(F("quantity") * F("box__net_grams")))), 0),
    )
    return unlike(
        orders,
        total_fen=F("boxes_fen") + F("freight_fen"),
        boxes_fen=F("lines_fen"),
        packing_units=F("lines_units"),
        net_grams=F("lines_grams"),
    )


@compiled_once
def _paid_and_not_worth_it() -> QuerySet[Any]:
    kept = _payments().filter(left_fen__gt=0)
    paid = (
        _orders()
        .filter(status__in=PAID)
        .annotate(
            kept_fen=_kept(kept),
            named_fen=_kept(kept.filter(trade_no=OuterRef("paid_by"))),
            keepers=Coalesce(Subquery(_per_payable(kept, count=Count("pk"))), 0),
            due_fen=F("total_fen") - _granted(),
        )
    )
    worth_nothing = {"due_fen": 0, "kept_fen": 0}
    return unlike(paid, kept_fen=F("due_fen"), named_fen=F("due_fen"), keepers=1).exclude(**worth_nothing)


@compiled_once
def _unpaid_that_keep_money() -> QuerySet[Any]:
    booked = LedgerEntry.objects.filter(payable=_payable()).order_by().values("payable")
    going = refunds.on_their_way().filter(payment__payable=_payable()).order_by().values("payment__payable")
    others = (
        _orders()
        .exclude(status__in=PAID)
        .annotate(
            kept_fen=Coalesce(Subquery(booked.annotate(fen=Sum("amount_fen")).values("fen")), 0),
            going_fen=Coalesce(Subquery(going.annotate(fen=Sum("amount_fen")).values("fen")), 0),
        )
    )
    return unlike(others, kept_fen=F("going_fen"))


@compiled_once
def _granted_and_not_sent() -> QuerySet[Any]:
    why = Concat(Value(WHY), OuterRef("number"))
    payable = Concat(Value(PREFIX), OuterRef("order__number"))
    refunds_of_it = Refund.objects.filter(why=why, payment__payable=payable).order_by().values("why")
    sent_fen = Coalesce(Subquery(refunds_of_it.annotate(fen=Sum("amount_fen")).values("fen")), 0)
    reports: QuerySet[Any] = DamageReport.objects.select_related("order").annotate(sent_fen=sent_fen)
    return unlike(reports, sent_fen=F("granted_fen"))


@compiled_once
def _to_be_answered_by(now: dt.datetime) -> QuerySet[DamageReport]:
    return DamageReport.objects.filter(status=DamageReport.Status.OPEN, due_at__lte=now).order_by("due_at")


@compiled_once
def _shipped_without_waybill() -> QuerySet[Order]:
    shipped = Order.objects.filter(status__in=(Order.Status.SHIPPED, Order.Status.DELIVERED))
    return shipped.filter(Q(shipment=None) | Q(shipment__waybill_no="")).order_by("pk")


@compiled_once
def _dead_holds(then: dt.datetime) -> QuerySet[Order]:
    return Order.objects.with_a_dead_hold(then).order_by("hold_until")


@compiled_once
def _offered_until(then: dt.datetime) -> QuerySet[WaitingOrder]:
    offered = WaitingOrder.objects.filter(status=WaitingOrder.Status.OFFERED, offered_until__lte=then)
    return offered.order_by("offered_until")


@compiled_once
def _open_on_closed_days(now: dt.datetime) -> QuerySet[ShipDate]:
    return ShipDate.objects.takeable(now).filter(date__in=ClosedDay.objects.values("date")).order_by("date")


def _orders() -> QuerySet[Any]:
    """All orders, as rows that carry sums."""
    return Order.objects.all()


def _held(counters: Q) -> QuerySet[Any, Any]:
    """What an outer order's movements add up to."""
    return Movement.objects.filter(counters, holder=_payable()).order_by().values("holder")


def _sum_of(movements: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(movements.annotate(sum=Sum("amount")).values("sum")), 0)


def _lines(**total: Any) -> QuerySet[Any, Any]:
    """One sum over the lines of an outer order."""
    lines = OrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order")
    sums: QuerySet[Any, Any] = lines.annotate(**total).values(*total)
    return sums


def _payments() -> QuerySet[Any]:
    """Captured payments of an outer order, each with what it keeps."""
    captured = Payment.objects.filter(payable=_payable(), status=Payment.Status.CAPTURED).order_by()
    return captured.annotate(left_fen=left_of_payment())


def _per_payable(payments: QuerySet[Any], **total: Any) -> QuerySet[Any, Any]:
    sums: QuerySet[Any, Any] = payments.values("payable").annotate(**total).values(*total)
    return sums


def _kept(payments: QuerySet[Any]) -> Coalesce:
    return Coalesce(Subquery(_per_payable(payments, kept=Sum("left_fen"))), 0)


def _payable() -> Concat:
    return Concat(Value(PREFIX), OuterRef("number"))


def _if_holding(amount: Any) -> Case:
    return Case(When(status__in=Order.HOLDING, then=amount), default=Value(0))


def _if_offered(amount: Any) -> Case:
    return Case(When(status=WaitingOrder.Status.OFFERED, then=amount), default=Value(0))


def _granted() -> Coalesce:
    """What was granted to an outer order for damaged fruit."""
    reports = DamageReport.objects.filter(order=OuterRef("pk")).order_by().values("order")
    return Coalesce(Subquery(reports.annotate(fen=Sum("granted_fen")).values("fen")), 0)


def _settled(orders: Iterator[Any]) -> Iterator[Any]:
    """Orders whose money is not between two stories at this very moment."""
    moving = set(payables_between_stories())
    return (order for order in orders if order.payable not in moving)
