"""What a visitor changes alone until the cut-off: the party, the time, the day; or the whole booking."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from farm.api import page_throttles as throttles
from farm.refusals import Refused
from farm.states import WrongState
from tours import cancelling, changing, links, sheets
from tours.availability import Opening
from tours.forms import TICKET, PartyForm
from tours.models import Booking, Rebooking
from tours.pages.making import other_times, typed
from tours.pages.month import Month, month_of
from tours.pages.standing import standing
from tours.pages.terms import tiers_of_booking

BY = "visitor"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, token: str) -> HttpResponse:
    """Choose another party or time and see what it costs; posting it changes the booking."""
    now = timezone.now()
    shown = standing(token, now=now)
    booking = shown.booking
    if not shown.can_change:
        messages.error(request, _("This booking cannot be changed now. Its page says how it stands."))
        return redirect("tours:booking", token)
    month = month_of(booking.slot.experience, **_where(request, booking), now=now)
    form = _form(request, booking, month, now)
    if request.method != "POST":
        return _page(request, token, booking, month, form)
    try:
        form.is_valid()
        throttles.check(request, throttles.BookingByAddress)
        changed = changing.change(
            booking=booking, slot=form.cleaned_data.get("slot") or 0, party=form.wanted, by=BY, now=now
        )
    except Refused as refused:
        form.refuse(refused)
        return _page(request, token, booking, month, form, status=throttles.status_of(refused))
    waits = isinstance(changed, Rebooking)
    messages.success(request, _("Pay the difference to make the change.") if waits else _("Your visit is changed."))
    return redirect("tours:booking", token)


@never_cache
@require_POST
def dropped_change(request: HttpRequest, token: str) -> HttpResponse:
    """Give up a change that waits for its payment."""
    booking = links.booking_in(token)
    held = booking.rebookings.held().first()
    try:
        if held:
            changing.drop(rebooking=held, by=BY, now=timezone.now())
    except WrongState:
        messages.error(request, _("The change was paid or ended meanwhile."))
    return redirect("tours:booking", token)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancellation(request: HttpRequest, token: str) -> HttpResponse:
    """What would go back now; posting it cancels."""
    now = timezone.now()
    if request.method == "POST":
        try:
            throttles.check(request, throttles.BookingByAddress)
            cancelling.cancel(booking=links.booking_in(token), by=BY, now=now)
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("tours:booking", token)
    shown = standing(token, now=now)
    if not shown.can_cancel:
        messages.error(request, _("This booking cannot be cancelled now. Its page says how it stands."))
        return redirect("tours:booking", token)
    booking = shown.booking
    context = {"token": token, "booking": booking, "back": cancelling.preview(booking=booking, now=now)}
    return render(request, "tours/cancellation.html", {**context, "tiers": tiers_of_booking(booking, now)})


def _where(request: HttpRequest, booking: Booking) -> dict[str, str]:
    """Which month and day the calendar shows: what was asked, else the booking's own."""
    said = request.GET if request.method != "POST" else request.POST
    return {"month": said.get("month", ""), "day": said.get("day", "") or booking.slot.date.isoformat()}


def _form(request: HttpRequest, booking: Booking, month: Month, now: dt.datetime) -> PartyForm:
    """What was chosen so far; a day that was tapped brings its time at the same hour along."""
    sheet = sheets.for_change(booking, now)
    sent: dict[str, Any] = typed(request).dict()
    if not any(name.startswith(TICKET) for name in sent):
        sent |= {TICKET + code: many for code, many in changing.party_of(booking).tickets}
    openings = month.chosen.openings if month.chosen else []
    sent["slot"] = _slot(sent, openings, booking)
    return PartyForm(sent, sheet=sheet)


def _slot(sent: Mapping[str, Any], openings: list[Opening] | Any, booking: Booking) -> str:
    wished = str(sent.get("slot", ""))
    by_key = {str(opening.slot): opening for opening in openings}
    if wished in by_key or "other_slot" in sent or not openings:
        return wished or str(booking.slot_id)
    hour = timezone.localtime(booking.slot.starts_at).time()
    same = (key for key, one in by_key.items() if timezone.localtime(one.starts_at).time() == hour and one.is_bookable)
    return next(same, next((key for key, one in by_key.items() if one.is_bookable), ""))


def _page(
    request: HttpRequest, token: str, booking: Booking, month: Month, form: PartyForm, *, status: int = 200
) -> HttpResponse:
    form.is_valid()
    context: dict[str, Any] = {"token": token, "booking": booking, "month": month, "form": form}
    context |= {"chosen": form.data["slot"], "refused": form.refused, "before": changing.party_of(booking).as_dict()}
    if not form.refused and not form.miscount and form.cleaned_data.get("slot"):
        context |= _preview(booking, form)
    if context["refused"]:
        context["next_times"] = other_times(context["refused"], booking.slot)
    return render(request, "tours/change.html", context, status=status)


def _preview(booking: Booking, form: PartyForm) -> dict[str, Any]:
    """What the change would cost or give back, or why it cannot be; a page without a change says nothing."""
    is_same = form.cleaned_data["slot"] == booking.slot_id and form.wanted == changing.party_of(booking)
    if is_same:
        return {}
    try:
        return {
            "preview": changing.preview(
                booking=booking, slot=form.cleaned_data["slot"], party=form.wanted, now=timezone.now()
            )
        }
    except Refused as refused:
        return {"refused": refused}
