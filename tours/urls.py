"""Addresses of the visits' pages."""

from django.urls import path

from tours.pages import bookings

app_name = "tours"

urlpatterns = [
    path("v/<str:token>/", bookings.show, name="booking"),
    path("w/<str:token>/", bookings.waiting, name="waiting"),
]
