"""Every address of the site."""

from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from beizhen import health, no_network, page_urls, pages, search_engines

handler400 = "farm.api.bad_request"
handler403 = "farm.api.permission_denied"
handler404 = "farm.api.not_found"
handler500 = "farm.api.server_error"

admin.autodiscover()

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/live", health.live, name="health-live"),
    path("healthz/ready", health.ready, name="health-ready"),
    path("healthz/deep", health.deep, name="health-deep"),
    path("robots.txt", search_engines.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": search_engines.SITEMAPS}, name="sitemap"),
    path("worker.js", no_network.worker, name="worker"),
    path("staff/language/", set_language, name="set_language"),
    path("staff/ledgers/", admin.site.admin_view(pages.ledgers_page), name="ledgers"),
    path("staff/", admin.site.urls),
    path("api/v1/gate/", include("tours.api.gate_urls")),
    path("api/v1/", include("shop.api.urls")),
    path("api/v1/", include("tours.api.urls")),
    path("api/v1/", include("beizhen.account.api.urls")),
    path("api/", include("beizhen.api")),
    path("gate/", include("tours.gate_urls")),
    path("payments/", include("farm.urls")),
    *page_urls.urlpatterns,
]
