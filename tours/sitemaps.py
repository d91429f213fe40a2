"""The visits' pages that search engines should know: the list, and everything that can be done."""

from django.db.models import QuerySet
from django.urls import reverse

from farm.web_addresses import Pages
from tours.models import Experience


class Experiences(Pages):
    """Everything on sale."""

    changefreq = "daily"

    def items(self) -> QuerySet[Experience]:
        return Experience.objects.filter(is_on_sale=True).order_by("position", "code")

    def location(self, experience: Experience) -> str:
        return reverse("tours:experience", args=[experience.code])


class Visits(Pages):
    """The list of visits."""

    changefreq = "daily"

    def items(self) -> list[str]:
        return ["tours:visits"]

    def location(self, name: str) -> str:
        return reverse(name)
