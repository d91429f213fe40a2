"""What staff do to bookings at the desk: each action is one story."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from farm.admin.asking import ask_first
from farm.admin.personal import Personal
from farm.people import hand
from farm.refusals import Refused
from tours import cancelling, moving, notices, papers, walkins
from tours.admin.dialogs import (
    AGAIN_DIALOG,
    CANCEL_ALL_DIALOG,
    CANCEL_DIALOG,
    MOVE_DIALOG,
    TAKE_BACK_DIALOG,
    CancelForm,
    TimeForm,
)
from tours.models import Booking

CHANGES = "tours.cancel_booking"
DESK = "farm.take_at_desk"
Story = Callable[[Booking], object]
Status = Booking.Status


def back_fen(booking: Booking) -> int:
    """How much money goes back when the farm cancels the booking now."""
    return booking.paid_fen if booking.status in Booking.TO_COME else 0


class DeskActions(Personal):
    """Actions on a list of bookings, and on one booking's page only those that its status allows."""

    personal = "tours.view_visitors"
    actions = ("send_again", "cancel")
    actions_detail = ("tickets_of_one", "send_again_one", "move_one", "cancel_one", "take_back_one")

    @action(description=_("Send the tickets again"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Booking]) -> None:
        self._send_again(request, queryset.select_related("slot__experience"))

    @action(description=_("Cancel for the farm: all money goes back"), permissions=["cancel"])
    @ask_first(CANCEL_ALL_DIALOG, back_fen=back_fen)
    def cancel(self, request: HttpRequest, queryset: QuerySet[Booking], form: CancelForm) -> None:
        self._cancel(request, queryset, form.cleaned_data["reason"])

    @action(description=_("Print the tickets"), permissions=["print"], icon="print")
    def tickets_of_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        booking = self._booking(object_id)
        try:
            paper = papers.pdf(booking)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self.back_to(request, booking)
        named = {"Content-Disposition": f'inline; filename="{booking.number}.pdf"'}
        return HttpResponse(paper, content_type="application/pdf", headers=named)

    @action(description=_("Send the tickets again"), permissions=["send"], icon="forward_to_inbox", dialog=AGAIN_DIALOG)
    def send_again_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        booking = self._booking(object_id)
        self._send_again(request, [booking])
        return self.back_to(request, booking)

    @action(description=_("Move to another time"), permissions=["move"], icon="event_repeat", dialog=MOVE_DIALOG)
    def move_one(self, request: HttpRequest, form: TimeForm, object_id: str) -> HttpResponse:
        booking, slot, now = self._booking(object_id), int(form.cleaned_data["to"]), timezone.now()
        by = hand(request.user)
        self.do(
            request,
            [booking],
            lambda row: moving.move_for_the_farm(booking=row, slot=slot, by=by, now=now),
            said=_now("moved to another time"),
        )
        return self.back_to(request, booking)

    @action(description=_("Cancel the booking"), permissions=["cancel"], icon="cancel", dialog=CANCEL_DIALOG)
    def cancel_one(self, request: HttpRequest, form: CancelForm, object_id: str) -> HttpResponse:
        booking = self._booking(object_id)
        self._cancel(request, [booking], form.cleaned_data["reason"])
        return self.back_to(request, booking)

    @action(description=_("Take the sale back"), permissions=["take_back"], icon="undo", dialog=TAKE_BACK_DIALOG)
    def take_back_one(self, request: HttpRequest, form: CancelForm, object_id: str) -> HttpResponse:
        booking, by, now = self._booking(object_id), hand(request.user), timezone.now()
        self.do(
            request,
            [booking],
            lambda row: walkins.take_back(booking=row, by=by, reason=form.cleaned_data["reason"], now=now),
            said=_now("sale taken back"),
        )
        return self.back_to(request, booking)

    def has_print_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, self.personal, object_id, Status.CONFIRMED, Status.ATTENDED)

    def has_send_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, CHANGES, object_id, Status.CONFIRMED, Status.ATTENDED)

    def has_move_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, CHANGES, object_id, Status.CONFIRMED)

    def has_cancel_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, CHANGES, object_id, *Booking.TO_COME)

    def has_take_back_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        sold = Booking.objects.filter(channel=Booking.Channel.GATE)
        is_sale = object_id is None or sold.filter(pk=object_id).exists()
        return is_sale and self._may(request, DESK, object_id, *walkins.BACK_FROM)

    def _may(self, request: HttpRequest, permission: str, object_id: Any, *statuses: str) -> bool:
        """The stories check again."""
        if not request.user.has_perm(permission):
            return False
        return object_id is None or Booking.objects.filter(pk=object_id, status__in=statuses).exists()

    def _booking(self, object_id: str) -> Booking:
        return Booking.objects.select_related("slot__experience", "slot__day").get(pk=object_id)

    def _send_again(self, request: HttpRequest, bookings: Any) -> None:
        now = timezone.now()
        self.do(request, bookings, lambda row: notices.send_again(row, now=now), said=_now("tickets sent again"))

    def _cancel(self, request: HttpRequest, bookings: Any, reason: str) -> None:
        by, now = hand(request.user), timezone.now()
        self.do(
            request,
            bookings,
            lambda row: cancelling.cancel_for_the_farm(booking=row, by=by, reason=reason, now=now),
            said=_now("cancelled"),
        )
