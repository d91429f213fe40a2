import datetime as dt

import pytest
from django.urls import reverse

from tests.visits import NOW, VISITOR, a_booking, a_confirmed_booking, a_slot, a_visit_wish, pay
from tours import booking as holding
from tours import cancelling, line, refusals, sheets, waiting
from tours.booking import Contact
from tours.links import party_path
from tours.models import Experience, TicketType, WaitingParty
from tours.party import Party

pytestmark = pytest.mark.django_db
OTHER, THIRD = Contact("王芳", "13911112222"), Contact("赵强", "13933334444")


def in_line(slot, contact=OTHER, **party):
    return waiting.join(slot=slot.pk, party=Party.of(party), contact=contact, language="zh-hans", now=NOW)


def on_sale(is_on_sale):
    Experience.objects.update(is_on_sale=is_on_sale)
    sheets._slots.clear()  # a second later


def test_seats_that_come_free_are_offered_to_the_first_party_that_fits():
    slot = a_slot(seats=4)
    booking = a_confirmed_booking(slot, adult=2)
    a_confirmed_booking(slot, adult=2)
    large, small = in_line(slot, adult=3), in_line(slot, THIRD, adult=2)

    cancelling.cancel(booking=booking, by="visitor", now=NOW)

    statuses = dict(WaitingParty.objects.values_list("pk", "status"))
    slot.refresh_from_db()
    assert (statuses[large.pk], statuses[small.pk], slot.taken) == ("waiting", "offered", 4)


def test_nobody_else_can_take_offered_seats():
    slot = a_slot(seats=2)
    booking = a_booking(slot)
    in_line(slot, adult=2)
    cancelling.cancel(booking=booking, by="visitor", now=NOW)

    with pytest.raises(refusals.SlotFull):
        a_booking(slot, contact=THIRD)


def test_an_accepted_offer_becomes_a_booking():
    slot = a_slot(seats=2)
    first = a_booking(slot)
    party = in_line(slot, adult=2)
    cancelling.cancel(booking=first, by="visitor", now=NOW)

    booking = waiting.accept(party=party, wish=a_visit_wish(slot, contact=OTHER), key="k", now=NOW)
    pay(booking)

    party.refresh_from_db()
    slot.refresh_from_db()
    assert (party.status, party.booking, booking.status, slot.taken) == ("booked", booking, "confirmed", 2)


def test_offered_seats_are_booked_though_the_experience_is_sold_no_longer():
    slot = a_slot(seats=2)
    first = a_booking(slot)
    party = in_line(slot, adult=2)
    cancelling.cancel(booking=first, by="visitor", now=NOW)
    on_sale(False)

    booking = waiting.accept(party=party, wish=a_visit_wish(slot, contact=OTHER), key="k", now=NOW)

    assert booking.status == "held"


def test_no_seats_are_offered_while_the_experience_is_off_sale():
    slot = a_slot(seats=2)
    first = a_booking(slot)
    party = in_line(slot, adult=2)
    on_sale(False)
    cancelling.cancel(booking=first, by="visitor", now=NOW)
    before = line.offer_due(NOW)

    on_sale(True)
    after = line.offer_due(NOW)

    party.refresh_from_db()
    assert (before, after, party.status) == (0, 1, "offered")


def test_an_accepted_party_is_booked_as_it_was_accepted(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    slot = a_slot(seats=4)
    first = a_booking(slot, family=1)
    party = in_line(slot, family=1, infant=2)
    TicketType.objects.filter(code="family").update(is_offered=False, people=5)
    TicketType.objects.filter(code="infant").update(per_grown_up=1, max_quantity=1)
    cancelling.cancel(booking=first, by="visitor", now=NOW)
    page = client.get(party_path(party))

    booking = waiting.accept(party=party, wish=a_visit_wish(slot, contact=OTHER), key="k", now=NOW)

    slot.refresh_from_db()
    assert (booking.people, booking.total_fen, slot.taken) == (4, 22000, 4)
    assert (page.status_code, "¥220" in page.content.decode()) == (200, True)


def test_what_is_wrong_in_a_form_goes_once_it_is_mended_and_what_is_so_stays(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    slot = a_slot(seats=2)
    first = a_booking(slot)
    party = in_line(slot, adult=2)
    said = {"slot": slot.pk, "ticket-adult": 2, "name": "", "phone": "12", "join": 1}
    wait = client.post(reverse("tours:wait", args=["picking"]), said).content.decode()
    cancelling.cancel(booking=first, by="visitor", now=NOW)
    offer = client.post(party_path(party), {"plan": "none"}).content.decode()

    assert 'role="alert" data-wrong' in wait
    assert all(words in wait for words in ("novalidate data-wait>", "beizhen/wait-form", 'notice--problem" data-stays'))
    assert 'role="alert" data-wrong' in offer
    assert all(words in offer for words in ("novalidate data-answers>", "beizhen/visit-offer"))


def test_an_offer_that_lapses_goes_to_the_next():
    slot = a_slot(seats=2)
    booking = a_booking(slot)
    first, second = in_line(slot, adult=2), in_line(slot, THIRD, adult=1)
    cancelling.cancel(booking=booking, by="visitor", now=NOW)
    later = NOW + dt.timedelta(minutes=31)

    assert waiting.end_lapsed(later) == 1

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("lapsed", "offered")
    with pytest.raises(waiting.OfferEnded):
        waiting.accept(party=first, wish=a_visit_wish(slot), key="k", now=later)


def test_an_expired_hold_feeds_the_line():
    slot = a_slot(seats=2)
    a_booking(slot)
    party = in_line(slot, adult=2)

    holding.expire_holds(NOW + dt.timedelta(minutes=21))

    party.refresh_from_db()
    assert party.status == "offered"


def test_nobody_waits_while_there_is_room():
    slot = a_slot()

    with pytest.raises(waiting.RoomIsLeft):
        in_line(slot, VISITOR, adult=2)


def test_a_phone_waits_once_for_a_slot():
    slot = a_slot(seats=1)
    in_line(slot, adult=2)

    with pytest.raises(waiting.WaitsAlready):
        in_line(slot, adult=2)


def test_leaving_the_line_gives_the_offer_to_the_next():
    slot = a_slot(seats=2)
    booking = a_booking(slot)
    first, second = in_line(slot, adult=2), in_line(slot, THIRD, adult=2)
    cancelling.cancel(booking=booking, by="visitor", now=NOW)

    waiting.leave(party=first, by="visitor", now=NOW)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("left", "offered")
