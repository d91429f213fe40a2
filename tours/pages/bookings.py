"""A booking's own page, and that of a party that waits, behind their signed links."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tours import links
from tours.models import Booking


@require_GET
def show(request: HttpRequest, token: str) -> HttpResponse:
    booking = links.booking_in(token, Booking.objects.with_everything())
    return render(request, "tours/booking.html", {"booking": booking, "token": token})


@require_GET
def waiting(request: HttpRequest, token: str) -> HttpResponse:
    return render(request, "tours/waiting.html", {"party": links.party_in(token), "token": token})
