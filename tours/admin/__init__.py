"""The staff's side of the visits: what is offered, when it is held, and how full it is."""

from tours.admin import experiences, schedule

__all__ = ["experiences", "schedule"]
