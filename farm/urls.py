"""Addresses of the ground: where providers notify us, and the practice cashier."""

from django.urls import path

from farm import pages
from farm.payments import callbacks

app_name = "farm"

urlpatterns = [
    path("payments/<slug:provider>/notify", callbacks.notify, name="notify"),
    path("cashier/<slug:trade_no>/", pages.cashier, name="cashier"),
]
