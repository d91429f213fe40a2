"""Bookings for a spreadsheet."""

from import_export.fields import Field

from farm import security
from farm.admin.exports import FarmResource
from farm.money import yuan
from tours.models import Booking


class BookingResource(FarmResource):
    """One line per booking; people in it are masked unless `shows_people`."""

    name, phone = Field(column_name="name"), Field(column_name="phone")
    total_yuan, paid_yuan, balance_yuan = (
        Field(column_name="total_yuan"),
        Field(column_name="paid_yuan"),
        Field(column_name="balance_yuan"),
    )

    class Meta:
        model = Booking
        fields = ("number", "status", "slot__experience__code", "slot__date", "slot__starts_at", "channel", "plan",
                  "name", "phone", "people", "total_yuan", "paid_yuan", "balance_yuan", "total_fen", "paid_fen",
                  "credit_fen", "fee_fen", "held_at", "confirmed_at", "cancelled_at")  # fmt: skip
        export_order = fields

    def __init__(self, *, shows_people: bool = False) -> None:
        super().__init__()
        self.shows_people = shows_people

    def dehydrate_name(self, booking: Booking) -> str:
        return booking.name if self.shows_people else security.mask_name(booking.name)

    def dehydrate_phone(self, booking: Booking) -> str:
        return booking.phone if self.shows_people or not booking.phone else security.mask_phone(booking.phone)

    def dehydrate_total_yuan(self, booking: Booking) -> str:
        return yuan(booking.total_fen)

    def dehydrate_paid_yuan(self, booking: Booking) -> str:
        return yuan(booking.paid_fen)

    def dehydrate_balance_yuan(self, booking: Booking) -> str:
        return yuan(booking.balance_fen if booking.is_alive else 0)
