"""Booking a visit: party, contact, questions and rules on one page, with the price before anything is booked."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from farm.api import page_throttles as throttles
from farm.api.signed_in import customer_of
from farm.forms import key_in
from farm.idempotency import KeyReused
from farm.refusals import Refused
from tours import availability, booking, refusals, sheets
from tours.forms import TICKET, AnswersForm, BookForm, PartyForm
from tours.links import booking_path
from tours.models import Experience, Slot
from tours.pages.terms import Tier, best_now, tiers_of
from tours.party import Party
from tours.quotes import Quote


class BookedAlready(Refused):
    """The same form was sent before with other words: a look back is better than a second booking by mistake."""

    code = "booked_already"
    conflict = True


@dataclass(frozen=True)
class Sum:
    """What the party would cost, as far as it can be said yet; `refused` says why it cannot come."""

    quote: Quote | None = None
    refused: Refused | None = None
    miscount: str = ""
    is_new: bool = False
    back: Tier | None = None
    """What goes back, and until when, by the terms as they stand now."""

    @property
    def seen(self) -> str:
        """The price as the form carries it: what was shown is what is booked."""
        return f"{self.quote.total_fen}/{self.quote.due_now_fen}" if self.quote else ""

    @property
    def later_fen(self) -> int:
        """What is left to pay on arrival."""
        if self.quote is None:
            return 0
        return max(0, self.quote.total_fen - self.quote.credit_fen - self.quote.due_now_fen)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, code: str) -> HttpResponse:
    """The booking form of one time; posting it holds the seats. The button `look` only shows the price."""
    data, now = typed(request), timezone.now()
    try:
        slot = slot_of(code, data, now)
    except Refused as refused:
        return to_the_calendar(request, code, data, refused)
    sheet = sheets.recent(slot.experience_id, now)
    if request.method == "POST" and not {"look", "other_slot"} & set(request.POST):
        return _book(request, slot, BookForm(data, sheet=sheet), now)
    if request.method != "POST" and not min(slot.left, slot.day.left):
        return redirect(f"{reverse('tours:wait', args=[code])}?slot={slot.pk}")
    form = BookForm(initial=_kept(data, request), sheet=sheet)
    return _page(request, slot, form, sum_of(BookForm(data, sheet=sheet), slot.pk, now))


@never_cache
@require_POST
def total(request: HttpRequest, code: str) -> HttpResponse:
    """The price so far, for the form's own page while it is being filled in."""
    experience, now = get_object_or_404(Experience, code=code, is_on_sale=True), timezone.now()
    form = BookForm(request.POST, sheet=sheets.recent(experience.pk, now))
    return render(request, "tours/_sum.html", {"sum": sum_of(form, key_in(request.POST.get("slot", "")), now)})


def sum_of(form: AnswersForm, slot: int, now: dt.datetime) -> Sum:
    """What a half-filled form would cost; nothing when nobody is chosen yet."""
    form.is_valid()  # half a form is expected: what cannot be read yet is only left out of the sum
    if form.miscount:
        return Sum(miscount=form.miscount)
    if not form.wanted.tickets:
        return Sum()
    try:
        return _costs(priced(form, slot, form.wanted, now), now)
    except Refused as refused:
        return Sum(refused=refused)


def _costs(quote: Quote, now: dt.datetime) -> Sum:
    return Sum(quote=quote, back=best_now(tiers_of(quote.terms, quote.slot.starts_at), now))


def priced(form: AnswersForm, slot: int, party: Party, now: dt.datetime) -> Quote:
    return booking.quote(slot=slot, party=party, plan=form.chosen_plan, credit=form.credit_code, now=now)


def slot_of(code: str, data: Mapping[str, Any], now: dt.datetime) -> Slot:
    """The time that the form speaks of, open for this experience.

    :raises Refused: when visitors cannot book it; full ones pass.
    """
    try:
        slot = booking.bookable(key_in(str(data.get("slot", ""))), now)
        belongs = slot.experience.code == code and slot.experience.is_on_sale
        return slot if belongs else booking.bookable(0, now)
    except Refused:
        get_object_or_404(Experience, code=code, is_on_sale=True)  # what is not there has no time to refuse
        raise


def to_the_calendar(request: HttpRequest, code: str, data: Mapping[str, Any], refused: Refused) -> HttpResponse:
    """Say why the time cannot be had, on the calendar of its day, which leads on to others."""
    messages.error(request, str(refused))
    calendar = reverse("tours:experience", args=[code])
    slot = Slot.objects.filter(pk=key_in(str(data.get("slot", ""))), experience__code=code).first()
    return redirect(f"{calendar}?day={slot.date}" if slot else calendar)


