"""The order's own page behind its signed link: how it stands, and paying for it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from farm.api import page_throttles as throttles
from farm.refusals import Refused
from shop import checkout, paying, refusals
from shop.links import number_in, order_in, page_of
from shop.models import Order
from shop.pages.progress import Progress, progress


@never_cache
@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    return render(request, "shop/order.html", {"token": token, "shown": _progress(token)})


@never_cache
@require_safe
def show_now(request: HttpRequest, token: str) -> HttpResponse:
    """The part of the page that changes, for the page to look again by itself."""
    return render(request, "shop/_order_now.html", {"token": token, "shown": _progress(token)})


@never_cache
@require_POST
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Open a payment and go to the cashier; an order that cannot be paid shows why on its own page."""
    order, now = order_in(token), timezone.now()
    if not order.awaits_payment(now):
        return redirect("shop:order", token)
    try:
        throttles.check(request, throttles.OrderingByAddress)
        payment = paying.start(order=order, return_url=page_of(token), now=now)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("shop:order", token)
    return HttpResponseRedirect(payment.pay_url)


@never_cache
@require_POST
def extend(request: HttpRequest, token: str) -> HttpResponse:
    """Keep the boxes once more as long; a second press only shows until when they are kept."""
    try:
        throttles.check(request, throttles.OrderingByAddress)
        checkout.extend_hold(order=order_in(token), now=timezone.now())
    except refusals.KeptOnce:
        pass  # pressed twice: the page says until when they are kept
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("shop:order", token)


def _progress(token: str) -> Progress:
    try:
        return progress(number_in(token), now=timezone.now())
    except Order.DoesNotExist as error:
        raise Http404 from error
