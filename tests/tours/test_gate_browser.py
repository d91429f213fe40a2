"""The gate in a real browser: it opens without network, tells a ticket from a forgery, and lets nobody in twice."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from farm.models import TillEntry
from tests import browser
from tests.gatekeeper import a_gatekeeper, a_slot_now, booked, codes_of
from tests.visits import a_slot
from tours import cancelling, gate, tickets
from tours.gate import Scan, Whom
from tours.models import Booking, CheckIn, ScanConflict, Slot, TicketType

pytestmark = browser.MARKS


@pytest.fixture
def farm(live_server, settings):
    settings.WHITENOISE_USE_FINDERS = True
    return live_server.url


@pytest.fixture
def slot():
    return a_slot_now()


def test_a_family_comes_in_with_network(farm, slot):
    family = booked(slot, family=1)
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        keeper.scan(codes_of(family)[0], gives="welcome")
        keeper.press("Let this one in")
        keeper.says("1 let in")
        keeper.scan(tickets.party_token(family), gives="welcome")
        keeper.says("1 of 4 are in")
        keeper.press("Let all 3 in")
        keeper.says("3 let in")
        keeper.scan(family.number, gives="already_in")
        wide = keeper.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

        assert (wide, keeper.complaints) == (0, [])
    assert CheckIn.objects.count() == 2


def test_another_sum_than_the_one_on_the_screen_is_not_taken(farm, slot):
    couple = booked(slot)
    Booking.objects.filter(pk=couple.pk).update(total_fen=couple.total_fen + 8800)
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        keeper.scan(couple.number, gives="welcome")
        keeper.says("To pay: ¥88.00")
        Booking.objects.filter(pk=couple.pk).update(total_fen=couple.total_fen + 4400)
        keeper.press("Cash")
        keeper.says("It is ¥44.00 now.")
        keeper.says("To pay: ¥44.00")
        keeper.press("Cash")
        keeper.says("Paid")

        keeper.page.route("**/gate/day", lambda route: route.abort())  # the list of prices stays the old one
        TicketType.objects.update(price_fen=9900)
        keeper.page.locator(".sale__kind").first.click()
        keeper.page.locator(".sale__pay .button--pay").first.click()
        keeper.says("It is ¥99.00 now.")
        keeper.page.locator(".sale__pay .button--pay", has_text="¥99.00").first.click()
        keeper.says("Sold and let in: 1")

        assert keeper.complaints == []
    assert [entry.amount_fen for entry in TillEntry.objects.order_by("pk")] == [4400, 9900]


def test_a_party_that_is_refused_stands_to_be_mended_at_once(farm, slot):
    booked(slot)
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        kinds = keeper.page.locator(".sale__kind")
        kinds.first.wait_for()
        keeper.hears_nothing_of("day")
        kinds.filter(has_text="Infant").click()
        keeper.page.locator(".sale__pay .button--pay").first.click()
        keeper.says("cannot come alone")
        kinds.filter(has_text="Adult").click()
        keeper.page.locator(".sale__pay .button--pay").first.click()
        keeper.says("Sold and let in: 2")

        assert keeper.complaints == []


def test_the_places_left_are_told_and_no_button_is_taken_from_under_a_finger(farm, slot):
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        kind = keeper.page.locator(".sale__kind").first.element_handle()
        slot.refresh_from_db()
        told = keeper.page.locator(".sale__slot option")
        expect(told).to_contain_text(f"{slot.limit - slot.taken} left")
        booked(slot)
        keeper.page.evaluate("dispatchEvent(new Event('online'))")
        expect(told).to_contain_text(f"{slot.limit - slot.taken - 2} left")

        assert kind.is_visible()


def test_a_closed_visit_is_amber_with_and_without_network(farm, slot):
    couple, single = booked(slot), booked(slot, adult=1)
    Slot.objects.update(is_closed=True, closed_reason_zh="大雨", closed_reason_en="heavy rain")
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        keeper.page.wait_for_selector(".guest")
        keeper.scan(couple.number, gives="closed")
        keeper.says("Closed: heavy rain.")
        assert keeper.page.locator(".verdict--amber").count() == 1
        keeper.press("Let all 2 in")
        keeper.says("2 let in")
        keeper.goes_offline()
        keeper.scan(single.number, gives="closed")
        keeper.says("Closed: heavy rain.")
        keeper.press("Let this one in")
        keeper.says("to be told later")
        keeper.comes_online()

        assert keeper.complaints == []
    assert set(Booking.objects.values_list("status", flat=True)) == {"attended"}
    assert not ScanConflict.objects.exists()


def test_a_walk_in_takes_two_taps_and_a_sale_without_an_answer_is_kept_and_sold_once(farm, slot):
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        keeper.page.locator(".sale__kind").first.click()
        keeper.page.locator(".button--pay").first.click()
        keeper.says("Sold and let in: 1")
        assert (Booking.objects.get().channel, CheckIn.objects.get().people) == ("gate", 1)
        keeper.page.reload()

        keeper.loses_answers_of("walk-ins")
        keeper.page.locator(".sale__kind").first.click()
        keeper.page.locator(".button--pay").first.click()
        keeper.says("No answer came")
        keeper.press("Ask again")
        keeper.page.wait_for_selector(".verdict[data-code=needs_network]")
        keeper.page.reload()
        keeper.page.wait_for_selector(".sale__open")
        assert keeper.page.locator(".sale__kind").count() == 0
        keeper.hears_again("walk-ins")
        keeper.press("Ask again")
        keeper.says("Sold and let in: 1")
        keeper.page.wait_for_selector(".sale__kind")

        assert keeper.complaints == []
    assert [check_in.people for check_in in CheckIn.objects.all()] == [1, 1]
    assert (Booking.objects.count(), TillEntry.objects.count()) == (2, 2)


@pytest.mark.parametrize("was_heard", [True, False])
def test_a_sale_is_given_up_when_the_people_have_left(farm, slot, was_heard):
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        keeper.page.route("**/gate/walk-ins", lambda route: (was_heard and route.fetch(), route.abort()))
        keeper.page.locator(".sale__kind").first.click()
        keeper.page.locator(".button--pay").first.click()
        keeper.says("No answer came")
        keeper.press("They have left: give it up")
        keeper.page.wait_for_selector(".sale__kind")
        if was_heard:
            keeper.says("It was sold as booking BV")

        assert keeper.complaints == []
    assert Booking.objects.count() == int(was_heard)


def test_the_gate_works_alone_and_tells_later(farm, slot):
    family, couple = booked(slot, family=1), booked(slot)
    tomorrow = booked(a_slot(slot.date + dt.timedelta(days=1)))
    first, second, *_ = codes_of(family)
    cancelled = booked(slot, adult=1)
    [void] = codes_of(cancelled)
    cancelling.cancel_for_the_farm(booking=cancelled, by="staff", reason="", now=timezone.now())
    forged = second[:-1] + ("0" if second[-1] != "0" else "8")
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        keeper.page.wait_for_selector(".guest")
        keeper.goes_offline()
        keeper.page.reload()
        keeper.page.wait_for_selector(".guest")
        late = booked(slot, adult=1)  # nobody told this telephone of it
        keeper.scan(first, gives="welcome")
        keeper.press("Let this one in")
        keeper.says("to be told later")
        keeper.scan(first, gives="already_in")
        keeper.scan(forged, gives="not_our_ticket")
        keeper.scan(void, gives="dead")
        keeper.scan(codes_of(tomorrow)[0], gives="wrong_day")
        keeper.scan(codes_of(late)[0], gives="not_listed")
        keeper.press("Let this one in")
        keeper.says("to be told later")
        keeper.page.reload()
        keeper.waits_with(2)
        keeper.scan(first, gives="already_in")
        keeper.scan(couple.number, gives="welcome")
        keeper.press("Let all 2 in")
        keeper.says("2 let in")
        elsewhere = Scan(nonce="another gate", gate="west", by="helper", at=timezone.now())
        gate.admit(code=first, whom=Whom(), scan=elsewhere, now=timezone.now())
        keeper.comes_online()
        keeper.page.wait_for_selector(".conflict")
        keeper.scan(couple.number, gives="already_in")

        assert family.number in keeper.page.locator(".conflict").inner_text()
        assert keeper.complaints == []
    assert sorted(CheckIn.objects.values_list("people", flat=True)) == [1, 1, 2]
    assert (ScanConflict.objects.get().booking, ScanConflict.objects.get().first.gate) == (family, "west")
    assert family.tickets.exclude(check_in=None).count() == 1


def test_a_lost_answer_counts_once(farm, slot):
    couple = booked(slot)
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        keeper.page.wait_for_selector(".guest")
        keeper.scan(tickets.party_token(couple), gives="welcome")
        # The farm hears it, its answer gets lost: what the page keeps must not count again.
        keeper.page.route("**/gate/admissions", lambda route: (route.fetch(), route.abort()))
        keeper.page.route("**/gate/scans", lambda route: route.abort())
        keeper.press("Let all 2 in")
        keeper.says("to be told later")
        keeper.page.unroute("**/gate/scans")
        keeper.waits_with(0)

        assert keeper.complaints == []
    assert (CheckIn.objects.get().people, ScanConflict.objects.count()) == (2, 0)
