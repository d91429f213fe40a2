"""The farm's groups of staff: the one table of who may do what, by permission name."""

_EVERYBODY = ("shop.view_order", "shop.view_shipdate", "shop.view_lot", "shop.view_box", "shop.view_variety",
              "farm.view_stafftask", "farm.settle_stafftask")  # fmt: skip
# Parked work is released by whoever can mend its cause in the office: a bad address, a refund the provider refused.
_RELEASES = ("farm.view_job", "farm.release_job", "farm.view_outboxmessage", "farm.release_outboxmessage")
# What visitors can do and when; a rule's exceptions, a list's prices and the like are edited on their owner's page.
_SCHEDULE = (
    *(f"tours.{verb}_{noun}" for verb in ("view", "add", "change")
      for noun in ("experience", "tickettype", "pricelist", "price", "question", "waiver",
                   "schedulerule", "scheduleexception", "slot")),
    "tours.delete_price", "tours.delete_question", "tours.delete_scheduleexception",
    "tours.view_visitorsday", "tours.change_visitorsday",
)  # fmt: skip

GROUPS: dict[str, tuple[str, ...]] = {
    "packing": (
        *_EVERYBODY,
        "shop.pack_order",
        "shop.view_pickwave",
        "shop.view_shipment",
        "shop.view_coldroom",
    ),
    "shop": (
        *_EVERYBODY,
        *_RELEASES,
        "shop.view_personal_data",
        "shop.pack_order",
        "shop.cancel_order",
        "shop.move_order",
        "shop.add_variety",
        "shop.change_variety",
        "shop.add_box",
        "shop.change_box",
        "shop.add_shipdate",
        "shop.change_shipdate",
        "shop.add_lot",
        "shop.change_lot",
        "shop.view_coldroom",
        "shop.add_coldroom",
        "shop.change_coldroom",
        "shop.view_pickwave",
        "shop.view_shipment",
        "farm.view_personal_data",
        "farm.view_customer",
        "farm.view_closedday",
        "farm.add_closedday",
        "farm.change_closedday",
        "farm.delete_closedday",
        "farm.view_notice",
        "farm.view_movement",
        *_SCHEDULE,
        "tours.view_booking",
        "tours.view_visitors",
        "tours.cancel_booking",
        "tours.close_slots",
        "tours.check_in",
    ),
    "gate": (
        "farm.view_stafftask",
        "farm.settle_stafftask",
        "tours.view_booking",
        "tours.view_slot",
        "tours.view_visitors",
        "tours.check_in",
    ),
    "money": (
        *_EVERYBODY,
        *_RELEASES,
        "farm.view_payment",
        "farm.ask_provider",
        "farm.take_at_desk",
        "farm.view_statementcheck",
        "farm.view_tillentry",
        "farm.view_refund",
        "farm.view_ledgerentry",
        "farm.view_movement",
    ),
}
