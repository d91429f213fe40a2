"""What a visitor changes alone: time and party, the whole booking, and the choice after rain."""

import datetime as dt

import pytest
import time_machine

from tests.visits import NOW, SATURDAY, VISITOR, a_booking, a_confirmed_booking, a_slot, an_experience, pay
from tests.worlds import a_slot_with_a_booking
from tours import closures
from tours.closures import Reason
from tours.links import booking_path
from tours.models import Booking, Credit

pytestmark = pytest.mark.django_db
SUNDAY = SATURDAY + dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


def page_of(client, booking: Booking, more: str = "") -> str:
    answer = client.get(f"{booking_path(booking)}{more}")
    assert answer.status_code == 200
    return answer.content.decode()


def posted(client, booking: Booking, what: str, **said: object) -> str:
    """The page to which a post leads."""
    return client.post(f"{booking_path(booking)}{what}", said, follow=True).content.decode()


def rained_out(slot, now: dt.datetime = NOW):
    closure = closures.close(slots=[slot.pk], reason=Reason("下雨", "rain"), by="li", now=now)
    closures.carry_on(now)
    return closure


def test_a_visit_is_moved_to_sunday_at_the_same_hour(client):
    booking = a_confirmed_booking(a_slot(SATURDAY))
    sunday = a_slot(SUNDAY)

    preview = page_of(client, booking, f"change/?ticket-adult=2&day={SUNDAY}")
    changed = posted(client, booking, "change/", slot=sunday.pk, day=SUNDAY, **{"ticket-adult": 2})

    assert f'value="{sunday.pk}" checked' in preview
    assert "Nothing to pay." in preview
    assert "Your visit is changed." in changed
    assert "Sun 13 Sep" in changed


def test_a_larger_party_pays_the_difference_first_or_drops_the_change(client):
    slot = a_slot()
    booking = a_confirmed_booking(slot)

    preview = page_of(client, booking, f"change/?slot={slot.pk}&ticket-adult=3")
    waits = posted(client, booking, "change/", slot=slot.pk, **{"ticket-adult": 3})
    dropped = posted(client, booking, "change/dropped/")

    assert "To pay now: ¥88.00" in preview
    assert "Pay the difference by 10:20" in waits
    assert "See you at the farm!" in dropped


def test_a_larger_party_under_a_deposit_pays_the_larger_deposit_first(client):
    slot = a_slot(experience=an_experience(deposit_percent=50))
    booking = a_confirmed_booking(slot, plan="deposit")

    preview = page_of(client, booking, f"change/?slot={slot.pk}&ticket-adult=3")
    waits = posted(client, booking, "change/", slot=slot.pk, **{"ticket-adult": 3})

    assert "To pay now: ¥44.00" in preview
    assert "To pay by link or on arrival: ¥132.00" in preview
    assert "Pay the difference by 10:20" in waits
    assert "Pay ¥44.00" in waits
    slot.refresh_from_db()
    assert (slot.taken, Booking.objects.get().people) == (3, 2)


def test_a_smaller_party_sees_what_goes_back_and_what_is_kept(client, clock):
    slot = a_slot()
    booking = a_confirmed_booking(slot)
    clock.move_to(slot.starts_at - dt.timedelta(hours=30))

    preview = page_of(client, booking, f"change/?slot={slot.pk}&ticket-adult=1")

    assert "¥44.00 goes back to you." in preview
    assert "By the refund terms the farm keeps ¥44.00." in preview


def test_a_smaller_party_sees_what_goes_back_to_its_credit(client):
    Credit.objects.create(code="CR1", phone=VISITOR.phone, given_at=NOW, expires_on=SUNDAY, limit=10000)
    slot = a_slot()
    booking = a_booking(slot, credit="CR1")
    pay(booking)

    preview = page_of(client, booking, f"change/?slot={slot.pk}&ticket-adult=1")
    posted(client, booking, "change/", slot=slot.pk, **{"ticket-adult": 1})

    assert "¥76.00 goes back to you." in preview
    assert "¥12.00 to your credit, good until 8 Oct 2026 or longer" in preview
    assert Credit.objects.get().left == 1200


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"ticket-infant": 1}, "cannot come alone"),
        ({"ticket-adult": 0}, "Nobody is in the party."),
        ({"ticket-adult": "x"}, "Write how many tickets, or 0."),
        ({"ticket-adult": 2, "other_slot": "x"}, "There is no such time"),
    ],
)
def test_a_change_that_cannot_be_leaves_everything_as_it_was(client, said, words):
    booking = a_slot_with_a_booking()

    wish = {"other_slot": booking.slot_id, **said}
    answer = client.post(f"{booking_path(booking)}change/", wish)

    assert answer.status_code in (400, 409)
    assert words in answer.content.decode()
    assert Booking.objects.get().issue == 1


