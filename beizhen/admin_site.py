"""How the staff's tool looks and what stands in its side bar: settings of django-unfold."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _link(title: Any, icon: str, route: str, permission: str = "") -> dict[str, Any]:
    """One line of the side bar; people without the permission do not see it."""
    link: dict[str, Any] = {"title": title, "icon": icon, "link": reverse_lazy(route)}
    if permission:
        link["permission"] = lambda request: request.user.has_perm(permission)
    return link


_NAVIGATION = [
    {
        "title": _("The day"),
        "items": [
            _link(_("Today"), "today", "admin:index"),
            _link(_("Orders"), "shopping_bag", "admin:shop_order_changelist", "shop.view_order"),
            _link(_("Pick waves"), "checklist", "admin:shop_pickwave_changelist", "shop.view_pickwave"),
            _link(_("Waiting for boxes"), "hourglass", "admin:shop_waitingorder_changelist", "shop.view_waitingorder"),
            _link(_("Parcels"), "local_shipping", "admin:shop_shipment_changelist", "shop.view_shipment"),
            _link(
                _("Damaged fruit"),
                "sentiment_dissatisfied",
                "admin:shop_damagereport_changelist",
                "shop.view_damagereport",
            ),
            _link(_("Staff tasks"), "assignment_late", "admin:farm_stafftask_changelist", "farm.view_stafftask"),
        ],
    },
    {
        "title": _("What we sell"),
        "separator": True,
        "items": [
            _link(_("Ship dates"), "calendar_month", "admin:shop_shipdate_changelist", "shop.view_shipdate"),
            _link(_("Live shows"), "live_tv", "admin:shop_liveshow_changelist", "shop.view_liveshow"),
            _link(_("Lots"), "inventory_2", "admin:shop_lot_changelist", "shop.view_lot"),
            _link(_("Where boxes went"), "travel_explore", "admin:shop_orderline_changelist", "shop.view_orderline"),
            _link(_("Boxes"), "package_2", "admin:shop_box_changelist", "shop.view_box"),
            _link(_("Varieties"), "nutrition", "admin:shop_variety_changelist", "shop.view_variety"),
            _link(_("Cold rooms"), "ac_unit", "admin:shop_coldroom_changelist", "shop.view_coldroom"),
            _link(_("Closed days"), "event_busy", "admin:farm_closedday_changelist", "farm.view_closedday"),
        ],
    },
    {
        "title": _("Visits"),
        "separator": True,
        "items": [
            _link(_("Bookings"), "confirmation_number", "admin:tours_booking_changelist", "tours.view_booking"),
            _link(_("Gate"), "qr_code_scanner", "gate:page", "tours.check_in"),
            _link(_("Week"), "calendar_view_week", "admin:tours_slot_week", "tours.view_slot"),
            _link(_("Slots"), "schedule", "admin:tours_slot_changelist", "tours.view_slot"),
            _link(_("Schedule"), "event_repeat", "admin:tours_schedulerule_changelist", "tours.view_schedulerule"),
            _link(_("Experiences"), "nature_people", "admin:tours_experience_changelist", "tours.view_experience"),
            _link(_("Visitors' days"), "groups", "admin:tours_visitorsday_changelist", "tours.view_visitorsday"),
            _link(_("Closures"), "rainy", "admin:tours_closure_changelist", "tours.view_closure"),
            _link(_("Choices after rain"), "rule", "admin:tours_closureoffer_changelist", "tours.view_closureoffer"),
            _link(_("Waiting list"), "hourglass", "admin:tours_waitingparty_changelist", "tours.view_waitingparty"),
            _link(_("Credits"), "redeem", "admin:tours_credit_changelist", "tours.view_credit"),
            _link(_("Reports"), "monitoring", "admin:tours_booking_reports", "tours.view_reports"),
        ],
    },
    {
        "title": _("Money"),
        "separator": True,
        "items": [
            _link(_("Payments"), "payments", "admin:farm_payment_changelist", "farm.view_payment"),
            _link(_("Refunds"), "undo", "admin:farm_refund_changelist", "farm.view_refund"),
            _link(_("Money book"), "menu_book", "admin:farm_ledgerentry_changelist", "farm.view_ledgerentry"),
            _link(_("Statements"), "fact_check", "admin:farm_statementcheck_changelist", "farm.view_statementcheck"),
            _link(_("Till"), "point_of_sale", "admin:farm_tillentry_changelist", "farm.view_tillentry"),
            _link(_("Ledgers"), "balance", "ledgers", "farm.view_movement"),
            _link(_("Movements"), "swap_vert", "admin:farm_movement_changelist", "farm.view_movement"),
        ],
    },
    {
        "title": _("People and machinery"),
        "separator": True,
        "collapsible": True,
        "items": [
            _link(_("Customers"), "group", "admin:farm_customer_changelist", "farm.view_customer"),
            _link(_("Notices"), "sms", "admin:farm_notice_changelist", "farm.view_notice"),
            _link(_("Jobs"), "conveyor_belt", "admin:farm_job_changelist", "farm.view_job"),
            _link(_("Outbox"), "outbox", "admin:farm_outboxmessage_changelist", "farm.view_outboxmessage"),
            _link(_("Staff"), "badge", "admin:farm_user_changelist", "farm.view_user"),
            _link(_("Groups"), "groups", "admin:auth_group_changelist", "auth.view_group"),
        ],
    },
]

# Deep grape purple for what is done, vine green beside it, on paper white.
_GRAPE = {
    "50": "#f8f5fb", "100": "#efe8f5", "200": "#dfd0ea", "300": "#c6abd9", "400": "#a67cc1", "500": "#8a56a9",
    "600": "#6d3a8c", "700": "#592f72", "800": "#48275c", "900": "#37204a", "950": "#22102f",
}  # fmt: skip
_PAPER = {
    "50": "#faf9f6", "100": "#f3f1ec", "200": "#e5e2db", "300": "#cfcac0", "400": "#a39d92", "500": "#6f6a61",
    "600": "#575249", "700": "#443f38", "800": "#2d2a26", "900": "#1d1b19", "950": "#131210",
}  # fmt: skip

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Beizhen Grapes"),
    "SITE_HEADER": _("Beizhen Grapes"),
    "SITE_SUBHEADER": _("Staff"),
    "SITE_SYMBOL": "nutrition",
    "SITE_URL": "/",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("beizhen/drawings/mark.svg")}
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "8px",
    "COLORS": {"primary": _GRAPE, "base": _PAPER},
    "STYLES": [lambda request: static("beizhen/staff.css")],
    "DASHBOARD_CALLBACK": "beizhen.dashboard.today",
    "SIDEBAR": {"show_search": True, "show_all_applications": False, "navigation": _NAVIGATION},
}
