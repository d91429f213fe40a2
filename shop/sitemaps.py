"""The shop's pages that search engines should know: its shelf, every box on offer, its rules."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from farm.web_addresses import Pages
from shop.models import Box


class Boxes(Pages):
    """Every box whose season is not over."""

    changefreq = "daily"

    def items(self) -> QuerySet[Box]:
        today = timezone.localdate()
        return Box.objects.filter(is_offered=True, season_until__gte=today).order_by("sku")

    def location(self, box: Box) -> str:
        return reverse("shop:box", args=[box.sku])


class Words(Pages):
    """The shelf and what is written for customers."""

    changefreq = "weekly"

    def items(self) -> list[str]:
        return ["shop:shelf", "shop:delivery", "shop:help", "shop:privacy"]

    def location(self, name: str) -> str:
        return reverse(name)
