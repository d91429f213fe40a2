"""The pick list of a wave: which boxes to fetch from which lot, in the order one walks through the cold rooms."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from shop.models import Box, ColdRoom, Lot, OrderLine, PickWave


@dataclass(frozen=True)
class PickLine:
    """So many boxes of one kind out of one lot, for so many orders."""

    cold_room: ColdRoom
    lot: Lot
    box: Box
    boxes: int
    orders: int


def pick_list(*, wave: PickWave) -> list[PickLine]:
    """Return what the wave needs by cold room, the lot that expires first above; three queries for any wave."""
    lines = OrderLine.objects.filter(order__wave=wave)
    sums = list(
        lines.order_by("lot__cold_room__code", "lot__best_before", "lot__pk", "box__variety__position", "box__sku")
        .values("lot", "box")
        .annotate(boxes=Sum("quantity"), orders=Count("order", distinct=True))
    )
    lots = Lot.objects.select_related("cold_room").in_bulk([line["lot"] for line in sums])
    boxes = Box.objects.select_related("variety").in_bulk([line["box"] for line in sums])
    return [
        PickLine(lots[line["lot"]].cold_room, lots[line["lot"]], boxes[line["box"]], line["boxes"], line["orders"])
        for line in sums
    ]
