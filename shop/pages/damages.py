"""Saying what arrived damaged, from the order's page, with photos."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from farm.api import page_throttles as throttles
from farm.api import uploads
from farm.refusals import Refused
from shop import damage, photos, pricing
from shop.damage_form import DamageForm
from shop.links import order_in
from shop.models import Order


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def damaged(request: HttpRequest, token: str) -> HttpResponse:
    """The form; posting it hands the report to the farm."""
    order, now = order_in(token), timezone.now()
    kinds = pricing.bought(order.lines.select_related("box__variety"))
    try:
        damage.check_open(order, now=now)
        if request.method != "POST":
            return _page(request, token, order, DamageForm(kinds=kinds))
        throttles.check(request, throttles.ReportingByAddress)  # before photos are unpacked: that is work
        form = DamageForm(request.POST, request.FILES, kinds=kinds)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("shop:order", token)
    return _report(request, token, order, form)


def _report(request: HttpRequest, token: str, order: Order, form: DamageForm) -> HttpResponse:
    if uploads.was_too_much(request):
        form.refuse(photos.too_large_together())
    if not form.is_valid():
        return _page(request, token, order, form, status=400)
    said = form.cleaned_data
    try:
        damage.report(order=order, hurt=form.hurt, words=said["words"], photos=said["photos"], now=timezone.now())
    except damage.ReportedAlready:
        pass  # pressed twice: the order's page shows the first one
    except Refused as refused:
        form.refuse(refused)
        return _page(request, token, order, form, status=throttles.status_of(refused))
    return redirect("shop:order", token)


def _page(request: HttpRequest, token: str, order: Order, form: DamageForm, *, status: int = 200) -> HttpResponse:
    form.focus_first_error()
    context = {"token": token, "order": order, "form": form, "until": damage.reportable_until(order)}
    context["days"] = settings.KEEP_PHOTOS_DAYS
    return render(request, "shop/damaged.html", context, status=status)
