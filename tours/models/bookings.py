import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils.translation import gettext_lazy as _

from farm.language import titled
from farm.models import Payment
from farm.models.payments import PaymentQuerySet
from farm.money import share
from farm.states import Event, Moves
from tours.models.experiences import TicketType, Waiver
from tours.models.slots import Slot


class BookingQuerySet(models.QuerySet["Booking"]):
    def held(self) -> "BookingQuerySet":
        return self.filter(status=Booking.Status.HELD)

    def with_a_dead_hold(self, now: dt.datetime) -> "BookingQuerySet":
        """Holds whose time is over, but for those whose money was taken in time and is still to be told."""
        taken_in_time = _attempts().in_hand().filter(captured_at__lt=OuterRef("hold_until"))
        return self.held().filter(~Exists(taken_in_time), hold_until__lte=now)

    def told_of(self, since: dt.datetime) -> "BookingQuerySet":
        """Bookings of which no provider has a last word to say: no attempt is open, or the hold ended by `since`."""
        still_open = _attempts().filter(status=Payment.Status.PENDING)
        return self.filter(~Exists(still_open) | Q(hold_until__lte=since))

    def coming(self) -> "BookingQuerySet":
        """Bookings whose party is expected or has come."""
        return self.filter(status__in=(Booking.Status.CONFIRMED, Booking.Status.ATTENDED))

    def with_everything(self) -> "BookingQuerySet":
        """What a booking's page shows, in four queries."""
        return self.select_related("slot__experience", "slot__day", "waiver").prefetch_related(
            Prefetch("units", BookedUnit.objects.select_related("ticket_type")),
            Prefetch("tickets", Ticket.objects.select_related("check_in", "unit__ticket_type")),
            "events",
        )


