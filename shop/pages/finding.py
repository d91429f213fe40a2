"""Finding an order again by its number and the last digits of the phone."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from farm.api import page_throttles as throttles
from farm.refusals import Refused
from shop.forms import FindForm
from shop.links import order_path
from shop.models import Order


class NotFound(Refused):
    """One answer for every failure: it never tells whether the number exists."""

    code = "not_found"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "shop/find.html", {"form": FindForm()})
    form = FindForm(request.POST)
    if form.is_valid():
        try:
            throttles.check(request, throttles.FindingByAddress, throttles.FindingByNumber)
            return HttpResponseRedirect(order_path(_order(**form.cleaned_data)))
        except Refused as refused:
            form.refuse(refused)
    form.focus_first_error()
    status = throttles.status_of(form.refused) if form.refused else 400
    return render(request, "shop/find.html", {"form": form}, status=status)


def _order(*, number: str, digits: str) -> Order:
    order = Order.objects.filter(number=number).first()
    if order is None or not constant_time_compare(order.buyer_phone[-4:], digits):
        raise NotFound(
            _("We know no order with this number and these digits."),
            advice=_("Compare both with the message we sent you, or ask the farm."),
        )
    return order
