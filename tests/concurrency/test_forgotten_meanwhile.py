"""Who orders or books while their data are being deleted is still sent the parcel, and still expected.

Nobody stops them: the deletion has looked for what is under way just before.
"""

from collections.abc import Callable

import pytest

from beizhen.account import erasing
from farm.models import Customer
from shop.models import Order
from tests.accounts import a_sign_in
from tests.builders import HOME, NOW, a_shop, an_order
from tests.concurrency.crowd import overtaken
from tests.visits import VISITOR, a_booking, a_slot
from tours.models import Booking

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,  # SQLite lets one transaction begin at a time
]


def forgotten(monkeypatch: pytest.MonkeyPatch, phone: str, *, by: Callable[[], object]) -> None:
    """Delete the data of this phone; what `by` does comes between the look for what is under way and the deletion."""
    running, spoken_of = a_sign_in(phone).sign_in, erasing.spoken_of

    def erase(pause: Callable[[], object]) -> None:
        def spoken_of_later(customer: Customer) -> list[str]:
            pause()
            return spoken_of(customer)

        monkeypatch.setattr(erasing, "spoken_of", spoken_of_later)
        erasing.erase(running, now=NOW)

    for answer in overtaken(erase, by):
        assert not isinstance(answer, Exception), answer


def test_an_order_keeps_its_address_and_its_buyer(monkeypatch):
    a_shop()

    forgotten(monkeypatch, HOME.phone, by=an_order)

    order = Order.objects.get()
    assert (order.name, order.phone, order.street) == (HOME.name, HOME.phone, HOME.street)
    assert order.buyer_phone == HOME.phone


def test_a_booking_keeps_its_visitor(monkeypatch):
    slot = a_slot()

    forgotten(monkeypatch, VISITOR.phone, by=lambda: a_booking(slot))

    booking = Booking.objects.get()
    assert (booking.name, booking.phone, booking.email) == (VISITOR.name, VISITOR.phone, VISITOR.email)
