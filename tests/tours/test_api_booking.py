"""A visit is booked over REST; whatever cannot be is refused in words, and nothing is half done."""

import datetime as dt

import pytest

from farm.api import throttles
from farm.models import RememberedRequest
from tests.rest import refused, sent
from tests.visits import NOW, SATURDAY, a_booking, a_confirmed_booking, a_slot, an_experience, pay
from tests.visits_rest import SOMEBODY, a_visit_body, booked, nothing_was_booked
from tours.models import Booking, Credit

pytestmark = pytest.mark.django_db
SUNDAY = SATURDAY + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def test_a_quote_prices_a_party_and_holds_nothing(client):
    slot = a_slot(experience=an_experience(deposit_percent=30))
    party = {"adult": 2, "infant": 1}

    answer = sent(client, "post", "visit-quotes", {"slot": slot.pk, "party": party, "plan": "deposit"})

    quote = answer.json()
    assert (quote["people"], quote["total_fen"], quote["due_now_fen"]) == (2, 17600, 5280)
    assert [line["sum_fen"] for line in quote["lines"]] == [17600, 0]
    assert quote["refund_terms"] == [{"hours": 48, "percent": 100}, {"hours": 24, "percent": 50}]
    assert nothing_was_booked()


def test_a_visit_is_held_paid_and_reached_by_its_links(client):
    slot = a_slot()

    answer = booked(client, a_visit_body(slot, notes="By train."))

    held, booking = answer.json(), Booking.objects.get()
    assert (answer.status_code, held["number"], held["status"]) == (201, booking.number, "held")
    assert (held["hold_until"], held["due_now_fen"]) == ("2026-09-08T10:20:00+08:00", 17600)
    assert client.get(held["links"]["self"]).json()["number"] == booking.number
    assert client.post(held["links"]["pay"], content_type="application/json").json()["amount_fen"] == 17600
    assert (booking.channel, booking.phone, booking.notes) == ("api", "13987654321", "By train.")


def test_a_visit_of_which_nothing_is_due_now_is_sure_at_once(client):
    slot = a_slot(experience=an_experience(may_pay_on_arrival=True))

    answer = booked(client, a_visit_body(slot, plan="arrival")).json()

    assert (answer["status"], answer["due_now_fen"]) == ("confirmed", 0)
    assert len(client.get(answer["links"]["tickets"]).json()["tickets"]) == 2


def test_a_phone_with_two_unpaid_visits_on_arrival_gets_no_third_before_it_pays_one(client):
    slot = a_slot(experience=an_experience(may_pay_on_arrival=True))
    first, _second = (booked(client, a_visit_body(slot, plan="arrival")).json() for _ in range(2))

    document = refused(booked(client, a_visit_body(slot, plan="arrival")), 409, "too_many_on_arrival")
    assert [problem["field"] for problem in document["fields"]] == ["plan"]
    slot.refresh_from_db()
    assert (slot.taken, Booking.objects.count()) == (4, 2)

    pay(Booking.objects.get(number=first["number"]))
    other = {**SOMEBODY, "phone": "13911112222"}
    again = [booked(client, a_visit_body(slot, plan="arrival", **who)) for who in ({}, {}, {"contact": other})]
    assert [answer.status_code for answer in again] == [201, 409, 201]


def test_a_repeat_with_its_key_is_the_same_booking_in_whatever_language(client, now):
    slot = a_slot()
    first = booked(client, a_visit_body(slot), key="the-same-key", **{"Accept-Language": "en"})
    now.move_to(NOW + dt.timedelta(seconds=9), tick=False)

    second = booked(client, a_visit_body(slot), key='"the-same-key"', **{"Accept-Language": "zh-Hans"})

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["number"] == second.json()["number"]
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    slot.refresh_from_db()
    assert (slot.taken, Booking.objects.get().language) == (2, "en")


def test_a_key_used_for_another_body_is_refused(client):
    slot = a_slot()
    booked(client, a_visit_body(slot), key="the-same-key")

    document = refused(booked(client, a_visit_body(slot, notes="x"), key="the-same-key"), 422, "idempotency_key_reused")

    slot.refresh_from_db()
    assert (document["fields"][0]["field"], slot.taken) == ("Idempotency-Key", 2)


@pytest.mark.parametrize(
    ("key", "code"),
    [("", "idempotency_key_missing"), ("short", "idempotency_key_invalid"), ("x" * 256, "idempotency_key_invalid")],
)
def test_a_booking_needs_a_key_that_can_be_used(client, key, code):
    headers = {"Idempotency-Key": key} if key else {}

    refused(sent(client, "post", "bookings", a_visit_body(a_slot()), **headers), 400, code)

    assert nothing_was_booked()


