"""Things a test needs, each with the plainest default, made through the farm's own stories."""

import datetime as dt
import functools
import uuid
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from celery import current_app
from django.db.models import QuerySet

from farm import outbox, payments, rows
from farm.models import Job, Payment
from farm.payments import cashier
from shop import checkout, fulfilment, parcels, planning, tracking, waiting
from shop.addresses import Address
from shop.models import Box, ColdRoom, LiveShow, Lot, Order, ShipDate, Variety, WaitingOrder
from shop.pricing import Want

FARM_TIME = ZoneInfo("Asia/Shanghai")
DAY = dt.date(2026, 9, 10)
NOW = dt.datetime(2026, 9, 8, 10, 0, tzinfo=FARM_TIME)
HOME = Address("王小明", "13812345678", "辽宁省", "锦州市", "北镇市", "闾山路12号3单元402室")


def made(row: Any) -> Any:
    """Write a row down by a statement that is kept: the ORM's own, written anew each time, costs five times as much."""
    if row.pk:
        row.save(force_insert=True)
    else:
        rows.insert_one(row)
    return row


def a_variety(code: str = "kyoho", **different: Any) -> Variety:
    words = {"name_zh": "巨峰", "name_en": "Kyoho", "skin": "purple", "keeps_days": 60}
    return rows.first(_variety, code) or made(Variety(code=code, **{**words, **different}))


def _variety(code: str) -> QuerySet[Variety]:
    return Variety.objects.filter(code=code)


def a_box(sku: str = "kyoho-2500", *, variety: Variety | None = None, **different: Any) -> Box:
    if known := rows.first(_box, sku):
        return known
    plain = {
        "name_zh": "巨峰 2.5 公斤",
        "name_en": "Kyoho 2.5 kg",
        "net_grams": 2500,
        "price_fen": 6800,
        "max_per_order": 50,
        "season_from": dt.date(2026, 1, 1),
        "season_until": dt.date(2027, 12, 31),
    }
    return made(Box(sku=sku, variety=variety or a_variety(), **{**plain, **different}))


def _box(sku: str) -> QuerySet[Box]:
    return Box.objects.filter(sku=sku)


def a_lot(code: str = "L1", *, boxes: int = 600, variety: Variety | None = None, **different: Any) -> Lot:
    """A lot that fills `boxes` boxes of 2.5 kg."""
    plain = {
        "cold_room": rows.first(_room) or made(ColdRoom(code="C1", name_zh="一号库", name_en="Room 1", celsius=0)),
        "grower": "老李",
        "block": "A-1",
        "harvested_on": DAY - dt.timedelta(days=5),
        "best_before": DAY + dt.timedelta(days=40),
        "limit": boxes * 2500,
    }
    return made(Lot(code=code, variety=variety or a_variety(), **{**plain, **different}))


def _room() -> QuerySet[ColdRoom]:
    return ColdRoom.objects.filter(code="C1")


def a_ship_date(date: dt.date = DAY, *, limit: int = 500, **different: Any) -> ShipDate:
    """A ship date whose cut-off is 20:00 on the evening before."""
    evening = dt.datetime.combine(date - dt.timedelta(days=1), dt.time(20, 0), FARM_TIME)
    return made(ShipDate(date=date, limit=limit, **{"cut_off_at": evening, **different}))


def a_shop() -> ShipDate:
    """One box on sale, one lot, one ship date: the least that sells."""
    a_box()
    a_lot()
    return a_ship_date()


def a_wish(boxes: int = 1, *, sku: str = "kyoho-2500", date: dt.date = DAY, **different: Any) -> checkout.Wanted:
    return checkout.Wanted(wants=(Want(sku, boxes),), date=date, **{"address": HOME, **different})