def typed(request: HttpRequest) -> QueryDict:
    """What was sent; a button for another time counts more than the one of the form."""
    sent = (request.POST if request.method == "POST" else request.GET).copy()
    if "other_slot" in sent:
        sent["slot"] = str(sent["other_slot"])
    return sent


def other_times(refused: Refused | None, slot: Slot) -> list[Slot]:
    """The next times with room that a refusal names."""
    times = refused.extra.get("next_slots", []) if refused else []
    if not times:
        return []
    starts = [dt.datetime.fromisoformat(time) for time in times]
    return list(Slot.objects.filter(experience=slot.experience_id, starts_at__in=starts).order_by("starts_at"))


def language() -> str:
    return get_language() or "zh-hans"


def new_key() -> str:
    """Made when the form is shown: a double tap or a reload is one booking."""
    return uuid.uuid4().hex


def _book(request: HttpRequest, slot: Slot, form: BookForm, now: dt.datetime) -> HttpResponse:
    if not form.is_valid():
        _mark_what_else(form)
        return _page(request, slot, form, sum_of(form, slot.pk, now), status=400)
    wish = form.wish(slot.pk, form.wanted, form.contact)
    key = form.cleaned_data["key"] or new_key()
    try:
        throttles.check(request, throttles.BookingByAddress, throttles.BookingByPhone)
        if not booking.is_held_already(wish.contact.phone, key):
            now_costs = replace(_costs(priced(form, slot.pk, form.wanted, now), now), is_new=True)
            if now_costs.seen != form.cleaned_data["seen"]:
                return _page(request, slot, form, now_costs)
        held = booking.hold(wish=wish, language=language(), key=key, now=now)
    except KeyReused:
        return _page(request, slot, _sent_before(form), sum_of(form, slot.pk, now), status=409)
    except Refused as refused:
        form.refuse(refused)
        return _page(request, slot, form, sum_of(form, slot.pk, now), status=throttles.status_of(refused))
    return HttpResponseRedirect(booking_path(held))


def _mark_what_else(form: BookForm) -> None:
    """A form that cannot be sent yet says everything that is missing at once."""
    form.mark_nobody()
    waiver = form.sheet.waiver
    if waiver and form.cleaned_data.get("waiver") != waiver.version:
        form.refuse(refusals.waiver_not_accepted(waiver))


def _sent_before(form: BookForm) -> BookForm:
    """The same words with a fresh key, and what to do about the booking that was made before."""
    data = QueryDict(mutable=True)
    data.update({name: form[name].value() or "" for name in form.fields} | {"key": new_key()})
    again = BookForm(data, sheet=form.sheet)
    again.refuse(
        BookedAlready(
            _("This form has made a booking already."),
            advice=_("Its link is in the message we sent you. To book once more, press the button again."),
        )
    )
    return again


def _kept(data: QueryDict, request: HttpRequest) -> dict[str, Any]:
    """What to show in a form that is not sent yet. Names and phones never come from the address bar."""
    kept = {name: value for name, value in data.items() if request.method == "POST" or name.startswith(TICKET)}
    return {"plan": "", **known(request), **kept, "slot": data.get("slot", ""), "key": kept.get("key") or new_key()}


def known(request: HttpRequest) -> dict[str, str]:
    """Name, phone and mail address of whoever is signed in; nothing of anybody else."""
    customer = customer_of(request)
    if customer is None:
        return {}
    return {"name": customer.name, "phone": customer.phone or "", "email": customer.email or ""}


def _page(request: HttpRequest, slot: Slot, form: BookForm, found: Sum, *, status: int = 200) -> HttpResponse:
    form.focus_first_error()
    now = timezone.now()
    day = availability.of_experience(experience=slot.experience, first=slot.date, last=slot.date, now=now)
    refused = form.refused or found.refused
    context = {
        "form": form,
        "slot": slot,
        "experience": slot.experience,
        "waiver": form.sheet.waiver,
        "others_today": [opening for opening in day if opening.slot != slot.pk and opening.is_bookable],
        "left": min(slot.left, slot.day.left),
        "sum": found,
        "next_times": other_times(refused, slot),
        "is_full": isinstance(refused, refusals.SlotFull),
        "tiers": tiers_of(slot.experience.refund_terms, slot.starts_at, now),
        "page_again": _form_address(slot, form),
    }
    return render(request, "tours/book.html", context, status=status)


def _form_address(slot: Slot, form: PartyForm) -> str:
    """The form's own address with the time and the tickets chosen so far, nothing personal."""
    query = QueryDict(mutable=True)
    query["slot"] = str(slot.pk)
    for _kind, field in form.tickets:
        if value := field.value():
            query[field.name] = str(value)
    return f"{reverse('tours:book', args=[slot.experience.code])}?{query.urlencode()}"
