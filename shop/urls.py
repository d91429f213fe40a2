"""Addresses of the shop's pages."""

from django.urls import path

from shop.pages import (
    baskets,
    changing,
    damages,
    finding,
    front,
    lining,
    live,
    ordering,
    orders,
    passports,
    pasting,
    shelf,
)

app_name = "shop"

urlpatterns = [
    path("shop/", shelf.shelf, name="shelf"),
    path("shop/<slug:sku>/", shelf.box, name="box"),
    path("basket/", baskets.show, name="basket"),
    path("basket/boxes/", baskets.put_in, name="basket-boxes"),
    path("basket/changes/", baskets.change, name="basket-changes"),
    path("order/", ordering.order, name="order-form"),
    path("order/choices/", ordering.choices, name="order-choices"),
    path("order/total/", ordering.total, name="order-total"),
    path("order/pasted/", pasting.pasted, name="order-pasted"),
    path("wait/", lining.wait, name="wait"),
    path("wait/<str:token>/", lining.show, name="waiting"),
    path("wait/<str:token>/total/", lining.total, name="waiting-total"),
    path("wait/<str:token>/leaving/", lining.leaving, name="waiting-leaving"),
    path("o/<str:token>/", orders.show, name="order"),
    path("o/<str:token>/now/", orders.show_now, name="order-now"),
    path("o/<str:token>/payment/", orders.pay, name="order-payment"),
    path("o/<str:token>/extension/", orders.extend, name="order-extension"),
    path("o/<str:token>/damage/", damages.damaged, name="order-damage"),
    path("o/<str:token>/cancellation/", changing.cancellation, name="order-cancellation"),
    path("o/<str:token>/ship-date/", changing.ship_date, name="order-ship-date"),
    path("o/<str:token>/address/", changing.address, name="order-address"),
    path("b/<str:code>/", passports.show, name="passport"),
    path("live/<slug:code>/", live.page, name="live"),
    path("live/<slug:code>/now/", live.page_now, name="live-now"),
    path("find/", finding.find, name="find"),
    path("delivery/", front.words, {"page": "delivery"}, name="delivery"),
    path("privacy/", front.words, {"page": "privacy"}, name="privacy"),
    path("help/", front.words, {"page": "help"}, name="help"),
]
