"""Addresses of the customer's account."""

from django.urls import path

from beizhen.account.pages import entering, overview

app_name = "account"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("sign-in/", entering.sign_in, name="sign-in"),
    path("sign-in/code/", entering.code, name="code"),
    path("sign-out/", entering.sign_out, name="sign-out"),
    path("orders/", overview.orders, name="orders"),
    path("bookings/", overview.bookings, name="bookings"),
]
