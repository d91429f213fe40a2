"""What a customer may change until the cut-off: the ship date, the address, or the whole order."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from farm.api import page_throttles as throttles
from farm.api.signed_in import customer_of
from farm.forms import RefusableForm
from farm.money import yuan
from farm.refusals import Refused
from shop import changes, divisions
from shop.forms import NewAddressForm, ShipDateForm
from shop.links import order_in
from shop.models import Order
from shop.pages import pasting
from shop.pages.calendar import calendar
from shop.pages.ordering import typed

BY = "customer"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancellation(request: HttpRequest, token: str) -> HttpResponse:
    order = order_in(token)
    if request.method != "POST":
        closed = _closed(request, token, order)
        return closed or render(request, "shop/cancellation.html", {"token": token, "order": order})
    try:
        throttles.check(request, throttles.OrderingByAddress)
        changes.cancel(order=order, by=BY, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("shop:order", token)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ship_date(request: HttpRequest, token: str) -> HttpResponse:
    order = order_in(token)
    if request.method != "POST":
        form = ShipDateForm(initial={"ship_date": order.ship_date.date})
        return _closed(request, token, order) or _ship_date_page(request, token, order, form)
    form = ShipDateForm(typed(request))
    if form.is_valid():
        try:
            throttles.check(request, throttles.OrderingByAddress)
            changes.change_ship_date(order=order, to=form.cleaned_data["ship_date"], by=BY, now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The ship date is changed."))
            return redirect("shop:order", token)
    return _ship_date_page(request, token, order, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, token: str) -> HttpResponse:
    order = order_in(token)
    if request.method != "POST":
        return _closed(request, token, order) or _address_page(request, token, _begun(request, order))
    if pasting.is_asked(request):
        words, said = pasting.filled(request.POST)
        return _address_page(request, token, NewAddressForm(initial=words), said)
    form = NewAddressForm(request.POST)
    if form.is_valid():
        try:
            throttles.check(request, throttles.OrderingByAddress, throttles.OrderingByPhone)
            to, buyer_phone, now = form.address(), form.cleaned_data["buyer_phone"], timezone.now()
            sent = changes.change_address(order=order, address=to, buyer_phone=buyer_phone, by=BY, now=now)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _changed_words(sent, sent.total_fen - order.total_fen))
            return redirect("shop:order", token)
    return _address_page(request, token, form)


def _begun(request: HttpRequest, order: Order) -> NewAddressForm:
    """The form with what a link may show: the place, and the buyer's number to the buyer who is signed in."""
    place = {"province": order.province, "city": order.city, "district": order.district}
    customer = customer_of(request)
    is_theirs = customer is not None and customer.phone == order.buyer_phone
    return NewAddressForm(initial={**place, "buyer_phone": order.buyer_phone if is_theirs else ""})


def _closed(request: HttpRequest, token: str, order: Order) -> HttpResponse | None:
    """Back to the order with the reason, from an old page or link: no form that leads nowhere."""
    try:
        changes.refuse_unless_open(order, timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("shop:order", token)
    return None


def _changed_words(order: Order, more_fen: int) -> str:
    """What the new address did to the money; what was paid too much goes back, which the order's page says."""
    if not more_fen or order.paid_by:
        return _("The address is changed.")
    return _("The address is changed. With the freight to there the total is now %(total)s.") % {
        "total": f"¥{yuan(order.total_fen)}"
    }


def _ship_date_page(request: HttpRequest, token: str, order: Order, form: ShipDateForm) -> HttpResponse:
    form.focus_first_error()
    chosen = str(form["ship_date"].value() or "")
    days = calendar(now=timezone.now(), chosen=chosen, units=order.packing_units)
    context = {"token": token, "order": order, "form": form, "calendar": days}
    return render(request, "shop/ship_date.html", context, status=_status(form))


def _address_page(request: HttpRequest, token: str, form: NewAddressForm, said: str = "") -> HttpResponse:
    form.focus_first_error()
    context = {"token": token, "form": form, "provinces": divisions.provinces(), "may_paste": True, "said": said}
    return render(request, "shop/address.html", context, status=_status(form))


def _status(form: RefusableForm) -> int:
    if form.refused:
        return throttles.status_of(form.refused)
    return 400 if form.errors else 200
