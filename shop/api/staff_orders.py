"""Desk and packing bench over REST: orders, waves, and each step of an order as a noun of its own."""

from typing import Any

import django_filters
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.paging import ByCursor
from farm.api.schema import (
    BAD_FIELDS,
    NOT_FOUND,
    NOT_STAFF,
    PAGING,
    WRONG_STATE,
    Answer,
    Sent,
    in_path,
    in_query,
    page,
    told,
)
from farm.api.shapes import read, show
from farm.api.views import StaffDoor
from shop import changes, fulfilment, parcels, stranded, tracking
from shop.api import staff_examples as examples
from shop.api.examples import CLOSED, LARGER_THAN_A_DAY, NOT_ENOUGH_FRUIT, SOLD_OUT
from shop.api.serializers import ShipDateIn
from shop.api.staff_serializers import PickListOut, StaffOrderOut, UnpackingIn, WaybillIn, WholeStaffOrderOut
from shop.models import Label, Order, PickWave
from shop.models.orders import OrderQuerySet
from shop.picklist import pick_list

NUMBER = in_path("number", "the order number", examples.NUMBER)
STEP = Answer(StaffOrderOut, examples.ORDER)
PARCEL_STEP = [NOT_STAFF, NOT_FOUND, WRONG_STATE]
SOUND_STEP = [examples.UNSOUND_LOT, *PARCEL_STEP]


class OrderFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """The filters of the staff's list of orders."""

    status = django_filters.ChoiceFilter(choices=Order.Status.choices)
    ship_date = django_filters.DateFilter(field_name="ship_date__date")
    stranded = django_filters.BooleanFilter(method="only_stranded")
    phone_last4 = django_filters.CharFilter(field_name="phone", lookup_expr="endswith", max_length=4, min_length=4)

    class Meta:
        model = Order
        fields: tuple[str, ...] = ()

    def only_stranded(self, orders: OrderQuerySet, name: str, wanted: bool) -> OrderQuerySet:
        return orders.stranded() if wanted else orders


class StaffOrders(StaffDoor):
    needs = {"GET": "shop.view_order"}

    @told(
        "listOrders",
        "The orders, newest first",
        gives=Answer(page(StaffOrderOut), examples.page_of(examples.ORDER)),
        refuses=[BAD_FIELDS, NOT_STAFF, NOT_FOUND],
        parameters=[
            in_query("status", "only orders in this state", "paid"),
            in_query("ship_date", "only orders of this date", "2026-09-10"),
            in_query("stranded", "true: only orders to move or cancel: day closed, lot withdrawn or over", "true"),
            in_query("phone_last4", "only orders whose phone ends so", "5678"),
            *PAGING,
        ],
    )
    def get(self, request: Request) -> Response:
        """For staff who may not see personal data names and phones are masked, and nobody is looked for by phone.
        That others saw them whole is kept on record."""
        if request.query_params.get("phone_last4") and not _may_see_people(request):
            raise PermissionDenied  # else ten thousand guesses would unmask a phone
        chosen = OrderFilter(request.query_params, queryset=Order.objects.select_related("ship_date"))
        if not chosen.is_valid():
            raise ValidationError(chosen.errors)
        pages = ByCursor()
        orders: list[Order] = pages.paginate_queryset(chosen.qs, request, self) or []
        if _may_see_people(request):
            self.note_looked(request, orders, _("%(count)s orders") % {"count": len(orders)})
        return pages.get_paginated_response([_shown(order, request) for order in orders])


class StaffPickList(StaffDoor):
    needs = {"GET": "shop.view_pickwave"}

    @told(
        "getPickList",
        "The pick list of a wave",
        gives=Answer(PickListOut, {"wave": examples.WAVE, "lines": [examples.PICK_LINE]}),
        refuses=[NOT_STAFF, NOT_FOUND],
        parameters=[in_path("wave", "the wave's id", 17)],
    )
    def get(self, request: Request, wave: int) -> Response:
        """What to fetch from which lot, in the order one walks through the cold rooms."""
        found = PickWave.objects.select_related("ship_date").filter(pk=wave).first()
        if found is None:
            raise Http404
        return Response(show(PickListOut, {"wave": found, "lines": pick_list(wave=found)}))


class BenchDoor(StaffDoor):
    """One step at the packing bench, by staff who may pack."""

    needs = {"GET": "shop.pack_order", "POST": "shop.pack_order", "PUT": "shop.pack_order"}


class StaffPicking(BenchDoor):
    @told("pickOrder", "All boxes of an order are at the bench", gives=STEP, refuses=SOUND_STEP, parameters=[NUMBER])
    def post(self, request: Request, number: str) -> Response:
        """From planned to picked."""
        order = fulfilment.confirm_picked(order=_order(number), by=self.by(request), now=timezone.now())
        return Response(_shown(order, request))


class StaffPacking(BenchDoor):
    @told("packOrder", "The parcel of an order is closed", gives=STEP, refuses=SOUND_STEP, parameters=[NUMBER])
    def post(self, request: Request, number: str) -> Response:
        """From picked to packed. Waybill and label follow by themselves, unless the carrier has no interface."""
        order = fulfilment.confirm_packed(order=_order(number), by=self.by(request), now=timezone.now())
        return Response(_shown(order, request))


