"""The shop's shelf: all boxes with a filter, and each box with what the next days have of it."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from farm.api.keeping import public_page
from shop import assortment, freight, freshness, glance, structured
from shop.assortment import GIFT, Order, Search
from shop.models import Box

PRICES_FEN = (5000, 10000, 15000)
NEXT_DATES = 5


@public_page
def shelf(request: HttpRequest) -> HttpResponse:
    """All boxes by variety and season, or those that fit `?size=2500&up_to=10000&order=price`."""
    now = timezone.now()
    today = timezone.localdate(now)
    boxes = assortment.offered(glance.recent(now), today)
    search = _search(request.GET, boxes)
    found = assortment.found(boxes, search)
    context = {
        "search": search,
        "found": found,
        "shelves": assortment.shelves(assortment.in_season(found, today)),
        "to_come": assortment.shelves(assortment.to_come(found, today)),
        "is_listed": search.order != Order.VARIETY,
        "sizes": assortment.sizes(boxes),
        "has_gifts": any(box.is_gift for box in boxes),
        "prices": [fen for fen in PRICES_FEN if any(box.price_fen > fen for box in boxes)],
        "orders": Order.choices,
    }
    return render(request, "shop/shelf.html", context)


@public_page
def box(request: HttpRequest, sku: str) -> HttpResponse:
    """One box: its taste, its price, what each of the next dates has left, and how to keep it."""
    now = timezone.now()
    today, seen = timezone.localdate(now), glance.recent(now)
    shown = seen.boxes.get(sku) or get_object_or_404(Box.objects.select_related("variety"), sku=sku)
    is_over = not shown.is_offered or shown.season_until < today
    days = [] if is_over else freshness.ahead(shown, seen, NEXT_DATES)
    context = {
        "box": shown,
        "siblings": [other for other in assortment.offered(seen, today) if other.variety_id == shown.variety_id],
        "days": days,
        "best_before": next((day.best_before for day in days if day.best_before), None),
        "freight_fen": freight.span_fen(shown.net_grams, 1),
        "is_over": is_over,
        "is_to_come": shown.season_from > today,
        "facts": structured.box_facts(shown, days, today),
    }
    return render(request, "shop/box.html", context)


def _search(query: QueryDict, boxes: list[Box]) -> Search:
    """What the address bar asks for; words that mean nothing here ask for nothing."""
    size, price, order = query.get("size", ""), query.get("up_to", ""), query.get("order", "")
    known = {GIFT, *(str(grams) for grams in assortment.sizes(boxes))}
    return Search(
        size=size if size in known else "",
        up_to_fen=next((fen for fen in PRICES_FEN if str(fen) == price), None),
        order=order if order in Order.values else Order.VARIETY,
    )
