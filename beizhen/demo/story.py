"""The demo farm's past: customers, packing house and carrier drive the real stories through simulated days."""

import datetime as dt
import heapq
import itertools
import random
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.utils import timezone

from beizhen.demo.deck import Deck
from beizhen.demo.own import own_settings
from beizhen.demo.people import Crowd
from beizhen.demo.visiting import Visiting
from beizhen.demo.worker import Worker
from farm.models import Payment
from farm.payments import cashier
from farm.refusals import Refused
from shop import changes, checkout, paying, planning
from shop.models import Box, Order, ShipDate

Step = Callable[[dt.datetime], None]

BUSY_HOURS = {
    7: 2,
    8: 4,
    9: 6,
    10: 7,
    11: 6,
    12: 6,
    13: 4,
    14: 4,
    15: 4,
    16: 4,
    17: 4,
    18: 5,
    19: 9,
    20: 14,
    21: 12,
    22: 6,
}
"""How many of a hundred orders come in which hour: people buy at noon and in the evening's livestream."""
OWN = {"BELL_RINGS": False, "DEMO_CLOCK": False, "PACKING_BENCH": "staff", "CARRIER": "simulated"}
"""No bells, for this process does all work itself; the real calendar; and people at the packing bench."""
NEXT_DATES = (50, 20, 12, 8, 4, 3, 3)
"""How many of a hundred customers take the first open ship date, the second, and so on."""


@dataclass(frozen=True)
class Habit:
    """What becomes of an order after it was placed, and how many of a hundred do so."""

    name: str
    percent: int


HABITS = (
    Habit("pays", 76),
    Habit("pays at the second try", 2),
    Habit("pays twice", 1),
    Habit("pays late", 2),
    Habit("leaves the cashier", 7),
    Habit("never pays", 3),
    Habit("cancels", 4),
    Habit("cancels unpaid", 1),
    Habit("changes the date", 3),
    Habit("moves house", 1),
)


