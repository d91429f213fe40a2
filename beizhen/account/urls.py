"""Addresses of the customer's account."""

from django.urls import path

from beizhen.account.pages import addresses, data, entering, overview, settings

app_name = "account"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("sign-in/", entering.sign_in, name="sign-in"),
    path("sign-in/code/", entering.code, name="code"),
    path("sign-out/", entering.sign_out, name="sign-out"),
    path("orders/", overview.orders, name="orders"),
    path("bookings/", overview.bookings, name="bookings"),
    path("addresses/", addresses.addresses, name="addresses"),
    path("addresses/new/", addresses.new_address, name="new-address"),
    path("addresses/<int:pk>/", addresses.address, name="address"),
    path("addresses/<int:pk>/removal/", addresses.removal, name="address-removal"),
    path("addresses/<int:pk>/default/", addresses.default, name="address-default"),
    path("preferences/", settings.preferences, name="preferences"),
    path("preferences/language/", settings.language, name="language"),
    path("preferences/consent/", settings.consent, name="consent"),
    path("preferences/devices/", settings.devices, name="devices"),
    path("data/", data.data, name="data"),
    path("data/export/", data.export, name="export"),
    path("data/erasure/", data.erasure, name="erasure"),
]
