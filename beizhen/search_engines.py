"""What search engines are told: which pages there are, and where they have nothing to look for."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from farm.web_addresses import Pages, absolute
from shop import sitemaps as shop
from tours import sitemaps as tours

NOT_FOR_THEM = ("/api/", "/staff/", "/gate/", "/healthz/", "/cashier/", "/payments/")


class Home(Pages):
    """The first page."""

    changefreq = "daily"

    def items(self) -> list[str]:
        return ["home"]

    def location(self, name: str) -> str:
        return reverse(name)


SITEMAPS = {
    "home": Home,
    "shop": shop.Words,
    "boxes": shop.Boxes,
    "visits": tours.Visits,
    "experiences": tours.Experiences,
}


@require_safe
@cache_control(public=True, max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    """All but the tools may be read; pages of one customer say `noindex` themselves, and nobody can guess them."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_THEM), f"Sitemap: {absolute('/sitemap.xml')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
