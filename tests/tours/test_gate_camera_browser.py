"""Codes that come fast: one that was shown before is judged anew, none cuts another short, and a refusal stands."""

import pytest
from django.utils import timezone

from tests import browser
from tests.gatekeeper import a_gatekeeper, a_slot_now, booked, codes_of
from tours import gate, tickets
from tours.gate import Scan, Whom
from tours.models import Booking, CheckIn

pytestmark = browser.MARKS


@pytest.fixture
def farm(live_server, settings):
    settings.WHITENOISE_USE_FINDERS = True
    return live_server.url


def test_the_next_who_shows_the_same_code_is_judged_anew(farm):
    couple = booked(a_slot_now())
    with a_gatekeeper() as keeper:
        keeper.opens_a_camera(farm)

        keeper.holds_up(tickets.party_token(couple))
        keeper.sees("welcome")
        keeper.press("Let 1 in")
        keeper.says("1 let in")
        keeper.holds_up("")
        keeper.waits(seconds=2)
        keeper.holds_up(tickets.party_token(couple))
        keeper.says("1 of 2 are in")
        keeper.press("Let this one in")
        keeper.says("1 let in")
        keeper.holds_up("")
        keeper.waits(seconds=2)
        keeper.holds_up(tickets.party_token(couple))
        keeper.sees("already_in")

        assert keeper.complaints == []
    assert CheckIn.objects.count() == 2


def test_a_code_that_stays_in_view_or_flickers_is_looked_at_once(farm):
    couple = booked(a_slot_now())
    first, second = codes_of(couple)
    with a_gatekeeper() as keeper:
        looks = []
        keeper.page.on("request", lambda asked: asked.url.endswith("/gate/looks") and looks.append(asked))
        keeper.opens_a_camera(farm)

        for code in (first, second, "", first, second, first):
            keeper.holds_up(code)
            keeper.sees("welcome")

    assert len(looks) == 2


def test_a_code_that_a_scanner_types_while_somebody_is_let_in_stays_whole(farm):
    slot = a_slot_now()
    single, next_one = booked(slot, adult=1), booked(slot, adult=1)
    with a_gatekeeper() as keeper:
        type_letters = keeper.page.keyboard.type
        keeper.open(farm)
        keeper.scan(single.number, gives="welcome")

        begun, rest = next_one.number[:5], next_one.number[5:]
        keeper.page.route("**/gate/admissions", lambda route: (type_letters(begun), route.continue_()))
        keeper.press("Let this one in")
        keeper.says("1 let in")
        type_letters(f"{rest}\n")
        keeper.sees("welcome")

        keeper.says(next_one.number)


def test_the_next_in_view_does_not_wipe_a_refusal_away(farm):
    slot = a_slot_now()
    single, next_one = booked(slot, adult=1), booked(slot, adult=1)
    with a_gatekeeper() as keeper:
        looks = []
        keeper.page.on("request", lambda asked: asked.url.endswith("/gate/looks") and looks.append(asked))
        keeper.opens_a_camera(farm)
        keeper.holds_up(single.number)
        keeper.sees("welcome")
        elsewhere = Scan(nonce="another gate", gate="west", by="helper", at=timezone.now())
        gate.admit(code=single.number, whom=Whom(), scan=elsewhere, now=timezone.now())

        keeper.page.route("**/gate/admissions", lambda route: (keeper.holds_up(next_one.number), route.continue_()))
        keeper.press("Let this one in")
        keeper.sees("already_in")
        keeper.holds_up(next_one.number)

        keeper.says(single.number)
        assert len(looks) == 1
        keeper.waits(seconds=2)
        keeper.holds_up(next_one.number)
        keeper.sees("welcome")


def test_the_next_in_view_does_not_wipe_away_that_money_was_not_taken(farm):
    slot = a_slot_now()
    couple, next_one = booked(slot), booked(slot, adult=1)
    Booking.objects.filter(pk=couple.pk).update(total_fen=couple.total_fen + 8800)
    with a_gatekeeper() as keeper:
        keeper.opens_a_camera(farm)
        keeper.holds_up(couple.number)
        keeper.says("To pay: ¥88.00")
        Booking.objects.filter(pk=couple.pk).update(total_fen=couple.total_fen + 4400)

        keeper.page.route("**/gate/balances", lambda route: (keeper.holds_up(next_one.number), route.continue_()))
        keeper.press("Cash")
        keeper.says("It is ¥44.00 now.")
        keeper.holds_up(next_one.number)

        keeper.says(couple.number)
