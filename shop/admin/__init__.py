"""The staff's side of the shop: what is sold, on which days, and each order from payment to doorstep."""

from shop.admin import catalogue, damage, days, live, orders, parcels, tracing, waiting

__all__ = ["catalogue", "damage", "days", "live", "orders", "parcels", "tracing", "waiting"]