def test_a_change_into_a_full_time_names_the_next_ones(client):
    booking = a_confirmed_booking(a_slot(SATURDAY))
    full = a_slot(SUNDAY, seats=1)
    a_slot(SUNDAY, dt.time(14, 0))

    page = page_of(client, booking, f"change/?slot={full.pk}&day={SUNDAY}&ticket-adult=2")

    assert "has fewer seats left than your party needs" in page
    assert "Sun 13 Sep 14:00" in page


def test_cancelling_says_first_what_goes_back(client, clock):
    slot = a_slot()
    booking = a_confirmed_booking(slot)
    clock.move_to(slot.starts_at - dt.timedelta(hours=30))

    asked = page_of(client, booking, "cancellation/")
    cancelled = posted(client, booking, "cancellation/")

    assert "¥88.00" in asked
    assert "This booking is cancelled" in cancelled
    assert "¥88.00 goes back the way it came." in cancelled
    assert "By the refund terms the farm keeps ¥88.00." in cancelled


def test_a_visit_that_has_begun_cannot_be_cancelled_or_changed(client, clock):
    slot = a_slot()
    booking = a_confirmed_booking(slot)
    clock.move_to(slot.starts_at)

    assert (
        "cannot be cancelled now" in client.get(f"{booking_path(booking)}cancellation/", follow=True).content.decode()
    )
    assert "cannot be changed now" in client.get(f"{booking_path(booking)}change/", follow=True).content.decode()


def test_a_rained_out_party_takes_a_time_that_is_kept_for_it(client):
    slot, sunday = a_slot(SATURDAY), a_slot(SUNDAY)
    booking = a_confirmed_booking(slot)
    rained_out(slot)

    page = page_of(client, booking)
    moved = posted(client, booking, "rain/", choice=f"slot-{sunday.pk}")

    assert "Your visit cannot be held: rain" in page
    assert "your seats are kept" in page
    assert "Your visit is moved." in moved
    assert "Sun 13 Sep" in moved


@pytest.mark.parametrize(
    ("choice", "words"),
    [("refund", "¥176.00 goes back the way it came."), ("credit", "Your credit of ¥176.00")],
)
def test_a_rained_out_party_takes_its_money_or_a_credit(client, choice, words):
    slot = a_slot()
    booking = a_confirmed_booking(slot)
    rained_out(slot)

    page = posted(client, booking, "rain/", choice=choice)

    assert words in page
    assert "the farm keeps" not in page


def test_a_rained_out_party_that_paid_nothing_is_offered_no_money(client):
    slot = a_slot(experience=an_experience(may_pay_on_arrival=True))
    booking = a_booking(slot, plan="arrival")
    rained_out(slot)

    page = page_of(client, booking)
    ended = posted(client, booking, "rain/", choice="refund")

    assert "None of them: give my booking up" in page
    assert "If we hear nothing, your booking ends." in page
    assert "A credit for another visit" not in page
    assert "Your booking has ended." in ended
    assert "goes back" not in ended


@pytest.mark.parametrize("choice", ["", "slot-", "slot-x", "slot-999999", "everything"])
def test_a_choice_that_is_none_leaves_the_offer_open(client, choice):
    slot = a_slot()
    booking = a_confirmed_booking(slot)
    rained_out(slot)

    assert "Your visit cannot be held: rain" in posted(client, booking, "rain/", choice=choice)


def test_all_other_times_can_be_chosen_after_rain(client):
    slot, sunday = a_slot(SATURDAY), a_slot(SUNDAY)
    booking = a_confirmed_booking(slot)
    rained_out(slot)

    assert f'value="slot-{sunday.pk}"' in page_of(client, booking, f"rain/?day={SUNDAY}")


def test_the_times_after_rain_begin_at_the_day_that_was_rained_out(client):
    slot = a_slot()
    booking = a_confirmed_booking(slot)
    a_slot(SATURDAY - dt.timedelta(days=2))
    afternoon = a_slot(time=dt.time(14, 0))
    rained_out(slot)

    assert f'value="slot-{afternoon.pk}"' in page_of(client, booking, "rain/")
