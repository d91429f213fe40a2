"""The ground's own page: the practice cashier, which stands where a provider's page would."""

import datetime as dt
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from farm.models import CashierTrade, Payment
from farm.money import yuan
from farm.payments import cashier as practice
from farm.payments import fake, providers
from farm.refusals import Refused

CHOICES: dict[str, Callable[[Payment, dt.datetime], None]] = {
    "pay": practice.pay,
    "fail": practice.fail,
    "late": practice.pay_late,
    "twice": practice.pay_twice,
    "abandon": practice.abandon,
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cashier(request: HttpRequest, trade_no: str) -> HttpResponse:
    payment = _payment(trade_no)
    if request.method != "POST":
        return _page(request, payment)
    choose = CHOICES.get(request.POST.get("choice", ""))
    if choose is None:
        return _page(request, payment, refusal=_("Choose one of the buttons below."), status=400)
    try:
        choose(payment, timezone.now())
    except Refused as refused:
        return _page(request, payment, refusal=str(refused), status=409)
    return HttpResponseRedirect(payment.return_url or "/")


def _payment(trade_no: str) -> Payment:
    """Nobody pays at the practice cashier of a farm that takes real money."""
    try:
        providers.named(fake.NAME)
    except providers.UnknownProvider as error:
        raise Http404 from error
    get_object_or_404(CashierTrade, trade_no=trade_no)
    return get_object_or_404(Payment, trade_no=trade_no, provider=fake.NAME)


def _page(request: HttpRequest, payment: Payment, refusal: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    seconds_left = max(0, int((payment.expires_at - now).total_seconds()))
    context = {
        "payment": payment,
        "now": now,
        "subject": practice.subject(payment),
        "amount": yuan(payment.amount_fen),
        "stage": practice.stage(payment, now),
        "minutes_left": seconds_left // 60,
        "seconds_left": seconds_left % 60,
        "refusal": refusal,
        "return_url": payment.return_url or "/",
    }
    return render(request, "farm/cashier.html", context, status=status)
