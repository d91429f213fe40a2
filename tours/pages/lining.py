"""The waiting list: joining it for a full time, seeing one's place, taking the seats that came free."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from farm.api import page_throttles as throttles
from farm.refusals import Refused
from tours import links, seats, sheets, waiting
from tours.booking import Contact
from tours.forms import PLANS, TICKET, AnswersForm, WaitForm
from tours.models import Slot, WaitingParty
from tours.pages.making import Sum, known, language, new_key, slot_of, to_the_calendar, typed
from tours.pages.terms import best_now, tiers_of
from tours.party import Party
from tours.quotes import plans_of, quoted

Status = WaitingParty.Status


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest, code: str) -> HttpResponse:
    """The form of the line of one full time; the button `join` takes a place in it."""
    data, now = typed(request), timezone.now()
    try:
        slot = slot_of(code, data, now)
    except Refused as refused:
        return to_the_calendar(request, code, data, refused)
    sheet = sheets.recent(slot.experience_id, now)
    if "join" not in request.POST:
        kept = {name: value for name, value in data.items() if request.method == "POST" or name.startswith(TICKET)}
        initial = {**known(request), **kept, "slot": slot.pk}
        return _join_page(request, slot, WaitForm(initial=initial, sheet=sheet), now)
    form = WaitForm(data, sheet=sheet)
    if not form.is_valid():
        form.mark_nobody()
        return _join_page(request, slot, form, now, status=400)
    try:
        throttles.check(request, throttles.BookingByAddress, throttles.BookingByPhone)
        party = waiting.join(slot=slot.pk, party=form.wanted, contact=form.contact, language=language(), now=now)
    except Refused as refused:
        form.refuse(refused)
        return _join_page(request, slot, form, now, status=throttles.status_of(refused))
    return HttpResponseRedirect(links.party_path(party))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """The party's place in line, or the seats offered to it; posting takes them."""
    party, now = links.party_in(token), timezone.now()
    if party.booking:
        return redirect(links.booking_path(party.booking))
    if not party.may_book(now):
        place = waiting.place_of(party) if party.status == Status.WAITING else 0
        context = {"party": party, "token": token, "place": place, "situation": _situation(party)}
        context |= {"tickets": _tickets(party, now), "again": _again(party)}
        return render(request, "tours/waiting.html", context)
    data = request.POST if request.method == "POST" and "look" not in request.POST else None
    form = _offer_form(party, data, request, now)
    if data is None or not form.is_valid():
        return _offer_page(request, token, party, form, status=400 if data else 200)
    return _accept(request, token, party, form)


@never_cache
@require_POST
def leaving(request: HttpRequest, token: str) -> HttpResponse:
    try:
        waiting.leave(party=links.party_in(token), by="visitor", now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("tours:waiting", token)


def _accept(request: HttpRequest, token: str, party: WaitingParty, form: AnswersForm) -> HttpResponse:
    contact = Contact(party.name, party.phone, party.email)
    wish = form.wish(party.slot_id, Party.of(party.party), contact)
    key, now = form.cleaned_data["key"] or new_key(), timezone.now()
    try:
        throttles.check(request, throttles.BookingByAddress)
        if form.cleaned_data["seen"] != _seen(_sums(party, now)):
            said = _("This is what it costs. If it is right, press the button again.")
            return _offer_page(request, token, party, form, said=said)  # no price that nobody has read
        booking = waiting.accept(party=party, wish=wish, key=key, now=now)
    except waiting.OfferEnded as refused:
        messages.error(request, str(refused))
        return redirect("tours:waiting", token)
    except Refused as refused:
        form.refuse(refused)
        return _offer_page(request, token, party, form, status=throttles.status_of(refused))
    return HttpResponseRedirect(links.booking_path(booking))


def _situation(party: WaitingParty) -> str:
    return {Status.WAITING: "in_line", Status.LEFT: "left"}.get(Status(party.status), "over")


def _tickets(party: WaitingParty, now: dt.datetime) -> list[tuple[str, int]]:
    """Who waits; a ticket that is gone for good goes by its code."""
    kinds = sheets.for_wait(party, now).ticket_types
    return [(kinds[code].name if code in kinds else code, many) for code, many in party.party.items()]


def _again(party: WaitingParty) -> str:
    """The experience's calendar on the day that they wanted."""
    return f"{reverse('tours:experience', args=[party.slot.experience.code])}?day={party.slot.date}#times"


def _join_page(
    request: HttpRequest, slot: Slot, form: WaitForm, now: dt.datetime, *, status: int = 200
) -> HttpResponse:
    form.focus_first_error()
    context = {
        "form": form,
        "slot": slot,
        "experience": slot.experience,
        "left": min(slot.left, slot.day.left),
        "has_room": isinstance(form.refused, waiting.RoomIsLeft),
        "next_times": seats.next_slots(slot, 1, now),
    }
    return render(request, "tours/wait.html", context, status=status)


def _offer_form(party: WaitingParty, data: QueryDict | None, request: HttpRequest, now: dt.datetime) -> AnswersForm:
    """The questions that are left: who comes and when is known."""
    sheet = replace(sheets.recent(party.slot.experience_id, now), ticket_types={})
    known: dict[str, Any] = {"slot": party.slot_id}
    if data is None:
        said = request.POST.dict() if request.method == "POST" else {}
        return AnswersForm(initial={"key": new_key(), **said, **known}, sheet=sheet)
    return AnswersForm({**data.dict(), **known}, sheet=sheet)


def _offer_page(
    request: HttpRequest, token: str, party: WaitingParty, form: AnswersForm, *, status: int = 200, said: str = ""
) -> HttpResponse:
    form.focus_first_error()
    now = timezone.now()
    tiers = tiers_of(party.slot.experience.refund_terms, party.slot.starts_at, now)
    try:
        sums = _sums(party, now)
    except Refused as refused:
        sums, status = [], throttles.status_of(refused)
        if form.refused is None:
            messages.error(request, str(refused))
    context = {
        "form": form,
        "party": party,
        "token": token,
        "slot": party.slot,
        "experience": party.slot.experience,
        "waiver": form.sheet.waiver,
        "sums": sums,
        "seen": _seen(sums),
        "said": said,
        "tiers": tiers,
        "back": best_now(tiers, now),
        "now": now,
    }
    return render(request, "tours/offer.html", context, status=status)


def _sums(party: WaitingParty, now: dt.datetime) -> list[tuple[Any, Sum]]:
    """What the offered seats cost, by each way to pay; the seats are held, so nobody else is asked.

    :raises UnknownTicketType: when one of its tickets is gone for good.
    """
    whole = waiting.whole_of(party, now)
    plans = plans_of(party.slot.experience)
    return [(PLANS[plan], Sum(quoted(party.slot, whole, plan))) for plan in plans]


def _seen(sums: Sequence[tuple[Any, Sum]]) -> str:
    """The prices as the form carries them, each way's with what is due at once."""
    return " ".join(sum.seen for _plan, sum in sums)
