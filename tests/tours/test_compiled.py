"""Statements that are compiled once read and change the same rows as the ORM's own."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import transaction

from farm import rows
from farm.states import WrongState
from tests.visits import NOW, SATURDAY, a_confirmed_booking, a_slot
from tests.worlds import a_slot_with_a_booking
from tours import asked, gate, tickets
from tours.gate import Scan
from tours.models import Booking, CheckIn

pytestmark = pytest.mark.django_db
OPENING = dt.datetime.combine(SATURDAY, dt.time(9, 20), NOW.tzinfo)


@pytest.fixture
def family():
    return a_slot_with_a_booking(family=1)


def facts(row):
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def test_a_row_is_read_as_the_orm_reads_it_with_all_beside_it(django_assert_num_queries):
    a_slot_with_a_booking()
    family = a_confirmed_booking(a_slot(seats=9, time=dt.time(14, 0)), family=1)
    tickets.known(family.number)
    with django_assert_num_queries(1):
        [found] = rows.read(asked.numbered_with_slot, family.number)
        beside = (found.slot.pk, found.slot.experience.code, found.slot.day.date)
    kept = Booking.objects.get(pk=family.pk)

    assert facts(found) == facts(kept)
    assert beside == (kept.slot_id, "picking", kept.slot.day.date)


@pytest.mark.parametrize("number", ["", "BV0000000000", "a value that comes later", "%s", "'; --", "九"])
def test_another_value_finds_nothing_by_the_same_statement(number):
    a_slot_with_a_booking()

    assert rows.read(asked.numbered_with_slot, number) == []


def test_several_are_read_in_turn_and_see_the_same():
    family = a_slot_with_a_booking(family=1)
    with transaction.atomic():
        claim, party = gate.claimed_with_party(family.number)

    assert (claim.booking, [ticket.key for ticket in party]) == (
        family,
        list(family.tickets.order_by("pk").values_list("key", flat=True)),
    )


def test_a_row_in_another_state_is_not_changed():
    booking = a_slot_with_a_booking()
    with pytest.raises(WrongState):
        booking.become(Booking.Status.EXPIRED, fee_fen=5)
    booking.refresh_from_db()

    assert (booking.status, booking.fee_fen, booking.events.filter(what="expired").count()) == ("confirmed", 0, 0)
    booking.become(Booking.Status.NO_SHOW, fee_fen=5, slot=booking.slot)
    booking.refresh_from_db()
    assert (booking.status, booking.fee_fen) == ("no-show", 5)


def test_changes_made_at_once_are_all_made_or_none(family):
    tickets_of_it = list(family.tickets.all())
    scan = Scan(nonce="n1", gate="north", by="keeper", at=OPENING)
    Booking.objects.filter(pk=family.pk).update(issue=family.issue + 1)
    with pytest.raises(rows.Overtaken):
        gate.let_in(tickets_of_it, tickets_of_it, family, scan, OPENING)

    assert (CheckIn.objects.count(), family.tickets.exclude(check_in=None).count()) == (0, 0)
    assert not family.events.filter(what="let in").exists()

    family.refresh_from_db()
    check_in = gate.let_in(tickets_of_it, tickets_of_it, family, scan, OPENING)
    assert CheckIn.objects.get() == check_in
    assert set(family.tickets.values_list("check_in", flat=True)) == {check_in.pk}


def test_a_ticket_used_in_the_meantime_undoes_the_scan(family):
    tickets_of_it = list(family.tickets.all())
    first = Scan(nonce="n1", gate="north", by="keeper", at=OPENING)
    gate.let_in(tickets_of_it[:1], family.tickets.all(), family, first, OPENING)
    with pytest.raises(rows.Overtaken):
        gate.let_in(tickets_of_it, tickets_of_it, family, replace(first, nonce="n2"), OPENING)

    assert (CheckIn.objects.count(), family.tickets.exclude(check_in=None).count()) == (1, 1)
    assert Booking.objects.get(pk=family.pk).status == "confirmed"