class StaffUnpacking(BenchDoor):
    @told(
        "takeApartOrder",
        "The boxes of an order were set aside",
        takes=Sent(UnpackingIn, {"why": "spoilt"}),
        gives=Answer(StaffOrderOut, examples.TAKEN_APART),
        refuses=[examples.NOTHING_WRONG, *PARCEL_STEP],
        parameters=[NUMBER],
    )
    def post(self, request: Request, number: str) -> Response:
        """From picked or packed back to paid, because a lot of it is withdrawn or over, or for the reason you give:
        then it can be moved or cancelled. Its parcel is gone, with waybill and label."""
        why = read(UnpackingIn, request.data)["why"]
        order = stranded.take_apart(order=_order(number), by=self.by(request), now=timezone.now(), why=why)
        return Response(_shown(order, request))


class StaffWaybill(BenchDoor):
    @told(
        "writeWaybill",
        "Note the waybill of a parcel",
        takes=Sent(WaybillIn, {"waybill_no": "SF1234567890123"}),
        gives=STEP,
        refuses=[examples.BAD_WAYBILL, *PARCEL_STEP],
        parameters=[NUMBER],
    )
    def put(self, request: Request, number: str) -> Response:
        """For a carrier without an interface: the label is drawn with this waybill."""
        order, waybill_no = _order(number), read(WaybillIn, request.data)["waybill_no"]
        parcels.write_waybill(order=order, waybill_no=waybill_no, by=self.by(request), now=timezone.now())
        return Response(_shown(order, request))


class StaffHandover(BenchDoor):
    @told(
        "handOverOrder",
        "The carrier has taken a parcel",
        takes=Sent(WaybillIn, {"waybill_no": "SF1234567890123"}),
        gives=STEP,
        refuses=[examples.BAD_WAYBILL, *SOUND_STEP],
        parameters=[NUMBER],
    )
    def post(self, request: Request, number: str) -> Response:
        """From packed to shipped. A scanned waybill must be the parcel's own."""
        order, waybill_no = _order(number), read(WaybillIn, request.data)["waybill_no"]
        parcels.hand_over(order=order, waybill_no=waybill_no, by=self.by(request), now=timezone.now())
        return Response(_shown(_order(number), request))


class StaffDelivery(BenchDoor):
    @told("deliverOrder", "A parcel has arrived", gives=STEP, refuses=PARCEL_STEP, parameters=[NUMBER])
    def post(self, request: Request, number: str) -> Response:
        """From shipped to delivered, for a carrier that tells nothing by itself."""
        tracking.confirm_delivered(order=_order(number), by=self.by(request), now=timezone.now())
        return Response(_shown(_order(number), request))


class StaffMove(StaffDoor):
    needs = {"PUT": "shop.move_order"}

    @told(
        "moveOrder",
        "Move an order to another ship date",
        takes=Sent(ShipDateIn, {"ship_date": "2026-09-12"}),
        gives=Answer(StaffOrderOut, examples.MOVED),
        refuses=[BAD_FIELDS, NOT_STAFF, NOT_FOUND, SOLD_OUT, LARGER_THAN_A_DAY, NOT_ENOUGH_FRUIT, CLOSED, WRONG_STATE],
        parameters=[NUMBER],
    )
    def put(self, request: Request, number: str) -> Response:
        """Also after the cut-off, until it is picked. A planned order leaves its wave and is paid again; the customer
        is told. Its own date gives it sound lots in place of withdrawn ones."""
        date = read(ShipDateIn, request.data)["ship_date"]
        order = changes.move_by_staff(order=_order(number), to=date, by=self.by(request), now=timezone.now())
        return Response(_shown(order, request))


class StaffCancellation(StaffDoor):
    needs = {"POST": "shop.cancel_order"}

    @told(
        "cancelOrderByStaff",
        "Cancel an order for its customer",
        gives=Answer(StaffOrderOut, examples.CANCELLED),
        refuses=[NOT_STAFF, NOT_FOUND, WRONG_STATE],
        parameters=[NUMBER],
    )
    def post(self, request: Request, number: str) -> Response:
        """Also after the cut-off, until it is picked. What was paid goes back by itself. No body is needed."""
        order = changes.cancel_by_staff(order=_order(number), by=self.by(request), now=timezone.now())
        return Response(_shown(order, request))


class StaffLabel(BenchDoor):
    @told(
        "getLabel",
        "The shipping label of an order",
        gives=Answer(OpenApiTypes.BINARY, media="application/pdf", means="One page, 100 x 150 mm, and a gift's card."),
        refuses=[NOT_STAFF, NOT_FOUND],
        parameters=[NUMBER],
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        """A PDF to print. There is none before the order is packed, nor 30 days after delivery."""
        label = Label.objects.filter(shipment__order__number=number).first()
        if label is None:
            raise Http404
        headers = {"Content-Disposition": f'inline; filename="{number}.pdf"'}
        return HttpResponse(bytes(label.pdf), content_type="application/pdf", headers=headers)


def _order(number: str) -> Order:
    order = Order.objects.select_related("ship_date").filter(number=number).first()
    if order is None:
        raise Http404
    return order


def _shown(order: Order, request: Request) -> dict[str, Any]:
    return show(WholeStaffOrderOut if _may_see_people(request) else StaffOrderOut, order)


def _may_see_people(request: Request) -> bool:
    return bool(request.user.has_perm("shop.view_personal_data"))
