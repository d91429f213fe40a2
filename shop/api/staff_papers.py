"""Paper of parcels over REST: packing slips, box stickers, and the whole address for a waybill that people write."""

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.schema import NOT_FOUND, NOT_STAFF, WRONG_STATE, Answer, in_path, told
from farm.api.shapes import show
from farm.api.views import StaffDoor
from shop import parcels, prints
from shop.api import staff_examples as examples
from shop.api.staff_serializers import RecipientOut
from shop.models import Order
from shop.models.orders import OrderQuerySet

NUMBER = in_path("number", "the order number", examples.NUMBER)
SLIPS = Answer(OpenApiTypes.BINARY, media="application/pdf", means="Sheets of 100 x 150 mm, without person or address.")
STICKERS = Answer(OpenApiTypes.BINARY, media="application/pdf", means="A page of 60 x 40 mm for every box.")


class StaffAddress(StaffDoor):
    needs = {"GET": "shop.view_personal_data"}

    @told(
        "getAddress",
        "Whom a parcel goes to, unmasked",
        gives=Answer(RecipientOut, examples.RECIPIENT),
        refuses=[NOT_STAFF, NOT_FOUND, WRONG_STATE, examples.NO_ADDRESS_NEEDED],
        parameters=[NUMBER],
    )
    def get(self, request: Request, number: str) -> Response:
        """For the waybill of a carrier without an interface, while the parcel waits. Each look is kept on record."""
        order = Order.objects.filter(number=number).first()
        if order is None:
            raise Http404
        address = parcels.show_address(order=order, by=self.by(request), now=timezone.now())
        return Response(show(RecipientOut, address))


class StaffSlip(StaffDoor):
    needs = {"GET": "shop.pack_order"}

    @told(
        "getSlip",
        "The packing slip of an order",
        gives=SLIPS,
        refuses=[NOT_STAFF, NOT_FOUND, examples.NO_SLIP_YET],
        parameters=[NUMBER],
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        """What lies in the parcel, in the order's language; without prices when the buyer hides them."""
        return _paper(prints.slips, Order.objects.filter(number=number), f"{number}-slip")


class StaffWaveSlips(StaffDoor):
    needs = {"GET": "shop.pack_order"}

    @told(
        "getSlipsOfWave",
        "The packing slips of a wave",
        gives=SLIPS,
        refuses=[NOT_STAFF, NOT_FOUND],
        parameters=[in_path("wave", "the wave's id", 17)],
    )
    def get(self, request: Request, wave: int) -> HttpResponse:
        """One file with the slips of all its orders."""
        return _paper(prints.slips, Order.objects.filter(wave__pk=wave), f"wave-{wave}-slip")


class StaffStickers(StaffDoor):
    needs = {"GET": "shop.pack_order"}

    @told(
        "getStickers",
        "The stickers of an order's boxes",
        gives=STICKERS,
        refuses=[NOT_STAFF, NOT_FOUND, examples.NO_STICKERS_YET],
        parameters=[NUMBER],
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        """One for every box, with the QR code of its passport; asked for again they show the same codes."""
        return _paper(prints.stickers, Order.objects.filter(number=number), f"{number}-stickers")


class StaffWaveStickers(StaffDoor):
    needs = {"GET": "shop.pack_order"}

    @told(
        "getStickersOfWave",
        "The stickers of a wave's boxes",
        gives=STICKERS,
        refuses=[NOT_STAFF, NOT_FOUND],
        parameters=[in_path("wave", "the wave's id", 17)],
    )
    def get(self, request: Request, wave: int) -> HttpResponse:
        """One file with the stickers of all its orders, by order."""
        return _paper(prints.stickers, Order.objects.filter(wave__pk=wave), f"wave-{wave}-stickers")


def _paper(draw: Callable[..., bytes], orders: OrderQuerySet, name: str) -> HttpResponse:
    """A PDF of that name.

    :raises Http404: when there is no order.
    """
    chosen = list(orders)
    if not chosen:
        raise Http404
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(draw(orders=chosen), content_type="application/pdf", headers=headers)
