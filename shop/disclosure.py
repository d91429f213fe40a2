"""What the shop holds about a customer, whole and in plain words, for the customer."""

from typing import Any

from django.db.models import Prefetch

from farm.disclosure import Facts, fields, money_of
from farm.models import Customer
from shop import customers
from shop.models import DamagedBoxes, DamageReport, KeptAddress, Order, OrderLine, WaitingOrder

ADDRESS = ("name", "phone", "province", "city", "district", "street")


def held_about(customer: Customer) -> Facts:
    """Kept addresses, orders with all that happened to them, gifts that came from others, places in line."""
    orders = list(_orders(customer))
    money = money_of(order.payable for order in orders)
    kept = KeptAddress.objects.filter(customer=customer)
    waiting = customers.waiting_of(customer).select_related("ship_date").prefetch_related("events")
    return {
        "addresses": [fields(one, *ADDRESS, "is_default", "kept_at") for one in kept],
        "orders": [{**_order(order), "payments": money.get(order.payable, [])} for order in orders],
        "gifts_received": [
            _gift(order) for order in customers.given_to(customer).select_related("ship_date").order_by("pk")
        ],
        "waiting_orders": [_waiting(place) for place in waiting.order_by("pk")],
    }


def spoken_of(customer: Customer) -> list[str]:
    """The names under which messages speak of what is theirs."""
    places = customers.waiting_of(customer).only("number")
    return [one.payable for one in customers.orders_of(customer).only("number")] + [one.holder for one in places]


def _orders(customer: Customer) -> Any:
    boxes = Prefetch("boxes", DamagedBoxes.objects.select_related("box"))
    reports = Prefetch("damage_reports", DamageReport.objects.order_by("pk").prefetch_related(boxes, "photos"))
    lines = Prefetch("lines", OrderLine.objects.select_related("box", "lot"))
    known = customers.orders_of(customer).select_related("ship_date", "shipment", "live_show").order_by("pk")
    return known.prefetch_related(lines, "events", "shipment__tracking", reports)


def _order(order: Order) -> Facts:
    told = (
        "number",
        "status",
        "placed_at",
        "paid_at",
        "buyer_phone",
        *ADDRESS,
        "language",
        "gift_message",
        "hides_price",
    )
    return {
        **fields(order, *told, "boxes_fen", "freight_fen", "total_fen"),
        "ship_date": order.ship_date.date,
        "live_show": order.live_show.code if order.live_show else None,
        "lines": [
            {"sku": line.box.sku, "lot": line.lot.code, **fields(line, "quantity", "price_fen")}
            for line in order.lines.all()
        ],
        "history": [fields(event, "at", "what", "details") for event in order.events.all()],
        "parcel": _parcel(order),
        "damage_reports": [_damage(report) for report in order.damage_reports.all()],
    }


def _gift(order: Order) -> Facts:
    """What the farm holds about who got it; who gave it and for how much is the giver's."""
    return {**fields(order, "status", "placed_at", *ADDRESS, "gift_message"), "ship_date": order.ship_date.date}


def _parcel(order: Order) -> Facts | None:
    shipment = getattr(order, "shipment", None)
    if shipment is None:
        return None
    tracking = [fields(event, "at", "code", "place", "text") for event in shipment.tracking.all()]
    told = ("carrier", "waybill_no", "packed_at", "shipped_at", "promised_on", "delivered_at")
    return {**fields(shipment, *told), "tracking": tracking}


def _damage(report: DamageReport) -> Facts:
    told = ("number", "status", "words", "asks_fen", "granted_fen", "answer", "reported_at", "answered_at")
    return {
        **fields(report, *told),
        "boxes": [{"sku": part.box.sku, **fields(part, "quantity", "grams")} for part in report.boxes.all()],
        "photos": [fields(photo, "place", "kept_at") for photo in report.photos.all()],
    }


def _waiting(place: WaitingOrder) -> Facts:
    told = ("number", "status", "wants", "phone", "language", "joined_at", "offered_until")
    history = [fields(event, "at", "what") for event in place.events.all()]
    return {**fields(place, *told), "ship_date": place.ship_date.date, "history": history}
