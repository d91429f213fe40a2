"""The waiting list: joining it for a full day, seeing one's place, ordering the boxes that came free."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from farm.api import page_throttles as throttles
from farm.api.signed_in import customer_of
from farm.refusals import Refused
from shop import addresses, assortment, availability, divisions, freight, glance, waiting
from shop.addresses import Address
from shop.forms import BOX, OfferForm, WaitForm
from shop.links import order_path, waiting_in, waiting_path
from shop.models import Box, ShipDate, WaitingOrder
from shop.pages import pasting

Status = WaitingOrder.Status
BERRIES = 9
"""So many of those in line are drawn at most."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest) -> HttpResponse:
    """The form of the line of one full day; the button `join` takes a place in it."""
    now = timezone.now()
    boxes = assortment.offered(glance.recent(now), timezone.localdate(now))
    form = WaitForm(_said(request), initial=_chosen(request), boxes=boxes)
    try:
        ship_date = _full_date(form, now)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(_order_form({name: value for name, value in _chosen(request).items() if name.startswith(BOX)}))
    if not form.is_bound or not form.is_valid():
        return _join_page(request, form, ship_date, now)
    try:
        throttles.check(request, throttles.OrderingByAddress, throttles.OrderingByPhone)
        language, phone = get_language() or "zh-hans", form.cleaned_data["phone"]
        place = waiting.join(wants=form.wants, date=ship_date.date, phone=phone, language=language, now=now)
    except Refused as refused:
        form.refuse(refused)
        return _join_page(request, form, ship_date, now)
    return HttpResponseRedirect(waiting_path(place))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """The order's place in line, or the boxes offered to it; posting orders them."""
    place, now = waiting_in(token), timezone.now()
    if place.order:
        return redirect(order_path(place.order))
    if not place.may_order(now):
        return _place_page(request, token, place)
    if request.method != "POST":
        return _offer_page(request, token, place, _begun(request, place))
    if pasting.is_asked(request):
        words, said = pasting.filled(request.POST)
        return _offer_page(request, token, place, OfferForm(initial=words), said=said)
    return _order(request, token, place, OfferForm(request.POST))


@never_cache
@require_POST
def total(request: HttpRequest, token: str) -> HttpResponse:
    """What the offered boxes cost so far, for the offer's own page while the address is being chosen."""
    form = OfferForm(request.POST)
    form.is_valid()  # half an address is expected: without a province only the boxes are summed up
    place = waiting_in(token)
    return render(request, "shop/_offer_total.html", _sum(place, _place_of(form), timezone.now()))


