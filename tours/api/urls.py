"""Every address of the visits' API, below /api/v1/."""

from django.urls import path

from farm.api import dates  # noqa: F401  # it registers the converter
from tours.api import (
    bookings,
    catalogue,
    changes,
    staff_bookings,
    staff_closures,
    staff_reports,
    staff_slots,
    waiting,
)

app_name = "tours-api"

_BOOKING = "bookings/<str:token>"
_WAITING = "waiting-parties/<str:token>"
_STAFF_BOOKING = "staff/bookings/<slug:number>"
_STAFF_CLOSURE = "staff/closures/<slug:number>"

urlpatterns = [
    path("experiences", catalogue.Experiences.as_view()),
    path("experiences/<slug:code>", catalogue.OneExperience.as_view()),
    path("experiences/<slug:code>/slots", catalogue.ExperienceSlots.as_view()),
    path("slots", catalogue.Slots.as_view()),
    path("visit-quotes", bookings.VisitQuotes.as_view()),
    path("bookings", bookings.Bookings.as_view(), name="bookings"),
    path(_BOOKING, bookings.OneBooking.as_view()),
    path(f"{_BOOKING}/extension", bookings.BookingExtension.as_view()),
    path(f"{_BOOKING}/payment", bookings.BookingPayment.as_view()),
    path(f"{_BOOKING}/change-quote", changes.BookingChangeQuote.as_view()),
    path(f"{_BOOKING}/change", changes.BookingChange.as_view()),
    path(f"{_BOOKING}/cancellation", bookings.BookingCancellation.as_view()),
    path(f"{_BOOKING}/tickets", bookings.BookingTickets.as_view()),
    path(f"{_BOOKING}/tickets-again", bookings.BookingTicketsAgain.as_view()),
    path(f"{_BOOKING}/rain-answer", changes.BookingRainAnswer.as_view()),
    path("waiting-parties", waiting.WaitingParties.as_view(), name="waiting-parties"),
    path(_WAITING, waiting.OneWaitingParty.as_view()),
    path(f"{_WAITING}/booking", waiting.WaitingPartyBooking.as_view()),
    path(f"{_WAITING}/departure", waiting.WaitingPartyDeparture.as_view()),
    path("staff/slots", staff_slots.StaffSlots.as_view()),
    path("staff/slots/<int:slot>", staff_slots.StaffSlot.as_view()),
    path("staff/slots/<int:slot>/opening", staff_slots.StaffSlotOpening.as_view()),
    path("staff/visitors-days/<date:date>", staff_slots.StaffVisitorsDay.as_view()),
    path("staff/visitors-days/<date:date>/opening", staff_slots.StaffVisitorsDayOpening.as_view()),
    path("staff/manifest", staff_slots.StaffManifest.as_view()),
    path("staff/visit-report", staff_reports.StaffReport.as_view()),
    path("staff/bookings", staff_bookings.StaffBookings.as_view()),
    path(f"{_STAFF_BOOKING}/cancellation", staff_bookings.StaffBookingCancellation.as_view()),
    path(f"{_STAFF_BOOKING}/slot", staff_bookings.StaffBookingSlot.as_view()),
    path("staff/closures", staff_closures.StaffClosures.as_view()),
    path(_STAFF_CLOSURE, staff_closures.StaffClosure.as_view()),
    path(f"{_STAFF_CLOSURE}/undoing", staff_closures.StaffClosureUndoing.as_view()),
]
