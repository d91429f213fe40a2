"""Statements that are compiled once read and change the same rows as the ORM's own."""

import datetime as dt

import pytest
from django.db import transaction

from farm import rows
from farm.states import WrongState
from tests.visits import a_confirmed_booking, a_slot
from tours import gate, tickets
from tours.models import Booking

pytestmark = pytest.mark.django_db


def facts(row):
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def test_a_row_is_read_as_the_orm_reads_it_with_all_beside_it(django_assert_num_queries):
    a_confirmed_booking(a_slot())
    family = a_confirmed_booking(a_slot(seats=9, time=dt.time(14, 0)), family=1)
    tickets.known(family.number)
    with django_assert_num_queries(1):
        [found] = rows.read(tickets.shown, family.number)
        beside = (found.slot.pk, found.slot.experience.code, found.slot.day.date)
    kept = Booking.objects.get(pk=family.pk)

    assert facts(found) == facts(kept)
    assert beside == (kept.slot_id, "picking", kept.slot.day.date)


@pytest.mark.parametrize("number", ["", "BV0000000000", "a value that comes later", "%s", "'; --", "九"])
def test_another_value_finds_nothing_by_the_same_statement(number):
    a_confirmed_booking(a_slot())

    assert rows.read(tickets.shown, number) == []


def test_several_are_read_in_turn_and_see_the_same():
    family = a_confirmed_booking(a_slot(), family=1)
    with transaction.atomic():
        claim, party = gate.claimed_with_party(family.number)

    assert (claim.booking, [ticket.key for ticket in party]) == (
        family,
        list(family.tickets.order_by("pk").values_list("key", flat=True)),
    )


def test_a_row_in_another_state_is_not_changed():
    booking = a_confirmed_booking(a_slot())
    with pytest.raises(WrongState):
        booking.become(Booking.Status.EXPIRED, fee_fen=5)
    booking.refresh_from_db()

    assert (booking.status, booking.fee_fen, booking.events.filter(what="expired").count()) == ("confirmed", 0, 0)
    booking.become(Booking.Status.NO_SHOW, fee_fen=5, slot=booking.slot)
    booking.refresh_from_db()
    assert (booking.status, booking.fee_fen) == ("no-show", 5)
