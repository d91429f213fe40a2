"""What a rained-out party chooses on its page: another time, its money or a credit."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from farm.api import page_throttles as throttles
from farm.forms import key_in
from farm.refusals import Refused
from tours import offers
from tours.pages.month import month_of
from tours.pages.standing import Standing, standing

BY = "visitor"
SLOT = "slot-"


class NothingChosen(Refused):
    code = "nothing_chosen"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rain(request: HttpRequest, token: str) -> HttpResponse:
    """All times of the experience, opened at the closed day; posting a choice answers the farm's offer."""
    now = timezone.now()
    shown = standing(token, now=now)
    if shown.offer is None:
        messages.error(request, _("There is nothing to choose any more. This page says how your booking stands."))
        return redirect("tours:booking", token)
    if request.method != "POST":
        slot = shown.booking.slot
        asked = {"month": request.GET.get("month", ""), "day": request.GET.get("day", "") or slot.date.isoformat()}
        month = month_of(slot.experience, **asked, now=now)
        return render(request, "tours/rain.html", {"token": token, "shown": shown, "month": month})
    try:
        throttles.check(request, throttles.BookingByAddress)
        words = _answer(shown, request.POST.get("choice", ""), now)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, words)
    return redirect("tours:booking", token)


def _answer(shown: Standing, choice: str, now: dt.datetime) -> str:
    """Do what was chosen of an open offer and say it.

    :raises Refused: when it cannot be, or nothing was chosen.
    """
    offer: Any = shown.offer
    slot = key_in(choice.removeprefix(SLOT)) if choice.startswith(SLOT) else 0
    if slot:
        offers.choose_slot(offer=offer, slot=slot, by=BY, now=now)
        return _("Your visit is moved. These are your new tickets.")
    if choice == "refund":
        offers.choose_refund(offer=offer, by=BY, now=now)
        return _("All your money goes back the way it came.") if shown.given_fen else _("Your booking has ended.")
    if choice == "credit":
        offers.choose_credit(offer=offer, by=BY, now=now)
        return _("Your credit is ready for another visit.")
    raise NothingChosen(_("Nothing was chosen."), advice=_("Choose another time, your money or a credit."))
