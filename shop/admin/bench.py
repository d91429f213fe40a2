"""What staff do to orders at the packing bench and at the desk: each action is one story."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from farm.admin.asking import ask_first
from farm.people import hand
from shop import changes, fulfilment, parcels, prints, stranded, tracking
from shop.admin.dialogs import (
    CANCEL_ALL_DIALOG,
    CANCEL_DIALOG,
    DELIVERED_DIALOG,
    MOVE_DIALOG,
    PACKED_DIALOG,
    PICKED_DIALOG,
    TAKE_APART_DIALOG,
    WAYBILL_DIALOG,
    MoveForm,
    TakeApartForm,
    WaybillForm,
)
from shop.admin.papers import OrderPapers
from shop.models import Order

Story = Callable[..., object]


def back_fen(order: Order) -> int:
    """How much money goes back when the order is cancelled now."""
    return order.total_fen if order.paid_by and order.status in Order.MOVABLE else 0


class BenchActions(OrderPapers):
    """Actions on a list of orders, and the same on one order's page where only the next steps are offered."""

    actions = (
        "confirm_picked",
        "confirm_packed",
        "hand_over",
        "confirm_delivered",
        "print_labels",
        "print_slips",
        "print_papers",
        "print_stickers",
        "take_apart",
        "move_to_next",
        "cancel",
    )
    actions_detail = (
        "picked_one",
        "packed_one",
        "write_waybill_of_one",
        "hand_over_one",
        "delivered_one",
        "label_of_one",
        "papers_of_one",
        "slip_of_one",
        "stickers_of_one",
        "take_apart_one",
        "move_one",
        "cancel_one",
    )

    @action(description=_("Picked: all boxes are at the bench"), permissions=["pick"])
    def confirm_picked(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        self._each(request, queryset, fulfilment.confirm_picked, said=_now("picked"))

    @action(description=_("Packed: the parcels are closed"), permissions=["pack"])
    def confirm_packed(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        self._each(request, queryset, fulfilment.confirm_packed, said=_now("packed"))

    @action(description=_("Hand over to the carrier (parcels with a waybill)"), permissions=["hand_over"])
    def hand_over(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        self._each(request, queryset, parcels.hand_over, said=_now("handed over"), waybill_no="")

    @action(description=_("Delivered: the parcels have arrived"), permissions=["deliver"])
    def confirm_delivered(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        self._each(request, queryset, tracking.confirm_delivered, said=_now("delivered"))

    @action(description=_("Take apart: a lot is withdrawn, the boxes are set aside"), permissions=["take_apart"])
    def take_apart(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        self._each(request, queryset, stranded.take_apart, said=_now("taken apart"))

    @action(description=_("Move to the next date with room and fruit"), permissions=["move"])
    def move_to_next(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        orders = queryset.select_related("ship_date").order_by("pk")
        self._each(request, orders, changes.move_to_next_by_staff, said=_now("moved"))

    @action(description=_("Cancel and send the money back"), permissions=["cancel"])
    @ask_first(CANCEL_ALL_DIALOG, back_fen=back_fen)
    def cancel(self, request: HttpRequest, queryset: QuerySet[Order], form: Any) -> None:
        self._each(request, queryset, changes.cancel_by_staff, said=_now("cancelled"))

    @action(description=_("Print labels"), permissions=["print"])
    def print_labels(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        return self.answer(request, prints.labels, queryset)

    @action(description=_("Picked"), permissions=["pick"], icon="checklist", dialog=PICKED_DIALOG)
    def picked_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._one(request, object_id, fulfilment.confirm_picked, said=_now("picked"))

    @action(description=_("Packed"), permissions=["pack"], icon="package_2", dialog=PACKED_DIALOG)
    def packed_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._one(request, object_id, fulfilment.confirm_packed, said=_now("packed"))

    @action(description=_("Hand over"), permissions=["hand_over"], icon="local_shipping", dialog=WAYBILL_DIALOG)
    def hand_over_one(self, request: HttpRequest, form: WaybillForm, object_id: str) -> HttpResponse:
        waybill_no = form.cleaned_data["waybill_no"]
        return self._one(request, object_id, parcels.hand_over, said=_now("handed over"), waybill_no=waybill_no)

    @action(description=_("Delivered"), permissions=["deliver"], icon="home", dialog=DELIVERED_DIALOG)
    def delivered_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._one(request, object_id, tracking.confirm_delivered, said=_now("delivered"))

    @action(description=_("Print the label"), permissions=["print"], icon="print")
    def label_of_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = Order.objects.get(pk=object_id)
        return self.print_labels(request, Order.objects.filter(pk=order.pk)) or self.back_to(request, order)

    @action(description=_("Take apart"), permissions=["take_apart"], icon="unarchive", dialog=TAKE_APART_DIALOG)
    def take_apart_one(self, request: HttpRequest, form: TakeApartForm, object_id: str) -> HttpResponse:
        why = form.cleaned_data["why"]
        return self._one(request, object_id, stranded.take_apart, said=_now("taken apart"), why=why)

    @action(description=_("Move to another date"), permissions=["move"], icon="event_repeat", dialog=MOVE_DIALOG)
    def move_one(self, request: HttpRequest, form: MoveForm, object_id: str) -> HttpResponse:
        to = dt.date.fromisoformat(form.cleaned_data["to"])
        return self._one(
            request, object_id, changes.move_by_staff, said=_now("moved to %(date)s") % {"date": to}, to=to
        )

    @action(description=_("Cancel the order"), permissions=["cancel"], icon="cancel", dialog=CANCEL_DIALOG)
    def cancel_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._one(request, object_id, changes.cancel_by_staff, said=_now("cancelled"))

    def has_pick_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, "shop.pack_order", object_id, Order.Status.PLANNED)

    def has_pack_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, "shop.pack_order", object_id, Order.Status.PICKED)

    def has_hand_over_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, "shop.pack_order", object_id, Order.Status.PACKED)

    def has_deliver_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, "shop.pack_order", object_id, Order.Status.SHIPPED)

    def has_print_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, "shop.pack_order", object_id, Order.Status.PACKED, Order.Status.SHIPPED)

    def has_take_apart_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, "shop.pack_order", object_id, *Order.AT_THE_BENCH)

    def has_cancel_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, "shop.cancel_order", object_id, *Order.MOVABLE)

    def has_move_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, "shop.move_order", object_id, *Order.MOVABLE)

    def _may(self, request: HttpRequest, permission: str, object_id: Any, *statuses: str) -> bool:
        """On one order's page only the steps that its status allows are offered; the stories check again."""
        if not request.user.has_perm(permission):
            return False
        return object_id is None or Order.objects.filter(pk=object_id, status__in=statuses).exists()

    def _one(self, request: HttpRequest, object_id: str, story: Story, *, said: str, **words: Any) -> HttpResponse:
        order = Order.objects.select_related("ship_date").get(pk=object_id)
        self._each(request, [order], story, said=said, **words)
        return self.back_to(request, order)

    def _each(self, request: HttpRequest, orders: Any, story: Story, *, said: str, **words: Any) -> None:
        now, by = timezone.now(), hand(request.user)
        self.do(request, orders, lambda order: story(order=order, by=by, now=now, **words), said=said)
