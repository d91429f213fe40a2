"""Every address of the visits' API, below /api/v1/."""

from django.urls import path

from tours.api import bookings, catalogue, changes, waiting

app_name = "tours-api"

_BOOKING = "bookings/<str:token>"
_WAITING = "waiting-parties/<str:token>"

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
]
