"""The staff's side of the visits: what is offered, when it is held, who comes, who was rained out, what it brought."""

from tours.admin import bookings, closures, credits, experiences, schedule, waiting

__all__ = ["bookings", "closures", "credits", "experiences", "schedule", "waiting"]
