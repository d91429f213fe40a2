"""Booking through the pages: the price before the booking, refusals at their field, nothing typed lost, one booking."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from farm.api import throttles
from tests.visits import NOW, SATURDAY, VISITOR, a_booking, a_confirmed_booking, a_slot, an_experience
from tours.links import token_of
from tours.models import Booking, Credit, Question, Slot, WaitingParty, Waiver

pytestmark = pytest.mark.django_db
BOOK = "/visits/picking/book/"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def typed(slot: Slot, **different: str) -> dict[str, str]:
    """A family with everything filled in, who saw a price of ¥220.00."""
    plain = {"slot": slot.pk, "ticket-family": "1", "name": VISITOR.name, "phone": VISITOR.phone, "plan": "full"}
    return {**plain, "key": "k1", "seen": "22000/22000", **different}


def booked(client, slot: Slot, **different: str):
    return client.post(BOOK, typed(slot, **different))


def test_a_form_shows_the_time_the_terms_and_no_price_yet(client):
    slot = a_slot(seats=9)

    page = client.get(f"{BOOK}?slot={slot.pk}").content.decode()

    for words in ("Sat 12 Sep, 09:30–11:30", "9 seats left", "Until 2 days before", "10 Sep, 09:30", "Family"):
        assert words in page
    assert "Choose who comes to see the price here." in page


def test_a_family_books_and_comes_to_its_own_page(client):
    slot = a_slot()

    answer = booked(client, slot)

    booking = Booking.objects.get()
    assert answer.status_code == 302
    assert answer["Location"].startswith("/v/")
    assert (booking.name, booking.people, booking.total_fen, booking.status) == (VISITOR.name, 4, 22000, "held")


def test_who_has_not_seen_the_price_sees_it_first(client):
    slot = a_slot()

    answer = booked(client, slot, seen="")
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "This is what it costs" in page
    assert 'value="22000/22000"' in page
    assert VISITOR.phone in page
    assert not Booking.objects.exists()


def test_a_double_tap_is_one_booking_even_for_the_last_seats(client):
    slot = a_slot(seats=4)

    first, second = booked(client, slot), booked(client, slot)

    assert first["Location"] == second["Location"]
    assert Booking.objects.count() == 1


def test_the_same_form_with_another_party_asks_before_it_books_again(client):
    slot = a_slot()
    booked(client, slot)

    answer = booked(client, slot, **{"ticket-family": "2", "seen": "44000/44000"})

    assert answer.status_code == 409
    assert "This form has made a booking already." in answer.content.decode()
    assert 'value="k1"' not in answer.content.decode()
    assert Booking.objects.count() == 1


def test_the_total_of_a_deposit_says_what_is_due_now_and_later(client):
    slot = a_slot(experience=an_experience(deposit_percent=30))

    page = client.post("/visits/picking/total/", typed(slot, plan="deposit")).content.decode()

    assert "¥66.00" in page
    assert "¥154.00" in page
    assert 'value="22000/6600"' in page


def test_the_button_for_the_total_works_without_scripts_and_keeps_what_was_typed(client):
    slot = a_slot()

    page = client.post(BOOK, {**typed(slot), "look": "1"}).content.decode()

    assert "¥220.00" in page
    assert VISITOR.phone in page
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Write your name."),
        ({"phone": "123"}, "This is not a mobile number in mainland China"),
        ({"email": "nowhere"}, "This is no mail address"),
        ({"ticket-family": ""}, "Nobody is in the party."),
        ({"ticket-family": "-1"}, "Write how many tickets, or 0."),
        ({"ticket-family": "x"}, "Write how many tickets, or 0."),
        ({"ticket-family": "500"}, "At most 12 tickets of this kind"),
        ({"ticket-family": "4"}, "A party of 16 cannot be booked."),
        ({"ticket-family": "", "ticket-infant": "1"}, "“Infant” cannot come alone: Adult or Family must be"),
        ({"plan": "deposit"}, "Choose one of the ways it offers."),
        ({"credit": "CR123"}, "This credit is not yours, is used up or has expired."),
        ({"notes": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_taken(client, wrong, words):
    slot = a_slot()

    answer = booked(client, slot, **wrong)
    page = answer.content.decode()

    assert answer.status_code in (400, 409)
    assert words in page
    assert "notice--problem" in page
    assert not Booking.objects.exists()
    assert Slot.objects.get().taken == 0


def test_questions_and_rules_are_asked_and_kept(client):
    slot = a_slot()
    choices = [{"code": "zh", "zh": "中文", "en": "Chinese"}]
    words = {"words_zh": "语言", "words_en": "Language?", "choices": choices}
    Question.objects.create(experience=slot.experience, code="language", is_required=True, **words)
    Waiver.objects.create(
        experience=slot.experience, version="2026-09", text_zh="请小心", text_en="Mind your step", published_at=NOW
    )

    refused = booked(client, slot).content.decode()
    booked(client, slot, **{"answer-language": "zh", "waiver": "2026-09"})

    assert "Answer it, please." in refused
    assert "Read and accept version 2026-09 of them." in refused
    assert "Mind your step" in refused
    booking = Booking.objects.get()
    assert (booking.answers, booking.waiver.version) == ({"language": "zh"}, "2026-09")


def test_an_old_version_of_the_rules_is_not_accepted(client):
    slot = a_slot()
    Waiver.objects.create(
        experience=slot.experience, version="2026-09", text_zh="请小心", text_en="Mind your step", published_at=NOW
    )

    answer = booked(client, slot, waiver="2025-01")

    assert (answer.status_code, Booking.objects.count()) == (400, 0)


def test_a_time_with_too_few_seats_offers_the_next_ones_and_the_line(client):
    slot = a_slot(seats=3)
    later = a_slot(time=dt.time(14, 0))

    answer = booked(client, slot)
    page = answer.content.decode()

    assert answer.status_code == 409
    assert f'name="other_slot" value="{later.pk}"' in page
    assert "Join the waiting list" in page
    assert VISITOR.phone in page


def test_a_tap_on_another_time_keeps_everything(client):
    slot = a_slot(seats=3)
    later = a_slot(time=dt.time(14, 0))

    page = client.post(BOOK, {**typed(slot), "other_slot": later.pk}).content.decode()

    assert "14:00–16:00" in page
    assert VISITOR.phone in page
    assert "¥220.00" in page


def test_a_sold_out_time_leads_to_the_line(client):
    slot = a_slot(seats=2)
    a_booking(slot)

    assert client.get(f"{BOOK}?slot={slot.pk}")["Location"] == f"/visits/picking/wait/?slot={slot.pk}"


@pytest.mark.parametrize("slot", ["", "0", "x", "999999", "1" * 30, "١"])
def test_a_time_that_is_none_leads_back_to_the_calendar_with_words(client, slot):
    a_slot()

    answer = client.get(f"{BOOK}?slot={slot}", follow=True)

    assert answer.redirect_chain == [("/visits/picking/", 302)]
    assert "There is no such time for a visit." in answer.content.decode()


def test_a_closed_time_says_why(client):
    slot = a_slot(is_closed=True, closed_reason_en="rain", closed_reason_zh="下雨")

    answer = client.get(f"{BOOK}?slot={slot.pk}", follow=True)

    assert answer.redirect_chain == [(f"/visits/picking/?day={SATURDAY}", 302)]
    assert "is closed: rain." in answer.content.decode()
    assert "Closed on this day: rain" in answer.content.decode()


def test_a_time_of_another_experience_is_not_booked_here(client):
    other = a_slot(experience=an_experience("tasting"))
    a_slot(time=dt.time(14, 0))

    assert booked(client, other)["Location"] == "/visits/picking/"
    assert not Booking.objects.exists()


def test_a_credit_pays_and_a_booking_of_which_nothing_is_due_is_sure_at_once(client):
    slot = a_slot()
    expires = timezone.localdate() + dt.timedelta(days=9)
    Credit.objects.create(code="CR1", phone=VISITOR.phone, why="rain", given_at=NOW, expires_on=expires, limit=30000)

    first = booked(client, slot, credit="cr1", seen="22000/0")
    again = booked(client, slot, credit="cr1", seen="22000/0")

    assert Booking.objects.get().status == "confirmed"
    assert first["Location"] == again["Location"]


def test_one_phone_cannot_hold_without_end(client, monkeypatch):
    slot = a_slot(seats=100)
    monkeypatch.setitem(throttles.api_settings.DEFAULT_THROTTLE_RATES, "book", "2/min")

    statuses = [booked(client, slot, key=f"k{n}", contact="x").status_code for n in range(3)]

    assert statuses == [302, 302, 429]


def test_a_whole_party_waits_and_takes_what_is_offered(client):
    slot = a_slot(seats=4)
    in_the_way = a_confirmed_booking(slot, family=1)

    joined = client.post("/visits/picking/wait/", {**typed(slot, phone="13800001111"), "join": "1"})
    line = client.get(joined["Location"]).content.decode()
    client.post(f"/v/{token_of(in_the_way)}/cancellation/")
    offered = client.get(joined["Location"]).content.decode()
    taken = client.post(joined["Location"], {"plan": "full", "key": "w1", "seen": "22000/22000"})

    assert "You are next in line" in line
    assert "4 seats are kept for you until" in offered
    assert "¥220.00" in offered
    assert taken["Location"].startswith("/v/")
    assert Booking.objects.get(phone="13800001111").status == "held"
    assert client.get(joined["Location"])["Location"] == taken["Location"]


def test_who_leaves_the_line_is_gone(client):
    slot = a_slot(seats=2)
    a_booking(slot)
    joined = client.post("/visits/picking/wait/", {**typed(slot, phone="13800001111"), "join": "1"})

    client.post(f"{joined['Location']}leaving/")

    assert "You have left the line" in client.get(joined["Location"]).content.decode()
    assert WaitingParty.objects.get().status == "left"


def test_nobody_waits_when_there_is_room(client):
    slot = a_slot()

    answer = client.post("/visits/picking/wait/", {**typed(slot), "join": "1"})

    assert answer.status_code == 409
    assert "There is room for your party." in answer.content.decode()
    assert "Book it now" in answer.content.decode()


def test_the_line_of_a_full_time_names_the_next_ones_first(client):
    slot = a_slot(seats=2)
    later = a_slot(SATURDAY + dt.timedelta(days=1))
    a_booking(slot)

    page = client.get(f"/visits/picking/wait/?slot={slot.pk}").content.decode()

    assert "This time is sold out." in page
    assert f'name="other_slot" value="{later.pk}"' in page
