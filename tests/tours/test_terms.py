import datetime as dt

import pytest
from django.utils import timezone

from tests.drift import drift
from tests.visits import NOW, SATURDAY, a_confirmed_booking, a_slot
from tours import cancelling, changing, closures, gate, offers, refusals
from tours.gate import Scan, Whom
from tours.links import booking_path, token_of
from tours.models import ClosureOffer, Ticket
from tours.party import Party

pytestmark = pytest.mark.django_db
SUNDAY = SATURDAY + dt.timedelta(days=1)
NEXT_MONTH = SATURDAY + dt.timedelta(days=28)
HALF = {"hours": 24, "percent": 50}
RAIN = closures.Reason("大雨", "heavy rain")


def five_hours_before(slot):
    return slot.starts_at - dt.timedelta(hours=5)


def taken(*slots):
    for slot in slots:
        slot.refresh_from_db()
    return [slot.taken for slot in slots]


def test_what_was_lost_by_waiting_does_not_come_back_by_moving():
    slot, later = a_slot(), a_slot(NEXT_MONTH)
    booking = a_confirmed_booking(slot)
    now = five_hours_before(slot)

    moved = changing.change(booking=booking, slot=later.pk, party=Party.of({"adult": 2}), by="visitor", now=now)
    cancelling.cancel(booking=moved, by="visitor", now=now)

    moved.refresh_from_db()
    assert (moved.status, moved.paid_fen, moved.fee_fen) == ("cancelled", 17600, 17600)


def test_who_moves_early_loses_nothing():
    slot, later = a_slot(), a_slot(NEXT_MONTH)
    booking = a_confirmed_booking(slot)

    moved = changing.change(booking=booking, slot=later.pk, party=Party.of({"adult": 2}), by="visitor", now=NOW)

    assert moved.refund_percent(NOW) == 100


@pytest.mark.parametrize(
    ("hours", "terms"), [(5, []), (30, [{"hours": 24, "percent": 50}]), (72, [{"hours": 48, "percent": 100}, HALF])]
)
def test_who_moved_late_is_promised_no_more_than_goes_back(hours, terms, client, time_machine):
    slot, later = a_slot(), a_slot(NEXT_MONTH)
    booking = a_confirmed_booking(slot)
    time_machine.move_to(slot.starts_at - dt.timedelta(hours=hours), tick=False)
    preview = client.get(f"{booking_path(booking)}change/?ticket-adult=2&slot={later.pk}&day={NEXT_MONTH}")

    moved = changing.change(
        booking=booking, slot=later.pk, party=Party.of({"adult": 2}), by="visitor", now=timezone.now()
    )

    assert moved.terms_left == terms
    assert client.get(f"/api/v1/bookings/{token_of(moved)}").json()["refund_terms"] == terms
    assert ("If you cancel afterwards" in preview.content.decode()) == (hours < 48)
    page = client.get(booking_path(moved)).content.decode()
    assert ("all your money back" in page) == (hours >= 48)


def test_giving_tickets_up_one_by_one_saves_nothing():
    slot = a_slot()
    at_once, slowly = (a_confirmed_booking(slot, adult=4) for _ in range(2))
    now = slot.starts_at - dt.timedelta(hours=30)

    cancelling.cancel(booking=at_once, by="visitor", now=now)
    for adults in (3, 2, 1):
        slowly = changing.change(booking=slowly, slot=slot.pk, party=Party.of({"adult": adults}), by="visitor", now=now)
    shown = cancelling.preview(booking=slowly, now=now)
    cancelling.cancel(booking=slowly, by="visitor", now=now)

    at_once.refresh_from_db()
    slowly.refresh_from_db()
    assert (at_once.paid_fen, at_once.fee_fen) == (slowly.paid_fen, slowly.fee_fen) == (17600, 17600)
    assert (shown.money_fen, shown.fee_fen, drift()) == (4400, 17600, [])


def test_what_the_farm_cancels_gives_a_fee_back_too():
    slot = a_slot()
    booking = a_confirmed_booking(slot, adult=4)
    now = slot.starts_at - dt.timedelta(hours=30)
    booking = changing.change(booking=booking, slot=slot.pk, party=Party.of({"adult": 2}), by="visitor", now=now)

    cancelling.cancel_for_the_farm(booking=booking, by="li", reason="ill", now=now)

    booking.refresh_from_db()
    assert (booking.paid_fen, booking.fee_fen, drift()) == (0, 0, [])


def test_other_tickets_of_the_same_size_give_back_by_the_terms():
    slot = a_slot()
    booking = a_confirmed_booking(slot, adult=4)

    changing.change(
        booking=booking, slot=slot.pk, party=Party.of({"family": 1}), by="visitor", now=five_hours_before(slot)
    )

    booking.refresh_from_db()
    assert (booking.people, booking.paid_fen, booking.fee_fen, drift()) == (4, 35200, 13200, [])


def test_who_is_inside_takes_no_other_slot_after_rain():
    slot, sunday = a_slot(), a_slot(SUNDAY)
    booking = a_confirmed_booking(slot)
    at = slot.starts_at - dt.timedelta(minutes=10)
    closures.close(slots=[slot.pk], reason=RAIN, by="staff", now=at)
    closures.carry_on(at)
    gate.admit(
        code=booking.number, whom=Whom(people=1, despite="closed"), scan=Scan("n", "south", "gatekeeper", at), now=at
    )
    before = set(Ticket.objects.values_list("key", flat=True))

    with pytest.raises(refusals.TooLate):
        offers.choose_slot(offer=ClosureOffer.objects.get(), slot=sunday.pk, by="visitor", now=at)

    assert set(Ticket.objects.values_list("key", flat=True)) == before


def test_seats_kept_after_rain_come_free_when_they_can_no_longer_be_chosen():
    slot, sunday, later = a_slot(), a_slot(SUNDAY), a_slot(NEXT_MONTH)
    a_confirmed_booking(slot)
    evening_before = slot.starts_at - dt.timedelta(hours=12)
    closures.close(slots=[slot.pk], reason=RAIN, by="staff", now=evening_before)
    closures.carry_on(evening_before)
    assert taken(sunday, later) == [2, 2]

    closures.carry_on(sunday.cut_off_at)

    assert (taken(sunday, later), list(ClosureOffer.objects.get().alternatives.all()), drift()) == ([0, 2], [later], [])
