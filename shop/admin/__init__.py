"""The staff's side of the shop: what is sold, on which days, and each order from payment to doorstep."""

from shop.admin import catalogue, days, orders, parcels

__all__ = ["catalogue", "days", "orders", "parcels"]