class Story:
    """One run through the past. `happened` counts what the days brought, `habits` are by order number."""

    def __init__(self, *, first: dt.date, until: dt.datetime, orders_per_day: int, seed: int) -> None:
        self.happened: Counter[str] = Counter()
        self.habits: dict[str, str] = {}
        self._first = first
        self._until = until
        self._orders_per_day = orders_per_day
        self._dice = random.Random(seed)  # noqa: S311  # a story, not a secret
        self._deck = Deck({habit.name: habit.percent for habit in HABITS}, self._dice)
        self._crowd = Crowd(self._dice)
        self._worker = Worker(self._dice, until, self._at)
        self._agenda: list[tuple[dt.datetime, int, Step]] = []
        self._order_of_entry = itertools.count()
        self.visiting = Visiting(
            seed=seed + 1, orders_per_day=orders_per_day, at=self._at, worker=self._worker, happened=self.happened
        )
        self._boxes = list(Box.objects.filter(is_offered=True).select_related("variety"))
        self._dates = list(ShipDate.objects.filter(date__gte=first, is_closed=False).order_by("date"))

    def tell(self, progress: Callable[[dt.date], None]) -> None:
        """Live through all days up to `until`, and finish what is due by then."""
        with own_settings(**OWN):
            self._live(progress)

    def _live(self, progress: Callable[[dt.date], None]) -> None:
        days = (timezone.localdate(self._until) - self._first).days + 1
        for number in range(days):
            self._at(_moment(self._first + dt.timedelta(days=number), 0, 0), partial(self._begin_day, progress))
        while self._agenda and self._agenda[0][0] <= self._until:
            moment, _, step = heapq.heappop(self._agenda)
            step(moment)
        self.visiting.sweep(self._until)
        self._worker.finish(self._until)

    def _at(self, moment: dt.datetime, step: Step) -> None:
        heapq.heappush(self._agenda, (moment, next(self._order_of_entry), step))

    def _begin_day(self, progress: Callable[[dt.date], None], now: dt.datetime) -> None:
        date = timezone.localdate(now)
        progress(date)
        self.visiting.begin_day(now)
        self._at(_moment(date, 4, 30), self._plan)
        for hour in (9, 13, 18, 23):
            self._at(_moment(date, hour, 45), self._worker.do_small_jobs)
        share = self._dice.uniform(0.6, 1.4) * (1.25 if date.weekday() in (4, 5) else 0.9)
        for _ in range(round(self._orders_per_day * share)):
            hour = self._dice.choices(list(BUSY_HOURS), weights=list(BUSY_HOURS.values()))[0]
            self._at(_moment(date, hour, self._dice.randrange(60)) + self._seconds(1, 59), self._customer)

    def _plan(self, now: dt.datetime) -> None:
        planning.plan_due_days(now)
        self._worker.begin_packing_day(now)

    def _customer(self, now: dt.datetime) -> None:
        """Somebody places an order; what they do next depends on their habits."""
        date = self._ship_date(now)
        if date is None:
            return
        boxes = [box for box in self._boxes if box.season_from <= date <= box.season_until]
        try:
            order = checkout.place_order(wanted=self._crowd.wish(boxes, date), key=uuid.uuid4().hex, now=now)
        except Refused as refusal:
            self.happened[f"refused: {refusal.code}"] += 1
            return
        habit = self.habits[order.number] = self._deck.deal()
        self.happened[habit] += 1
        self._ways()[habit](order, now)

    def _ways(self) -> dict[str, Callable[[Order, dt.datetime], None]]:
        return {
            "pays": self._will_pay,
            "pays at the second try": partial(self._will_pay, first=cashier.fail),
            "pays twice": partial(self._will_pay, last=cashier.pay_twice),
            "pays late": partial(self._will_pay, last=cashier.pay_late),
            "leaves the cashier": partial(self._will_pay, last=cashier.abandon),
            "never pays": self._will_expire,
            "cancels": partial(self._will_pay, then=self._cancel),
            "cancels unpaid": partial(self._will_reconsider, then=self._cancel),
            "changes the date": partial(self._will_pay, then=self._change_date),
            "moves house": partial(self._will_pay, then=self._move_house),
        }

    def _will_pay(
        self,
        order: Order,
        now: dt.datetime,
        *,
        first: Callable[[Payment, dt.datetime], None] | None = None,
        last: Callable[[Payment, dt.datetime], None] = cashier.pay,
        then: Callable[[Order, dt.datetime], None] | None = None,
    ) -> None:
        pays_at = now + self._seconds(40, 500)
        if first:
            self._at(pays_at - dt.timedelta(seconds=25), partial(self._pay, order, first))
        self._at(pays_at, partial(self._pay, order, last))
        if last in (cashier.abandon, cashier.pay_late):
            self._will_expire(order, now)
        if then:
            self._will_reconsider(order, pays_at, then=then)

    def _will_expire(self, order: Order, now: dt.datetime) -> None:
        """The sweeps find the dead hold, close the attempt, and send late money back."""
        self._at(order.hold_until + dt.timedelta(seconds=6), self._worker.sweep)
        self._at(order.hold_until + dt.timedelta(seconds=45), self._worker.sweep)

    def _will_reconsider(self, order: Order, now: dt.datetime, *, then: Callable[[Order, dt.datetime], None]) -> None:
        self._at(now + self._seconds(120, 400), partial(self._reconsider, order, then))

    def _pay(self, order: Order, choose: Callable[[Payment, dt.datetime], None], now: dt.datetime) -> None:
        choose(paying.start(order=order, provider="practice", return_url="/", now=now), now)
        self._worker.tell(now)

    def _reconsider(self, order: Order, then: Callable[[Order, dt.datetime], None], now: dt.datetime) -> None:
        order = Order.objects.select_related("ship_date").get(pk=order.pk)
        try:
            then(order, now)
        except Refused as refusal:  # the cut-off came first, or the new date is full: as it happens to people
            self.happened[f"refused: {refusal.code}"] += 1
        self._worker.tell(now)

    def _cancel(self, order: Order, now: dt.datetime) -> None:
        changes.cancel(order=order, by="customer", now=now)

    def _change_date(self, order: Order, now: dt.datetime) -> None:
        later = [date.date for date in self._dates if date.date > order.ship_date.date]
        changes.change_ship_date(order=order, to=later[self._dice.randrange(4)], by="customer", now=now)

    def _move_house(self, order: Order, now: dt.datetime) -> None:
        changes.change_address(order=order, address=self._crowd.another_street(order), by="customer", now=now)

    def _ship_date(self, now: dt.datetime) -> dt.date | None:
        dates = [date.date for date in self._dates if date.is_open(now)][: len(NEXT_DATES)]
        return self._dice.choices(dates, weights=NEXT_DATES[: len(dates)])[0] if dates else None

    def _seconds(self, least: int, most: int) -> dt.timedelta:
        return dt.timedelta(seconds=self._dice.randint(least, most))


def _moment(date: dt.date, hour: int, minute: int) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(hour, minute), timezone.get_default_timezone())
