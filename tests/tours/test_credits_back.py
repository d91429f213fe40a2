"""A credit that paid for a visit, ran out meanwhile and gets something back: it can be used again."""

import datetime as dt

import pytest
from django.utils.timezone import localdate

from tests.drift import drift
from tests.visits import NOW, SATURDAY, VISITOR, a_booking, a_slot
from tours import cancelling, changing, closures
from tours.links import booking_path
from tours.models import Credit
from tours.party import Party

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
LATER = NOW + 3 * DAY  # the credit is good until the day before


@pytest.fixture(autouse=True)
def _later(time_machine):
    time_machine.move_to(LATER, tick=False)


def a_visit_paid_by_credit(slot, *, good_until=NOW + 2 * DAY):
    credit = Credit.objects.create(
        code="CR1", phone=VISITOR.phone, why="rain", given_at=NOW, expires_on=localdate(good_until), limit=17600
    )
    return a_booking(slot, credit="CR1"), credit


def left_and_good_for(credit):
    credit.refresh_from_db()
    return credit.left, (credit.expires_on - localdate(LATER)).days


def test_of_a_visit_given_up_in_time_it_is_good_for_a_month_and_the_page_says_so(client):
    booking, credit = a_visit_paid_by_credit(a_slot(SATURDAY + 14 * DAY))

    page = client.get(f"{booking_path(booking)}cancellation/").content.decode()
    client.post(f"{booking_path(booking)}cancellation/")

    assert "good until 11 Oct 2026 or longer" in page
    assert (left_and_good_for(credit), drift()) == ((17600, 30), [])
    assert a_booking(a_slot(SATURDAY + 15 * DAY), credit="CR1", now=LATER).credit_fen == 17600


def test_of_a_visit_that_the_farm_closed_it_is_good_for_a_year():
    slot = a_slot()
    booking, credit = a_visit_paid_by_credit(slot)
    closures.close(slots=[slot.pk], reason=closures.Reason("大雨", "heavy rain"), by="li", now=LATER)

    cancelling.cancel(booking=booking, by="visitor", now=LATER)

    assert left_and_good_for(credit) == (17600, 365)


def test_of_a_smaller_party_it_is_good_for_a_month():
    slot = a_slot(SATURDAY + 14 * DAY)
    booking, credit = a_visit_paid_by_credit(slot)

    changing.change(booking=booking, slot=slot.pk, party=Party.of({"adult": 1}), by="visitor", now=LATER)

    assert (left_and_good_for(credit), drift()) == ((8800, 30), [])


def test_one_that_is_good_for_longer_stays_so():
    booking, credit = a_visit_paid_by_credit(a_slot(SATURDAY + 14 * DAY), good_until=LATER + 99 * DAY)

    cancelling.cancel(booking=booking, by="visitor", now=LATER)

    assert left_and_good_for(credit) == (17600, 99)


def test_one_to_which_nothing_comes_back_has_run_out():
    slot = a_slot()
    booking, credit = a_visit_paid_by_credit(slot)

    cancelling.cancel(booking=booking, by="visitor", now=slot.starts_at - dt.timedelta(hours=1))

    assert left_and_good_for(credit) == (0, -1)
