"""What a visitor of the demo farm finds: it is loaded once, and each test looks at something else."""

import datetime as dt

import pytest

from beizhen.demo import farm, visits
from beizhen.demo.guests import PARTIES
from farm.models import ClosedDay, User
from shop.models import Box, Lot, ShipDate
from tests.drift import drift_and_delay
from tests.standing import standing
from tests.test_demo import noon
from tours import sheets
from tours.models import Booking, Experience, ScheduleRule, Slot, TicketType
from tours.party import Party, priced

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("the_farm"),
    pytest.mark.once("a demo is told by stories that run on both"),
]
NOW = noon(dt.date(2026, 2, 10))
"""Before New Year, so that holidays are among the dates ahead."""


@pytest.fixture(scope="module")
def the_farm(django_db_setup, django_db_blocker):
    with standing(django_db_blocker):
        farm.load(now=NOW)
        yield


def test_lots_cover_every_open_date_until_their_season_ends():
    for box in Box.objects.select_related("variety"):
        for date in ShipDate.objects.takeable(NOW).filter(date__lte=box.season_until):
            arrives_on = date.date + dt.timedelta(days=4)
            assert Lot.objects.filter(
                variety=box.variety, harvested_on__lte=date.date, best_before__gte=arrives_on, limit__gte=1_000_000
            ).exists()


def test_gift_boxes_take_two_packing_units():
    assert set(Box.objects.values_list("is_gift", "packing_units")) == {(False, 1), (True, 2)}


def test_the_farm_is_closed_at_new_year_and_no_truck_comes_on_sundays():
    closed = {day.date: day.closed_reason_en for day in ShipDate.objects.filter(is_closed=True)}

    assert closed[dt.date(2026, 2, 17)] == "Chinese New Year (Spring Festival)"
    assert closed[dt.date(2026, 2, 22)] == "No cold trucks on Sundays"
    assert ClosedDay.objects.filter(date=dt.date(2026, 2, 17), reason_zh="春节").exists()


def test_its_staff_cannot_sign_in_without_a_password():
    staff = User.objects.filter(is_staff=True)

    assert {person.groups.get().name for person in staff} == {"packing", "shop", "money", "gate"}
    assert not any(person.has_usable_password() for person in staff)


def test_it_shows_every_kind_of_visit():
    assert Experience.objects.filter(deposit_percent__gt=0, is_outdoor=False).exists()
    assert Experience.objects.filter(may_pay_on_arrival=True, min_party__gt=1).exists()
    assert ScheduleRule.objects.filter(minimum_to_run__gt=0).exists()
    assert Slot.objects.filter(price_list__isnull=False).exists()
    assert set(TicketType.objects.values_list("people", flat=True)) == {0, 1, 4}
    assert all(experience.refund_terms and experience.waivers.exists() for experience in Experience.objects.all())


def test_every_text_is_in_both_languages():
    for experience in Experience.objects.all():
        for name in ("name", "summary", "story", "meeting_point", "included", "bring", "rules", "weather_note"):
            zh, en = (getattr(experience, f"{name}_{language}") for language in ("zh", "en"))
            assert bool(zh) == bool(en), (experience, name)
            assert len(zh.splitlines()) == len(en.splitlines()), (experience, name)


@pytest.mark.parametrize("code", PARTIES)
def test_every_party_of_the_demo_may_come(code):
    slot = Slot.objects.filter(experience__code=code).select_related("experience")[0]

    for party in PARTIES[code]:
        assert priced(Party.of(party), slot=slot, sheet=sheets.fresh(slot.experience_id, NOW)).people <= slot.limit


def test_some_parties_have_booked_when_the_farm_opens(django_assert_max_num_queries):
    with django_assert_max_num_queries(400):
        visits.greet(now=NOW)

    assert set(Booking.objects.values_list("plan", flat=True)) == {"full", "deposit", "arrival"}
    assert set(Booking.objects.values_list("slot__experience__code", flat=True)) == set(PARTIES)
    assert drift_and_delay(NOW) == []
