"""The addresses that people read and letters link to. A worker knows these and no others: it need not load the rest."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from beizhen import front, no_network

# What people read says its language in the address: Chinese at /…, English at /en/….
urlpatterns: list[URLPattern | URLResolver] = i18n_patterns(
    path("", front.home, name="home"),
    path("offline/", no_network.asked, name="offline-asked"),
    path("offline/sent/", no_network.sent, name="offline-sent"),
    path("account/", include("beizhen.account.urls")),
    path("", include("shop.urls")),
    path("", include("tours.urls")),
    path("cashier/", include("farm.cashier_urls")),
    prefix_default_language=False,
)