BAD = [
    ({"slot": 99}, 400, "unknown_slot", "slot"),
    ({"slot": 2**63 - 1}, 400, "unknown_slot", "slot"),
    ({"slot": 10**30}, 400, "invalid", "slot"),
    ({"slot": 0}, 400, "invalid", "slot"),
    ({"slot": "Saturday"}, 400, "invalid", "slot"),
    ({"slot": None}, 400, "invalid", "slot"),
    ({"party": {}}, 400, "bad_party", "party"),
    ({"party": {"adult": 0}}, 400, "invalid", "party.adult"),
    ({"party": {"adult": -1}}, 400, "invalid", "party.adult"),
    ({"party": {"adult": 10**12}}, 400, "invalid", "party.adult"),
    ({"party": {"adult": 1.5}}, 400, "invalid", "party.adult"),
    ({"party": {"adult": "two"}}, 400, "invalid", "party.adult"),
    ({"party": {"adult": 13}}, 400, "bad_party", "party"),
    ({"party": {"adult": 7, "family": 2}}, 400, "bad_party", "party"),
    ({"party": {"infant": 1}}, 400, "bad_party", "party"),
    ({"party": {"dog": 1}}, 400, "unknown_ticket_type", "party"),
    ({"party": {"\0": 1}}, 400, "unknown_ticket_type", "party"),
    ({"party": [{"adult": 1}]}, 400, "invalid", "party"),
    ({"party": "two adults"}, 400, "invalid", "party"),
    ({"contact": {**SOMEBODY, "phone": "12345"}}, 400, "bad_contact", "contact.phone"),
    ({"contact": {**SOMEBODY, "phone": 13987654321.5}}, 400, "bad_contact", "contact.phone"),
    ({"contact": {**SOMEBODY, "name": " "}}, 400, "invalid", "contact.name"),
    ({"contact": {**SOMEBODY, "name": "x" * 41}}, 400, "invalid", "contact.name"),
    ({"contact": {**SOMEBODY, "email": "nowhere"}}, 400, "invalid", "contact.email"),
    ({"contact": "13987654321"}, 400, "invalid", "contact"),
    ({"plan": "deposit"}, 400, "bad_plan", "plan"),
    ({"plan": "arrival"}, 400, "bad_plan", "plan"),
    ({"plan": "barter"}, 400, "invalid", "plan"),
    ({"answers": {"language": "klingon"}}, 400, "bad_answer", "answers.language"),
    ({"answers": {}}, 400, "bad_answer", "answers.language"),
    ({"answers": {"language": "en", "zzz": "x"}}, 400, "bad_answer", "answers.zzz"),
    ({"answers": {"language": "\0"}}, 400, "invalid", "answers.language"),
    ({"answers": {"language": ["en"]}}, 400, "invalid", "answers.language"),
    ({"answers": ["en"]}, 400, "invalid", "answers"),
    ({"waiver": ""}, 400, "waiver_not_accepted", "waiver"),
    ({"waiver": "2025-01"}, 400, "waiver_not_accepted", "waiver"),
    ({"notes": "x" * 201}, 400, "invalid", "notes"),
    ({"credit": "CR0000000000"}, 409, "bad_credit", "credit"),
]


@pytest.fixture
def strict():
    """A time of an experience that asks a question and has rules to accept."""
    experience = an_experience(max_party=12)
    choices = [{"code": "en", "zh": "英文", "en": "English"}]
    experience.questions.create(
        code="language", words_zh="语言", words_en="Language?", choices=choices, is_required=True
    )
    experience.waivers.create(version="2026-09", text_zh="小心", text_en="Take care.", published_at=NOW)
    return a_slot(seats=30, experience=experience)


def a_good_body(slot, /, **different):
    return a_visit_body(slot, **{"answers": {"language": "en"}, "waiver": "2026-09", **different})


def test_the_good_body_of_the_table_is_booked(client, strict):
    assert booked(client, a_good_body(strict)).status_code == 201


@pytest.mark.parametrize(("wrong", "status", "code", "field"), BAD)
def test_a_booking_that_cannot_be_is_refused_with_its_field(client, strict, wrong, status, code, field):
    document = refused(booked(client, a_good_body(strict, **wrong)), status, code)

    assert [problem["field"] for problem in document["fields"]] == [field]
    assert all(problem["reason"] and problem["advice"] for problem in document["fields"])
    assert nothing_was_booked()
    assert not RememberedRequest.objects.exists()


