"""The account at a glance, and its two lists: orders and visits."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from beizhen.account import shown
from beizhen.account.pages.door import for_customers
from farm import contacts
from farm.models import SignIn

AT_A_GLANCE = 1


@require_safe
@for_customers
def overview(request: HttpRequest, running: SignIn) -> HttpResponse:
    customer, now = running.customer, timezone.now()
    context = {
        "contact": contacts.of(customer),
        "orders": shown.orders_of(customer, now=now, most=AT_A_GLANCE).rows,
        "bookings": shown.bookings_of(customer, now=now, most=AT_A_GLANCE).rows,
    }
    return render(request, "account/overview.html", context)


@require_safe
@for_customers
def orders(request: HttpRequest, running: SignIn) -> HttpResponse:
    page = shown.orders_of(running.customer, before=_before(request), now=timezone.now())
    return render(request, "account/orders.html", {"page": page, "contact": contacts.of(running.customer)})


@require_safe
@for_customers
def bookings(request: HttpRequest, running: SignIn) -> HttpResponse:
    page = shown.bookings_of(running.customer, before=_before(request), now=timezone.now())
    return render(request, "account/bookings.html", {"page": page})


def _before(request: HttpRequest) -> int:
    said = request.GET.get("before", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0
