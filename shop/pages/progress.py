"""How an order stands, as its page shows it: the situation, the steps on the vine, the boxes, the money, the damage."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from farm.models import Payment, Refund
from farm.payments.attempts import Attempts
from shop import damage, freight, pricing
from shop.forms import BOX
from shop.models import DamagedBoxes, DamageReport, Order, OrderLine
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
MONEY_FIRST = ("to_pay", "hold_over", "too_late")
"""Situations in which what was ordered matters more than how far it came."""


@dataclass(frozen=True)
class Step:
    """One berry on the vine. `standing` is done, current or ahead."""

    name: str
    label: str
    standing: str
    at: dt.datetime | None


@dataclass(frozen=True)
class Progress(Attempts):
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
    def drawing(self) -> str:
        return f"beizhen/drawings/now-{self.situation}.svg"

    @property
    def shows_way_first(self) -> bool:
        return self.situation not in MONEY_FIRST

    @property
    def steps(self) -> list[Step]:
        """The way of an order that goes well; one that ended shows how far it came and how it ended."""
        times = {event.what: event.at for event in self.order.events.all()}
        times |= {Status.PAID.value: self.order.paid_at} if self.order.paid_at else {}  # not when staff moved it
        times |= {Status.EXPIRED.value: self.order.hold_until}  # as it was told, not when somebody noticed
        words = labels()
        if self.order.status in (Status.CANCELLED, Status.EXPIRED):
            gone = [step for step in WAY if step in times]
            ended = Step("ended", words[self.order.status], "ended", times.get(self.order.status))
            return [*(Step(step.value, words[step], "done", times[step]) for step in gone), ended]
        here = WAY.index(Status(self.order.status))
        standing = ["done"] * here + ["current"] + ["ahead"] * len(WAY)
        return [
            Step(step.value, words[step], standing[n], times.get(step) if n <= here else None)
            for n, step in enumerate(WAY)
        ]

    @property
    def boxes(self) -> list[QuoteLine]:
        return pricing.bought(self.order.lines.all())

    @property
    def passports(self) -> list[OrderLine]:
        """The lines whose boxes tell where they grew: all, once they are packed."""
        shipment = getattr(self.order, "shipment", None)
        return [line for line in self.order.lines.all() if line.passport] if shipment and shipment.packed_at else []

    @property
    def shipped_on(self) -> dt.date | None:
        """The day on which the parcel really left, once it has."""
        left = [event.at for event in self.order.events.all() if event.what == Status.SHIPPED]
        has_left = self.order.status in (Status.SHIPPED, Status.DELIVERED)
        return localdate(left[-1]) if left and has_left else None

    @property
    def arrives_on(self) -> dt.date | None:
        """The promised day; None when there is no promise to its province any more."""
        shipment = getattr(self.order, "shipment", None)
        if shipment and shipment.promised_on:
            promised: dt.date = shipment.promised_on
            return promised
        return freight.promised(self.order.division_code, self.order.ship_date.date)

    @property
    def is_awaited(self) -> bool:
        """Whether a day of arrival still means something: neither delivered nor ended."""
        return self.order.status not in (Status.DELIVERED, Status.CANCELLED, Status.EXPIRED)

    @property
    def can_change(self) -> bool:
        """As `shop.changes` decides: until the cut-off, and until the order is picked."""
        alive = self.order.status in (Status.PAID, Status.PLANNED) or self.situation == "to_pay"
        return alive and self.now < self.order.ship_date.cut_off_at

    @property
    def was_changeable(self) -> bool:
        """The order is still on its way to the customer, only too late to change."""
        return not self.can_change and self.order.status in (Status.PAID, *PREPARING)

    @property
    def buys_more(self) -> bool:
        """Whether buying the same again stands beside the boxes: it is no main action while these are on their way."""
        return self.situation in ("paid", "preparing", "on_the_way") and bool(self.buy_again)

    @property
    def buy_again(self) -> str:
        """The order form with the same boxes, as far as they are still sold; empty when none is."""
        today = localdate(self.now)
        sold = [part for part in self.boxes if part.box.is_offered and part.box.season_until >= today]
        chosen = {f"{BOX}{part.box.sku}": min(part.quantity, part.box.max_per_order) for part in sold}
        return f"{reverse('shop:order-form')}?{urlencode(chosen)}" if chosen else ""

    @property
    def buy_the_same_day(self) -> str:
        """The same boxes for the same day, while it may still take them."""
        day = self.order.ship_date
        return f"{self.buy_again}&ship_date={day.date}" if self.buy_again and day.is_open(self.now) else self.buy_again

    @property
    def reports(self) -> Iterable[DamageReport]:
        return self.order.damage_reports.all()

    @property
    def damage_until(self) -> dt.datetime | None:
        """Until when damage can be reported now; None when it cannot."""
        if self.order.status != Status.DELIVERED or self._waits_for_an_answer:
            return None
        until = damage.reportable_until(self.order)
        return until if until and self.now < until else None

    @property
    def is_final(self) -> bool:
        """Nothing more will happen, so the page need not look again."""
        ended = (Status.DELIVERED, Status.CANCELLED, Status.EXPIRED)
        waits = any(refund.status == Refund.Status.DUE for refund in self.refunds) or self._waits_for_an_answer
        return self.order.status in ended and not waits and not self.is_open_at_the_cashier

    @property
    def version(self) -> str:
        """Another text whenever the page would show something else."""
        facts = [self.situation, self.can_change, str(self.order.ship_date.date), self.order.total_fen]
        facts += [self.order.hold_until, self.order.street, self.order.phone, len(self.order.events.all())]
        facts += [self.arrives_on, self.damage_until, self.is_open_at_the_cashier]
        facts += [(payment.status, payment.refunded_fen) for payment in self.payments]
        facts += [refund.status for refund in self.refunds]
        facts += [report.status for report in self.reports]
        shipment = getattr(self.order, "shipment", None)
        facts += [line.passport for line in self.passports]
        facts += [shipment.waybill_no, len(shipment.tracking.all())] if shipment else []
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]

    @property
    def is_paid_back(self) -> bool:
        """Whether all that came has gone back."""
        return not self._money_stays and all(refund.status == Refund.Status.DONE for refund in self.refunds)

    @property
    def _money_came(self) -> bool:
        return bool(self.payments_to_show)

    @property
    def _money_stays(self) -> bool:
        """Money of another amount came and went back: then the order still has to be paid."""
        return any(payment.refunded_fen < payment.amount_fen for payment in self.payments_to_show)

    @property
    def _waits_for_an_answer(self) -> bool:
        return any(report.status == DamageReport.Status.OPEN for report in self.reports)


def progress(number: str, *, now: dt.datetime) -> Progress:
    """Read an order, its money and its damage.

    :raises Order.DoesNotExist: when there is no such order.
    """
    lines = OrderLine.objects.select_related("box__variety", "lot")
    damaged = DamageReport.objects.order_by("pk").prefetch_related(
        Prefetch("boxes", DamagedBoxes.objects.select_related("box"))
    )
    orders = Order.objects.select_related("ship_date", "shipment")
    order = orders.prefetch_related(
        Prefetch("lines", lines), "events", "shipment__tracking", Prefetch("damage_reports", damaged)
    ).get(number=number)
    payments = Payment.objects.filter(payable=order.payable).order_by("pk").prefetch_related("refunds")
    return Progress(order, list(payments), now)


def labels() -> dict[str, str]:
    """The states in a customer's words, where these are other than the staff's."""
    words = {status.value: str(status.label) for status in Status}
    ours = {
        Status.PLACED.value: _("Ordered"),
        Status.PICKED.value: _("Picked from the cold room"),
        Status.SHIPPED.value: _("On the way to you"),
    }
    return words | ours
