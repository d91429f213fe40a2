"""From packed to handed over: waybill, label, and the moment the carrier's driver takes the parcel."""

import datetime as dt
import re
import unicodedata
from collections import Counter
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from farm import jobs, outbox, rows
from farm.refusals import Refused
from farm.states import WrongState
from shop import carriers, freight, stranded, tracking
from shop.addresses import Address
from shop.carriers import ShipmentRequest
from shop.fulfilment import LABEL_JOB, bench_is_automatic, nothing
from shop.labels import LabelFacts, draw_label
from shop.models import Label, Order, OrderLine, Shipment

SHIP_JOB = "shop.tasks.ship"
WAYBILL = re.compile(r"[A-Z0-9][A-Z0-9-]{5,31}")
WAYBILL_WRITTEN, ADDRESS_SHOWN = "waybill written", "address shown"
KEEP_LABELS = dt.timedelta(days=30)
Status = Order.Status


class WaybillMissing(Refused):
    """The parcel cannot leave without a waybill number."""

    code = "waybill_missing"


class BadWaybill(Refused):
    """What was typed cannot be a waybill number."""

    code = "bad_waybill"


class OtherWaybill(Refused):
    """The parcel has another waybill: most likely the wrong parcel was scanned."""

    code = "other_waybill"
    conflict = True


class WaybillTaken(Refused):
    """The waybill belongs to another parcel."""

    code = "waybill_taken"
    conflict = True


class NoAddressNeeded(Refused):
    """Nobody writes a waybill for this parcel, so nobody has to see where it goes."""

    code = "no_address_needed"
    conflict = True


def label(*, number: str, now: dt.datetime) -> jobs.Recording:
    """Get the waybill from the carrier, draw the label; a repeat after a crash gets the same waybill."""
    shipment = rows.first(_with_date, number)
    if shipment is None:  # it was taken apart meanwhile
        return nothing
    carrier = carriers.named(shipment.carrier)
    waybill_no = shipment.waybill_no or carrier.create_shipment(_request(shipment))
    pdf = draw_label(_facts(shipment, waybill_no, carrier.title))
    return partial(_label_drawn, shipment, waybill_no, pdf, now)


def ship(*, number: str, now: dt.datetime) -> jobs.Recording:
    """The automatic bench hands a labelled parcel over; one that staff handed over is left alone."""
    shipment = rows.first(_with_order, number)
    if shipment is None or shipment.order.status != Status.PACKED:
        return nothing
    return partial(_handed_over_or_taken_apart, shipment, now)


@transaction.atomic
def write_waybill(*, order: Order, waybill_no: str, by: str, now: dt.datetime) -> Shipment:
    """Note, or correct, the waybill that staff typed for a carrier without an interface, and ask for its label.

    :raises WrongState: unless the order is packed.
    :raises Refused: when it is no waybill number, another parcel's, or not for people to give.
    """
    shipment, typed = _packed_parcel(order), _clean(waybill_no)
    if typed == shipment.waybill_no:
        return shipment
    if not carriers.named(shipment.carrier).is_by_hand:
        raise _other_waybill(shipment)
    _keep_waybill(shipment, typed)
    Label.objects.filter(shipment=shipment).delete()  # a label with the corrected number must not be printed again
    order.log(WAYBILL_WRITTEN, at=now, by=by, waybill_no=typed)
    nth = order.events.filter(what=WAYBILL_WRITTEN).count()  # nobody else counts on: the parcel's row is held
    jobs.ask(LABEL_JOB, f"label:{order.number}:{nth}", now=now, number=order.number)
    return shipment


@transaction.atomic
def show_address(*, order: Order, by: str, now: dt.datetime) -> Address:
    """The whole address, for staff who write the carrier's own waybill; each look is a line of the order's history.

    :raises WrongState: unless the order is packed.
    :raises NoAddressNeeded: when a program asks the carrier for the waybill.
    """
    shipment = _packed_parcel(order)
    if not carriers.named(shipment.carrier).is_by_hand:
        raise NoAddressNeeded(
            _("The carrier of order %(number)s has the address already.") % {"number": order.number},
            advice=_("Print its label: it shows all that the driver needs."),
        )
    order.log(ADDRESS_SHOWN, at=now, by=by)
    return _address(order)


@transaction.atomic
def hand_over(*, order: Order, waybill_no: str, by: str, now: dt.datetime) -> Order:
    """Staff gave the parcel to the carrier. `waybill_no` is typed or scanned; "" where the parcel has one already.

    :raises WrongState: unless the order is packed.
    :raises UnsoundLot: while one of its lots is withdrawn, or over before it arrives.
    :raises Refused: without any waybill, or with another parcel's.
    """
    stranded.refuse_unsound(order, while_it_is=Status.PACKED)
    shipment = _packed_parcel(order)
    if waybill_no and not shipment.waybill_no:
        shipment = write_waybill(order=order, waybill_no=waybill_no, by=by, now=now)
    if not shipment.waybill_no:
        raise _waybill_missing(shipment)
    if waybill_no and _clean(waybill_no) != shipment.waybill_no:
        raise _other_waybill(shipment)
    _handed_over(shipment, by, now)
    return shipment.order


def delete_old_labels(now: dt.datetime) -> int:
    """Delete labels of parcels delivered 30 days ago and more: nobody needs the address any longer."""
    return Label.objects.filter(shipment__delivered_at__lte=now - KEEP_LABELS).delete()[0]


