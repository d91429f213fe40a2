"""A customer's kept addresses over REST."""

from django.http import Http404
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from beizhen.account.api import examples
from beizhen.account.api.serializers import DefaultIn, KeptAddressIn, KeptAddressOut
from farm.api.customer_doors import SIGN_IN_FIRST, CustomerDoor
from farm.api.schema import BAD_FIELDS, NOT_FOUND, TOO_MANY, Answer, Sent, in_path, listing, told
from farm.api.shapes import read, show
from shop import address_book
from shop.addresses import Address
from shop.api import examples as shop
from shop.models import KeptAddress

ALWAYS = [SIGN_IN_FIRST, TOO_MANY]
BOOK = Answer(listing(KeptAddressOut), {"results": [examples.KEPT]})
ID = in_path("address", "the address's id", 3)


class AddressDoor(CustomerDoor):
    def book(self, request: Request) -> Response:
        """All addresses, the default one first."""
        kept = address_book.addresses_of(self.customer(request))
        return Response({"results": [show(KeptAddressOut, one) for one in kept]})

    def kept(self, request: Request, pk: int) -> KeptAddress:
        kept = address_book.addresses_of(self.customer(request)).filter(pk=pk).first()
        if kept is None:
            raise Http404
        return kept


class Addresses(AddressDoor):
    @told("listAddresses", "The kept addresses", gives=BOOK, refuses=ALWAYS)
    def get(self, request: Request) -> Response:
        """The default one first: an order form begins with it."""
        return self.book(request)

    @told(
        "keepAddress",
        "Keep an address",
        takes=Sent(KeptAddressIn, shop.ADDRESS),
        gives=Answer(KeptAddressOut, examples.KEPT, 201, "It is kept, once."),
        refuses=[BAD_FIELDS, shop.UNKNOWN_PLACE, examples.TOO_MANY_ADDRESSES, *ALWAYS],
    )
    def post(self, request: Request) -> Response:
        """The first is the default one. Twenty are kept at most."""
        address = Address(**read(KeptAddressIn, request.data))
        kept = address_book.keep(customer=self.customer(request), address=address, now=timezone.now())
        return Response(show(KeptAddressOut, kept), status.HTTP_201_CREATED)


class OneAddress(AddressDoor):
    @told(
        "changeKeptAddress",
        "Change a kept address",
        takes=Sent(KeptAddressIn, shop.ADDRESS),
        gives=BOOK,
        refuses=[BAD_FIELDS, shop.UNKNOWN_PLACE, NOT_FOUND, *ALWAYS],
        parameters=[ID],
    )
    def put(self, request: Request, address: int) -> Response:
        """Orders that went there keep theirs."""
        kept = self.kept(request, address)
        address_book.change(kept=kept, address=Address(**read(KeptAddressIn, request.data)))
        return self.book(request)

    @told("removeAddress", "Remove a kept address", gives=BOOK, refuses=[NOT_FOUND, *ALWAYS], parameters=[ID])
    def delete(self, request: Request, address: int) -> Response:
        """After the default one the newest becomes it."""
        address_book.remove(kept=self.kept(request, address))
        return self.book(request)


class DefaultAddress(AddressDoor):
    @told(
        "chooseDefaultAddress",
        "Choose the default address",
        takes=Sent(DefaultIn, {"id": 3}),
        gives=BOOK,
        refuses=[BAD_FIELDS, NOT_FOUND, *ALWAYS],
    )
    def put(self, request: Request) -> Response:
        """The one with which an order form begins."""
        address_book.make_default(kept=self.kept(request, read(DefaultIn, request.data)["id"]))
        return self.book(request)
