"""Experiences, slots and bookings will stand here."""