def a_show(
    code: str = "night", *, boxes: Sequence[Box] = (), dates: Sequence[ShipDate] = (), **different: Any
) -> LiveShow:
    """A live show that is on, selling the box of 2.5 kg on every date unless told otherwise."""
    plain = {
        "host_zh": "小李", "host_en": "Li", "title_zh": "巨峰之夜", "title_en": "Kyoho night",
        "starts_at": NOW - dt.timedelta(hours=1), "ends_at": NOW + dt.timedelta(hours=2),
    }  # fmt: skip
    show = LiveShow.objects.create(code=code, **{**plain, **different})
    show.boxes.set(boxes or [a_box()])
    show.ship_dates.set(dates)
    return show


def an_order(boxes: int = 1, *, key: str = "", now: dt.datetime = NOW, **different: Any) -> Order:
    return checkout.place_order(wanted=a_wish(boxes, **different), key=key or uuid.uuid4().hex, now=now)


def a_place_in_line(
    boxes: int = 2, phone: str = "13911112222", *, date: dt.date = DAY, **different: Any
) -> WaitingOrder:
    """An order in line for a full date."""
    plain = {"wants": [Want("kyoho-2500", boxes)], "language": "en", "now": NOW}
    return waiting.join(date=date, phone=phone, **{**plain, **different})


def an_attempt(*, now: dt.datetime = NOW, **different: Any) -> Payment:
    """An attempt to pay ¥128.00 at the practice cashier within 15 minutes."""
    provider, return_url = different.pop("provider", "practice"), different.pop("return_url", "/o/token/")
    plain = {
        "payable": "order:TEST",
        "amount_fen": 12800,
        "subject": "2 boxes of Kyoho",
        "expires_at": NOW + dt.timedelta(minutes=15),
    }
    return payments.start(payments.Bill(**{**plain, **different}), provider=provider, return_url=return_url, now=now)


def a_capture(order: Order, *, now: dt.datetime = NOW) -> Payment:
    """The practice cashier takes the whole amount for `order`; nobody has told the order yet."""
    payment = an_attempt(payable=order.payable, amount_fen=order.total_fen, expires_at=order.hold_until, now=now)
    cashier.pay(payment, now)
    payment.refresh_from_db()
    return payment


def a_paid_order(boxes: int = 1, *, now: dt.datetime = NOW, **different: Any) -> Order:
    order = an_order(boxes, now=now, **different)
    a_capture(order, now=now)
    outbox.deliver_due(now)
    order.refresh_from_db()
    return order


@functools.cache
def _know_tasks() -> None:
    """Import every room's tasks, as a worker does when it starts."""
    current_app.loader.import_default_modules()


def work_off(now: dt.datetime = NOW) -> None:
    """Do what workers would do until nothing is due: tell messages, run jobs, without any broker."""
    _know_tasks()
    for _ in range(20):
        told = outbox.deliver_due(now)
        due = Job.objects.filter(state=Job.State.WAITING, next_try_at__lte=now).order_by("pk")
        waiting = list(due.values_list("kind", "key"))
        with time_machine.travel(now, tick=False):
            for kind, key in waiting:
                current_app.tasks[kind](key=key)
        if not told and not waiting:
            return
    raise AssertionError("work that never ends")


def packed(order: Order) -> Order:
    """Plan a paid order and let staff pick and pack it; waybill and label follow where a program gets them."""
    planning.plan_day(ship_date=order.ship_date, now=NOW)
    order.refresh_from_db()
    fulfilment.confirm_picked(order=order, by="packer", now=NOW)
    fulfilment.confirm_packed(order=order, by="packer", now=NOW)
    work_off(NOW)
    order.refresh_from_db()
    return order


def shipped(order: Order) -> Order:
    """Pack a paid order, and hand its parcel over."""
    order = packed(order)
    if order.status == Order.Status.PACKED:
        parcels.hand_over(order=order, waybill_no="", by="packer", now=NOW)
    order.refresh_from_db()
    return order


def a_delivered_order(boxes: int = 1, **different: Any) -> Order:
    """A parcel that arrived just now, with everything told."""
    order = shipped(a_paid_order(boxes, **different))
    tracking.confirm_delivered(order=order, by="li.na", now=NOW)
    work_off()
    order.refresh_from_db()
    return order
