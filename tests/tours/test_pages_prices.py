"""What the booking form says of money before anybody is chosen: each ticket's price that day, terms that have gone."""

import datetime as dt

import pytest
import time_machine

from tests.visits import NOW, a_slot
from tours.models import Price, PriceList, Slot

pytestmark = pytest.mark.django_db
BOOK = "/visits/picking/book/"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def test_each_ticket_says_what_it_costs_on_that_day(client):
    slot = a_slot()
    feast = PriceList.objects.create(experience=slot.experience, name="Feast")
    Price.objects.create(price_list=feast, ticket_type=slot.experience.ticket_types.get(code="adult"), price_fen=10800)
    Slot.objects.filter(pk=slot.pk).update(price_list=feast)

    party = client.get(f"{BOOK}?slot={slot.pk}").content.decode().partition("Who comes")[2]

    assert [price in party for price in ("¥108.00", "¥88.00", "¥44.00", ">free<")] == [True, False, True, True]


def test_terms_whose_moment_has_gone_are_struck_out(client):
    slot = a_slot()

    early = client.get(f"{BOOK}?slot={slot.pk}").content.decode()
    with time_machine.travel(slot.starts_at - dt.timedelta(hours=47), tick=False):
        late = client.get(f"{BOOK}?slot={slot.pk}").content.decode()

    assert (early.count("terms__over"), late.count("terms__over")) == (0, 1)
    assert "10 Sep, 09:30 · over" in late
