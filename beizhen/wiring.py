"""Who hears what: the one table where farm, shop and tours meet.

Each outbox topic lists dotted paths of functions called as ``listener(now=…, **payload)``, in order, inside the
transaction that marks the message as told. Listeners are idempotent: they write rows and ask for jobs, they never
call anybody outside.
"""

LISTENERS: dict[str, tuple[str, ...]] = {
    "day.closed": ("shop.calendar_days.on_day_closed", "tours.closed_days.on_day_closed"),
    "day.lifted": ("tours.closed_days.on_day_lifted",),
    "order.placed": ("shop.notices.on_placed",),
    "order.paid": ("shop.customers.on_paid", "shop.notices.on_paid"),
    "order.moved": ("shop.notices.on_moved",),
    "order.packed": ("shop.fulfilment.on_packed",),
    "order.shipped": ("shop.notices.on_shipped",),
    "order.delivered": ("shop.notices.on_delivered",),
    "order.cancelled": ("shop.notices.on_cancelled",),
    "boxes.offered": ("shop.notices.on_offered",),
    "boxes.lapsed": ("shop.notices.on_lapsed",),
    "damage.answered": ("shop.notices.on_damage_answered",),
    "payment.captured": ("shop.fulfilment.on_payment", "tours.receiving.on_payment"),
    "payment.refunded": (
        "shop.fulfilment.on_refunded",
        "shop.notices.on_refunded",
        "tours.receiving.on_refunded",
        "tours.notices.on_refunded",
    ),
    "booking.confirmed": ("tours.notices.on_confirmed", "tours.visitors.on_confirmed"),
    "booking.changed": ("tours.notices.on_changed",),
    "booking.cancelled": ("tours.notices.on_cancelled",),
    "booking.rained_out": ("tours.notices.on_rained_out",),
    "booking.rain_undone": ("tours.notices.on_rain_undone",),
    "credit.given": ("tours.notices.on_credit",),
    "slot.sure": ("tours.notices.on_sure",),
    "slot.called_off": ("tours.closures.on_called_off",),
    "party.offered": ("tours.notices.on_offered",),
    "party.lapsed": ("tours.notices.on_lapsed",),
    "refund.due": ("farm.payments.on_refund_due",),
}
