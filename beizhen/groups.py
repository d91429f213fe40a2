"""The farm's groups of staff: the one table of who may do what, by permission name."""

_EVERYBODY = ("shop.view_order", "shop.view_shipdate", "shop.view_lot", "shop.view_box", "shop.view_variety",
              "farm.view_stafftask", "farm.settle_stafftask")  # fmt: skip

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
        "shop.view_personal_data",
        "shop.pack_order",
        "shop.cancel_order",
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
    ),
    "money": (
        *_EVERYBODY,
        "farm.view_payment",
        "farm.ask_provider",
        "farm.view_refund",
        "farm.view_ledgerentry",
        "farm.view_movement",
    ),
}
