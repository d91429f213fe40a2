"""Waiting for a full time over REST."""

import datetime as dt
import uuid

import pytest

from tests.rest import refused, sent
from tests.visits import NOW, SATURDAY, a_booking, a_slot, an_experience
from tests.visits_rest import a_visit_body, party_place_of
from tours import cancelling, links
from tours.models import Booking, WaitingParty

pytestmark = pytest.mark.django_db
WANG = {"name": "王芳", "phone": "13911112222"}


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def full():
    """A time whose two seats one party holds."""
    slot = a_slot(seats=2, experience=an_experience(may_pay_on_arrival=True))
    a_booking(slot)
    return slot


def joined(client, slot, /, **different):
    return sent(client, "post", "waiting-parties", a_visit_body(slot, **{"contact": WANG, **different}))


def an_offer(client, slot) -> WaitingParty:
    joined(client, slot)
    cancelling.cancel(booking=Booking.objects.get(), by="visitor", now=NOW)
    return WaitingParty.objects.get()


def accepted(client, party, body=None, *, key=""):
    headers = {"Idempotency-Key": key or uuid.uuid4().hex}
    return sent(client, "post", f"{party_place_of(party)}/booking", body or {"plan": "arrival"}, **headers)


def test_a_party_joins_the_line_of_a_full_time(client, full):
    answer = joined(client, full)

    shown = client.get(answer.json()["links"]["self"]).json()
    assert (answer.status_code, shown["status"], shown["place"]) == (201, "waiting", 1)
    assert (shown["people"], shown["booking"], shown["offered_until"]) == (2, None, None)


def test_an_offer_is_booked_once_however_often_it_is_pressed(client, full):
    party = an_offer(client, full)
    shown = client.get(f"/api/v1/{party_place_of(party)}").json()

    first, second = (accepted(client, party, key="the-same-key") for _ in range(2))

    assert (shown["status"], shown["place"], shown["offered_until"]) == ("offered", None, "2026-09-08T10:30:00+08:00")
    assert (first.status_code, first.json()["status"], second.json()["number"]) == (
        201,
        "confirmed",
        first.json()["number"],
    )
    full.refresh_from_db()
    booking = Booking.objects.get(phone=WANG["phone"])
    token = client.get(f"/api/v1/{party_place_of(party)}").json()["booking"]
    assert (full.taken, links.booking_in(token)) == (2, booking)


def test_a_party_leaves_and_the_next_one_is_offered_its_seats(client, full):
    party = an_offer(client, full)
    joined(client, full, contact={"name": "赵强", "phone": "13933334444"})

    left = sent(client, "post", f"{party_place_of(party)}/departure").json()

    assert left["status"] == "left"
    assert list(WaitingParty.objects.order_by("pk").values_list("status", flat=True)) == ["left", "offered"]
    refused(sent(client, "post", f"{party_place_of(party)}/departure"), 409, "offer_ended")
    refused(accepted(client, party), 409, "offer_ended")


def test_an_offer_whose_time_is_over_cannot_be_booked(client, full, now):
    party = an_offer(client, full)
    now.move_to(party.offered_until, tick=False)

    refused(accepted(client, party), 409, "offer_ended")

    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"plan": "deposit"}, "bad_plan"),
        ({"plan": "barter"}, "invalid"),
        ({"answers": "none"}, "invalid"),
        ({"answers": {"zzz": "x"}}, "bad_answer"),
        ({"waiver": "x" * 21}, "invalid"),
    ],
)
def test_an_offer_that_is_answered_wrongly_stays(client, full, body, code):
    party = an_offer(client, full)

    refused(accepted(client, party, body), 400, code)

    party.refresh_from_db()
    full.refresh_from_db()
    assert (party.status, full.taken) == ("offered", 2)


def test_an_offer_needs_a_key(client, full):
    party = an_offer(client, full)

    refused(sent(client, "post", f"{party_place_of(party)}/booking", {}), 400, "idempotency_key_missing")


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"slot": 99}, 400, "unknown_slot"),
        ({"party": {"adult": 0}}, 400, "invalid"),
        ({"party": {"adult": 13}}, 400, "bad_party"),
        ({"party": {"infant": 1}}, 400, "bad_party"),
        ({"party": {"infant": 5, "adult": 2}}, 400, "bad_party"),
        ({"contact": {**WANG, "phone": "1"}}, 400, "bad_contact"),
    ],
)
def test_who_cannot_come_cannot_wait(client, full, wrong, status, code):
    refused(joined(client, full, **wrong), status, code)

    assert not WaitingParty.objects.exists()


def test_nobody_waits_where_there_is_room_nor_twice_nor_for_what_is_closed(client, full, now):
    open_slot = a_slot(SATURDAY + dt.timedelta(days=1))
    joined(client, full)

    refused(joined(client, open_slot), 409, "room_is_left")
    refused(joined(client, full), 409, "waits_already")
    now.move_to(full.cut_off_at, tick=False)
    refused(joined(client, full, contact={"name": "赵强", "phone": "13933334444"}), 409, "slot_not_open")

    assert WaitingParty.objects.count() == 1
