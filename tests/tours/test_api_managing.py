"""What a visitor does with a booking over REST: look, extend, pay, change, cancel, fetch tickets, answer the rain."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farm.models import Notice, Payment
from farm.security import sign
from tests.builders import work_off
from tests.drift import drift
from tests.rest import refused, sent
from tests.visits import NOW, SATURDAY, a_booking, a_confirmed_booking, a_slot, an_experience, pay
from tests.visits_rest import place_of
from tests.worlds import a_slot_with_a_booking
from tours import closures, tickets
from tours.models import Booking, Credit, Rebooking

pytestmark = pytest.mark.django_db
SUNDAY = SATURDAY + dt.timedelta(days=1)
RAIN = closures.Reason("大雨", "heavy rain")


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def taken(*slots) -> list[int]:
    for slot in slots:
        slot.refresh_from_db()
    return [slot.taken for slot in slots]


def seen(client, booking) -> dict:
    return client.get(f"/api/v1/{place_of(booking)}").json()


def rain_on(*slots) -> None:
    closures.close(slots=[slot.pk for slot in slots], reason=RAIN, by="staff", now=NOW)
    closures.carry_on(NOW)
    work_off(NOW)


def test_the_visitor_sees_the_booking_but_not_the_whole_phone_nor_the_answers(client):
    booking = a_slot_with_a_booking(adult=1, family=1)
    Booking.objects.update(answers={"allergies": "walnuts"})

    shown = client.get(f"/api/v1/{place_of(booking)}")

    assert (shown.json()["status"], shown.json()["phone"], shown.json()["people"]) == ("confirmed", "139******21", 5)
    assert [(line["ticket_type"], line["sum_fen"]) for line in shown.json()["party"]] == [
        ("adult", 8800),
        ("family", 22000),
    ]
    assert b"walnuts" not in shown.content
    assert b"li@example.com" not in shown.content
    assert shown["Cache-Control"] == "no-store"


@pytest.mark.parametrize("token", ["BV123", "BV:1:x", "%00", "中文", "a" * 3000])
@pytest.mark.parametrize(
    "path", ["bookings/{}", "bookings/{}/tickets", "bookings/{}/cancellation", "waiting-parties/{}"]
)
def test_a_forged_link_leads_nowhere(client, path, token):
    a_booking(a_slot())

    refused(client.get(f"/api/v1/{path.format(token)}"), 404, "not_found")


def test_a_token_of_another_purpose_opens_no_booking(client):
    booking = a_booking(a_slot())

    for purpose in ("order", "waiting"):
        refused(client.get(f"/api/v1/bookings/{sign(booking.number, purpose=purpose)}"), 404, "not_found")


def test_a_booking_costs_as_many_queries_with_one_ticket_as_with_six(client):
    slot = a_slot()
    small, large = a_confirmed_booking(slot, adult=1), a_confirmed_booking(slot, adult=2, child=1, infant=2)
    counts = []
    for booking in (small, large):
        for path in (place_of(booking), f"{place_of(booking)}/tickets"):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(f"/api/v1/{path}").status_code == 200
            counts.append(len(captured))

    assert counts[:2] == counts[2:]
    assert counts[0] <= 8


def test_a_hold_is_extended_once(client):
    booking = a_booking(a_slot())

    extended = sent(client, "post", f"{place_of(booking)}/extension").json()

    assert (extended["hold_until"], extended["may_be_extended"]) == ("2026-09-08T10:40:00+08:00", False)
    refused(sent(client, "post", f"{place_of(booking)}/extension"), 409, "wrong_state")


def test_paying_starts_one_attempt_however_often_it_is_pressed(client):
    booking = a_booking(a_slot())

    first, second = (sent(client, "post", f"{place_of(booking)}/payment", {"provider": "practice"}) for _ in range(2))

    assert (first.status_code, first.json()) == (201, second.json())
    assert client.get(first.json()["pay_url"]).status_code == 200


def test_a_deposit_leaves_a_balance_to_pay_by_link(client):
    booking = a_booking(a_slot(experience=an_experience(deposit_percent=30)), plan="deposit")
    pay(booking)

    shown = seen(client, booking)
    rest = sent(client, "post", f"{place_of(booking)}/payment").json()

    assert (shown["due_now_fen"], shown["balance_fen"], rest["amount_fen"]) == (0, 12320, 12320)


@pytest.mark.parametrize("body", [{"provider": "bank"}, {"provider": ["practice"]}, {"provider": "x" * 21}])
def test_a_way_of_paying_that_is_not_there_takes_no_money(client, body):
    answer = sent(client, "post", f"{place_of(a_booking(a_slot()))}/payment", body)

    refused(answer, 400, "unknown_provider" if body == {"provider": "bank"} else "invalid")
    assert not Payment.objects.exists()


def test_what_is_over_can_neither_be_paid_extended_changed_nor_cancelled(client, now):
    slot, sunday = a_slot(), a_slot(SUNDAY)
    booking = a_booking(slot)
    now.move_to(booking.hold_until, tick=False)

    for path in ("extension", "payment", "change", "change-quote", "rain-answer", "tickets-again"):
        body = {"slot": sunday.pk, "choice": "refund"}
        refused(sent(client, "post", f"{place_of(booking)}/{path}", body), 409, "wrong_state")
    sent(client, "post", f"{place_of(booking)}/cancellation")

    refused(sent(client, "post", f"{place_of(booking)}/cancellation"), 409, "wrong_state")
    refused(client.get(f"/api/v1/{place_of(booking)}/cancellation"), 409, "wrong_state")
    assert (taken(slot, sunday), drift()) == ([0, 0], [])


def test_a_booking_moves_to_sunday_with_new_tickets(client):
    slot, sunday = a_slot(), a_slot(SUNDAY)
    booking = a_confirmed_booking(slot)
    before = client.get(f"/api/v1/{place_of(booking)}/tickets").json()

    moved = sent(client, "post", f"{place_of(booking)}/change", {"slot": sunday.pk}).json()
    after = client.get(f"/api/v1/{place_of(booking)}/tickets").json()

    assert (moved["slot"]["id"], moved["change"], taken(slot, sunday)) == (sunday.pk, None, [0, 2])
    assert tickets.read(before["party"]).is_dead
    assert not any(tickets.read(ticket["token"]).is_dead for ticket in after["tickets"])
    assert len(after["tickets"]) == 2


def test_a_larger_party_is_quoted_waits_for_its_payment_and_can_be_dropped(client):
    slot = a_slot()
    booking = a_confirmed_booking(slot)
    body = {"party": {"adult": 3}}

    quote = sent(client, "post", f"{place_of(booking)}/change-quote", body).json()
    waits = sent(client, "post", f"{place_of(booking)}/change", body).json()
    dropped = client.delete(f"/api/v1/{place_of(booking)}/change").json()

    assert (quote["difference_fen"], quote["must_be_paid_first"]) == (8800, True)
    assert (waits["due_now_fen"], waits["change"]["party"], waits["people"]) == (8800, {"adult": 3}, 2)
    assert (dropped["change"], taken(slot), drift()) == (None, [2], [])
    refused(client.delete(f"/api/v1/{place_of(booking)}/change"), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 409, "wrong_state"),
        ({"party": {"adult": 2}}, 409, "wrong_state"),
        ({"slot": 99}, 400, "unknown_slot"),
        ({"slot": "Sunday"}, 400, "invalid"),
        ({"party": {"adult": 0}}, 400, "invalid"),
        ({"party": {}}, 400, "bad_party"),
        ({"party": {"infant": 1}}, 400, "bad_party"),
        ({"party": {"infant": 5, "adult": 2}}, 400, "bad_party"),
        ({"party": {"adult": 10**9}}, 400, "invalid"),
        ({"party": {"dog": 1}}, 400, "unknown_ticket_type"),
    ],
)
def test_a_change_that_cannot_be_leaves_everything_as_it_was(client, body, status, code):
    slot = a_slot()
    booking = a_confirmed_booking(slot)

    for path in ("change-quote", "change"):
        refused(sent(client, "post", f"{place_of(booking)}/{path}", body), status, code)

    booking.refresh_from_db()
    assert (booking.slot_id, booking.people, booking.issue, taken(slot)) == (slot.pk, 2, 1, [2])
    assert not Rebooking.objects.exists()


def test_a_change_into_a_full_time_leaves_everything_as_it_was(client):
    slot, sunday = a_slot(), a_slot(SUNDAY, seats=1)
    booking = a_confirmed_booking(slot)

    for path in ("change-quote", "change"):
        refused(sent(client, "post", f"{place_of(booking)}/{path}", {"slot": sunday.pk}), 409, "sold_out")

    assert (taken(slot, sunday), drift()) == ([2, 0], [])


def test_what_goes_back_is_shown_before_and_done_by_cancelling(client, now):
    slot = a_slot()
    booking = a_confirmed_booking(slot)
    now.move_to(slot.starts_at - dt.timedelta(hours=30), tick=False)

    shown = client.get(f"/api/v1/{place_of(booking)}/cancellation").json()
    cancelled = sent(client, "post", f"{place_of(booking)}/cancellation", {"reason": "The children are ill."}).json()

    assert shown == {"percent": 50, "money_fen": 8800, "credit_fen": 0, "fee_fen": 8800}
    assert (cancelled["status"], cancelled["fee_fen"], taken(slot)) == ("cancelled", 8800, [0])
    assert client.get(f"/api/v1/{place_of(booking)}/tickets").json()["party"] is None
    assert Booking.objects.get().cancel_reason == "The children are ill."


def test_once_it_has_begun_nothing_is_given_back(client, now):
    slot = a_slot()
    booking = a_confirmed_booking(slot)
    now.move_to(slot.starts_at, tick=False)

    refused(client.get(f"/api/v1/{place_of(booking)}/cancellation"), 409, "too_late")
    refused(sent(client, "post", f"{place_of(booking)}/cancellation"), 409, "too_late")
    refused(sent(client, "post", f"{place_of(booking)}/change", {"party": {"adult": 1}}), 409, "too_late")

    assert taken(slot) == [2]


def test_tickets_are_sent_again_once_in_ten_minutes(client):
    booking = a_slot_with_a_booking()

    answers = [sent(client, "post", f"{place_of(booking)}/tickets-again") for _ in range(2)]

    assert [(answer.status_code, answer.json()["phone"]) for answer in answers] == [(202, "139******21")] * 2
    assert Notice.objects.filter(key__contains=":again:", channel="sms").count() == 1


def test_no_codes_are_shown_before_it_is_paid(client):
    shown = client.get(f"/api/v1/{place_of(a_booking(a_slot()))}/tickets").json()

    assert (shown["party"], shown["tickets"]) == (None, [])


@pytest.mark.parametrize(
    ("choice", "status"), [("slot", "confirmed"), ("refund", "cancelled"), ("credit", "cancelled")]
)
def test_a_party_in_the_rain_chooses_once(client, choice, status):
    slot, sunday = a_slot(), a_slot(SUNDAY)
    booking = a_confirmed_booking(slot)
    rain_on(slot)
    asked = seen(client, booking)["rain"]
    body = {"choice": choice, "slot": asked["alternatives"][0]["id"]}

    answered = sent(client, "post", f"{place_of(booking)}/rain-answer", body).json()

    assert (asked["otherwise"], body["slot"]) == ("refund", sunday.pk)
    assert (answered["status"], answered["rain"], taken(slot)) == (status, None, [0])
    assert Credit.objects.exists() == (choice == "credit")
    refused(sent(client, "post", f"{place_of(booking)}/rain-answer", body), 409, "answer_too_late")
    assert drift() == []


@pytest.mark.parametrize(
    "body", [{}, {"choice": "umbrella"}, {"choice": "slot"}, {"choice": "slot", "slot": -1}, {"choice": ["refund"]}]
)
def test_an_answer_that_means_nothing_changes_nothing(client, body):
    slot = a_slot()
    booking = a_confirmed_booking(slot)
    rain_on(slot)

    refused(sent(client, "post", f"{place_of(booking)}/rain-answer", body), 400, "invalid")

    assert (seen(client, booking)["status"], taken(slot)) == ("confirmed", [2])
