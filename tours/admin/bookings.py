"""Bookings as staff see them: found, masked, moved and cancelled by stories, and never edited by hand."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from farm import naming, security
from farm.admin import places
from farm.admin.exports import Exportable
from farm.admin.lists import EventHistory, History, ReadOnly, in_short, moment
from farm.admin.once import read_once
from farm.money import in_yuan
from tours.admin import words
from tours.admin.desk import DeskActions
from tours.admin.exports import BookingResource
from tours.admin.finding import ByChannel, ByStatus, Comes, Owes, RainedOut, search
from tours.admin.reports import ReportPage
from tours.models import Bill, BookedUnit, Booking, BookingEvent, ClosureOffer, Rebooking, Slot, Ticket, VisitorsDay
from tours.money import payments_of

places.lead("booking", places.found("tours_booking"))
places.call(Slot, VisitorsDay)
places.lead("waiting", places.found("tours_waitingparty"))


class Units(History):
    model = BookedUnit
    fields = ("kind", "people", "price")
    readonly_fields = fields
    verbose_name_plural = _("party")

    @display(description=_("ticket type"))
    def kind(self, unit: BookedUnit) -> str:
        return unit.ticket_type.name

    @display(description=_("price"))
    def price(self, unit: BookedUnit) -> str:
        return in_yuan(unit.price_fen)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BookedUnit]:
        units: QuerySet[BookedUnit] = super().get_queryset(request).select_related("ticket_type")
        return units


class Tickets(History):
    """Who of the party is in, and by which scan."""

    model = Ticket
    fields = ("kind", "key", "issue", "let_in")
    readonly_fields = fields
    verbose_name_plural = _("tickets")

    @display(description=_("ticket type"))
    def kind(self, ticket: Ticket) -> str:
        return ticket.unit.ticket_type.name

    @display(description=_("let in"))
    def let_in(self, ticket: Ticket) -> str:
        scan = ticket.check_in
        return f"{localtime(scan.at):%m-%d %H:%M} · {scan.gate} · {scan.by}" if scan else "-"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        tickets: QuerySet[Ticket] = super().get_queryset(request)
        return tickets.select_related("unit__ticket_type", "check_in")


class Bills(History):
    model = Bill
    fields = ("number", "what_for", "amount", "made_at", "paid_at", "paid_by", "kept", "voided_at")
    readonly_fields = fields
    verbose_name_plural = _("bills")

    @display(description=_("for"))
    def what_for(self, bill: Bill) -> str:
        return str(words.BILL[Bill.Why(bill.why)])

    @display(description=_("amount"))
    def amount(self, bill: Bill) -> str:
        return in_yuan(bill.amount_fen)

    @display(description=_("kept"))
    def kept(self, bill: Bill) -> str:
        return in_yuan(bill.kept_fen) if bill.paid_at else "-"


class Changes(History):
    model = Rebooking
    fields = ("number", "slot", "state", "held_at", "hold_until")
    readonly_fields = fields
    verbose_name_plural = _("changes that cost more")

    @display(description=_("status"))
    def state(self, change: Rebooking) -> str:
        return str(words.CHANGE[Rebooking.Status(change.status)])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rebooking]:
        changes: QuerySet[Rebooking] = super().get_queryset(request).select_related("slot")
        return changes


class Offers(History):
    model = ClosureOffer
    fields = ("closure", "state")
    readonly_fields = fields
    show_change_link = True
    verbose_name_plural = _("choices after a closure")

    @display(description=_("status"))
    def state(self, offer: ClosureOffer) -> str:
        return str(words.OFFER[ClosureOffer.Status(offer.status)])

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClosureOffer]:
        offers: QuerySet[ClosureOffer] = super().get_queryset(request).select_related("closure")
        return offers


class BookingHistory(EventHistory):
    model = BookingEvent


@admin.register(Booking)
class BookingAdmin(Exportable, ReadOnly, DeskActions, ReportPage):
    resource_classes = [BookingResource]
    list_display = ("number", "state", "visits_at", "visit", "who", "phone_masked", "seats", "total", "owes", "held")
    held = moment("held_at", _("booked at"))
    list_filter = (Comes, ByStatus, "slot__experience", ByChannel, Owes, RainedOut)
    linked_by = ("slot__id__exact",)
    list_select_related = ("slot__experience",)
    search_fields = ("number",)
    search_help_text = _("a whole booking number or phone number")
    inlines = (Units, Tickets, Bills, Changes, Offers, BookingHistory)

    @display(description=_("status"), label=words.BOOKING_COLOURS)
    def state(self, booking: Booking) -> words.Said:
        return words.Said((booking.status, str(words.BOOKING[Booking.Status(booking.status)])))

    @display(description=_("comes"), ordering="slot__starts_at")
    def visits_at(self, booking: Booking) -> str:
        return in_short(booking.slot.starts_at)

    @display(description=_("experience"))
    def visit(self, booking: Booking) -> str:
        return booking.slot.experience.name

    @display(description=_("name"))
    def who(self, booking: Booking) -> str:
        return security.mask_name(booking.name) or "-"

    @display(description=_("phone"))
    def phone_masked(self, booking: Booking) -> str:
        return security.mask_phone(booking.phone) if booking.phone else "-"

    @display(description=_("price"), ordering="total_fen")
    def total(self, booking: Booking) -> str:
        return in_yuan(booking.total_fen)

    @display(description=_("to pay yet"))
    def owes(self, booking: Booking) -> str:
        return in_yuan(booking.balance_fen) if booking.is_alive and booking.balance_fen else "-"

    @display(description=_("money"))
    def costs(self, booking: Booking) -> str:
        return _now("price %(total)s + fee %(fee)s, credit %(credit)s, paid %(paid)s, to pay yet %(balance)s") % {
            "total": in_yuan(booking.total_fen),
            "fee": in_yuan(booking.fee_fen),
            "credit": in_yuan(booking.credit_fen),
            "paid": in_yuan(booking.paid_fen),
            "balance": in_yuan(booking.balance_fen if booking.is_alive else 0),
        }

    @display(description=_("plan and channel"))
    def way(self, booking: Booking) -> str:
        plan, channel = Booking.Plan(booking.plan), Booking.Channel(booking.channel)
        return f"{words.PLAN[plan]} · {words.CHANNEL[channel]}"

    @display(description=_("refund terms"))
    def refund_terms(self, booking: Booking) -> str:
        return ", ".join(f"{tier['hours']} h: {tier['percent']} %" for tier in booking.terms) or "-"

    @display(description=_("answers"))
    @read_once
    def answers_given(self, booking: Booking) -> SafeString:
        asked = {question.code: question for question in booking.slot.experience.questions.all()}
        given = (
            (asked[code].words, asked[code].answer_words(answer)) if code in asked else (code, answer)
            for code, answer in booking.answers.items()
        )
        return format_html_join("", "<div>{}: {}</div>", given) or SafeString("-")

    @display(description=_("payments and refunds"))
    @read_once
    def payments(self, booking: Booking) -> SafeString:
        """Each attempt with what came and what went back; the links need their own permission."""
        lines = []
        for payment in payments_of(booking):
            place = reverse("admin:farm_payment_change", args=[payment.pk])
            by_way_of = naming.provider(payment.provider)
            money = (in_yuan(payment.amount_fen), by_way_of, payment.get_status_display())
            back = "".join(
                f" · {in_yuan(-refund.amount_fen)} ({refund.get_status_display()})" for refund in payment.refunds.all()
            )
            trade = places.led("farm_payment", place, payment.trade_no, self.reader)
            lines.append((trade, " ".join(money), back))
        return format_html_join("", "<div>{} {}{}</div>", lines) or SafeString("-")

    @display(description=_("movements"))
    @read_once
    def movements(self, booking: Booking) -> SafeString:
        return places.movements_of(booking.holder, self.reader)

    @display(description=_("language"))
    def speaks(self, booking: Booking) -> str:
        return naming.language(booking.language)

    @display(description=_("seats"), ordering="people")
    def seats(self, booking: Booking) -> int:
        return booking.people

    @display(description=_("slot"))
    def slot_page(self, booking: Booking) -> SafeString | str:
        words = f"{self.visits_at(booking)} · {booking.slot.experience.name}"
        place = reverse("admin:tours_slot_change", args=[booking.slot_id])
        return places.led("tours_slot", place, words, self.reader)

    def get_fieldsets(self, request: HttpRequest, obj: Booking | None = None) -> list[tuple[Any, dict[str, Any]]]:
        sees = self.sees_people(request)
        person: tuple[Any, ...] = (("who", "phone_masked"), "speaks")
        if sees:
            person = (("name", "phone", "email"), ("speaks", "waiver_accepted_at"), "answers_given", "notes")
        times = ("held_at", "hold_until", "confirmed_at")
        visit = (("number", "state"), ("slot_page", "seats"), times, ("cancelled_at", "cancel_reason"))
        money = ("costs", ("way", "refund_terms"), "payments", "movements")
        return [(None, {"fields": visit}), (_("Who"), {"fields": person}), (_("Money and seats"), {"fields": money})]

    def get_readonly_fields(self, request: HttpRequest, obj: Booking | None = None) -> list[str]:
        fieldsets: Any = self.get_fieldsets(request, obj)
        return flatten_fieldsets(fieldsets)

    def found(self, queryset: QuerySet[Booking], term: str) -> QuerySet[Booking]:
        return search(queryset, term)

    def get_export_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"shows_people": self.sees_people(request)}

    def get_export_data(self, file_format: Any, request: HttpRequest, queryset: Any, **kwargs: Any) -> Any:
        self.note_export(request, queryset, _now("%(count)s bookings") % {"count": queryset.count()})
        return super().get_export_data(file_format, request, queryset, **kwargs)
