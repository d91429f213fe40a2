from django.db import models
from django.db.models import Q

from farm.language import in_readers_language
from farm.states import Event, Moves
from tours.models.bookings import Booking
from tours.models.slots import Slot, VisitorsDay


class Closure(Moves):
    """Slots closed for rain or another reason, and what becomes of their bookings."""

    class Status(models.TextChoices):
        OPEN = "open"
        SETTLED = "settled"
        UNDONE = "undone"

    MOVES = {Status.SETTLED: (Status.OPEN,), Status.UNDONE: (Status.OPEN,)}

    class Otherwise(models.TextChoices):
        REFUND = "refund", "all money goes back"
        CREDIT = "credit", "a credit for another visit"

    number = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=7, choices=Status, default=Status.OPEN, editable=False)
    slots = models.ManyToManyField(Slot, related_name="closures")
    day = models.ForeignKey(
        VisitorsDay, models.PROTECT, null=True, blank=True, related_name="closures", help_text="the whole day is closed"
    )
    reason_zh = models.CharField(max_length=60)
    reason_en = models.CharField(max_length=60)
    otherwise = models.CharField(
        max_length=6, choices=Otherwise, default=Otherwise.REFUND, help_text="for who has not answered in time"
    )
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)
    answer_until = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        permissions = [("close_slots", "Can close slots for rain and undo it")]

    def __str__(self) -> str:
        return f"closure {self.number} ({self.status})"

    @property
    def reason(self) -> str:
        return in_readers_language(self.reason_zh, self.reason_en)


class ClosureEvent(Event):
    closure = models.ForeignKey(Closure, models.CASCADE, related_name="events")

    class Meta:
        ordering = ["pk"]


class ClosureOffer(Moves):
    """What one party of a closed slot may choose: another slot, its money, a credit.

    Until it answers, its booking holds seats in every alternative too.
    """

    class Status(models.TextChoices):
        WAITING = "waiting"
        MOVED = "moved"
        REFUNDED = "refunded"
        CREDITED = "credited"
        UNDONE = "undone"

    MOVES = {
        Status.MOVED: (Status.WAITING,),
        Status.REFUNDED: (Status.WAITING,),
        Status.CREDITED: (Status.WAITING,),
        Status.UNDONE: (Status.WAITING,),
    }

    closure = models.ForeignKey(Closure, models.CASCADE, related_name="offers")
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="closure_offers")
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING, editable=False)
    alternatives = models.ManyToManyField(Slot, related_name="+", help_text="slots in which its seats are held")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["closure", "booking"], name="one_offer_per_closure_and_booking"),
            models.UniqueConstraint(fields=["booking"], condition=Q(status="waiting"), name="one_open_offer_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"offer {self.pk} to booking {self.booking_id} ({self.status})"


class ClosureOfferEvent(Event):
    offer = models.ForeignKey(ClosureOffer, models.CASCADE, related_name="events")

    class Meta:
        ordering = ["pk"]
