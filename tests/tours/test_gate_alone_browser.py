"""One telephone without network: what it let in it never lets in again, whatever was told of it or lost on the way."""

import datetime as dt

import pytest
from django.utils import timezone

from farm.models import StaffSession, StaffTask
from tests import browser
from tests.gatekeeper import a_gatekeeper, a_slot_now, booked, codes_of
from tests.visits import SATURDAY, a_slot
from tours import tickets
from tours.models import CheckIn, ScanConflict

pytestmark = browser.MARKS


@pytest.fixture
def farm(live_server, settings):
    settings.WHITENOISE_USE_FINDERS = True
    return live_server.url


@pytest.fixture
def slot():
    return a_slot_now()


def test_visits_over_midnight_are_let_in_on_both_sides_of_it(farm, monkeypatch):
    late, early = a_slot(SATURDAY, dt.time(22, 30)), a_slot(SATURDAY + dt.timedelta(days=1), dt.time(0, 15))
    night, next_night = booked(late, adult=1), booked(early, adult=1)
    before_midnight = early.starts_at - dt.timedelta(minutes=25)
    monkeypatch.setattr(timezone, "now", lambda: before_midnight)
    with a_gatekeeper(is_thrown_away=True) as keeper:
        keeper.page.clock.set_fixed_time(before_midnight)
        keeper.open(farm)
        keeper.page.wait_for_selector(".guest")
        keeper.goes_offline()
        just_booked = booked(early, adult=1)

        keeper.scan(codes_of(next_night)[0], gives="welcome")
        keeper.scan(codes_of(just_booked)[0], gives="not_listed")
        keeper.page.clock.set_fixed_time(early.starts_at)
        keeper.scan(codes_of(night)[0], gives="welcome")
        keeper.page.clock.set_fixed_time(late.ends_at)
        keeper.scan(codes_of(night)[0], gives="wrong_day")

        assert keeper.complaints == []


def test_a_scan_that_was_told_is_not_forgotten_before_a_list_says_it(farm, slot):
    family = booked(slot, family=1)
    first, second, *_ = codes_of(family)
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        keeper.page.wait_for_selector(".guest")
        keeper.goes_offline()
        for code in (first, second):
            keeper.scan(code, gives="welcome")
            keeper.press("Let this one in")
            keeper.says("to be told later")
        # Half a sync: the farm hears the scans and answers, then the network is gone before the new list is here.
        keeper.page.route("**/gate/day", lambda route: route.abort())
        keeper.page.route("**/gate/looks", lambda route: route.abort())
        keeper.comes_online()
        keeper.goes_offline()
        keeper.scan(first, gives="already_in")
        keeper.page.reload()
        keeper.scan(second, gives="already_in")
        keeper.scan(tickets.party_token(family), gives="welcome")
        keeper.says("2 of 4 are in")
        keeper.press("Let all 2 in")
        keeper.scan(family.number, gives="already_in")
        keeper.page.unroute("**/gate/day")
        keeper.comes_online()

        assert keeper.complaints == []
    assert list(CheckIn.objects.order_by("pk").values_list("people", flat=True)) == [1, 1, 2]
    assert not ScanConflict.objects.exists()


def test_a_late_list_and_an_untold_scan_let_nobody_in_again(farm, slot):
    couple = booked(slot)
    first, _ = codes_of(couple)
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        keeper.page.wait_for_selector(".guest")
        keeper.goes_offline()
        keeper.scan(first, gives="welcome")
        keeper.press("Let this one in")
        keeper.says("to be told later")
        # The network is back, but the farm stumbles over scans: its look is green, the telephone knows better.
        keeper.page.route("**/gate/scans", lambda route: route.fulfill(status=502))
        keeper.page.context.set_offline(False)
        keeper.scan(first, gives="already_in")
        keeper.scan(couple.number, gives="welcome")
        keeper.press("Let this one in")
        keeper.says("1 let in")
        keeper.page.unroute("**/gate/scans")
        keeper.waits_with(0)

        assert keeper.complaints == []
    assert list(CheckIn.objects.values_list("people", flat=True)) == [1, 1]
    assert not ScanConflict.objects.exists()