class Booking(Moves):
    """A party for one slot. While it awaits payment the booking itself is the hold."""

    class Status(models.TextChoices):
        HELD = "held", _("Held")
        CONFIRMED = "confirmed", _("Confirmed")
        ATTENDED = "attended", _("Attended")
        NO_SHOW = "no-show", _("No Show")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Hold ended")

    MOVES = {
        Status.CONFIRMED: (Status.HELD,),
        Status.ATTENDED: (Status.CONFIRMED, Status.NO_SHOW),  # a gate that was offline tells later that they came
        Status.NO_SHOW: (Status.CONFIRMED,),
        Status.CANCELLED: (Status.HELD, Status.CONFIRMED, Status.ATTENDED),  # the last: a sale that is taken back
        Status.EXPIRED: (Status.HELD,),
    }
    TO_COME = (Status.HELD, Status.CONFIRMED)
    """Statuses in which its party can give the booking up."""
    HOLDING = (Status.HELD, Status.CONFIRMED, Status.ATTENDED, Status.NO_SHOW)
    """Statuses in which the booking keeps its seats."""

    class Plan(models.TextChoices):
        FULL = "full", _("all now")
        DEPOSIT = "deposit", _("a deposit now, the rest by link or on arrival")
        ARRIVAL = "arrival", _("all on arrival")

    class Channel(models.TextChoices):
        WEB = "web", _("Web")
        API = "api", _("Api")
        GATE = "gate", _("Gate")
        STAFF = "staff", _("Staff")

    number = models.CharField(_("number"), max_length=20, unique=True)
    uuid = models.UUIDField(_("uuid"), unique=True, default=uuid.uuid4, help_text=_("the name resellers know it by"))
    reseller_reference = models.CharField(_("reseller reference"), max_length=60, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.HELD, editable=False)
    slot = models.ForeignKey(Slot, models.PROTECT, verbose_name=_("slot"), related_name="bookings")
    channel = models.CharField(_("channel"), max_length=5, choices=Channel, default=Channel.WEB)
    plan = models.CharField(_("plan"), max_length=8, choices=Plan, default=Plan.FULL)
    name = models.CharField(_("name"), max_length=40, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("email"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    answers = models.JSONField(_("answers"), default=dict, blank=True, help_text=_("by the codes of the questions"))
    notes = models.CharField(_("notes"), max_length=200, blank=True)
    waiver = models.ForeignKey(Waiver, models.PROTECT, verbose_name=_("waiver"), null=True, blank=True)
    waiver_accepted_at = models.DateTimeField(_("waiver accepted at"), null=True, blank=True)
    terms = models.JSONField(
        _("terms"), default=list, help_text=_("the refund terms shown before payment, as they were then")
    )
    deposit_percent = models.PositiveSmallIntegerField(
        _("deposit percent"), default=0, editable=False, help_text=_("as it was shown before payment; 0: no deposit")
    )
    people = models.PositiveIntegerField(_("people"), help_text=_("seats it takes"))
    total_fen = models.PositiveIntegerField(_("total (fen)"), editable=False)
    credit_fen = models.PositiveIntegerField(
        _("credit (fen)"), default=0, editable=False, help_text=_("paid with a credit of the farm")
    )
    paid_fen = models.PositiveIntegerField(
        _("paid (fen)"), default=0, editable=False, help_text=_("came in and was not sent back")
    )
    best_percent = models.PositiveSmallIntegerField(_("most that can go back (percent)"), default=100, editable=False)
    fee_fen = models.PositiveIntegerField(
        _("fee (fen)"), default=0, editable=False, help_text=_("kept by the refund terms")
    )
    issue = models.PositiveSmallIntegerField(
        _("issue"), default=0, editable=False, help_text=_("tickets of older issues are dead")
    )
    held_at = models.DateTimeField(_("held at"))
    hold_until = models.DateTimeField(_("hold until"))
    was_extended = models.BooleanField(_("was extended"), default=False, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancel_reason = models.CharField(_("cancel reason"), max_length=60, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["-pk"]
        permissions = [
            ("view_visitors", "Can see whole names, phones and answers of bookings"),
            ("check_in", "Can let visitors in at the gate and sell walk-ins"),
            ("cancel_booking", "Can cancel and move bookings"),
            ("view_reports", "Can see how many visitors came and what they brought"),
        ]
        indexes = [
            models.Index(fields=["hold_until"], name="bookings_on_hold", condition=Q(status="held")),
            models.Index(fields=["id"], name="bookings_to_come", condition=Q(status="confirmed")),
            models.Index(fields=["slot", "status"], name="bookings_of_a_slot"),
            models.Index(fields=["phone"], name="bookings_of_a_phone"),
            models.Index(Lower("email"), name="bookings_of_a_mail"),
        ]

    def __str__(self) -> str:
        return titled(self, self.number)

    @property
    def holder(self) -> str:
        """The name under which movements speak of this booking."""
        return f"booking:{self.number}"

    @property
    def balance_fen(self) -> int:
        """What is still to be paid, 0 when too much was."""
        return max(0, self.total_fen + self.fee_fen - self.credit_fen - self.paid_fen)

    @property
    def due_first_fen(self) -> int:
        """What makes a held booking sure: all of it, its deposit, or nothing; a credit pays its part of that."""
        if self.plan == self.Plan.ARRIVAL:
            return 0
        percent = self.deposit_percent if self.plan == self.Plan.DEPOSIT else 100
        return max(0, share(self.total_fen, percent) - self.credit_fen)

    @property
    def is_alive(self) -> bool:
        return self.status in self.HOLDING

    def awaits_payment(self, now: dt.datetime) -> bool:
        """An expired hold is dead at read time, even if no sweep ran."""
        return self.status == self.Status.HELD and now < self.hold_until

    def may_be_extended(self, now: dt.datetime) -> bool:
        return self.awaits_payment(now) and not self.was_extended

    def refund_percent(self, now: dt.datetime) -> int:
        """How much of the price goes back when the party cancels at `now`, by the terms frozen into the booking.

        What a visitor lost by waiting does not come back by moving to a later slot.
        """
        left = self.slot.starts_at - now
        reached = (tier["percent"] for tier in self.terms if left >= dt.timedelta(hours=tier["hours"]))
        return min(max(reached, default=0), self.best_percent)

    @property
    def terms_left(self) -> list[dict[str, int]]:
        """The frozen terms as far as they still hold: what was lost by moving late is lost at the new time too."""
        left: dict[int, dict[str, int]] = {}
        for tier in sorted(self.terms, key=lambda tier: -tier["hours"]):
            percent = min(tier["percent"], self.best_percent)
            left[percent] = {"hours": tier["hours"], "percent": percent}
        return [tier for percent, tier in left.items() if percent]

    def longest_hold(self) -> dt.datetime:
        """Until when an extended hold lasts."""
        return self.held_at + 2 * dt.timedelta(minutes=settings.BOOKING_HOLD_MINUTES)


class BookingEvent(Event):
    booking = models.ForeignKey(Booking, models.CASCADE, verbose_name=_("booking"), related_name="events")

    class Meta:
        verbose_name = _("booking event")
        verbose_name_plural = _("booking events")
        ordering = ["pk"]


def _attempts() -> PaymentQuerySet:
    """All attempts to pay what makes a booking sure."""
    return Payment.objects.filter(payable=Concat(Value("booking:"), OuterRef("number"), Value("/1")))


class BookedUnit(models.Model):
    """One ticket type once, at the price and with the seats of the day it was booked: an adult, or a family of four."""

    booking = models.ForeignKey(Booking, models.CASCADE, verbose_name=_("booking"), related_name="units")
    ticket_type = models.ForeignKey(TicketType, models.PROTECT, verbose_name=_("ticket type"))
    uuid = models.UUIDField(_("uuid"), unique=True, default=uuid.uuid4)
    price_fen = models.PositiveIntegerField(_("price (fen)"))
    people = models.PositiveSmallIntegerField(_("people"), help_text=_("seats it takes, as when it was booked"))

    class Meta:
        verbose_name = _("booked unit")
        verbose_name_plural = _("booked units")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.ticket_type_id} of booking {self.booking_id}"

    @property
    def heads(self) -> int:
        """How many people come with it and so how many tickets it makes: an infant without a seat still has one."""
        return max(self.people, 1)


class Ticket(models.Model):
    """One person's way in. `key` is what its QR says of it; who has been let in names the check-in."""

    booking = models.ForeignKey(Booking, models.CASCADE, verbose_name=_("booking"), related_name="tickets")
    unit = models.ForeignKey(BookedUnit, models.CASCADE, verbose_name=_("unit"), related_name="tickets")
    key = models.CharField(_("key"), max_length=20, unique=True)
    issue = models.PositiveSmallIntegerField(_("issue"))
    check_in = models.ForeignKey(
        "CheckIn", models.PROTECT, verbose_name=_("check in"), null=True, blank=True, related_name="tickets"
    )

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["pk"]

    def __str__(self) -> str:
        return titled(self, self.key)
