"""A booking's own page behind its signed link: how it stands, paying for it, its tickets."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from farm.api import page_throttles as throttles
from farm.refusals import Refused
from tours import booking as holding
from tours import ics, links, notices, papers, paying
from tours.pages.standing import standing


@never_cache
@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    return render(request, "tours/booking.html", {"token": token, "shown": standing(token, now=timezone.now())})


@never_cache
@require_safe
def show_now(request: HttpRequest, token: str) -> HttpResponse:
    """The part of the page that changes, for the page to look again by itself."""
    return render(request, "tours/_booking_now.html", {"token": token, "shown": standing(token, now=timezone.now())})


@never_cache
@require_POST
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Open a payment of what is due now and go to the cashier; else the booking's page shows why not."""
    booking = links.booking_in(token)
    try:
        throttles.check(request, throttles.BookingByAddress)
        payment = paying.start(booking=booking, return_url=links.page_of(token), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("tours:booking", token)
    return HttpResponseRedirect(payment.pay_url)


@never_cache
@require_POST
def extension(request: HttpRequest, token: str) -> HttpResponse:
    """Keep the seats for as long again, once."""
    booking = links.booking_in(token)
    try:
        holding.extend(booking=booking, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("tours:booking", token)


@never_cache
@require_POST
def message(request: HttpRequest, token: str) -> HttpResponse:
    """Send the link to the tickets once more."""
    booking = links.booking_in(token)
    try:
        throttles.check(request, throttles.BookingByAddress)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("tours:booking", token)
    if booking.status == booking.Status.CONFIRMED:
        notices.send_again(booking, now=timezone.now())
        messages.success(request, _("Sent: it comes to your phone in a minute."))
    return redirect("tours:booking", token)


@never_cache
@require_safe
def tickets_pdf(request: HttpRequest, token: str) -> HttpResponse:
    booking = links.booking_in(token)
    try:
        paper = papers.pdf(booking)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("tours:booking", token)
    return _file(paper, "application/pdf", f"{booking.number}.pdf")


@never_cache
@require_safe
def visit_ics(request: HttpRequest, token: str) -> HttpResponse:
    booking = links.booking_in(token)
    url = request.build_absolute_uri(links.page_of(token))
    return _file(ics.calendar_file(booking, url=url, now=timezone.now()), "text/calendar", f"{booking.number}.ics")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Robots-Tag": "noindex"}
    return HttpResponse(content, content_type=kind, headers=headers)