def test_what_waits_is_told_soon_and_if_not_heard_ever_more_seldom(farm, slot):
    couple = booked(slot)
    with a_gatekeeper() as keeper:
        keeper.has_a_quick_clock()
        keeper.open(farm)
        keeper.page.wait_for_selector(".guest")
        keeper.goes_offline()
        keeper.means_to_wait(1, 2, 4, 8, 15, 15)
        keeper.forgets_its_waits()
        keeper.means_to_wait(15)
        keeper.scan(couple.number, gives="welcome")
        keeper.press("Let all 2 in")
        keeper.means_to_wait(1, 2, 4, 8, 15, 15)
        keeper.comes_online()
        keeper.forgets_its_waits()
        keeper.means_to_wait(15, 15)

        assert keeper.complaints == []
    assert CheckIn.objects.get().people == 2


def test_a_party_and_its_single_tickets_shut_each_other_out(farm, slot):
    booked(slot, adult=1)
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        keeper.page.wait_for_selector(".guest")
        keeper.goes_offline()
        family, couple = booked(slot, family=1), booked(slot)  # nobody told this telephone of them
        keeper.scan(tickets.party_token(family), gives="not_listed")
        keeper.press("Let the party in")
        keeper.says("The party is let in")
        for code in (*codes_of(family), tickets.party_token(family)):
            keeper.scan(code, gives="already_in")
        keeper.scan(codes_of(couple)[0], gives="not_listed")
        keeper.press("Let this one in")
        keeper.says("to be told later")
        keeper.scan(tickets.party_token(couple), gives="already_in")
        keeper.says("1 of this party are in by their own tickets.")
        keeper.scan(codes_of(couple)[1], gives="not_listed")
        keeper.press("Let this one in")
        keeper.says("to be told later")
        keeper.page.reload()
        keeper.waits_with(3)
        keeper.scan(codes_of(family)[2], gives="already_in")
        keeper.comes_online()
        keeper.scan(codes_of(family)[3], gives="already_in")

        assert keeper.complaints == []
    assert sorted(CheckIn.objects.values_list("people", flat=True)) == [1, 1, 4]
    assert not ScanConflict.objects.exists()


def test_one_bad_scan_is_set_aside_and_the_others_are_told(farm, slot):
    family, couple = booked(slot, family=1), booked(slot)
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        keeper.page.wait_for_selector(".guest")
        keeper.goes_offline()
        keeper.scan(family.number, gives="welcome")
        keeper.press("Let all 4 in")
        keeper.says("to be told later")
        spoil(keeper.page)
        keeper.scan(couple.number, gives="welcome")
        keeper.press("Let all 2 in")
        keeper.says("to be told later")
        keeper.comes_online()
        keeper.page.wait_for_selector("[data-part=aside] .conflict")
        keeper.scan(family.number, gives="already_in")  # it did let them in, whatever the farm makes of it
        keeper.press("Done")
        keeper.page.wait_for_selector("[data-part=aside] .conflict", state="detached")

        assert keeper.complaints == []
    assert [check_in.booking for check_in in CheckIn.objects.all()] == [couple]
    assert StaffTask.objects.filter(key__startswith="scan:unreadable").count() == 1


def spoil(page):
    """The first queued scan loses the moment in which it was made."""
    page.evaluate("""() => new Promise(done => {
      indexedDB.open("beizhen-gate").onsuccess = ({target}) => {
        const queue = target.result.transaction("queue", "readwrite").objectStore("queue");
        queue.getAll().onsuccess = ({target}) => queue.put({...target.result[0], at: "yesterday"}).onsuccess = done;
      };
    })""")