@never_cache
@require_POST
def leaving(request: HttpRequest, token: str) -> HttpResponse:
    try:
        waiting.leave(waiting=waiting_in(token), by="customer", now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("shop:waiting", token)


def _begun(request: HttpRequest, place: WaitingOrder) -> OfferForm:
    """The form, with the phone that waited for whoever is signed in with it: links get passed on."""
    customer = customer_of(request)
    is_theirs = customer is not None and customer.phone == place.phone
    return OfferForm(initial={"phone": place.phone} if is_theirs else {})


def _order(request: HttpRequest, token: str, place: WaitingOrder, form: OfferForm) -> HttpResponse:
    if not form.is_valid():
        return _offer_page(request, token, place, form, status=400)
    now = timezone.now()
    try:
        throttles.check(request, throttles.OrderingByAddress, throttles.OrderingByPhone)
        address = form.address()
        if form.cleaned_data["seen"] != waiting.quote_of(place, address=address, now=now).total_fen:
            return _offer_page(request, token, place, form)  # no total that nobody has read
        order = waiting.accept(waiting=place, address=address, gift=form.gift, now=now)
    except waiting.OfferEnded as refused:
        messages.error(request, str(refused))
        return redirect("shop:waiting", token)
    except Refused as refused:
        form.refuse(refused)
        return _offer_page(request, token, place, form, status=throttles.status_of(refused))
    return HttpResponseRedirect(order_path(order))


def _said(request: HttpRequest) -> QueryDict | None:
    """What was sent to join; anything else only fills the form."""
    return request.POST if "join" in request.POST else None


def _chosen(request: HttpRequest) -> dict[str, Any]:
    """Boxes, day and phone as the order form or a link brings them; a full day's own button names the day."""
    sent = request.POST if request.method == "POST" else request.GET
    kept = {name: value for name, value in sent.items() if name.startswith(BOX) or name in ("ship_date", "phone")}
    if "wait_for" in sent:
        kept["ship_date"] = sent["wait_for"]
    return kept if request.method == "POST" else {name: value for name, value in kept.items() if name != "phone"}


def _full_date(form: WaitForm, now: dt.datetime) -> ShipDate:
    """The day that is waited for.

    :raises Refused: when it takes no orders at all.
    """
    try:
        date = form.fields["ship_date"].clean(form["ship_date"].value())
    except ValidationError as error:
        raise Refused(error.messages[0], advice="") from error
    return availability.takeable_date(date, now=now)


def _situation(place: WaitingOrder) -> str:
    return {Status.WAITING: "in_line", Status.LEFT: "left"}.get(Status(place.status), "over")


def _order_form(chosen: dict[str, Any]) -> str:
    """The order form with what was chosen already."""
    return f"{reverse('shop:order-form')}?{urlencode(chosen)}"


def _join_page(request: HttpRequest, form: WaitForm, ship_date: ShipDate, now: dt.datetime) -> HttpResponse:
    form.focus_first_error()
    context = {
        "form": form,
        "ship_date": ship_date,
        "has_room": isinstance(form.refused, waiting.RoomIsLeft),
        "next_dates": availability.next_dates(ship_date.date, units=_units_of(form), now=now),
    }
    status = throttles.status_of(form.refused) if form.refused else 400 if form.errors else 200
    return render(request, "shop/wait.html", context, status=status)


def _units_of(form: WaitForm) -> int:
    """The packing units that are wanted so far, at least one."""
    return max(form.packing_units if form.is_bound else 1, 1)


def _place_page(request: HttpRequest, token: str, place: WaitingOrder) -> HttpResponse:
    number = waiting.place_of(place) if place.status == Status.WAITING else 0
    context = {
        "waiting": place,
        "token": token,
        "place": number,
        "queue": range(min(number, BERRIES)),
        "situation": _situation(place),
        "boxes": [(box, place.wants[box.sku]) for box in Box.objects.filter(sku__in=place.wants)],
        "again": _order_form({BOX + sku: quantity for sku, quantity in place.wants.items()}),
    }
    return render(request, "shop/waiting.html", context)


def _offer_page(
    request: HttpRequest, token: str, place: WaitingOrder, form: OfferForm, *, status: int = 200, said: str = ""
) -> HttpResponse:
    form.focus_first_error()
    now = timezone.now()
    known = _place_of(form) if form.is_bound else None
    context = {"form": form, "waiting": place, "token": token, "now": now, "provinces": divisions.provinces()}
    context |= {"may_paste": True, "said": said}
    return render(request, "shop/offer.html", context | _sum(place, known, now), status=status)


def _place_of(form: OfferForm) -> Address | None:
    said = form.cleaned_data
    province, city, district = (said.get(name, "") for name in ("province", "city", "district"))
    return Address("", "", province, city, district, "") if province else None


def _sum(place: WaitingOrder, address: Address | None, now: dt.datetime) -> dict[str, Any]:
    """What it costs, with freight and arrival once the place is known."""
    try:
        if address is None:
            return {"quote": waiting.quote_of(place, now=now)}
        quote = waiting.quote_of(place, address=address, now=now)
        return {"quote": quote, "arrives_on": freight.arrival(addresses.check(address).code, place.ship_date.date)}
    except Refused as refused:
        return {"refused": refused}
