import datetime as dt

import pytest

from farm.models import Refund
from tests.builders import work_off
from tests.visits import NOW, SATURDAY, a_confirmed_booking, a_slot, an_experience, pay
from tours import cancelling, changing, refusals, sheets
from tours.links import booking_path
from tours.models import Rebooking, Slot, Ticket, TicketType
from tours.party import Party

pytestmark = pytest.mark.django_db
SUNDAY = SATURDAY + dt.timedelta(days=1)
TWO, THREE, ONE = (Party.of({"adult": number}) for number in (2, 3, 1))


def taken(*slots):
    for slot in slots:
        slot.refresh_from_db()
    return [slot.taken for slot in slots]


def test_a_party_moves_to_another_day_and_gets_new_tickets():
    saturday, sunday = a_slot(), a_slot(SUNDAY)
    booking = a_confirmed_booking(saturday)
    before = set(Ticket.objects.values_list("key", flat=True))

    changed = changing.change(booking=booking, slot=sunday.pk, party=TWO, by="visitor", now=NOW)

    assert (changed.slot, changed.issue, taken(saturday, sunday)) == (sunday, 2, [0, 2])
    assert before.isdisjoint(Ticket.objects.values_list("key", flat=True))


def test_a_larger_party_pays_the_difference_first():
    slot = a_slot()
    booking = a_confirmed_booking(slot)

    waiting = changing.change(booking=booking, slot=slot.pk, party=THREE, by="visitor", now=NOW)

    assert isinstance(waiting, Rebooking)
    assert (waiting.bill.amount_fen, taken(slot)) == (8800, [3])
    pay(booking)
    assert (booking.people, booking.total_fen, booking.paid_fen, taken(slot)) == (3, 26400, 26400, [3])


def test_a_change_that_is_not_paid_leaves_the_booking_as_it_was():
    slot, sunday = a_slot(), a_slot(SUNDAY)
    booking = a_confirmed_booking(slot)
    changing.change(booking=booking, slot=sunday.pk, party=THREE, by="visitor", now=NOW)

    assert changing.expire_changes(NOW + dt.timedelta(minutes=21)) == 1

    booking.refresh_from_db()
    assert (booking.slot, booking.people, taken(slot, sunday)) == (slot, 2, [2, 0])


def test_a_time_whose_count_is_wrong_keeps_no_change_of_another_time_waiting():
    monday, broken, sound = a_slot(SUNDAY + dt.timedelta(days=1)), a_slot(), a_slot(SUNDAY)
    for slot in (broken, sound):
        changing.change(booking=a_confirmed_booking(slot), slot=monday.pk, party=THREE, by="visitor", now=NOW)
    Slot.objects.filter(pk=monday.pk).update(taken=3)
    Slot.objects.filter(pk=broken.pk).update(taken=0)

    assert changing.expire_changes(NOW + dt.timedelta(minutes=21)) == 1
    assert sorted(Rebooking.objects.values_list("status", flat=True)) == ["expired", "held"]


def test_a_smaller_party_gets_money_back_by_the_terms():
    slot = a_slot()
    booking = a_confirmed_booking(slot)
    a_day_and_a_half_before = slot.starts_at - dt.timedelta(hours=36)

    changing.change(booking=booking, slot=slot.pk, party=ONE, by="visitor", now=a_day_and_a_half_before)

    booking.refresh_from_db()
    assert (booking.paid_fen, booking.fee_fen, booking.balance_fen) == (13200, 4400, 0)


