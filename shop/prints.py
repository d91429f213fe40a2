"""Paper for the packing bench: labels, packing slips and box stickers of several parcels as one file.

A wave takes seconds to draw, so nothing is drawn inside a transaction: on SQLite nobody could buy meanwhile.
"""

import io
from collections.abc import Iterable

from django.conf import settings
from django.db.models import F, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import override

from farm.refusals import Refused
from shop import carriers, tracing
from shop.links import passport_path
from shop.models import Label, Order, OrderLine, Shipment
from shop.models.orders import OrderQuerySet
from shop.slips import SlipFacts, SlipLine, draw_slips
from shop.stickers import StickerFacts, draw_stickers

MOST_AT_ONCE = 500
ORDER_END = 4


class NoLabelYet(Refused):
    code = "no_label_yet"
    conflict = True


class NoSlipYet(Refused):
    """Nobody packs the order, so nothing says yet what will lie in its parcel."""

    code = "no_slip_yet"
    conflict = True


class NoStickersYet(Refused):
    """Until it is planned an order's boxes may still come from another lot."""

    code = "no_stickers_yet"
    conflict = True


class TooManyPapers(Refused):
    """One file of them would hold up the bench, and everybody else, for minutes."""

    code = "too_many_papers"


def chosen(orders: OrderQuerySet) -> list[Order]:
    """The orders that somebody chose from a list, by order.

    :raises TooManyPapers: when they are more than fit one file.
    """
    found = list(orders.order_by("pk")[: MOST_AT_ONCE + 1])
    if len(found) > MOST_AT_ONCE:
        raise TooManyPapers(
            _("More than %(most)s orders are chosen.") % {"most": MOST_AT_ONCE},
            advice=_("Choose fewer at once, or print a whole wave from its own page."),
        )
    return found


def labels(*, orders: Iterable[Order]) -> bytes:
    """Return the stored labels of `orders` as one PDF, a page each by order, and count the print.

    :raises NoLabelYet: naming the orders that have none; nothing is printed.
    """
    stored = _stored_labels(orders)
    pdf = _bound(stored.values())
    _count(stored)
    return pdf


def slips(*, orders: Iterable[Order]) -> bytes:
    """Return the packing slips of planned orders as one PDF, by order.

    :raises NoSlipYet: naming the orders that are not planned; nothing is printed.
    """
    return draw_slips(list(_slips_of(orders).values()))


def labels_with_slips(*, orders: Iterable[Order]) -> bytes:
    """Return all paper of each order together: its label, a gift's card, its packing slip; the label's print counts.

    :raises Refused: naming the orders of which a paper is missing; nothing is printed.
    """
    orders = list(orders)
    known, stored = _slips_of(orders), _stored_labels(orders)
    pdf = _bound(paper for pk in known for paper in (stored[pk], draw_slips([known[pk]])))
    _count(stored)
    return pdf


def stickers(*, orders: Iterable[Order]) -> bytes:
    """Return a sticker for every box of planned orders as one PDF, by order; a second print shows the same codes.

    :raises NoStickersYet: naming the orders that are not planned; nothing is printed.
    """
    rows = _planned(orders, NoStickersYet, _("An order's boxes have stickers from the moment it is planned."))
    tracing.issue(rows)
    lines = OrderLine.objects.filter(order__in=[order.pk for order in rows]).order_by("order_id", "pk")
    return draw_stickers([_sticker_of(line) for line in lines.select_related("order", "box", "lot")])


def _stored_labels(orders: Iterable[Order]) -> dict[int, bytes]:
    """The label of each order by its key, the oldest first."""
    numbers = {order.pk: order.number for order in orders}
    found = Label.objects.filter(shipment__order__in=numbers).order_by("shipment__order_id")
    stored = {label.shipment.order_id: bytes(label.pdf) for label in found.select_related("shipment")}
    missing = sorted(number for pk, number in numbers.items() if pk not in stored)
    if missing or not stored:
        raise NoLabelYet(
            _("No label yet: %(numbers)s.") % {"numbers": ", ".join(missing[:10])},
            advice=_when_drawn(missing),
        )
    return stored


def _when_drawn(missing: list[str]) -> str:
    """What staff do about missing labels: those of a carrier without an interface never come by themselves."""
    parcels = Shipment.objects.filter(order__number__in=missing)
    unwritten = parcels.filter(carrier__in=carriers.by_hand(), waybill_no="")
    is_by_hand = carriers.named(settings.CARRIER).is_by_hand and parcels.count() < len(missing)  # not packed yet
    if is_by_hand or unwritten.exists():
        return _(
            "The label is drawn with the carrier's waybill: pack the parcel, then press “Write the waybill” on the "
            "page of its order. Or print the others without these."
        )
    return _("Labels are drawn after packing: wait a moment, or print the others without these.")


def _count(stored: dict[int, bytes]) -> None:
    """Note a print of each label, once it is drawn: meanwhile others go on selling, so nothing may be locked."""
    Label.objects.filter(shipment__order__in=stored).update(prints=F("prints") + 1)


def _slips_of(orders: Iterable[Order]) -> dict[int, SlipFacts]:
    rows = _planned(orders, NoSlipYet, _("An order has a packing slip from the moment it is planned."))
    prefetch_related_objects(rows, "lines__box", "lines__lot")
    return {order.pk: _slip_of(order) for order in rows}


def _planned(orders: Iterable[Order], refusal: type[Refused], advice: str) -> list[Order]:
    """Read the orders anew, by order.

    :raises Refused: as `refusal`, naming those that nobody packs yet.
    """
    chosen = Order.objects.filter(pk__in=[order.pk for order in orders])
    rows = list(chosen.select_related("ship_date").order_by("pk"))
    missing = sorted(order.number for order in rows if order.wave_id is None)
    if missing or not rows:
        raise refusal(_("Not planned yet: %(numbers)s.") % {"numbers": ", ".join(missing[:10])}, advice=advice)
    return rows


def _slip_of(order: Order) -> SlipFacts:
    with override(order.language):
        lines = tuple(
            SlipLine(line.box.name, line.quantity, line.lot.code, line.lot.harvested_on, line.price_fen)
            for line in order.lines.all()
        )
    return SlipFacts(
        order_number=order.number,
        language=order.language,
        ship_date=order.ship_date.date,
        lines=lines,
        net_grams=order.net_grams,
        freight_fen=order.freight_fen,
        total_fen=order.total_fen,
        shows_prices=not order.hides_price,
        gift_message=order.gift_message,
    )


def _sticker_of(line: OrderLine) -> StickerFacts:
    order = line.order
    with override(order.language):
        return StickerFacts(
            address=f"{settings.PUBLIC_URL}{passport_path(line.passport or '')}",
            language=order.language,
            box=line.box.name,
            lot=line.lot.code,
            harvested_on=line.lot.harvested_on,
            best_before=line.lot.best_before,
            order_end=order.number[-ORDER_END:],
            boxes=line.quantity,
        )


def _bound(papers: Iterable[bytes]) -> bytes:
    from pypdf import PdfReader, PdfWriter  # a quarter of a second that only who prints waits for

    bound = PdfWriter()
    for paper in papers:
        bound.append(PdfReader(io.BytesIO(paper)))
    pdf = io.BytesIO()
    bound.write(pdf)
    return pdf.getvalue()