def _label_drawn(shipment: Shipment, waybill_no: str, pdf: bytes, now: dt.datetime) -> None:
    """Store waybill and label together, unless staff corrected the waybill while the label was drawn."""
    if not rows.update(_with_no_other, {"waybill_no": waybill_no}, shipment.pk, waybill_no):
        return
    rows.insert_new([Label(shipment=shipment, pdf=pdf, drawn_at=now)])
    if bench_is_automatic():
        jobs.ask(SHIP_JOB, f"ship:{shipment.request_no}", now=now, number=shipment.order.number)


def _handed_over_or_taken_apart(shipment: Shipment, now: dt.datetime) -> None:
    """A lot was withdrawn while the parcel waited for its carrier: staff have their task, planning finds the rest."""
    if stranded.is_unsound(shipment.order, while_it_is=Status.PACKED):
        stranded.take_apart(order=shipment.order, by="system", now=now)
    else:
        _handed_over(shipment, "system", now)


def _handed_over(shipment: Shipment, by: str, now: dt.datetime) -> None:
    order = shipment.order
    details = {"carrier": shipment.carrier, "waybill_no": shipment.waybill_no}
    order.move(Status.SHIPPED, at=now, by=by, details=details)
    shipment.shipped_at, shipment.promised_on = now, freight.promised(order.division_code, localdate(now))
    facts = {"shipped_at": now, "promised_on": shipment.promised_on, "ask_again_at": tracking.first_ask(shipment, now)}
    if not rows.update(_as_read, facts, shipment.pk, shipment.waybill_no):
        raise WrongState(order, Status.SHIPPED)  # its waybill was corrected while we looked at the old one
    outbox.publish("order.shipped", at=now, number=order.number)


def _packed_parcel(order: Order) -> Shipment:
    shipment = rows.first(_packed, order.pk)
    if shipment is None:
        raise WrongState(order, Status.SHIPPED)
    return shipment


def _packed(order: int) -> QuerySet[Shipment]:
    return Shipment.objects.select_related("order").filter(order=order, order__status=Status.PACKED)


def _with_order(number: str) -> QuerySet[Shipment]:
    return Shipment.objects.select_related("order").filter(order__number=number)


def _with_date(number: str) -> QuerySet[Shipment]:
    return Shipment.objects.select_related("order__ship_date").filter(order__number=number)


def _with_no_other(pk: int, waybill_no: str) -> QuerySet[Shipment]:
    return Shipment.objects.filter(pk=pk, waybill_no__in=("", waybill_no))


def _as_read(pk: int, waybill_no: str) -> QuerySet[Shipment]:
    return Shipment.objects.filter(pk=pk, waybill_no=waybill_no)


def _lines(order: int) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(order=order).select_related("box")


def _waybill_missing(shipment: Shipment) -> WaybillMissing:
    if carriers.named(shipment.carrier).is_by_hand:
        advice = _("Write it first: “Write the waybill” on the page of the order.")
    else:
        advice = _("Wait a moment until its label is drawn: the waybill comes with it.")
    return WaybillMissing(
        _("Order %(number)s has no waybill yet.") % {"number": shipment.order.number},
        advice=advice,
        field="waybill_no",
    )


def _other_waybill(shipment: Shipment) -> OtherWaybill:
    words = {"number": shipment.order.number, "waybill": shipment.waybill_no or "…"}
    return OtherWaybill(
        _("This is not the waybill of order %(number)s.") % words,
        advice=_("Check that you have the right parcel: its own waybill is %(waybill)s.") % words,
        field="waybill_no",
    )


def _clean(waybill_no: str) -> str:
    """Scanners and people add blanks, and Chinese keyboards full-width digits."""
    typed = "".join(unicodedata.normalize("NFKC", waybill_no).split()).upper()
    if not WAYBILL.fullmatch(typed):
        raise BadWaybill(
            _("“%(typed)s” is no waybill number.") % {"typed": waybill_no[:40]},
            advice=_("Type the 6 to 32 letters and digits under the barcode of the waybill."),
            field="waybill_no",
        )
    return typed


def _keep_waybill(shipment: Shipment, waybill_no: str) -> None:
    shipment.waybill_no = waybill_no
    try:
        with transaction.atomic():
            here = Shipment.objects.filter(pk=shipment.pk, shipped_at=None).update(waybill_no=waybill_no)
    except IntegrityError as error:
        raise WaybillTaken(
            _("The waybill %(waybill)s belongs to another parcel.") % {"waybill": waybill_no},
            advice=_("Take a new waybill, or find the parcel that has this one."),
            field="waybill_no",
        ) from error
    if not here:
        raise WrongState(shipment.order, Status.SHIPPED)  # it left while we looked


def _request(shipment: Shipment) -> ShipmentRequest:
    return ShipmentRequest(shipment.request_no, _address(shipment.order), shipment.order.net_grams)


def _facts(shipment: Shipment, waybill_no: str, carrier_name: str) -> LabelFacts:
    order = shipment.order
    boxes: Counter[str] = Counter()
    for line in rows.read(_lines, order.pk):
        boxes[line.box.name_zh] += line.quantity
    return LabelFacts(
        waybill_no=waybill_no,
        carrier_name=carrier_name,
        order_number=order.number,
        to=_address(order),
        ship_date=order.ship_date.date,
        boxes=list(boxes.items()),
        parcel=1,
        parcels=1,
        net_grams=order.net_grams,
        sort_code=order.division_code,
        gift_message=order.gift_message,
    )


def _address(order: Order) -> Address:
    return Address(order.name, order.phone, order.province, order.city, order.district, order.street)
