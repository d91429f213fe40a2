"""Ordering on one page: boxes, day, address and gift; the total is read, agreed to, and only then ordered."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST

from farm.api import page_throttles as throttles
from farm.api.keeping import form_page
from farm.api.signed_in import customer_of
from farm.idempotency import KeyReused
from farm.refusals import Refused
from shop import address_book, addresses, assortment, basket, checkout, divisions, freight, glance, live, refusals
from shop.addresses import Address
from shop.checkout import Wanted
from shop.forms import BOX, OrderForm
from shop.links import order_path
from shop.models import Box
from shop.pages import baskets, pasting
from shop.pages.calendar import calendar


# A browser may keep the page, and what was typed in it, for Back: with no-store it would lose both.
@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
@form_page(baskets.COOKIE)
def order(request: HttpRequest) -> HttpResponse:
    """The order form; posting it with the total that it showed places the order."""
    if request.method != "POST":
        form = _form()
        form.initial = _known(request) | _first_filled(request, form.boxes) | {"key": _new_key()}
        return _form_page(request, form)
    return _filled(request) if pasting.is_asked(request) else _place(request)


@cache_control(private=True, no_cache=True)
@require_POST
def choices(request: HttpRequest) -> HttpResponse:
    """The form again with everything that was typed, to change something."""
    return _form_page(request, _form(initial=typed(request).dict()))


@never_cache
@require_POST
def total(request: HttpRequest) -> HttpResponse:
    """The total so far, for the form's own page while it is being filled in."""
    return render(request, "shop/_total.html", _so_far(_form(request.POST), timezone.now()))


def _place(request: HttpRequest) -> HttpResponse:
    form = _form(typed(request))
    if not form.is_valid():
        return _form_page(request, form, status=400)
    try:
        from_show = live.believable(form.cleaned_data["live"], timezone.now())
        return _placed(request, form, form.wanted(_language(), from_show))
    except KeyReused:  # Back after ordering, something else typed, and sent again
        return _refused_page(request, _form(typed(request, key=_new_key())), refusals.sent_before())
    except Refused as refused:
        return _refused_page(request, form, refused)


def _placed(request: HttpRequest, form: OrderForm, wanted: Wanted) -> HttpResponse:
    """The way to the order's page; while nobody has agreed to the total as it is, that instead."""
    if wanted.agreed_fen is None:
        return _total_page(request, form, wanted)
    throttles.check(request, throttles.OrderingByAddress, throttles.OrderingByPhone)
    try:
        placed = checkout.place_order(wanted=wanted, key=form.key_of_the_page, now=timezone.now())
    except refusals.TotalChanged as changed:
        return _total_page(request, form, wanted, changed)
    left = basket.without(baskets.contents_of(request), [want.sku for want in wanted.wants])
    return baskets.keep(HttpResponseRedirect(order_path(placed)), left, baskets.shows_of(request))


def _filled(request: HttpRequest) -> HttpResponse:
    """The form with a pasted address in its fields."""
    words, said = pasting.filled(request.POST)
    return _form_page(request, _form(initial=words), said=said)


def _total_page(request: HttpRequest, form: OrderForm, wanted: Wanted, changed: Refused | None = None) -> HttpResponse:
    """The total to agree to, with all that is ordered. Nothing is held yet.

    :raises Refused: for every reason for which the order would be refused as well.
    """
    now = timezone.now()
    priced = checkout.quote(wants=wanted.wants, date=wanted.date, address=wanted.address, now=now)
    context = {"form": form, "wanted": wanted, "quote": priced, "changed": changed, "page_again": _form_address(form)}
    context["arrives_on"] = freight.arrival(addresses.check(wanted.address).code, wanted.date)
    return render(request, "shop/review.html", context, status=409 if changed else 200)


def _so_far(form: OrderForm, now: dt.datetime) -> dict[str, Any]:
    """What is known of the total of a form that is being filled in."""
    form.is_valid()  # half a form is expected: what cannot be read yet is only left out of the sum
    said = form.cleaned_data
    context: dict[str, Any] = {"date": said.get("ship_date"), "count": sum(want.quantity for want in form.wants)}
    context["miscount"] = form.miscount
    if context["date"] and context["count"] and not form.miscount:
        context |= _sum(form, context["date"], now)
    return context


def _sum(form: OrderForm, date: dt.date, now: dt.datetime) -> dict[str, Any]:
    said = form.cleaned_data
    province, city, district = (said.get(name, "") for name in ("province", "city", "district"))
    address = Address("", "", province, city, district, "") if province else None
    try:
        priced = checkout.quote(wants=form.wants, date=date, address=address, now=now)
        arrives_on = freight.arrival(addresses.check(address).code, date) if address else None
    except Refused as refused:
        form.refused = refused
        return {"refused": refused, "next_dates": form.next_dates, "may_wait": form.is_sold_out}
    return {"quote": priced, "arrives_on": arrives_on}


def _form(
    data: QueryDict | None = None, *, initial: dict[str, Any] | None = None, boxes: Sequence[Box] = ()
) -> OrderForm:
    now = timezone.now()
    boxes = boxes or assortment.offered(glance.recent(now), timezone.localdate(now))
    return OrderForm(data, initial={"key": _new_key(), **(initial or {})}, boxes=boxes)


def typed(request: HttpRequest, **instead: str) -> QueryDict:
    """What was posted; a button for another date counts more than the calendar."""
    posted = request.POST.copy()
    if "other_date" in posted:
        posted["ship_date"] = str(posted["other_date"])
    for name, value in instead.items():
        posted[name] = value
    return posted


def _known(request: HttpRequest) -> dict[str, Any]:
    """Who is signed in, and where their parcel probably goes."""
    customer = customer_of(request)
    if customer is None:
        return {}
    address = address_book.known_for(customer)
    return {"buyer_phone": customer.phone or "", **(vars(address) if address else {})}


def _first_filled(request: HttpRequest, boxes: Sequence[Box]) -> dict[str, Any]:
    """What stands in the form before anything is typed: boxes, date and live show of a link, else of the basket.

    Names and addresses have no business in links and logs.
    """
    asked = {name: value for name, value in request.GET.items() if name.startswith(BOX)}
    if "sku" in request.GET:  # Buy now, on a box's own page
        asked[BOX + request.GET["sku"]] = request.GET.get("quantity") or "1"
    kept = {} if asked else basket.quantities(baskets.contents_of(request), boxes)
    told = {name: request.GET[name] for name in ("ship_date", "live") if name in request.GET}
    seen_in = {"live": basket.show_of(baskets.shows_of(request), kept)}
    return seen_in | {BOX + sku: quantity for sku, quantity in kept.items()} | asked | told


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


def _form_page(request: HttpRequest, form: OrderForm, *, status: int = 200, said: str = "") -> HttpResponse:
    form.focus_first_error()
    now = timezone.now()
    asked = form if form.is_bound else _form(_as_if_sent(form), boxes=form.boxes)
    so_far = {} if form.is_bound else _so_far(asked, now)
    days = calendar(now=now, chosen=str(form["ship_date"].value() or ""), units=asked.packing_units)
    context = {"form": form, "calendar": days, "now": now, "said": said, "may_paste": True}
    context |= {"provinces": divisions.provinces(), "page_again": _form_address(form)}
    return render(request, "shop/order_form.html", context | so_far, status=status)


def _as_if_sent(form: OrderForm) -> QueryDict:
    sent = QueryDict(mutable=True)
    for field in form:
        sent[field.html_name] = str(field.value() or "")
    return sent


def _new_key() -> str:
    return uuid.uuid4().hex


def _language() -> str:
    return get_language() or "zh-hans"