@pytest.mark.parametrize(("party", "words"), [({"infant": 1}, "Adult or Family"), ({"adult": 13}, "between 1 and 12")])
def test_the_rules_of_a_party_are_said_in_words(client, party, words):
    document = refused(
        booked(client, a_visit_body(a_slot(), party=party), **{"Accept-Language": "en"}), 400, "bad_party"
    )

    assert words.lower() in document["detail"].lower()


@pytest.mark.parametrize("missing", ["slot", "party", "contact"])
def test_what_is_missing_is_named(client, missing):
    body = a_visit_body(a_slot())
    del body[missing]

    document = refused(booked(client, body), 400, "invalid")

    assert [problem["field"] for problem in document["fields"]] == [missing]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "parse_error"),
        (b"", 400, "invalid"),
        (b"[]", 400, "invalid"),
        (b"null", 400, "invalid"),
        (b'"text"', 400, "invalid"),
        (b'{"slot": NaN}', 400, "parse_error"),
        (b"\xff\xfe", 400, "parse_error"),
        (b'{"notes": "\\ud800"}', 400, "parse_error"),
        (b"[" * 2000, 400, "parse_error"),
        (b'{"notes": "' + b"x" * 70_000 + b'"}', 413, "too_large"),
    ],
)
@pytest.mark.parametrize("path", ["visit-quotes", "bookings", "waiting-parties"])
def test_what_is_no_json_object_is_refused(client, path, body, status, code):
    headers = {"Idempotency-Key": "7f9c2b1e-6a53"}

    refused(client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers), status, code)

    assert nothing_was_booked()


def test_past_closed_and_cut_off_times_are_not_sold(client, now):
    past, closed = a_slot(dt.date(2026, 9, 7)), a_slot(SUNDAY, is_closed=True, closed_reason_en="heavy rain")
    soon = a_slot()
    now.move_to(soon.cut_off_at, tick=False)

    said = [
        refused(booked(client, a_visit_body(slot), **{"Accept-Language": "en"}), 409, "slot_not_open")["detail"]
        for slot in (past, closed, soon)
    ]

    assert ["heavy rain" in words for words in said] == [False, True, False]
    assert nothing_was_booked()


def test_a_full_time_names_the_next_ones_with_room(client):
    a_booking(a_slot(seats=3))
    sunday = a_slot(SUNDAY)
    full = Booking.objects.get().slot

    for path in ("visit-quotes", "bookings"):
        headers = {"Idempotency-Key": "7f9c2b1e-6a53"}
        document = refused(sent(client, "post", path, a_visit_body(full), **headers), 409, "sold_out")
        assert (document["next_slots"], document["left"]) == ([f"{sunday.date}T09:30:00+08:00"], 1)

    full.refresh_from_db()
    assert (full.taken, Booking.objects.count()) == (2, 1)


def test_a_credit_pays_and_belongs_to_its_phone(client):
    slot = a_slot()
    day = dt.date(2027, 1, 1)
    Credit.objects.create(code="CR1", phone="13987654321", limit=9000, given_at=NOW, expires_on=day)
    other = {**SOMEBODY, "phone": "13911112222"}

    refused(booked(client, a_visit_body(slot, credit="CR1", contact=other)), 409, "bad_credit")
    answer = booked(client, a_visit_body(slot, credit="CR1")).json()

    assert (answer["total_fen"], answer["due_now_fen"]) == (17600, 8600)


def test_one_phone_that_books_without_end_is_slowed_down(client, monkeypatch):
    slot = a_slot()
    monkeypatch.setitem(throttles.api_settings.DEFAULT_THROTTLE_RATES, "book", "2/min")
    written = ["13987654321", "+86 139 8765 4321", "139-8765-4321", "13911112222"]

    contacts = [{"name": "李小红", "phone": phone} for phone in written]
    answers = [booked(client, a_visit_body(slot, contact=contact, phone="x")) for contact in contacts]

    assert [answer.status_code for answer in answers] == [201, 201, 429, 201]


def test_one_mail_address_is_not_written_to_without_end(client, monkeypatch):
    slot = a_slot()
    monkeypatch.setitem(throttles.api_settings.DEFAULT_THROTTLE_RATES, "book", "2/min")
    contacts = [{"name": "李小红", "phone": f"1391111000{n}", "email": "Li@example.com"} for n in range(3)]

    answers = [booked(client, a_visit_body(slot, contact=contact)).status_code for contact in contacts]

    assert answers == [201, 201, 429]


def test_holding_a_visit_over_rest_costs_as_many_queries_for_one_ticket_as_for_six(
    client, django_assert_max_num_queries
):
    slot = a_slot()
    a_confirmed_booking(slot)

    for party in ({"adult": 1}, {"adult": 5, "child": 1}):
        with django_assert_max_num_queries(22):
            assert booked(client, a_visit_body(slot, party=party)).status_code == 201
