"""Every address of the site."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from beizhen import front, health, pages

handler400 = "farm.api.bad_request"
handler403 = "farm.api.permission_denied"
handler404 = "farm.api.not_found"
handler500 = "farm.api.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/live", health.live, name="health-live"),
    path("healthz/ready", health.ready, name="health-ready"),
    path("healthz/deep", health.deep, name="health-deep"),
    path("staff/ledgers/", admin.site.admin_view(pages.ledgers_page), name="ledgers"),
    path("staff/", admin.site.urls),
    path("api/v1/", include("shop.api.urls")),
    path("api/v1/", include("tours.api.urls")),
    path("api/", include("beizhen.api")),
    path("account/", include("beizhen.account.urls")),
    path("", front.home, name="home"),
    path("", include("shop.urls")),
    path("gate/", include("tours.gate_urls")),
    path("", include("tours.urls")),
    path("", include("farm.urls")),
    # Without a token in the page, pages that only say something stay cacheable; a forged post could only change words.
    path("language/", csrf_exempt(set_language), name="set_language"),
]
