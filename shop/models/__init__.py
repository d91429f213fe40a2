from shop.models.addresses import KeptAddress
from shop.models.catalog import Box, Variety
from shop.models.damage import DamagedBoxes, DamagePhoto, DamageReport, DamageReportEvent
from shop.models.dates import ShipDate
from shop.models.live import LiveShow
from shop.models.lots import ColdRoom, Lot
from shop.models.orders import Order, OrderEvent, OrderLine
from shop.models.shipments import Label, PickWave, Shipment, TrackingEvent
from shop.models.waiting import WaitingOrder, WaitingOrderEvent

__all__ = [
    "Box",
    "ColdRoom",
    "DamagePhoto",
    "DamageReport",
    "DamageReportEvent",
    "DamagedBoxes",
    "KeptAddress",
    "Label",
    "LiveShow",
    "Lot",
    "Order",
    "OrderEvent",
    "OrderLine",
    "PickWave",
    "ShipDate",
    "Shipment",
    "TrackingEvent",
    "Variety",
    "WaitingOrder",
    "WaitingOrderEvent",
]
