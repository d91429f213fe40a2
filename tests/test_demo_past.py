"""The demo's past: one is lived by customers and visitors of every habit, then it is asked how each of them fared."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from beizhen.demo import farm, guests, visiting, visits, weather, worker
from beizhen.demo import story as telling
from beizhen.demo.people import PHONES
from beizhen.demo.story import Habit, Story
from farm import chores
from farm.models import Refund, StaffTask
from farm.security import normal_phone
from shop import calendar_days, damage
from shop.damage import Hurt
from shop.models import Order, OrderLine, ShipDate, Shipment
from tests.builders import a_place_in_line
from tests.drift import drift_and_delay
from tests.pictures import a_photo, private_folder
from tests.staff import a_boss, page_of, statements
from tests.standing import standing
from tests.test_demo import noon
from tours.models import Booking, CheckIn, ClosureOffer, Credit, WaitingParty

pytestmark = [pytest.mark.django_db, pytest.mark.once("a demo is told by stories that run on both")]
NOW = noon(dt.date(2026, 11, 28))
"""A Saturday: parcels leave on each of the days before."""
DAYS, ORDERS_PER_DAY, PARTIES_PER_DAY = 5, 5, 9
NOT_IN_ANY_PAST = {"axes.AccessAttempt", "axes.AccessFailureLog", "axes.AccessLog", "farm.StatementCheck"}
SEED = 4
"""In this past somebody in line was lucky, too; decks of habits deal all else in any."""
A_WHILE_AGO = NOW - dt.timedelta(minutes=45)
"""Who ordered or booked before has done what its habit says, and the sweeps have come by."""


@pytest.fixture(scope="module")
def story(django_db_setup, django_db_blocker):
    """The past that all tests ask: it is lived once, and rained out at the end."""
    with pytest.MonkeyPatch.context() as patched, standing(django_db_blocker):
        every_habit_as_often(patched)
        yield a_past()


def every_habit_as_often(patched: pytest.MonkeyPatch) -> None:
    """It rains on most days, parcels are late where they can, and the cold store has few seats."""
    patched.setattr(telling, "HABITS", tuple(Habit(habit.name, 1) for habit in telling.HABITS))
    patched.setattr(visiting, "HABITS", dict.fromkeys(visiting.HABITS, 1))
    patched.setattr(visiting, "PARTIES_PER_ORDER", PARTIES_PER_DAY / ORDERS_PER_DAY)
    patched.setattr(weather, "RAINY", 0.8)
    patched.setattr(weather, "THINKS", (10, 100))
    patched.setattr(weather, "BOOKS_AGAIN", (10, 100))
    patched.setattr(weather, "CHOICES", {"time": 1, "money": 1, "credit": 2, "nothing": 1})
    patched.setattr(worker, "LATE_PARCELS", 1)
    patched.setattr(worker, "LATE_BY", (16, 18))
    patched.setattr(visiting, "WAITS", 1)
    patched.setattr(guests, "LIKED", {"kyoho-picking": 1, "cold-store-tasting": 2})
    patched.setattr(guests, "LOOK_AHEAD", dt.timedelta(days=2))
    patched.setitem(guests.PARTIES, "cold-store-tasting", ({"adult": 2}, {"senior": 2}))
    [tasting] = [plan for plan in visits.PLAN["experiences"] if plan["code"] == "cold-store-tasting"]
    patched.setitem(tasting["rules"][0], "capacity", 4)


def a_past() -> Story:
    first = timezone.localdate(NOW) - dt.timedelta(days=DAYS)
    farm.load(now=NOW)
    farm.load_past(first=first, orders_per_day=ORDERS_PER_DAY, now=NOW)
    story = Story(first=first, until=NOW, orders_per_day=ORDERS_PER_DAY, seed=SEED)
    story.tell(lambda date: None)
    return story


def of(habit: str, habits: dict[str, str], numbers: Iterable[str]) -> set[str]:
    """Which of these orders or bookings were made by somebody with this habit: there are some."""
    made = {number for number in numbers if habits[number] == habit}
    assert made, f"nobody {habit}"
    return made


def test_its_books_add_up(story):
    assert drift_and_delay(NOW) == []


def test_orders_are_everywhere_on_their_way_and_none_is_from_the_future(story):
    assert set(Order.objects.values_list("status", flat=True)) >= {"delivered", "shipped", "paid"}
    assert sum(story.happened[habit.name] for habit in telling.HABITS) == Order.objects.count() == len(story.habits)
    assert not Order.objects.filter(placed_at__gt=NOW).exists()


@pytest.mark.parametrize(
    ("habit", "statuses", "refunds"),
    [
        ("pays", KEPT := {"paid", "planned", "picked", "packed", "shipped", "delivered"}, set()),
        ("pays at the second try", KEPT, set()),
        ("changes the date", KEPT, set()),
        ("moves house", KEPT, set()),
        ("pays twice", KEPT, {"double"}),
        ("pays late", {"expired"}, {"late"}),
        ("leaves the cashier", {"expired"}, set()),
        ("never pays", {"expired"}, set()),
        ("cancels", {"cancelled"}, {"cancelled"}),
        ("cancels unpaid", {"cancelled"}, set()),
    ],
)
def test_each_habit_ends_as_it_should(story, habit, statuses, refunds):
    placed = Order.objects.filter(placed_at__lte=A_WHILE_AGO).values_list("number", flat=True)
    orders = Order.objects.filter(number__in=of(habit, story.habits, placed))

    assert set(orders.values_list("status", flat=True)) <= statuses
    paid_back = Refund.objects.filter(payment__payable__in=[f"order:{order.number}" for order in orders])
    assert set(paid_back.values_list("why", "status")) == {(why, "done") for why in refunds}


def test_a_late_parcel_tells_of_its_trouble_and_arrives(story):
    troubled = Shipment.objects.filter(tracking__code="problem")

    assert troubled.exists()
    assert all(parcel.promised_on < timezone.localdate(parcel.delivered_at) for parcel in troubled)


def test_nobody_in_it_has_a_real_phone(story):
    phones = list(Order.objects.values_list("phone", flat=True))
    phones += Booking.objects.exclude(phone="").values_list("phone", flat=True)

    assert phones
    assert all(phone.startswith(PHONES) and normal_phone(phone) == phone for phone in phones)


def test_visits_were_booked_and_held_by_those_who_came(story):
    assert set(Booking.objects.values_list("status", flat=True)) >= {"attended", "confirmed", "cancelled", "expired"}
    assert set(Booking.objects.values_list("channel", flat=True)) == {"web", "gate"}
    assert CheckIn.objects.filter(at__lte=NOW).count() == CheckIn.objects.count() > 10
    assert not Booking.objects.filter(held_at__gt=NOW).exists()


@pytest.mark.parametrize(
    ("habit", "statuses"),
    [
        ("comes", {"attended", "confirmed"}),
        ("comes in two groups", {"attended", "confirmed"}),
        ("moves", {"attended", "confirmed"}),
        ("brings one more", {"attended", "confirmed"}),
        ("stays away", {"no-show", "confirmed"}),
        ("never pays", {"expired"}),
        ("leaves the cashier", {"expired"}),
        ("pays late", {"expired"}),
        ("cancels", {"cancelled", "confirmed", "attended"}),
    ],
)
def test_each_habit_of_visitors_ends_as_it_should(story, habit, statuses):
    held = Booking.objects.filter(channel="web", held_at__lte=A_WHILE_AGO)
    dry = held.filter(closure_offers=None, slot__is_closed=False)
    bookings = of(habit, story.visiting.habits, dry.values_list("number", flat=True))

    ended = set(Booking.objects.filter(number__in=bookings).values_list("status", flat=True))
    assert ended <= statuses
    assert ended != {"confirmed"}


def test_who_was_rained_out_chose(story):
    assert set(ClosureOffer.objects.values_list("status", flat=True)) >= {"moved", "refunded", "credited"}


def test_a_credit_is_used_for_another_visit(story):
    assert Credit.objects.filter(taken__gt=0).exists()


def test_parties_in_line_book_what_comes_free(story):
    assert WaitingParty.objects.filter(status="booked").exists()


def test_nothing_is_left_to_the_staff(story):
    assert not StaffTask.objects.exists()


def test_no_page_of_a_row_asks_the_same_three_times(story, client, settings, tmp_path):
    """Once for the row and once for what may be done with it, of all that staff can open."""
    private_folder(settings, tmp_path)
    what_else_there_may_be()
    a_boss(client)
    reverse("admin:index")  # the models of the staff's tool are known once an address of it was asked for
    last = {model: model._default_manager.last() for model in admin.site._registry.keys() - {OrderLine}}

    asked = {row: Counter(statements(client, page_of(row))) for row in last.values() if row}

    assert {model._meta.label for model, row in last.items() if row is None} == NOT_IN_ANY_PAST
    assert {row: often for row, one in asked.items() if (often := [sql for sql in one if one[sql] > 2])} == {}


def what_else_there_may_be() -> None:
    """Damaged fruit with a photo, somebody in line for a full day, and a task about it."""
    order = Order.objects.filter(status=Order.Status.DELIVERED).latest("shipment__delivered_at")
    hurt = [Hurt(order.lines.all()[0].box.sku, 1)]
    damage.report(order=order, hurt=hurt, words="", photos=[a_photo()], now=NOW)
    full = ShipDate.objects.takeable(NOW).filter(taken__gt=0)[0]
    calendar_days.set_limit(ship_date=full, limit=full.taken, by="boss", now=NOW)
    a_place_in_line(1, date=full.date, now=NOW)
    chores.raise_task(key="full", what=lambda: "Look", about=full.counter, due_at=NOW, now=NOW)
