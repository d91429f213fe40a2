"""What is a customer's own over REST: themselves, orders, bookings, consents, their data."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from beizhen.account import disclosing, erasing
from beizhen.account.api import examples
from beizhen.account.api.serializers import (
    BookingRowOut,
    ConsentIn,
    ConsentsOut,
    CustomerOut,
    ErasureIn,
    ErasureOut,
    LanguageIn,
    OrderRowOut,
)
from farm import consents, customers
from farm.api.customer_doors import SIGN_IN_FIRST, CustomerDoor
from farm.api.paging import ByCursor
from farm.api.schema import BAD_FIELDS, NOT_FOUND, PAGING, TOO_MANY, Answer, Sent, page, told
from farm.api.shapes import read, show
from farm.refusals import Refused
from shop.customers import orders_of
from shop.models import Order
from shop.pricing import bought
from tours import links
from tours.models import Booking
from tours.visitors import listed_bookings_of

ALWAYS = [SIGN_IN_FIRST, TOO_MANY]


class NotUnderstood(Refused):
    code = "not_understood"


class Account(CustomerDoor):
    @told("getAccount", "The customer who is signed in", gives=Answer(CustomerOut, examples.CUSTOMER), refuses=ALWAYS)
    def get(self, request: Request) -> Response:
        """Whom the token belongs to."""
        return Response(show(CustomerOut, self.customer(request)))

    @told(
        "changeAccount",
        "Choose the language of news",
        takes=Sent(LanguageIn, {"language": "en"}),
        gives=Answer(CustomerOut, {**examples.CUSTOMER, "language": "en"}),
        refuses=[BAD_FIELDS, *ALWAYS],
    )
    def patch(self, request: Request) -> Response:
        """Messages about an order or visit come in the language in which it was made."""
        customer = self.customer(request)
        customers.speak_to(customer, read(LanguageIn, request.data)["language"])
        return Response(show(CustomerOut, customer))


class Orders(CustomerDoor):
    @told(
        "listOwnOrders",
        "The customer's orders, newest first",
        gives=Answer(page(OrderRowOut), {"next": None, "previous": None, "results": [examples.ORDER]}),
        refuses=[NOT_FOUND, *ALWAYS],
        parameters=[*PAGING],
    )
    def get(self, request: Request) -> Response:
        """Those with the proven phone. A customer known by mail has none: orders are kept under phone numbers."""
        known = orders_of(self.customer(request)).select_related("ship_date").prefetch_related("lines__box")
        pages = ByCursor()
        orders: list[Order] = pages.paginate_queryset(known, request, self) or []
        return pages.get_paginated_response([show(OrderRowOut, _Row(order)) for order in orders])


class Bookings(CustomerDoor):
    @told(
        "listOwnBookings",
        "The customer's bookings, newest first",
        gives=Answer(page(BookingRowOut), {"next": None, "previous": None, "results": [examples.BOOKING]}),
        refuses=[NOT_FOUND, *ALWAYS],
        parameters=[*PAGING],
    )
    def get(self, request: Request) -> Response:
        """Those with the proven phone or mail address."""
        known = listed_bookings_of(self.customer(request))
        pages = ByCursor()
        bookings: list[Booking] = pages.paginate_queryset(known, request, self) or []
        return pages.get_paginated_response([show(BookingRowOut, _shown(booking)) for booking in bookings])


class Consents(CustomerDoor):
    @told("getConsents", "What was agreed to", gives=Answer(ConsentsOut, examples.CONSENTS), refuses=ALWAYS)
    def get(self, request: Request) -> Response:
        """What we ask, the newest answer, and every answer with the text it was given to."""
        return self._seen(request)

    @told(
        "sayConsent",
        "Say yes or no to news",
        takes=Sent(ConsentIn, {"is_given": True}),
        gives=Answer(ConsentsOut, examples.CONSENTS),
        refuses=[BAD_FIELDS, *ALWAYS],
    )
    def post(self, request: Request) -> Response:
        """Kept with its time and the text of today. Saying the same again keeps nothing."""
        said = read(ConsentIn, request.data)["is_given"]
        consents.say(self.customer(request), is_given=said, now=timezone.now())
        return self._seen(request)

    def _seen(self, request: Request) -> Response:
        said = list(self.customer(request).consents.all())
        is_given = bool(said) and said[0].is_given
        words = {"wording": consents.wording(), "version": consents.VERSION}
        return Response(show(ConsentsOut, {**words, "is_given": is_given, "said": said}))


class Export(CustomerDoor):
    @told(
        "exportAccount",
        "Everything the farm holds about the customer",
        gives=Answer(OpenApiTypes.OBJECT, examples.EXPORT),
        refuses=ALWAYS,
    )
    def get(self, request: Request) -> Response:
        """Orders, bookings, addresses, places in line, damage, messages, sign-ins, consents: whole.

        Of a message to another phone or mail address it says only that and when it was sent.
        """
        return Response(disclosing.held_about(self.customer(request), now=timezone.now()))


class Erasure(CustomerDoor):
    @told(
        "eraseAccount",
        "Delete everything that names the customer",
        takes=Sent(ErasureIn, {"understood": True}),
        gives=Answer(ErasureOut, {"erased": True}),
        refuses=[BAD_FIELDS, examples.NOT_UNDERSTOOD, examples.UNDER_WAY, examples.SIGN_IN_AGAIN, *ALWAYS],
    )
    def post(self, request: Request) -> Response:
        """At once and for good, in all rooms or in none; amounts and days stay for the books. Unspent credits end."""
        if not read(ErasureIn, request.data)["understood"]:
            raise NotUnderstood(
                _("Nothing was deleted."), advice=_("Send true: nobody can bring it back."), field="understood"
            )
        erasing.erase(self.running(request), now=timezone.now())
        return Response({"erased": True})


class _Row:
    """An order whose lines are its boxes, whatever lots they came from."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.lines = bought(order.lines.all())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.order, name)


def _shown(booking: Any) -> dict[str, Any]:
    """A row of `listed_bookings_of`."""
    token, experience = links.token_of(booking), booking.slot.experience
    return {
        **{name: getattr(booking, name) for name in ("number", "status", "total_fen")},
        "people": booking.heads,
        "experience": experience.code,
        "name": experience.name,
        "starts_at": booking.slot.starts_at,
        "links": {"self": f"/api/v1/bookings/{token}", "page": links.page_of(token)},
    }
