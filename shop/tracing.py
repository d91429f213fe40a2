"""From a box back to its vines, and from a lot to every box that was filled from it."""

import datetime as dt
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Sum
from django.utils.timezone import localdate

from shop.models import Box, Lot, Order, OrderLine
from shop.models.orders import OrderLineQuerySet

CODE_BYTES = 12
CODE = re.compile(r"[\w-]+", re.ASCII)
AT_ONCE = 500


@dataclass(frozen=True)
class Passport:
    """What anybody may know of a box: where it comes from, never whose it is. Without `packed_on` it is not packed."""

    code: str
    box: Box
    lot: Lot
    packed_on: dt.date | None

    @property
    def grapes(self) -> Lot | None:
        """Its lot, once nothing can change it any more."""
        return self.lot if self.packed_on else None


@dataclass(frozen=True)
class Whereabouts:
    """So many boxes of a lot, of so many orders, stand in one status."""

    status: Order.Status
    orders: int
    boxes: int


@transaction.atomic(savepoint=False)
def issue(orders: Iterable[Order]) -> None:
    """Give each line of `orders` the code of its boxes' passport; a line that has one keeps it."""
    without = OrderLine.objects.filter(order__in=[order.pk for order in orders], passport=None)
    lines = list(without.order_by("pk").select_for_update())
    for line in lines:
        line.passport = _new_code()
    OrderLine.objects.bulk_update(lines, ["passport"], batch_size=AT_ONCE)


def passport(code: str) -> Passport | None:
    """The passport behind the code on a box, in one query that reads nothing of the person."""
    if not CODE.fullmatch(code):  # PostgreSQL refuses to look for some texts
        return None
    lines = OrderLine.objects.select_related("box__variety", "lot__variety", "lot__cold_room")
    line: Any = lines.filter(passport=code).annotate(packed_at=F("order__shipment__packed_at")).first()
    if line is None:
        return None
    return Passport(code, line.box, line.lot, localdate(line.packed_at) if line.packed_at else None)


def boxes_of(lot: Lot) -> OrderLineQuerySet:
    """Every line of an order that keeps grapes of the lot, wherever it has come by now."""
    return OrderLine.objects.filter(lot=lot).held()


def whereabouts(lot: Lot) -> list[Whereabouts]:
    """How many boxes of the lot stand where, from ordered to delivered, in one query."""
    sums = boxes_of(lot).order_by().values("order__status")
    found = {
        row["order__status"]: row for row in sums.annotate(orders=Count("order", distinct=True), boxes=Sum("quantity"))
    }
    return [
        Whereabouts(status, found[status]["orders"], found[status]["boxes"])
        for status in Order.HOLDING
        if status in found
    ]


def _new_code() -> str:
    """One that no spreadsheet takes for a formula: files would say it otherwise than the box does."""
    code = "-"
    while code.startswith("-"):
        code = secrets.token_urlsafe(CODE_BYTES)
    return code
