"""How an order stands, as its page shows it: the situation, the steps on the vine, the boxes and the money."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from farm.models import Payment, Refund
from shop import freight
from shop.models import Order, OrderLine
from shop.pricing import QuoteLine

Status = Order.Status
WAY = (
    Status.PLACED,
    Status.PAID,
    Status.PLANNED,
    Status.PICKED,
    Status.PACKED,
    Status.SHIPPED,
    Status.DELIVERED,
)
PREPARING = (Status.PLANNED, Status.PICKED, Status.PACKED)
SITUATIONS = {
    Status.PAID: "paid",
    Status.PLANNED: "preparing",
    Status.PICKED: "preparing",
    Status.PACKED: "preparing",
    Status.SHIPPED: "on_the_way",
    Status.DELIVERED: "delivered",
    Status.CANCELLED: "cancelled",
}


@dataclass(frozen=True)
class Step:
    """One berry on the vine. `standing` is done, current or ahead."""

    label: str
    standing: str
    at: dt.datetime | None


@dataclass(frozen=True)
class Progress:
    """Everything the order's page shows, read in a fixed number of queries."""

    order: Order
    payments: Sequence[Payment]
    now: dt.datetime

    @property
    def situation(self) -> str:
        """The name of the partial that says how things stand and what to do next."""
        if self.order.status in SITUATIONS:
            return SITUATIONS[Status(self.order.status)]
        if self.order.status == Status.EXPIRED and self._money_came:
            return "too_late"
        if self._money_stays:
            return "confirming"
        return "to_pay" if self.order.awaits_payment(self.now) else "hold_over"

    @property
    def partial(self) -> str:
        return f"shop/situations/_{self.situation}.html"

    @property
    def steps(self) -> list[Step]:
        """The way of an order that goes well; one that ended shows how far it came and how it ended."""
        times = {event.what: event.at for event in self.order.events.all()}
        times |= {Status.PAID.value: self.order.paid_at} if self.order.paid_at else {}  # not when staff moved it
        words = labels()
        if self.order.status in (Status.CANCELLED, Status.EXPIRED):
            gone = [step for step in WAY if step in times]
            ended = Step(words[self.order.status], "ended", times.get(self.order.status))
            return [*(Step(words[step], "done", times[step]) for step in gone), ended]
        here = WAY.index(Status(self.order.status))
        standing = ["done"] * here + ["current"] + ["ahead"] * len(WAY)
        return [Step(words[step], standing[n], times.get(step) if n <= here else None) for n, step in enumerate(WAY)]

    @property
    def boxes(self) -> list[QuoteLine]:
        """The order's boxes; one packed from two lots is still one line for the customer."""
        quantities: Counter[int] = Counter()
        for line in self.order.lines.all():
            quantities[line.box_id] += line.quantity
        firsts = {line.box_id: line for line in reversed(self.order.lines.all())}
        return [QuoteLine(firsts[pk].box, quantity, firsts[pk].price_fen) for pk, quantity in quantities.items()]

    @property
    def arrives_on(self) -> dt.date:
        shipment = getattr(self.order, "shipment", None)
        if shipment and shipment.promised_on:
            promised: dt.date = shipment.promised_on
            return promised
        return freight.arrival(self.order.division_code, self.order.ship_date.date)

    @property
    def refunds(self) -> list[Refund]:
        return [refund for payment in self.payments for refund in payment.refunds.all()]

    @property
    def payments_to_show(self) -> list[Payment]:
        """Attempts that nobody paid are no news."""
        return [payment for payment in self.payments if payment.status == Payment.Status.CAPTURED]

    @property
    def is_open_at_the_cashier(self) -> bool:
        return any(payment.status == Payment.Status.PENDING for payment in self.payments)

    @property
    def more_minutes(self) -> int:
        """How much longer an unpaid order may be kept, once."""
        return int(settings.HOLD_MINUTES)

    @property
    def can_change(self) -> bool:
        """As `shop.changes` decides: until the cut-off, and until the order is picked."""
        alive = self.order.status in (Status.PAID, Status.PLANNED) or self.order.awaits_payment(self.now)
        return alive and self.now < self.order.ship_date.cut_off_at

    @property
    def was_changeable(self) -> bool:
        """The order is still on its way to the customer, only too late to change."""
        return not self.can_change and self.order.status in (Status.PAID, *PREPARING)

    @property
    def is_final(self) -> bool:
        """Nothing more will happen, so the page need not look again."""
        ended = (Status.DELIVERED, Status.CANCELLED, Status.EXPIRED)
        waits = any(refund.status == Refund.Status.DUE for refund in self.refunds)
        return self.order.status in ended and not waits and not self.is_open_at_the_cashier

    @property
    def version(self) -> str:
        """Another text whenever the page would show something else."""
        facts = [
            self.situation,
            self.order.hold_until,
            self.can_change,
            str(self.order.ship_date.date),
            self.order.total_fen,
        ]
        facts += [self.order.street, self.order.phone, len(self.order.events.all()), self.arrives_on]
        facts += [(payment.status, payment.refunded_fen) for payment in self.payments]
        facts += [refund.status for refund in self.refunds]
        shipment = getattr(self.order, "shipment", None)
        facts += [shipment.waybill_no, len(shipment.tracking.all())] if shipment else []
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]

    @property
    def _money_came(self) -> bool:
        return bool(self.payments_to_show)

    @property
    def _money_stays(self) -> bool:
        """Money of another amount came and went back: then the order still has to be paid."""
        return any(payment.refunded_fen < payment.amount_fen for payment in self.payments_to_show)


def progress(number: str, *, now: dt.datetime) -> Progress:
    """Read an order and its money.

    :raises Order.DoesNotExist: when there is no such order.
    """
    lines = OrderLine.objects.select_related("box__variety")
    orders = Order.objects.select_related("ship_date", "shipment")
    order = orders.prefetch_related(Prefetch("lines", lines), "events", "shipment__tracking").get(number=number)
    payments = Payment.objects.filter(payable=order.payable).order_by("pk").prefetch_related("refunds")
    return Progress(order, list(payments), now)


def labels() -> dict[str, str]:
    """The states in a customer's words, where these are other than the staff's."""
    words = {status.value: str(status.label) for status in Status}
    ours = {
        Status.PLACED.value: _("Ordered"),
        Status.PICKED.value: _("Picked from the cold room"),
        Status.EXPIRED.value: _("Hold ended"),
    }
    return words | ours