def test_tickets_that_are_offered_no_longer_move_along_but_grow_no_more(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    saturday, sunday = a_slot(), a_slot(SUNDAY)
    booking = a_confirmed_booking(saturday)
    TicketType.objects.filter(code="adult").update(is_offered=False)
    sheets.fresh(saturday.experience_id, NOW)

    with pytest.raises(refusals.UnknownTicketType):
        changing.change(booking=booking, slot=sunday.pk, party=THREE, by="visitor", now=NOW)
    place = f"{booking_path(booking)}change/"
    client.post(place, {"slot": sunday.pk, "day": SUNDAY, "ticket-adult": 2})

    booking.refresh_from_db()
    assert (booking.slot, booking.people, booking.total_fen) == (sunday, 2, 17600)


def test_a_ticket_that_counts_more_people_now_keeps_the_seats_of_what_was_booked():
    slot, sunday = a_slot(), a_slot(SUNDAY)
    booking = a_confirmed_booking(slot, family=1, infant=1)
    waits = changing.change(
        booking=booking, slot=slot.pk, party=Party.of({"family": 2, "infant": 1}), by="visitor", now=NOW
    )
    TicketType.objects.update(people=6)
    pay(booking)

    changing.change(booking=booking, slot=sunday.pk, party=changing.party_of(booking), by="visitor", now=NOW)

    booking.refresh_from_db()
    assert (waits.seats, booking.people, taken(slot, sunday)) == ({"family": 4, "infant": 0}, 8, [0, 8])
    assert booking.tickets.count() == 9


def test_a_ticket_that_is_sold_no_longer_still_looks_after_its_own_infant(time_machine):
    time_machine.move_to(NOW, tick=False)
    slot, sunday = a_slot(), a_slot(SUNDAY)
    booking = a_confirmed_booking(slot, adult=1, infant=2)
    TicketType.objects.filter(code="adult").update(is_offered=False)
    sheets.fresh(slot.experience_id, NOW)

    with pytest.raises(refusals.PartyRefused, match="each may bring at most 2"):
        changing.preview(booking=booking, slot=sunday.pk, party=Party.of({"adult": 1, "infant": 3}), now=NOW)
    moved = changing.change(booking=booking, slot=sunday.pk, party=changing.party_of(booking), by="visitor", now=NOW)

    assert (moved.slot, taken(slot, sunday)) == (sunday, [0, 1])


def test_a_change_into_a_full_slot_leaves_everything_as_it_was():
    slot, full = a_slot(), a_slot(SUNDAY, seats=1)
    booking = a_confirmed_booking(slot)

    with pytest.raises(refusals.SlotFull):
        changing.change(booking=booking, slot=full.pk, party=TWO, by="visitor", now=NOW)

    booking.refresh_from_db()
    assert (booking.slot, booking.issue, taken(slot, full)) == (slot, 1, [2, 0])


def test_with_a_deposit_the_larger_deposit_is_paid_first_and_the_rest_on_arrival():
    slot = a_slot(experience=an_experience(deposit_percent=50))
    booking = a_confirmed_booking(slot, plan="deposit")
    slot.experience.deposit_percent = 90
    slot.experience.save(update_fields=["deposit_percent"])

    waiting = changing.change(booking=booking, slot=slot.pk, party=THREE, by="visitor", now=NOW)

    assert (waiting.bill.amount_fen, taken(slot), booking.people) == (4400, [3], 2)
    pay(booking)
    assert (booking.people, booking.paid_fen, booking.balance_fen) == (3, 13200, 13200)


def test_who_paid_more_than_the_larger_deposit_changes_at_once():
    slot = a_slot(experience=an_experience(deposit_percent=30))
    booking = pay(a_confirmed_booking(slot, plan="deposit"))

    changed = changing.change(booking=booking, slot=slot.pk, party=THREE, by="visitor", now=NOW)

    assert (changed.people, changed.paid_fen, changed.balance_fen) == (3, 17600, 8800)


@pytest.mark.parametrize(("hours", "refund_fen"), [(50, 17600), (30, 8800), (3, 0)])
def test_cancelling_gives_back_what_the_terms_say(hours, refund_fen):
    slot = a_slot()
    booking = a_confirmed_booking(slot)
    now = slot.starts_at - dt.timedelta(hours=hours)

    cancelling.cancel(booking=booking, by="visitor", now=now)
    work_off(now)

    booking.refresh_from_db()
    assert (booking.status, booking.paid_fen, booking.fee_fen) == ("cancelled", 17600 - refund_fen, 17600 - refund_fen)
    assert sum(Refund.objects.values_list("amount_fen", flat=True)) == refund_fen
    assert taken(slot) == [0]
