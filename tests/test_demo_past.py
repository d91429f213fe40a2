"""The demo's visits: five experiences on any date, and a past at the gate whose books add up."""

import datetime as dt
import random

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from beizhen.demo import farm, guests, visiting, visits, weather
from beizhen.demo.guests import PARTIES, Guests
from beizhen.demo.people import PHONES
from tests.drift import drift_and_delay
from tests.test_demo import DATES, a_past, noon
from tours import booking as holding
from tours import sheets
from tours.models import (
    Booking,
    CheckIn,
    ClosureOffer,
    Credit,
    Experience,
    ScheduleRule,
    Slot,
    TicketType,
    VisitorsDay,
    WaitingParty,
)
from tours.party import Party, priced

pytestmark = [pytest.mark.django_db, pytest.mark.once("a demo is told by stories that run on both")]


@pytest.mark.parametrize("today", DATES, ids=str)
def test_five_experiences_can_be_booked_whatever_the_date(today):
    visits.load(now=noon(today))

    bookable = Slot.objects.bookable(noon(today)).filter(date__lte=today + dt.timedelta(days=30))
    assert Experience.objects.count() == 5
    assert set(bookable.values_list("experience__code", flat=True)) == set(PARTIES)


def test_they_show_every_kind_of_visit():
    visits.load(now=noon(DATES[1]))

    assert Experience.objects.filter(deposit_percent__gt=0, is_outdoor=False).exists()
    assert Experience.objects.filter(may_pay_on_arrival=True, min_party__gt=1).exists()
    assert ScheduleRule.objects.filter(minimum_to_run__gt=0).exists()
    assert Slot.objects.filter(price_list__isnull=False).exists()
    assert set(TicketType.objects.values_list("people", flat=True)) == {0, 1, 4}
    assert all(experience.refund_terms and experience.waivers.exists() for experience in Experience.objects.all())


def test_every_text_is_in_both_languages():
    visits.load(now=noon(DATES[0]))

    for experience in Experience.objects.all():
        for name in ("name", "summary", "story", "meeting_point", "included", "bring", "rules", "weather_note"):
            zh, en = (getattr(experience, f"{name}_{language}") for language in ("zh", "en"))
            assert bool(zh) == bool(en), (experience, name)
            assert len(zh.splitlines()) == len(en.splitlines()), (experience, name)


@pytest.mark.parametrize("code", PARTIES)
def test_every_party_of_the_demo_may_come(code):
    now = noon(DATES[1])
    visits.load(now=now)
    slot = Slot.objects.filter(experience__code=code).select_related("experience")[0]

    for party in PARTIES[code]:
        assert priced(Party.of(party), slot=slot, sheet=sheets.fresh(slot.experience_id, now)).people <= slot.limit


def test_loading_twice_changes_nothing():
    visits.load(now=noon(DATES[1]))
    kinds = (Experience, TicketType, ScheduleRule, Slot, VisitorsDay)
    before = [list(kind.objects.order_by("pk").values()) for kind in kinds]

    visits.load(now=noon(DATES[1]))

    assert [list(kind.objects.order_by("pk").values()) for kind in kinds] == before


def test_some_parties_have_booked_when_the_farm_opens(django_assert_max_num_queries):
    now = noon(DATES[2])
    visits.load(now=now)

    with django_assert_max_num_queries(400):
        visits.greet(now=now)

    assert set(Booking.objects.values_list("plan", flat=True)) == {"full", "deposit", "arrival"}
    assert set(Booking.objects.values_list("slot__experience__code", flat=True)) == set(PARTIES)
    assert not drift_and_delay(now)


@pytest.mark.slow
def test_a_lived_past_of_visits_adds_up(monkeypatch):
    monkeypatch.setattr(visiting, "PARTIES_PER_ORDER", 3)
    monkeypatch.setattr(weather, "RAINY", 0.3)
    now = noon(DATES[2])

    story = a_past(5, now=now, orders_per_day=2)

    assert drift_and_delay(now) == []
    assert set(Booking.objects.values_list("status", flat=True)) >= {"attended", "confirmed", "cancelled", "expired"}
    assert set(Booking.objects.values_list("channel", flat=True)) == {"web", "gate"}
    assert ClosureOffer.objects.exclude(status="waiting").exists()
    assert CheckIn.objects.filter(at__lte=now).count() == CheckIn.objects.count() > 10
    assert not Booking.objects.filter(held_at__gt=now).exists()
    assert story.happened["visit: comes"] > 10
    phones = set(Booking.objects.values_list("phone", flat=True))
    assert all(phone.startswith(PHONES) for phone in phones - {""})


