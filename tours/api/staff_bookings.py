"""The desk over REST: bookings are found, moved to another time and cancelled for the farm."""

from typing import Any

import django_filters
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.paging import ByCursor
from farm.api.schema import BAD_FIELDS, NOT_FOUND, NOT_STAFF, PAGING, Answer, Sent, in_path, in_query, page, told
from farm.api.shapes import read, show
from farm.api.views import StaffDoor
from tours import cancelling, moving
from tours.api import refused
from tours.api import staff_examples as examples
from tours.api.staff_serializers import FarmCancellationIn, SlotIn, StaffBookingOut, WholeStaffBookingOut
from tours.models import Booking

NUMBER = in_path("number", "the booking number", examples.NUMBER)


class BookingFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """The filters of the staff's list of bookings."""

    status = django_filters.ChoiceFilter(choices=Booking.Status.choices)
    date = django_filters.DateFilter(field_name="slot__date")
    slot = django_filters.NumberFilter(field_name="slot", max_value=2**63 - 1)
    phone_last4 = django_filters.CharFilter(field_name="phone", lookup_expr="endswith", max_length=4, min_length=4)

    class Meta:
        model = Booking
        fields: tuple[str, ...] = ()


class StaffBookings(StaffDoor):
    needs = {"GET": "tours.view_booking"}

    @told(
        "listBookings",
        "The bookings, newest first",
        gives=Answer(page(StaffBookingOut), examples.PAGE),
        refuses=[BAD_FIELDS, NOT_STAFF, NOT_FOUND],
        parameters=[
            in_query("status", "only bookings in this state", "confirmed"),
            in_query("date", "only of this day", "2026-09-12"),
            in_query("slot", "only of this time", examples.SLOT_ID),
            in_query("phone_last4", "only bookings whose phone ends so", "4321"),
            *PAGING,
        ],
    )
    def get(self, request: Request) -> Response:
        """For staff who may not see visitors names and phones are masked, and nobody is looked for by phone.
        That others saw them whole is kept on record."""
        if request.query_params.get("phone_last4") and not may_see_visitors(request):
            raise PermissionDenied  # else ten thousand guesses would unmask a phone
        chosen = BookingFilter(request.query_params, queryset=Booking.objects.select_related("slot__experience"))
        if not chosen.is_valid():
            raise ValidationError(chosen.errors)
        pages = ByCursor()
        bookings: list[Booking] = pages.paginate_queryset(chosen.qs, request, self) or []
        if may_see_visitors(request):
            self.note_looked(request, bookings, _("%(count)s bookings") % {"count": len(bookings)})
        return pages.get_paginated_response([shown(booking, request) for booking in bookings])


class StaffBookingCancellation(StaffDoor):
    needs = {"POST": "tours.cancel_booking"}

    @told(
        "cancelBookingByStaff",
        "Cancel a booking for the farm",
        takes=Sent(FarmCancellationIn, {"reason": "The guide is ill."}),
        gives=Answer(StaffBookingOut, examples.CANCELLED),
        refuses=[BAD_FIELDS, NOT_STAFF, NOT_FOUND, refused.WRONG_STATE, refused.TOO_LATE],
        parameters=[NUMBER],
    )
    def post(self, request: Request, number: str) -> Response:
        """At any time until somebody of the party is let in. All of its money goes back by itself."""
        reason = read(FarmCancellationIn, request.data)["reason"]
        now, by = timezone.now(), self.by(request)
        cancelled = cancelling.cancel_for_the_farm(booking=_booking(number), by=by, reason=reason, now=now)
        return Response(shown(cancelled, request))


class StaffBookingSlot(StaffDoor):
    needs = {"PUT": "tours.cancel_booking"}

    @told(
        "moveBooking",
        "Move a booking to another time",
        takes=Sent(SlotIn, {"slot": examples.SUNDAY_ID}),
        gives=Answer(StaffBookingOut, examples.MOVED),
        refuses=[
            BAD_FIELDS,
            refused.UNKNOWN_SLOT,
            NOT_STAFF,
            NOT_FOUND,
            refused.CLOSED,
            refused.SOLD_OUT,
            refused.WRONG_STATE,
            refused.TOO_LATE,
        ],
        parameters=[NUMBER],
    )
    def put(self, request: Request, number: str) -> Response:
        """The party as it is, at the prices it was booked for, after the cut-off too. Its tickets are new then."""
        slot = read(SlotIn, request.data)["slot"]
        now, by = timezone.now(), self.by(request)
        moved = moving.move_for_the_farm(booking=_booking(number), slot=slot, by=by, now=now)
        return Response(shown(moved, request))


def shown(booking: Booking, request: Request) -> dict[str, Any]:
    return show(WholeStaffBookingOut if may_see_visitors(request) else StaffBookingOut, booking)


def may_see_visitors(request: Request) -> bool:
    return bool(request.user.has_perm("tours.view_visitors"))


def _booking(number: str) -> Booking:
    booking = Booking.objects.select_related("slot__experience", "slot__day").filter(number=number).first()
    if booking is None:
        raise Http404
    return booking
