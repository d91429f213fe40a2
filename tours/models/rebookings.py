import datetime as dt

from django.db import models
from django.db.models import Q

from farm.states import Event, Moves
from tours.models.bookings import Bill, Booking
from tours.models.slots import Slot


class Rebooking(Moves):
    """A change that costs more: it holds its new seats beside the old ones until the difference is paid."""

    class Status(models.TextChoices):
        HELD = "held"
        DONE = "done"
        EXPIRED = "expired"
        DROPPED = "dropped"

    MOVES = {
        Status.DONE: (Status.HELD,),
        Status.EXPIRED: (Status.HELD,),
        Status.DROPPED: (Status.HELD,),
    }

    number = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.HELD, editable=False)
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="rebookings")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="+")
    party = models.JSONField(help_text='by the codes of ticket types, e.g. {"adult": 2}')
    people = models.PositiveIntegerField()
    total_fen = models.PositiveIntegerField(editable=False)
    bill = models.OneToOneField(Bill, models.PROTECT, related_name="rebooking")
    held_at = models.DateTimeField()
    hold_until = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["booking"], condition=Q(status="held"), name="one_change_at_a_time")
        ]
        indexes = [models.Index(fields=["hold_until"], name="changes_on_hold", condition=Q(status="held"))]

    def __str__(self) -> str:
        return f"change {self.number} ({self.status})"

    @property
    def holder(self) -> str:
        """The name under which movements speak of the seats it holds."""
        return f"change:{self.number}"

    def awaits_payment(self, now: dt.datetime) -> bool:
        return self.status == self.Status.HELD and now < self.hold_until


class RebookingEvent(Event):
    rebooking = models.ForeignKey(Rebooking, models.CASCADE, related_name="events")

    class Meta:
        ordering = ["pk"]
