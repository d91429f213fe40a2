"""Re-add what the shop counts: each order against what it holds, what it costs, its history and its money.

Checks like those of `farm.ledgers`: the database adds up, and only what differs comes out.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Substr

from farm.ledgers import LATE, broken_histories, left_of_payment
from farm.models import ClosedDay, LedgerEntry, Movement, OutboxMessage, Payment, Refund
from farm.money import yuan
from farm.payments import refunds
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
MOVING_MONEY = ("payment.captured", "refund.due")
"""Topics that wait in the outbox while money is between two stories."""


def orders_hold_their_ship_date(now: dt.datetime) -> Iterator[str]:
    """Every living order holds its packing units of its own ship date, a dead one holds none."""
    here = _held(Q(counter=Concat(Value(DAYS), Cast(OuterRef("ship_date_id"), CharField()))))
    everywhere = _held(Q(counter__startswith=DAYS))
    orders = _orders().annotate(
        owed=_if_holding(F("packing_units")), here=_sum_of(here), everywhere=_sum_of(everywhere)
    )
    for order in orders.exclude(here=F("owed"), everywhere=F("owed")).order_by("pk").iterator():
        yield f"{order}: holds {order.here} of its ship date and {order.everywhere} of all, should hold {order.owed}"


def orders_hold_their_lots(now: dt.datetime) -> Iterator[str]:
    """Every living order holds the grams of its lines of each lot, a dead one holds none."""
    grams = Coalesce(Subquery(_lines(grams=Sum(F("quantity") * F("box__net_grams")))), 0)
    everywhere = _held(Q(counter__startswith=LOTS))
    orders = _orders().annotate(owed=_if_holding(grams), everywhere=_sum_of(everywhere))
    for order in orders.exclude(everywhere=F("owed")).order_by("pk").iterator():
        yield f"{order}: holds {order.everywhere} g of all lots, its lines need {order.owed} g"
    yield from _lots_of_lines()


def offers_hold_their_boxes(now: dt.datetime) -> Iterator[str]:
    """Every order in line to which boxes are offered holds them of its date and of lots, any other holds none."""
    mine = Movement.objects.filter(holder=Concat(Value(IN_LINE), OuterRef("number"))).order_by().values("holder")
    in_line: QuerySet[Any] = WaitingOrder.objects.annotate(
        owed=_if_offered(F("packing_units")),
        owed_grams=_if_offered(F("net_grams")),
        units=_sum_of(mine.filter(counter__startswith=DAYS)),
        grams=_sum_of(mine.filter(counter__startswith=LOTS)),
    )
    for waiting in in_line.exclude(units=F("owed"), grams=F("owed_grams")).order_by("pk").iterator():
        yield (
            f"{waiting}: holds {waiting.units} of ship dates and {waiting.grams} g of lots, "
            f"should hold {waiting.owed} and {waiting.owed_grams} g"
        )


def movements_belong_to_orders(now: dt.datetime) -> Iterator[str]:
    """Nothing is held in the name of an order, placed or in line, that does not exist."""
    kinds: tuple[tuple[str, QuerySet[Any]], ...] = (
        (PREFIX, Order.objects.all()),
        (IN_LINE, WaitingOrder.objects.all()),
    )
    for prefix, known in kinds:
        number = Substr("holder", len(prefix) + 1)
        strangers = Movement.objects.filter(holder__startswith=prefix).annotate(number=number)
        strangers = strangers.filter(~Exists(known.filter(number=OuterRef("number"))))
        sums = strangers.values("holder", "counter").annotate(held=Sum("amount")).exclude(held=0)
        for entry in sums.order_by("holder", "counter").iterator():
            yield f"{entry['holder']}: holds {entry['held']} of {entry['counter']}, but there is no such order"


def orders_cost_what_their_lines_say(now: dt.datetime) -> Iterator[str]:
    """Every total is boxes plus freight, and boxes, units and grams are those of the lines."""
    orders = _orders().annotate(
        lines_fen=Coalesce(Subquery(_lines(fen=Sum(F("quantity") * F("price_fen")))), 0),
        lines_units=Coalesce(Subquery(_lines(units=Sum(F("quantity") * F("box__packing_units")))), 0),
        lines_grams=Coalesce(Subquery(_lines(grams=Sum(F("quantity") * F("box__net_grams")))), 0),
    )
    wrong = orders.exclude(
        total_fen=F("boxes_fen") + F("freight_fen"),
        boxes_fen=F("lines_fen"),
        packing_units=F("lines_units"),
        net_grams=F("lines_grams"),
    )
    for order in wrong.order_by("pk").iterator():
        yield (
            f"{order}: ¥{yuan(order.total_fen)} for boxes of ¥{yuan(order.boxes_fen)} and freight of "
            f"¥{yuan(order.freight_fen)}; its lines say ¥{yuan(order.lines_fen)}, {order.lines_units} units, "
            f"{order.lines_grams} g"
        )


def orders_follow_their_events(now: dt.datetime) -> Iterator[str]:
    """Every order, placed or in line, stands where its history says, and the history is a path that it may go."""
    yield from broken_histories(OrderEvent.objects.all(), owner="order", begins="placed", number="number")
    in_line = WaitingOrderEvent.objects.all()
    yield from broken_histories(in_line, owner="waiting_order", begins="waiting", number="number")


def paid_orders_keep_their_price(now: dt.datetime) -> Iterator[str]:
    """Every paid order keeps exactly its price less what was granted for damage, of the one payment that it names."""
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
    wrong = paid.exclude(kept_fen=F("due_fen"), named_fen=F("due_fen"), keepers=1).exclude(due_fen=0, kept_fen=0)
    for order in _settled(wrong):
        yield (
            f"{order}: costs ¥{yuan(order.due_fen)}, keeps ¥{yuan(order.kept_fen)} of {order.keepers} payments, "
            f"¥{yuan(order.named_fen)} of the one it names"
        )


def other_orders_keep_no_money(now: dt.datetime) -> Iterator[str]:
    """Unpaid, cancelled and expired orders keep nothing but what is on its way back, however late that is."""
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
    for order in _settled(others.exclude(kept_fen=F("going_fen"))):
        yield f"{order}: keeps ¥{yuan(order.kept_fen)}, refunds of ¥{yuan(order.going_fen)} are on their way"


def damage_is_paid_as_granted(now: dt.datetime) -> Iterator[str]:
    """Every report of damage stands where its history says, and its refund is what was granted."""
    yield from broken_histories(DamageReportEvent.objects.all(), owner="report", begins="reported", number="number")
    why = Concat(Value(WHY), OuterRef("number"))
    payable = Concat(Value(PREFIX), OuterRef("order__number"))
    refunds_of_it = Refund.objects.filter(why=why, payment__payable=payable).order_by().values("why")
    sent_fen = Coalesce(Subquery(refunds_of_it.annotate(fen=Sum("amount_fen")).values("fen")), 0)
    reports: QuerySet[Any] = DamageReport.objects.select_related("order").annotate(sent_fen=sent_fen)
    moving = _moving()
    for report in reports.exclude(sent_fen=F("granted_fen")).order_by("pk").iterator():
        if report.order.payable not in moving:
            yield f"{report}: granted ¥{yuan(report.granted_fen)}, refunds of ¥{yuan(report.sent_fen)} were noted"


def damage_is_answered_in_time(now: dt.datetime) -> Iterator[str]:
    """No customer waits for an answer about damaged fruit longer than was promised."""
    for report in DamageReport.objects.filter(status=DamageReport.Status.OPEN, due_at__lte=now).order_by("due_at"):
        yield f"{report}: was to be answered by {report.due_at:%Y-%m-%d %H:%M}"


def shipped_orders_have_a_waybill(now: dt.datetime) -> Iterator[str]:
    """Every shipped order has a parcel with a waybill."""
    shipped = Order.objects.filter(status__in=(Order.Status.SHIPPED, Order.Status.DELIVERED))
    for order in shipped.filter(Q(shipment=None) | Q(shipment__waybill_no="")).order_by("pk").iterator():
        yield f"{order}: no waybill"


def holds_end_in_time(now: dt.datetime) -> Iterator[str]:
    """No unpaid order and no offer stands more than five minutes after its time ended."""
    for order in Order.objects.with_a_dead_hold(now - LATE).order_by("hold_until").iterator():
        yield f"{order}: its hold ended at {order.hold_until:%Y-%m-%d %H:%M:%S}"
    offered = WaitingOrder.objects.filter(status=WaitingOrder.Status.OFFERED, offered_until__lte=now - LATE)
    for waiting in offered.order_by("offered_until").iterator():
        yield f"{waiting}: its offer ended at {waiting.offered_until:%Y-%m-%d %H:%M:%S}"


def closed_days_sell_nothing(now: dt.datetime) -> Iterator[str]:
    """No ship date sells for a day on which the farm is closed."""
    closed = ShipDate.objects.takeable(now).filter(date__in=ClosedDay.objects.values("date"))
    for ship_date in closed.order_by("date").iterator():
        yield f"{ship_date}: still sells, though the farm is closed on that day"


def _lots_of_lines() -> Iterator[str]:
    """Lines that hold another amount of their own lot than they need."""
    counter = Concat(Value(LOTS), Cast(OuterRef("lot_id"), CharField()))
    moved = Movement.objects.filter(holder=Concat(Value(PREFIX), OuterRef("order__number")), counter=counter)
    held = moved.order_by().values("holder").annotate(sum=Sum("amount")).values("sum")
    living = OrderLine.objects.filter(order__status__in=Order.HOLDING).order_by()
    needs = living.values("order__number", "lot_id", "lot__code").annotate(
        needs=Sum(F("quantity") * F("box__net_grams"))
    )
    for line in needs.annotate(held=Coalesce(Subquery(held), 0)).exclude(held=F("needs")).iterator():
        held_now, needed, lot = line["held"], line["needs"], line["lot__code"]
        yield f"order {line['order__number']}: holds {held_now} g of lot {lot}, needs {needed} g"


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


def _moving() -> set[Any]:
    """What money is between two stories for, at this very moment."""
    waiting = OutboxMessage.objects.filter(topic__in=MOVING_MONEY, next_try_at__isnull=False)
    return {payload.get("payable") for payload in waiting.values_list("payload", flat=True).iterator()}


def _settled(orders: QuerySet[Order]) -> Iterator[Any]:
    """Orders whose money is not between two stories at this very moment."""
    moving = _moving()
    return (order for order in orders.order_by("pk").iterator() if order.payable not in moving)
