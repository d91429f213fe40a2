"""Ordering: choose boxes, day and address on one page, see the total, place the order."""

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from farm.api import page_throttles as throttles
from farm.idempotency import KeyReused
from farm.refusals import Refused
from shop import addresses, assortment, checkout, divisions, freight, glance, live, refusals
from shop.addresses import Address
from shop.forms import BOX, OrderForm
from shop.links import order_path
from shop.pages.calendar import calendar


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest) -> HttpResponse:
    """The order form; posting it places the order."""
    if request.method == "POST":
        return _place(request)
    return _form_page(request, _form(initial=_in_the_address_bar(request.GET)))


@never_cache
@require_POST
def choices(request: HttpRequest) -> HttpResponse:
    """The form again with everything that was typed, to change something."""
    return _form_page(request, _form(initial=typed(request).dict()))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """What the order would cost and when it would arrive. Nothing is held yet."""
    if request.method != "POST":
        return redirect("shop:order-form")
    form, now = _form(typed(request)), timezone.now()
    if not form.is_valid():
        return _form_page(request, form, status=400)
    try:
        wanted = form.wanted(_language())
        priced = checkout.quote(wants=wanted.wants, date=wanted.date, address=wanted.address, now=now)
    except Refused as refused:
        return _refused_page(request, form, refused)
    context = {"form": form, "wanted": wanted, "quote": priced, "key": uuid.uuid4().hex}
    context["arrives_on"] = freight.arrival(addresses.check(wanted.address).code, wanted.date)
    return render(request, "shop/review.html", {**context, "page_again": _form_address(form)})


@never_cache
@require_POST
def total(request: HttpRequest) -> HttpResponse:
    """The total so far, for the form's own page while it is being filled in."""
    form = _form(request.POST)
    form.is_valid()  # half a form is expected: what cannot be read yet is only left out of the sum
    said = form.cleaned_data
    context: dict[str, Any] = {"date": said.get("ship_date"), "count": sum(want.quantity for want in form.wants)}
    context["miscount"] = form.miscount
    if context["date"] and context["count"] and not form.miscount:
        context |= _sum(form, context["date"], timezone.now())
    return render(request, "shop/_total.html", context)


def _place(request: HttpRequest) -> HttpResponse:
    form = _form(typed(request))
    if not form.is_valid():
        return _form_page(request, form, status=400)
    try:
        throttles.check(request, throttles.OrderingByAddress, throttles.OrderingByPhone)
        now = timezone.now()
        wanted = form.wanted(_language(), live.believable(form.cleaned_data["live"], now))
        placed = checkout.place_order(wanted=wanted, key=_key(form), now=now)
    except KeyReused:  # Back after ordering, something else typed, and sent again
        return _refused_page(request, form, refusals.sent_before())
    except Refused as refused:
        return _refused_page(request, form, refused)
    return HttpResponseRedirect(order_path(placed))


def _sum(form: OrderForm, date: dt.date, now: dt.datetime) -> dict[str, Any]:
    said = form.cleaned_data
    province, city, district = (said.get(name, "") for name in ("province", "city", "district"))
    address = Address("", "", province, city, district, "") if province else None
    try:
        priced = checkout.quote(wants=form.wants, date=date, address=address, now=now)
        arrives_on = freight.arrival(addresses.check(address).code, date) if address else None
    except Refused as refused:
        return {"refused": refused}
    return {"quote": priced, "arrives_on": arrives_on}


def _form(data: QueryDict | None = None, *, initial: dict[str, Any] | None = None) -> OrderForm:
    now = timezone.now()
    boxes = assortment.offered(glance.recent(now), timezone.localdate(now))
    return OrderForm(data, initial=initial, boxes=boxes)


def typed(request: HttpRequest) -> QueryDict:
    """What was posted; a button for another date counts more than the calendar."""
    posted = request.POST.copy()
    if "other_date" in posted:
        posted["ship_date"] = str(posted["other_date"])
    return posted


def _in_the_address_bar(query: QueryDict) -> dict[str, Any]:
    """Boxes, date and live show only: names and addresses have no business in links and logs."""
    return {name: value for name, value in query.items() if name.startswith(BOX) or name in ("ship_date", "live")}


def _form_address(form: OrderForm) -> str:
    """The form's own address with the boxes and the date chosen so far."""
    query = QueryDict(mutable=True)
    for name in ["ship_date", "live", *(BOX + box.sku for box in form.boxes)]:
        value = form[name].value()
        if value:
            query[name] = str(value)
    return f"{reverse('shop:order-form')}?{query.urlencode()}"


def _refused_page(request: HttpRequest, form: OrderForm, refused: Refused) -> HttpResponse:
    form.refuse(refused)
    return _form_page(request, form, status=throttles.status_of(refused))


def _form_page(request: HttpRequest, form: OrderForm, *, status: int = 200) -> HttpResponse:
    form.focus_first_error()
    chosen = str(form["ship_date"].value() or "")
    context = {"form": form, "calendar": calendar(now=timezone.now(), chosen=chosen)}
    context |= {"provinces": divisions.provinces(), "page_again": _form_address(form)}
    return render(request, "shop/order_form.html", context, status=status)


def _key(form: OrderForm) -> str:
    """The key made when the review was shown: a double tap or a reload places one order."""
    return form.cleaned_data["key"] or uuid.uuid4().hex


def _language() -> str:
    return get_language() or "zh-hans"
