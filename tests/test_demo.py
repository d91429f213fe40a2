"""The demo farm and its past: sells on any date, changes nothing twice, and its books add up."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from beizhen import verify
from beizhen.demo import farm, guests, login, visiting, weather, worker
from beizhen.demo import story as demo_story
from beizhen.demo.people import PHONES
from beizhen.demo.story import HABITS, Habit, Story
from farm.models import ClosedDay, Refund, StaffTask, User
from farm.security import normal_phone
from shop import checkout, live
from shop.models import Box, ColdRoom, LiveShow, Lot, Order, ShipDate, Shipment, Variety
from shop.pricing import Want
from tests.builders import FARM_TIME, HOME, NOW
from tours.models import Experience, Price, Question, ScheduleRule, Slot, TicketType, VisitorsDay, Waiver

pytestmark = [pytest.mark.django_db, pytest.mark.once("a demo is told by stories that run on both")]
DATES = (dt.date(2026, 2, 10), dt.date(2026, 9, 29), dt.date(2026, 11, 24), dt.date(2027, 12, 31))
KINDS = (Variety, Box, ColdRoom, Lot, ShipDate, ClosedDay, User, Experience, TicketType, Price, Question, Waiver,
         ScheduleRule, Slot, VisitorsDay)  # fmt: skip


def noon(date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(12), FARM_TIME)


def everything() -> list[list[dict]]:
    return [list(kind.objects.order_by("pk").values()) for kind in KINDS]


def a_past(days: int, *, now: dt.datetime, orders_per_day: int = 6, seed: int = 1) -> Story:
    first = timezone.localdate(now) - dt.timedelta(days=days)
    farm.load(now=now)
    farm.load_past(first=first, orders_per_day=orders_per_day, now=now)
    story = Story(first=first, until=now, orders_per_day=orders_per_day, seed=seed)
    story.tell(lambda date: None)
    return story


@pytest.mark.parametrize("today", DATES, ids=str)
def test_every_box_is_on_sale_whatever_the_date(today):
    now = noon(today)

    farm.load(now=now)

    date = ShipDate.objects.takeable(now).order_by("date")[0].date
    wants = [Want(sku, 1) for sku in Box.objects.values_list("sku", flat=True)]
    assert checkout.quote(wants=wants, date=date, address=HOME, now=now).boxes == len(wants) == 15


@pytest.mark.parametrize("today", DATES, ids=str)
def test_forty_five_ship_dates_of_500_lie_ahead(today):
    farm.load(now=noon(today))

    ahead = ShipDate.objects.filter(date__gt=today)
    assert (ahead.count(), set(ahead.values_list("limit", flat=True))) == (45, {500})
    assert ShipDate.objects.get(date=today).cut_off_at < noon(today)


def test_lots_cover_every_open_date_until_their_season_ends():
    now = noon(DATES[2])
    farm.load(now=now)

    for box in Box.objects.select_related("variety"):
        for date in ShipDate.objects.takeable(now).filter(date__lte=box.season_until):
            arrives_on = date.date + dt.timedelta(days=4)
            assert Lot.objects.filter(
                variety=box.variety, harvested_on__lte=date.date, best_before__gte=arrives_on, limit__gte=1_000_000
            ).exists()


def test_gift_boxes_take_two_packing_units():
    farm.load(now=noon(DATES[0]))

    assert set(Box.objects.values_list("is_gift", "packing_units")) == {(False, 1), (True, 2)}


def test_the_farm_is_closed_at_new_year_and_no_truck_comes_on_sundays():
    farm.load(now=noon(DATES[0]))

    closed = {day.date: day.closed_reason_en for day in ShipDate.objects.filter(is_closed=True)}
    assert closed[dt.date(2026, 2, 17)] == "Chinese New Year (Spring Festival)"
    assert closed[dt.date(2026, 2, 22)] == "No cold trucks on Sundays"
    assert ClosedDay.objects.filter(date=dt.date(2026, 2, 17), reason_zh="春节").exists()


def test_a_show_is_on_whenever_the_demo_is_started():
    farm.load(now=NOW)
    [first] = live.on_now(NOW)
    later = NOW + dt.timedelta(days=2)

    farm.keep_on(now=later)
    farm.keep_on(now=later)

    [second] = live.on_now(later)
    assert first.boxes.count() == second.boxes.count() == 4
    assert LiveShow.objects.count() == 2


def test_loading_twice_changes_nothing():
    farm.load(now=noon(DATES[1]))
    before = everything()

    farm.load(now=noon(DATES[1]))

    assert everything() == before


def test_loading_on_a_later_day_only_adds_dates():
    farm.load(now=noon(DATES[1]))
    lots = list(Lot.objects.values())

    farm.load(now=noon(DATES[1] + dt.timedelta(days=7)))

    assert list(Lot.objects.values()) == lots
    assert ShipDate.objects.filter(date__gt=DATES[1]).count() == 52


def test_staff_of_the_demo_cannot_sign_in_without_a_password():
    farm.load(now=noon(DATES[0]))

    staff = User.objects.filter(is_staff=True)
    assert {person.groups.get().name for person in staff} == {"packing", "shop", "money", "gate"}
    assert not any(person.has_usable_password() for person in staff)


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


@pytest.mark.slow
def test_a_lived_past_adds_up():
    now = noon(DATES[2])

    story = a_past(4, now=now, orders_per_day=4)

    report = verify.run(now=now)
    assert [finding for finding in report.drift + report.late if finding.sentences] == []
    assert set(Order.objects.values_list("status", flat=True)) >= {"delivered", "shipped", "paid"}
    assert sum(story.happened[habit.name] for habit in HABITS) == Order.objects.count()
    assert not Order.objects.filter(placed_at__gt=now).exists()
    assert not StaffTask.objects.exists()


@pytest.mark.parametrize(
    ("habits", "status", "refunds"),
    [
        (["pays at the second try", "changes the date", "moves house"], "paid", set()),
        (["pays twice"], "paid", {"double"}),
        (["pays late"], "expired", {"late"}),
        (["leaves the cashier", "never pays"], "expired", set()),
        (["cancels"], "cancelled", {"cancelled"}),
        (["cancels unpaid"], "cancelled", set()),
    ],
    ids=lambda words: words[0] if isinstance(words, list) else "",
)
def test_each_habit_ends_as_it_should(monkeypatch, habits, status, refunds):
    monkeypatch.setattr(demo_story, "HABITS", tuple(Habit(habit, 100 // len(habits)) for habit in habits))
    evening = noon(DATES[2]) + dt.timedelta(hours=11)

    story = a_past(0, now=evening, orders_per_day=4 * len(habits) if len(habits) > 1 else 2)

    orders = Order.objects.filter(placed_at__lte=evening - dt.timedelta(minutes=30))
    assert set(orders.values_list("status", flat=True)) == {status}
    assert set(Refund.objects.values_list("why", "status")) == {(why, "done") for why in refunds}
    assert [habit for habit in habits if not story.happened[habit]] == []
    assert not verify.run(now=evening).has_drift


def test_a_late_parcel_tells_of_its_trouble_and_arrives(monkeypatch):
    monkeypatch.setattr(worker, "LATE_PARCELS", 1.0)

    a_past(6, now=noon(DATES[2]), orders_per_day=1)

    troubled = Shipment.objects.filter(tracking__code="problem")
    assert troubled.exists()
    assert all(parcel.promised_on < timezone.localdate(parcel.delivered_at) for parcel in troubled)


def test_nobody_in_the_past_has_a_real_phone():
    a_past(0, now=noon(DATES[2]))

    phones = list(Order.objects.values_list("phone", flat=True))
    assert phones
    assert all(phone.startswith(PHONES) and normal_phone(phone) == phone for phone in phones)


def test_the_demo_keeps_away_from_other_orders(settings, tmp_path):
    settings.VAR = tmp_path
    now = timezone.now()
    farm.load(now=now)
    date = ShipDate.objects.takeable(now).order_by("date")[0].date
    wanted = checkout.Wanted(wants=(Want("kyoho-2500", 1),), date=date, address=HOME)
    checkout.place_order(wanted=wanted, key="a real customer's", now=now)

    with pytest.raises(CommandError, match="1 orders and bookings here were not made"):
        call_command("demo", days=1)

    assert Order.objects.count() == 1
