"""Bookings in the staff's tool: found, masked, moved, cancelled, printed, exported, and never edited by hand."""

import datetime as dt
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from farm.models import Notice, Refund
from tests.builders import work_off
from tests.staff import a_member, act, cost_more, given, list_of, page_of, press, queries, told
from tests.visits import NOW, SATURDAY, a_booking, a_confirmed_booking, a_slot, an_experience
from tests.worlds import a_slot_with_a_booking
from tours import changing, gate, waiting, walkins
from tours.booking import Contact
from tours.gate import Scan, Whom
from tours.models import Booking, WaitingParty
from tours.party import Party

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_september")]
SUNDAY = SATURDAY + dt.timedelta(days=1)


def fresh(booking: Booking) -> Booking:
    booking.refresh_from_db()
    return booking


def a_visitor(number: int) -> Contact:
    return Contact(f"李小{number}", f"1398765432{number}")


def found(client, asked: str) -> set[str]:
    """The numbers of the bookings that the list shows."""
    return {booking.number for booking in given(client, f"{list_of(Booking)}?{asked}")["cl"].result_list}


def test_the_list_costs_the_same_with_1_and_with_3_bookings(client, boss):
    def more() -> None:
        for number in (2, 3):
            a_confirmed_booking(a_slot(SUNDAY, dt.time(9 + number)), contact=a_visitor(number))

    a_slot_with_a_booking(contact=a_visitor(1))

    assert cost_more(client, [list_of(Booking)], after=more) == {}


def test_a_page_costs_the_same_for_1_and_for_8_people(client, boss):
    small = a_slot_with_a_booking(adult=1, contact=a_visitor(1))
    large = a_confirmed_booking(a_slot(SUNDAY), adult=4, family=1, contact=a_visitor(2))

    assert queries(client, page_of(large)) == queries(client, page_of(small))


def test_the_page_tells_the_partys_whole_life(client, boss):
    booking = a_slot_with_a_booking(family=1)
    scan = Scan("n1", "South gate", "wang", booking.slot.starts_at)
    gate.admit(code=booking.number, whom=Whom(people=1), scan=scan, now=scan.at)

    page = client.get(page_of(booking)).content.decode()

    for words in ("South gate", "220.00", "Family", "13987654321", "48 h: 100 %", "confirmed"):
        assert words in page
    assert "&#x27;confirmed&#x27;" not in page
    assert "_save" not in page


def test_without_the_permission_people_are_masked_and_looking_is_not_noted(client):
    a_member(client, "money")
    booking = a_slot_with_a_booking()

    page, listed = (client.get(place).content.decode() for place in (page_of(booking), list_of(Booking)))

    for text in (page, listed):
        assert "13987654321" not in text
        assert "李小红" not in text
        assert "139******21" in text
    assert not LogEntry.objects.exists()


def test_who_sees_whole_names_is_written_down(client):
    member = a_member(client, "shop")
    booking = a_slot_with_a_booking()

    assert "李小红" in client.get(page_of(booking)).content.decode()
    assert LogEntry.objects.get(object_id=str(booking.pk)).user_id == member.pk


def test_bookings_are_found_by_day_status_channel_balance_and_number(client, boss):
    deposit = an_experience(deposit_percent=30)
    saturday = a_confirmed_booking(a_slot(experience=deposit), plan="deposit", contact=a_visitor(1))
    held = a_booking(a_slot(SUNDAY), contact=a_visitor(2))

    assert found(client, "comes=2026-09-12") == {saturday.number}
    assert found(client, "comes=week") == {saturday.number, held.number}
    assert found(client, "comes=today") == set()
    assert found(client, "status=held") == {held.number}
    assert found(client, "channel=gate") == set()
    assert found(client, "owes=yes") == {saturday.number}
    assert found(client, f"slot__experience__id__exact={deposit.pk}") == {saturday.number, held.number}
    assert found(client, "q=+86 139 8765 4322") == {held.number}
    assert found(client, f"q={saturday.number.lower()}") == {saturday.number}
    assert found(client, "q=1398") == set()
    found(client, "comes=yesterday&rained=odd&owes=odd")
    found(client, "status=odd")


def test_staff_cancel_an_hour_before_and_all_money_goes_back(client, boss, monkeypatch):
    booking = a_slot_with_a_booking()
    late = booking.slot.starts_at - dt.timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: late)

    press(client, "cancel_one", booking, reason="Guide is ill")
    work_off(late)

    assert (fresh(booking).status, booking.cancel_reason, booking.fee_fen) == ("cancelled", "Guide is ill", 0)
    assert Refund.objects.get().amount_fen == 17600
    assert booking.events.filter(what="cancelled", by="boss").exists()


def test_who_may_take_money_at_the_desk_takes_a_sale_back(client):
    slot = a_slot()
    scan = Scan("sale-0001", "South", "wang", slot.starts_at)
    sale = {"slot": slot.pk, "party": Party.of({"adult": 2}), "how": "cash", "agreed_fen": 17600}
    walkins.sell(**sale, scan=scan, now=slot.starts_at)
    [booked, sold] = [a_confirmed_booking(slot), Booking.objects.get(channel="gate")]

    a_member(client, "gate")
    refused = press(client, "take_back_one", sold)
    a_member(client, "money")
    button = "take_back_one"
    offered = [button in client.get(page_of(one)).content.decode() for one in (sold, booked)]
    press(client, "take_back_one", sold, reason="two taps")

    assert (refused.status_code, offered) == (403, [True, False])
    assert (fresh(sold).status, sold.cancel_reason, fresh(booked).status) == ("cancelled", "two taps", "confirmed")
    assert LogEntry.objects.filter(object_id=sold.pk, change_message__contains="sale taken back").exists()