@pytest.mark.parametrize("is_offline", [False, True])
def test_some_of_a_party_come_in(farm, slot, is_offline):
    family, school = booked(slot, family=1), booked(slot, adult=10)
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        keeper.page.wait_for_selector(".guest")
        if is_offline:
            keeper.goes_offline()
        keeper.scan(tickets.party_token(family), gives="welcome")
        keeper.press("Let 3 in")
        keeper.says("3 let in")
        keeper.scan(family.number, gives="welcome")
        keeper.press("Let this one in")
        keeper.says("1 let in")
        keeper.scan(school.number, gives="welcome")
        small = keeper.page.locator(".verdict button").evaluate_all(
            "all => all.filter(one => one.offsetHeight < 60 || one.offsetWidth < 60).length"
        )
        keeper.page.get_by_label("Or only some of them:").fill("6")
        keeper.press("One more")
        keeper.press("Let so many in")
        keeper.says("7 let in")
        keeper.comes_online()
        wide = keeper.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

        assert (small, wide, keeper.complaints) == (0, 0, [])
    assert list(CheckIn.objects.order_by("pk").values_list("people", flat=True)) == [3, 1, 7]


def kept_day(page):
    """The date of the list that the telephone keeps, if it keeps one."""
    return page.evaluate("""() => new Promise(done => {
      indexedDB.open("beizhen-gate").onsuccess = ({target}) => {
        const kept = target.result.transaction("kept").objectStore("kept").get("day");
        kept.onsuccess = () => { target.result.close(); done(kept.result ? kept.result.date : null); };
      };
    })""")


def test_the_list_goes_when_somebody_signs_out(farm, slot):
    couple, single = booked(slot), booked(slot, adult=1)
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        keeper.page.wait_for_selector(".guest")
        keeper.goes_offline()
        keeper.scan(couple.number, gives="welcome")
        keeper.press("Let all 2 in")
        keeper.says("to be told later")
        keeper.press("Sign out")
        keeper.sees("needs_network")
        assert kept_day(keeper.page) == str(slot.date)
        keeper.page.context.set_offline(False)
        keeper.press("Sign out")
        keeper.page.wait_for_url("**/staff/logout/")
        keeper.page.goto(f"{farm}/healthz/live")  # a page of the same site, whose scripts do nothing

        assert (kept_day(keeper.page), keeper.complaints) == (None, [])
    assert CheckIn.objects.get().booking == couple
    assert not single.check_ins.exists()


def test_the_list_goes_when_the_session_is_over_but_not_the_scans(farm, slot):
    couple = booked(slot)
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        keeper.page.wait_for_selector(".guest")
        keeper.goes_offline()
        keeper.scan(couple.number, gives="welcome")
        keeper.press("Let all 2 in")
        keeper.says("to be told later")
        StaffSession.objects.all().delete()
        keeper.page.context.set_offline(False)
        keeper.scan(couple.number, gives="signed_out")
        keeper.page.wait_for_selector(".guest", state="detached")
        keeper.waits_with(1)

        assert (kept_day(keeper.page), keeper.complaints) == (None, [])


def test_the_list_goes_when_the_page_is_opened_by_nobody(farm, slot):
    booked(slot)
    with a_gatekeeper() as keeper:
        keeper.open(farm)
        keeper.page.wait_for_selector(".guest")
        keeper.page.goto(f"{farm}/healthz/live")
        assert kept_day(keeper.page) == str(slot.date)
        StaffSession.objects.all().delete()
        keeper.page.goto(f"{farm}/gate/")
        keeper.page.wait_for_url("**/staff/login/**")
        keeper.page.wait_for_timeout(500)

        assert kept_day(keeper.page) is None


def test_the_list_goes_when_its_day_is_over(farm, slot):
    couple = booked(slot)
    with a_gatekeeper(is_thrown_away=True) as keeper:
        keeper.open(farm)
        keeper.page.wait_for_selector(".guest")
        keeper.goes_offline()
        keeper.page.clock.set_fixed_time(timezone.now() + dt.timedelta(days=1, hours=3))
        keeper.scan(couple.number, gives="no_list")
        keeper.page.reload()
        keeper.page.wait_for_selector("body[data-queued='0']")

        assert (keeper.page.locator(".guest").count(), kept_day(keeper.page)) == (0, None)