@pytest.mark.parametrize(
    ("habits", "statuses"),
    [
        (["comes", "comes in two groups", "moves", "brings one more"], {"attended", "confirmed"}),
        (["stays away"], {"no-show", "confirmed"}),
        (["never pays", "leaves the cashier", "pays late"], {"expired"}),
        (["cancels"], {"cancelled", "confirmed", "attended"}),
    ],
    ids=lambda words: words[0] if isinstance(words, list) else "",
)
def test_each_habit_of_visitors_ends_as_it_should(monkeypatch, habits, statuses):
    monkeypatch.setattr(visiting, "HABITS", dict.fromkeys(habits, 100 // len(habits)))
    monkeypatch.setattr(visiting, "PARTIES_PER_ORDER", 2 + len(habits))
    monkeypatch.setattr(visiting, "WALK_INS", 0)
    monkeypatch.setattr(weather, "RAINY", 0)
    monkeypatch.setattr(guests, "LIKED", {"kyoho-picking": 60, "cold-store-tasting": 40})
    monkeypatch.setattr(guests, "LOOK_AHEAD", dt.timedelta(days=2))
    now = noon(DATES[2])

    story = a_past(3, now=now, orders_per_day=1)

    lived = Booking.objects.filter(held_at__lte=now - dt.timedelta(minutes=30))
    assert set(lived.values_list("status", flat=True)) <= statuses
    assert lived.exclude(status="confirmed").exists()
    assert [habit for habit in habits if not story.happened[f"visit: {habit}"]] == []
    assert drift_and_delay(now) == []


@pytest.mark.slow
def test_a_credit_is_used_for_another_visit(monkeypatch):
    monkeypatch.setattr(weather, "RAINY", 0.9)
    monkeypatch.setattr(weather, "CHOICES", {"credit": 100})
    monkeypatch.setattr(visiting, "PARTIES_PER_ORDER", 4)
    monkeypatch.setattr(visiting, "WALK_INS", 0)
    monkeypatch.setattr(guests, "LIKED", {"kyoho-picking": 100})
    monkeypatch.setattr(guests, "LOOK_AHEAD", dt.timedelta(days=2))
    now = noon(DATES[2])

    a_past(4, now=now, orders_per_day=1)

    assert Credit.objects.filter(taken__gt=0).exists()
    assert drift_and_delay(now) == []


@pytest.mark.slow
def test_parties_in_line_book_what_comes_free(monkeypatch):
    monkeypatch.setattr(visiting, "PARTIES_PER_ORDER", 9)
    monkeypatch.setattr(visiting, "WALK_INS", 0)
    monkeypatch.setattr(visiting, "HABITS", {"cancels": 60, "comes": 40})
    monkeypatch.setattr(guests, "LIKED", {"cold-store-tasting": 100})
    monkeypatch.setattr(guests, "LOOK_AHEAD", dt.timedelta(days=2))
    now = noon(DATES[2])

    a_past(2, now=now, orders_per_day=1)

    assert WaitingParty.objects.filter(status="booked").exists()
    assert drift_and_delay(now) == []


def test_the_demo_keeps_away_from_other_bookings(settings, tmp_path):
    settings.VAR = tmp_path
    now = timezone.now()
    farm.load(now=now)
    visitors = Guests(random.Random(1))
    wish = visitors.wish(visitors.choose_time("kyoho-picking", now), now, phone="13987654321")
    holding.hold(wish=wish, language="zh-hans", key="a real visitor's", now=now)

    with pytest.raises(CommandError, match="1 orders and bookings here were not made"):
        call_command("demo", days=1)

    assert Booking.objects.count() == 1
