"""The demo farm: sells and welcomes on any date, is loaded once, and keeps away from real people."""

import datetime as dt
import random

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from beizhen.demo import farm, guests, login, visiting, weather
from beizhen.demo.deck import Deck
from beizhen.demo.guests import PARTIES, Guests
from beizhen.demo.story import HABITS
from farm.models import ClosedDay, User
from shop import checkout, live
from shop.models import Box, ColdRoom, LiveShow, Lot, Order, ShipDate, Variety
from shop.pricing import Want
from tests.builders import FARM_TIME, HOME, NOW
from tours import booking as holding
from tours.models import Booking, Experience, Price, Question, ScheduleRule, Slot, TicketType, VisitorsDay, Waiver

pytestmark = [pytest.mark.django_db, pytest.mark.once("a demo is told by stories that run on both")]
DATES = (dt.date(2026, 2, 10), dt.date(2026, 9, 29), dt.date(2026, 11, 24), dt.date(2027, 12, 31))
KINDS = (Variety, Box, ColdRoom, Lot, ShipDate, ClosedDay, User, Experience, TicketType, Price, Question, Waiver,
         ScheduleRule, Slot, VisitorsDay)  # fmt: skip


def noon(date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(12), FARM_TIME)


def everything() -> list[list[dict]]:
    return [list(kind.objects.order_by("pk").values()) for kind in KINDS]


@pytest.mark.parametrize("today", DATES, ids=str)
def test_every_box_and_every_visit_can_be_had_whatever_the_date(today):
    now = noon(today)

    farm.load(now=now)

    ahead = ShipDate.objects.filter(date__gt=today)
    assert (ahead.count(), set(ahead.values_list("limit", flat=True))) == (45, {500})
    assert ShipDate.objects.get(date=today).cut_off_at < now
    date = ShipDate.objects.takeable(now).order_by("date")[0].date
    wants = [Want(sku, 1) for sku in Box.objects.values_list("sku", flat=True)]
    assert checkout.quote(wants=wants, date=date, address=HOME, now=now).boxes == len(wants) == 15
    bookable = Slot.objects.bookable(now).filter(date__lte=today + dt.timedelta(days=30))
    assert Experience.objects.count() == 5
    assert set(bookable.values_list("experience__code", flat=True)) == set(PARTIES)


def test_a_show_is_on_whenever_the_demo_is_started():
    farm.load(now=NOW)
    [first] = live.on_now(NOW)
    later = NOW + dt.timedelta(days=2)

    farm.keep_on(now=later)
    farm.keep_on(now=later)

    [second] = live.on_now(later)
    assert first.boxes.count() == second.boxes.count() == 4
    assert LiveShow.objects.count() == 2


def test_loading_twice_changes_nothing_and_on_a_later_day_only_adds_dates():
    farm.load(now=noon(DATES[1]))
    before, lots = everything(), list(Lot.objects.values())

    farm.load(now=noon(DATES[1]))
    assert everything() == before

    farm.load(now=noon(DATES[1] + dt.timedelta(days=7)))
    assert list(Lot.objects.values()) == lots
    assert ShipDate.objects.filter(date__gt=DATES[1]).count() == 52


def test_the_demo_login_is_made_once_and_kept_for_its_owner_only(tmp_path):
    first = login.ensure(tmp_path / "demo_login")

    assert login.ensure(tmp_path / "demo_login") == first
    assert (tmp_path / "demo_login").stat().st_mode & 0o777 == 0o600


def test_a_changed_password_is_not_shown_any_more(tmp_path):
    login.ensure(tmp_path / "demo_login")
    user = User.objects.get(username=login.NAME)
    user.set_password("something else entirely")
    user.save(update_fields=["password"])

    assert login.ensure(tmp_path / "demo_login") is None


def test_no_demo_login_where_staff_can_sign_in(tmp_path):
    User.objects.create_user("wang", password="a long enough secret", is_staff=True)

    assert login.ensure(tmp_path / "demo_login") is None
    assert not User.objects.filter(username=login.NAME).exists()


def test_the_habits_add_up_to_a_hundred():
    assert sum(habit.percent for habit in HABITS) == 100
    assert sum(visiting.HABITS.values()) == sum(guests.LIKED.values()) == sum(weather.CHOICES.values()) == 100


def test_of_a_hundred_as_many_have_a_habit_as_it_says_in_another_order_each_time():
    deck = Deck({"pays": 98, "cancels": 2}, random.Random(1))

    first, second = ([deck.deal() for _ in range(100)] for _ in range(2))

    assert first.count("cancels") == second.count("cancels") == 2
    assert first != second


def test_the_demo_keeps_away_from_other_orders_and_bookings(settings, tmp_path):
    settings.VAR = tmp_path
    now = timezone.now()
    farm.load(now=now)
    date = ShipDate.objects.takeable(now).order_by("date")[0].date
    wanted = checkout.Wanted(wants=(Want("kyoho-2500", 1),), date=date, address=HOME)
    checkout.place_order(wanted=wanted, key="a real customer's", now=now)

    with pytest.raises(CommandError, match="1 orders and bookings here were not made"):
        call_command("demo", days=1)

    visitors = Guests(random.Random(1))
    wish = visitors.wish(visitors.choose_time("kyoho-picking", now), now, phone="13987654321")
    Order.objects.update(phone="16400000000")  # from now on one of the demo's own
    holding.hold(wish=wish, language="zh-hans", key="a real visitor's", now=now)

    with pytest.raises(CommandError, match="1 orders and bookings here were not made"):
        call_command("demo", days=1)
    assert (Order.objects.count(), Booking.objects.count()) == (1, 1)