def test_a_cancelled_booking_offers_no_more_steps(client, boss):
    booking = a_slot_with_a_booking()
    page = client.get(page_of(booking)).content.decode()
    assert "/cancel_one" in page
    assert "/move_one" in page

    act(client, "cancel", booking)
    page = client.get(page_of(booking)).content.decode()

    assert not any(step in page for step in ("/cancel_one", "/move_one", "/send_again_one", "/tickets_of_one"))
    assert "cannot be done" in told(press(client, "cancel_one", booking))


def test_staff_move_a_party_to_a_time_with_room(client, boss):
    booking = a_slot_with_a_booking(family=1)
    sunday, full = a_slot(SUNDAY), a_slot(SUNDAY, dt.time(14), seats=3)
    other = a_slot(SUNDAY, experience=an_experience("tasting"))

    offered = client.get(f"/staff/tours/booking/{booking.pk}/move_one/").content.decode()
    press(client, "move_one", booking, to=full.pk), press(client, "move_one", booking, to=other.pk)
    assert fresh(booking).slot.date == SATURDAY
    press(client, "move_one", booking, to=sunday.pk)

    assert f'value="{sunday.pk}"' in offered
    assert f'value="{full.pk}"' not in offered
    assert f'value="{other.pk}"' not in offered
    assert fresh(booking).slot == sunday


def test_only_times_to_come_are_offered_and_none_is_chosen_for_the_staff(client, boss, monkeypatch):
    booking, begun, later = a_confirmed_booking(a_slot(SUNDAY)), a_slot(), a_slot(time=dt.time(14))
    monkeypatch.setattr(timezone, "now", lambda: begun.starts_at)

    page = client.get(f"/staff/tours/booking/{booking.pk}/move_one/").content.decode()
    unchosen, gone = (told(press(client, "move_one", booking, to=to)) for to in ("", begun.pk))

    assert (f'value="{begun.pk}"' in page, f'value="{later.pk}"' in page) == (False, True)
    assert re.search(r'value="" selected', page)
    assert "Choose a time." in unchosen
    assert "can no longer take the party" in gone
    assert fresh(booking).slot.date == SUNDAY


def test_a_time_that_filled_meanwhile_is_refused_and_nothing_moves(client, boss, monkeypatch):
    booking, sunday = a_slot_with_a_booking(), a_slot(SUNDAY, seats=2)
    a_confirmed_booking(sunday, contact=a_visitor(1))
    monkeypatch.setattr("tours.admin.dialogs._times_for", lambda booking: [sunday])

    words = told(press(client, "move_one", booking, to=sunday.pk))

    assert "fewer seats left" in words
    assert fresh(booking).slot.date == SATURDAY


def test_a_change_that_waits_for_money_is_dropped_by_a_move(client, boss):
    booking, sunday = a_slot_with_a_booking(), a_slot(SUNDAY)
    later = a_slot(SUNDAY, dt.time(14))
    changing.change(booking=booking, slot=sunday.pk, party=Party.of({"adult": 3}), by="visitor", now=NOW)

    press(client, "move_one", booking, to=later.pk)

    assert fresh(booking).slot == later
    assert booking.rebookings.get().status == "dropped"
    sunday.refresh_from_db()
    assert sunday.taken == 0


def test_tickets_are_printed_and_sent_again(client, boss):
    booking = a_slot_with_a_booking()

    paper = client.get(f"/staff/tours/booking/{booking.pk}/tickets_of_one/")
    act(client, "send_again", booking)

    assert paper.content.startswith(b"%PDF")
    assert Notice.objects.filter(key__contains=":again:").exists()


def test_money_status_and_seats_cannot_be_written(client, boss):
    booking = a_slot_with_a_booking()

    answer = client.post(page_of(booking), {"status": "cancelled", "total_fen": 1, "paid_fen": 1, "people": 1})

    assert answer.status_code == 403
    assert (fresh(booking).status, booking.total_fen, booking.paid_fen) == ("confirmed", 17600, 17600)


@pytest.mark.parametrize(("group", "name"), [("money", "李**"), ("shop", "李小红")])
def test_an_export_shows_people_to_those_who_may_see_them(client, group, name):
    a_member(client, group)
    booking = a_slot_with_a_booking()

    answer = client.post(f"{list_of(Booking)}export/", {"format": "1"})

    text = answer.content.decode("utf-8-sig")
    assert booking.number in text
    assert f",{name}," in text
    assert LogEntry.objects.filter(change_message__contains="exported").exists() == (group == "shop")


def test_the_gate_sees_bookings_but_changes_none(client):
    a_member(client, "gate")
    booking = a_slot_with_a_booking()

    assert client.get(page_of(booking)).status_code == 200
    assert press(client, "cancel_one", booking).status_code == 403
    assert press(client, "move_one", booking, to=booking.slot_id).status_code == 403
    assert client.get("/staff/tours/booking/reports/").status_code == 403
    assert fresh(booking).status == "confirmed"


def test_packers_see_no_bookings(client):
    a_member(client, "packing")

    assert client.get(list_of(Booking)).status_code == 403


def test_the_waiting_list_is_masked_and_a_party_is_taken_out(client, boss):
    slot = a_slot(seats=2)
    a_confirmed_booking(slot, contact=a_visitor(1))
    parties = [
        waiting.join(slot=slot.pk, party=Party.of({"adult": 2}), contact=a_visitor(number), language="zh-hans", now=NOW)
        for number in (2, 3)
    ]

    listed = client.get(list_of(WaitingParty)).content.decode()
    page = client.get(page_of(parties[1])).content.decode()
    press(client, "take_out", parties[0])

    assert "13987654322" not in listed
    assert "Adult ×2" in page
    assert [party.status for party in WaitingParty.objects.order_by("pk")] == ["left", "waiting"]
