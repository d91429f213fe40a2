"""Parties in line for full times, and how far each has come."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from farm import security
from farm.admin.lists import EventHistory, InWords, ReadOnly, in_short, moment
from farm.admin.once import read_once
from farm.admin.personal import Personal
from farm.people import hand
from tours import waiting
from tours.admin import words
from tours.admin.dialogs import LEAVE_DIALOG
from tours.admin.finding import search
from tours.models import TicketType, WaitingParty, WaitingPartyEvent

Status = WaitingParty.Status


class PartyHistory(EventHistory):
    model = WaitingPartyEvent


class ByPlace(InWords):
    title = _("status")
    parameter_name = "status"
    words = words.WAITING


@admin.register(WaitingParty)
class WaitingPartyAdmin(ReadOnly, Personal):
    personal = "tours.view_visitors"
    list_display = ("number", "state", "wants", "visit", "who", "phone_masked", "people", "joined", "offered")
    joined = moment("joined_at", _("joined"))
    offered = moment("offered_until", _("offered until"))
    list_filter = (ByPlace, "slot__experience")
    list_select_related = ("slot__experience",)
    search_fields = ("number",)
    search_help_text = _("a whole number of a waiting party or phone number")
    inlines = (PartyHistory,)
    actions_detail = ("take_out",)

    @display(description=_("status"), label=words.WAITING_COLOURS)
    def state(self, party: WaitingParty) -> words.Said:
        return words.Said((party.status, str(words.WAITING[Status(party.status)])))

    @display(description=_("wants to come"), ordering="slot__starts_at")
    def wants(self, party: WaitingParty) -> str:
        return in_short(party.slot.starts_at)

    @display(description=_("experience"))
    def visit(self, party: WaitingParty) -> str:
        return party.slot.experience.name

    @display(description=_("name"))
    def who(self, party: WaitingParty) -> str:
        return security.mask_name(party.name)

    @display(description=_("phone"))
    def phone_masked(self, party: WaitingParty) -> str:
        return security.mask_phone(party.phone)

    @display(description=_("party"))
    @read_once
    def tickets(self, party: WaitingParty) -> str:
        kinds = TicketType.objects.filter(experience=party.slot.experience_id, code__in=party.party)
        return ", ".join(f"{kind.name} ×{party.party[kind.code]}" for kind in kinds)

    @display(description=_("its place in line"))
    @read_once
    def place(self, party: WaitingParty) -> str:
        return str(waiting.place_of(party)) if party.status == Status.WAITING else "-"

    def get_fields(self, request: HttpRequest, obj: WaitingParty | None = None) -> list[Any]:
        person = ("name", "phone", "email") if self.sees_people(request) else ("who", "phone_masked")
        return [("number", "state"), ("wants", "visit"), person, ("tickets", "people", "place"),
                ("joined_at", "offered_until"), "booking"]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: WaitingParty | None = None) -> tuple[str, ...]:
        return ("state", "wants", "visit", "who", "phone_masked", "tickets", "place")

    def found(self, queryset: QuerySet[WaitingParty], term: str) -> QuerySet[WaitingParty]:
        return search(queryset, term)

    @action(description=_("Take out of the line"), permissions=["leave"], icon="logout", dialog=LEAVE_DIALOG)
    def take_out(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        party, by, now = WaitingParty.objects.get(pk=object_id), hand(request.user), timezone.now()
        self.do(request, [party], lambda row: waiting.leave(party=row, by=by, now=now), said=_now("left the line"))
        return self.back_to(request, party)

    def has_leave_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not request.user.has_perm("tours.cancel_booking"):
            return False
        in_line = WaitingParty.objects.filter(status__in=WaitingParty.MOVES[Status.LEFT])
        return object_id is None or in_line.filter(pk=object_id).exists()
