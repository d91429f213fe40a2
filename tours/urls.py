"""Addresses of the visits' pages."""

from django.urls import path

from tours.pages import bookings, changing, front, lining, making, rain

app_name = "tours"

urlpatterns = [
    path("visits/", front.visits, name="visits"),
    path("visits/<slug:code>/", front.experience, name="experience"),
    path("visits/<slug:code>/book/", making.book, name="book"),
    path("visits/<slug:code>/total/", making.total, name="total"),
    path("visits/<slug:code>/wait/", lining.wait, name="wait"),
    path("v/<str:token>/", bookings.show, name="booking"),
    path("v/<str:token>/now/", bookings.show_now, name="booking-now"),
    path("v/<str:token>/payment/", bookings.pay, name="booking-payment"),
    path("v/<str:token>/extension/", bookings.extension, name="booking-extension"),
    path("v/<str:token>/message/", bookings.message, name="booking-message"),
    path("v/<str:token>/tickets.pdf", bookings.tickets_pdf, name="booking-tickets"),
    path("v/<str:token>/visit.ics", bookings.visit_ics, name="booking-calendar"),
    path("v/<str:token>/change/", changing.change, name="booking-change"),
    path("v/<str:token>/change/dropped/", changing.dropped_change, name="booking-dropped-change"),
    path("v/<str:token>/cancellation/", changing.cancellation, name="booking-cancellation"),
    path("v/<str:token>/rain/", rain.rain, name="booking-rain"),
    path("w/<str:token>/", lining.show, name="waiting"),
    path("w/<str:token>/leaving/", lining.leaving, name="waiting-leaving"),
]
