"""Every address of the API's first version, below /api/v1/."""

from django.urls import path

from farm.api import dates  # noqa: F401  # it registers the converter
from shop.api import carriers, catalogue, damage, orders, passports, staff_days, staff_orders, staff_papers, waiting

app_name = "shop-api"

_ORDER = "orders/<str:token>"
_PLACE = "waiting-orders/<str:token>"
_STAFF_ORDER = "staff/orders/<slug:number>"
_STAFF_DATE = "staff/ship-dates/<date:date>"

urlpatterns = [
    path("varieties", catalogue.Varieties.as_view()),
    path("boxes", catalogue.Boxes.as_view()),
    path("boxes/<str:code>", passports.BoxPassport.as_view(), name="passport"),
    path("availability", catalogue.Availability.as_view()),
    path("divisions", catalogue.Divisions.as_view()),
    path("quotes", orders.Quotes.as_view()),
    path("orders", orders.Orders.as_view(), name="orders"),
    path(_ORDER, orders.OneOrder.as_view(), name="order"),
    path(f"{_ORDER}/payment", orders.OrderPayment.as_view()),
    path(f"{_ORDER}/extension", orders.OrderExtension.as_view()),
    path(f"{_ORDER}/cancellation", orders.OrderCancellation.as_view()),
    path(f"{_ORDER}/ship-date", orders.OrderShipDate.as_view()),
    path(f"{_ORDER}/address", orders.OrderAddress.as_view()),
    path(f"{_ORDER}/damage-reports", damage.DamageReports.as_view()),
    path(f"{_ORDER}/tracking", orders.OrderTracking.as_view()),
    path("order-lookups", orders.OrderLookups.as_view()),
    path("waiting-orders", waiting.WaitingOrders.as_view(), name="waiting-orders"),
    path(_PLACE, waiting.OneWaitingOrder.as_view()),
    path(f"{_PLACE}/order", waiting.WaitingOrderOrder.as_view()),
    path(f"{_PLACE}/departure", waiting.WaitingOrderDeparture.as_view()),
    path("carriers/<slug:carrier>/push", carriers.push),
    path("staff/ship-dates", staff_days.StaffShipDates.as_view()),
    path(_STAFF_DATE, staff_days.StaffShipDate.as_view()),
    path(f"{_STAFF_DATE}/plan", staff_days.StaffPlan.as_view()),
    path("staff/lots", staff_days.StaffLots.as_view()),
    path("staff/lots/<slug:code>/withdrawal", staff_days.StaffLotWithdrawal.as_view()),
    path("staff/orders", staff_orders.StaffOrders.as_view()),
    path("staff/waves/<int:wave>/pick-list", staff_orders.StaffPickList.as_view()),
    path(f"{_STAFF_ORDER}/ship-date", staff_orders.StaffMove.as_view()),
    path(f"{_STAFF_ORDER}/cancellation", staff_orders.StaffCancellation.as_view()),
    path(f"{_STAFF_ORDER}/picking", staff_orders.StaffPicking.as_view()),
    path(f"{_STAFF_ORDER}/packing", staff_orders.StaffPacking.as_view()),
    path(f"{_STAFF_ORDER}/unpacking", staff_orders.StaffUnpacking.as_view()),
    path(f"{_STAFF_ORDER}/waybill", staff_orders.StaffWaybill.as_view()),
    path(f"{_STAFF_ORDER}/handover", staff_orders.StaffHandover.as_view()),
    path(f"{_STAFF_ORDER}/delivery", staff_orders.StaffDelivery.as_view()),
    path(f"{_STAFF_ORDER}/label.pdf", staff_orders.StaffLabel.as_view()),
    path(f"{_STAFF_ORDER}/address", staff_papers.StaffAddress.as_view()),
    path(f"{_STAFF_ORDER}/slip.pdf", staff_papers.StaffSlip.as_view()),
    path(f"{_STAFF_ORDER}/stickers.pdf", staff_papers.StaffStickers.as_view()),
    path("staff/waves/<int:wave>/slips.pdf", staff_papers.StaffWaveSlips.as_view()),
    path("staff/waves/<int:wave>/stickers.pdf", staff_papers.StaffWaveStickers.as_view()),
]
