"""A hard evening: web, worker and beat are killed with signal 9 amid 500 orders, and everything converges."""

import contextlib
import datetime as dt
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.open_farm import manage, open_farm, until
from tests.stories.hard_evening import HAS_SERVICES, Books, Browser, Hand, a_place, kill

pytestmark = pytest.mark.slow(seconds=90)
ORDERS = 500
BUYERS = ORDERS + 20
EVERY = 24
"""So many buyers, of whom one pays."""
HANDS = 8
BACK_AGAIN = 30.0
"""Seconds, as the farm promises."""
WHILE_BUYING = {
    40: "child of web",
    90: "clock",
    140: "worker",
    190: "child of web",
    250: "web",
    **({310: "child of worker"} if HAS_SERVICES else {}),
    440: "child of web",
}
"""After so many orders this one dies; an embedded worker has no children, and dies itself while packing, too."""
WHILE_PACKING = {3: "worker", 8: "child of worker", 14: "clock"}
"""After so many parcels have left the bench this one dies."""
SHIPPED = "SELECT count(*) FROM shop_order WHERE status IN ('shipped', 'delivered')"
FORSAKEN = "SELECT count(*) FROM farm_job WHERE state = 'running' AND next_try_at < CURRENT_TIMESTAMP"
PARKED = "SELECT count(*) FROM farm_job WHERE state = 'parked'"
UNTOLD = "SELECT count(*) FROM farm_outboxmessage WHERE sent_at IS NULL"


class Evening:
    """What the buyers of the evening know, and what the books say."""

    def __init__(self, farm, books: Books) -> None:
        self.farm = farm
        self.books = books
        self.ship_date = second_open_date(farm.address)
        self.absent: list[tuple[str, float]] = []
        """Who was killed while buyers ordered, and how many seconds it took until all was as before."""
        self.hands = [Hand(farm.address, self.ship_date) for _ in range(HANDS)]

    @property
    def orders(self) -> dict[str, str]:
        return {key: number for hand in self.hands for key, number in hand.orders.items()}

    @property
    def paid(self) -> list[str]:
        return [number for hand in self.hands for number in hand.paid]

    @property
    def statuses(self) -> Counter[int]:
        return sum((hand.statuses for hand in self.hands), Counter())

    @property
    def refusals(self) -> Counter[str]:
        return sum((hand.refusals for hand in self.hands), Counter())

    @property
    def cuts(self) -> int:
        return sum(hand.cuts for hand in self.hands)

    def sell(self) -> None:
        with ThreadPoolExecutor(HANDS + len(WHILE_BUYING)) as pool:
            served = [
                pool.submit(hand.serve, range(place, BUYERS, HANDS), every=EVERY)
                for place, hand in enumerate(self.hands)
            ]
            mended: list[tuple[str, Future[float]]] = []
            for orders, victim in WHILE_BUYING.items():
                until(lambda enough=orders: self._sold(enough) or all(one.done() for one in served), every=0.02)
                mended.append((victim, pool.submit(kill(self.farm, victim))))
        for one in served:
            one.result()
        self.absent = [(victim, one.result()) for victim, one in mended]

    def _sold(self, enough: int) -> bool:
        return sum(len(hand.orders) for hand in self.hands) >= enough

    def pack(self) -> None:
        for parcels, victim in WHILE_PACKING.items():
            until(lambda parcels=parcels: self.books.number(SHIPPED) >= parcels)
            kill(self.farm, victim)


@pytest.fixture(scope="module")
def evening(tmp_path_factory):
    var = tmp_path_factory.mktemp("evening")
    with a_place(var) as books, open_farm(var) as farm:
        evening = Evening(farm, books)
        evening.sell()
        evening.pack()
        yield evening


def second_open_date(address: str) -> str:
    """The first might close at its cut-off while the test runs."""
    today = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
    months = (today, today.replace(day=1) + dt.timedelta(days=32))
    with contextlib.closing(Browser(address)) as browser:
        asked = [browser.ask("GET", f"/api/v1/availability?month={month:%Y-%m}") for month in months]
    days = [day for answer in asked for day in answer.json()["results"]]
    return [day["date"] for day in days if day["is_open"] and day["left"] == ORDERS][1]


def test_everybody_got_an_answer(evening):
    assert len(evening.orders) == ORDERS
    assert evening.refusals == {"sold_out": BUYERS - ORDERS}


def test_nobody_saw_an_error_of_the_server(evening):
    assert [status for status in evening.statuses if status >= 500] == []


def test_the_kills_were_felt(evening):
    words = evening.farm.words

    assert evening.cuts > 0
    assert [name for name in ("web", "worker", "clock") if f"{name} was ended by signal 9" not in words] == []


def test_whoever_was_killed_was_back_within_half_a_minute(evening):
    assert [victim for victim, _ in evening.absent] == list(WHILE_BUYING.values())
    assert [(victim, seconds) for victim, seconds in evening.absent if seconds > BACK_AGAIN] == []


def test_every_key_has_one_order_and_no_order_is_a_strangers(evening):
    remembered = evening.books.rows("SELECT key, subject FROM farm_rememberedrequest WHERE scope LIKE 'order:%'")
    numbers = evening.books.rows("SELECT number FROM shop_order")

    assert sorted(remembered) == sorted(evening.orders.items())
    assert sorted(numbers) == sorted((number,) for number in evening.orders.values())


def test_the_day_is_sold_to_the_last_box_and_no_further(evening):
    day = f"FROM shop_shipdate WHERE date = '{evening.ship_date}'"

    assert evening.books.rows(f'SELECT taken, "limit" {day}') == [(ORDERS, ORDERS)]


def test_every_paid_order_is_shipped_and_no_other(evening):
    until(lambda: evening.books.number(SHIPPED) >= len(evening.paid))

    shipped = evening.books.rows("SELECT number FROM shop_order WHERE status IN ('shipped', 'delivered')")
    assert sorted(shipped) == sorted((number,) for number in evening.paid)


def test_every_parcel_has_a_waybill_of_its_own(evening):
    waybills = [waybill for (waybill,) in evening.books.rows("SELECT waybill_no FROM shop_shipment")]

    assert len(set(waybills) - {""}) == len(waybills) == len(evening.paid)


def test_everybody_paid_once(evening):
    captured = evening.books.rows(
        "SELECT payable FROM farm_payment WHERE status = 'captured' AND payable LIKE 'order:%'"
    )

    assert sorted(captured) == sorted((f"order:{number}",) for number in evening.paid)


def test_nothing_is_forsaken_untold_or_parked(evening):
    until(lambda: evening.books.number(FORSAKEN) == evening.books.number(UNTOLD) == 0)

    assert evening.books.number(PARKED) == 0


def test_the_books_add_up(evening):
    result = manage(evening.farm.var, "verify")

    assert result.returncode == 0, result.stdout
    assert "no drift" in result.stdout
