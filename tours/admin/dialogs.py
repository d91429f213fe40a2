"""The small forms that open over a booking's page and over a choice after rain."""

from typing import Any

from django import forms
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from farm.admin.dialogs import dialog
from tours.models import Booking, ClosureOffer, Slot

MOST_CHOICES = 40


class CancelForm(BaseDialogForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=60, required=False, widget=UnfoldAdminTextInputWidget,
        help_text=_("It stands in the booking's history."),
    )  # fmt: skip


class TimeForm(BaseDialogForm):
    """The times to come of the booking's experience that have room for its party, those kept for it first."""

    to = forms.ChoiceField(
        label=_("New time"),
        error_messages={
            "required": _("Choose a time."),
            "invalid_choice": _("This time can no longer take the party: choose another one."),
        },
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        booking = self.booking()
        choice, times = self.fields["to"], _times_for(booking)
        choice.choices = [("", "---------"), *((str(slot.pk), _words(slot)) for slot in times)]
        if not times:
            choice.help_text = _now("No other time has room for the party: raise a limit first, or cancel it.")

    def booking(self) -> Booking:
        return Booking.objects.get(pk=str(self.object_id))


class OfferTimeForm(TimeForm):
    """The same for a party that was asked after rain."""

    def booking(self) -> Booking:
        return ClosureOffer.objects.select_related("booking").get(pk=str(self.object_id)).booking


CANCEL_DIALOG = dialog(
    _("Cancel this booking"),
    _("Its seats are free again and all money that came in goes back, whatever its terms say."),
    _("Cancel the booking"),
    CancelForm,
)
CANCEL_ALL_DIALOG = dialog(
    _("Cancel these bookings"),
    _("Their seats are free again and all money that came in goes back, whatever their terms say. Each party is told."),
    _("Cancel these bookings"),
    CancelForm,
)
TAKE_BACK_DIALOG = dialog(
    _("Take this sale back"),
    _("Nobody of it was here, its seats are free again, and its refund waits until the desk has paid the money back."),
    _("Take it back"),
    CancelForm,
)
MOVE_DIALOG = dialog(
    _("Move this party to another time"),
    _("At the prices it was booked for. Its old tickets die; the visitor is told and gets new ones."),
    _("Move the party"),
    TimeForm,
)
AGAIN_DIALOG = dialog(_("Send the tickets again"), _("To the phone and the mail address of the booking."), _("Send"))
OFFER_TIME_DIALOG = dialog(
    _("The party takes another time"),
    _("It keeps its tickets' prices. What else was kept for it is free again."),
    _("Move the party"),
    OfferTimeForm,
)
OFFER_MONEY_DIALOG = dialog(
    _("The party takes its money"), _("The booking is cancelled and all of it goes back."), _("Send the money back")
)
OFFER_CREDIT_DIALOG = dialog(
    _("The party takes a credit"),
    _("The booking is cancelled; the credit is good for a year and belongs to its phone number."),
    _("Give the credit"),
)
UNDO_DIALOG = dialog(
    _("It can be held after all"),
    _("The times open again and every party keeps its own. Possible until somebody has chosen."),
    _("Undo the closure"),
)
OPEN_DIALOG = dialog(
    _("Open this time again"),
    _("It is on sale again. Who has chosen another time, money or a credit keeps that."),
    _("Open it"),
)
OPEN_DAY_DIALOG = dialog(
    _("Open this day again"),
    _("With the times that were closed with it. Who has chosen another time, money or a credit keeps that."),
    _("Open it"),
)
LEAVE_DIALOG = dialog(
    _("Take this party out of the line"), _("Seats that were offered to it go to the next one."), _("Take it out")
)


def _times_for(booking: Booking) -> list[Slot]:
    now = timezone.now()
    offer = ClosureOffer.objects.filter(booking=booking, status=ClosureOffer.Status.WAITING).first()
    held = list(offer.alternatives.values_list("pk", flat=True)) if offer else []
    # who was asked after rain chooses until the cut-off, as the visitor would
    still = {"cut_off_at__gt": now} if offer else {"starts_at__gt": now}
    coming = Slot.objects.filter(experience__slots=booking.slot_id, is_closed=False, **still)
    open_slots = coming.filter(day__is_closed=False).exclude(pk=booking.slot_id).select_related("day")
    has_room = Q(taken__lte=F("limit") - booking.people, day__taken__lte=F("day__limit") - booking.people)
    found = list(open_slots.filter(has_room | Q(pk__in=held)).order_by("starts_at")[:MOST_CHOICES])
    return sorted(found, key=lambda slot: (slot.pk not in held, slot.starts_at))


def _words(slot: Slot) -> str:
    left = min(slot.left, slot.day.left)
    return _now("%(time)s, %(left)s left") % {
        "time": date_format(localtime(slot.starts_at), "Y-m-d D H:i"),
        "left": left,
    }
