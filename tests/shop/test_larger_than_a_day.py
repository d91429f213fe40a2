"""An order larger than all that its day packs: it is told so, named days with room for it, and kept out of the line."""

import datetime as dt
import html

import pytest

from shop import glance
from shop.links import order_path
from shop.models import Order, ShipDate
from shop.refusals import LargerThanADay, SoldOut
from tests.builders import DAY, HOME, NOW, a_box, a_lot, a_paid_order, a_ship_date, an_order

pytestmark = pytest.mark.django_db
NEXT = DAY + dt.timedelta(days=1)
WORDS = "This is more than we pack on Thu 10 Sep in all."


@pytest.fixture
def small_day(settings, time_machine):
    """A day whose two boxes are sold, known to the glance for the rest of the test, and one more of two."""
    time_machine.move_to(NOW, tick=False)
    a_box()
    a_lot()
    a_ship_date(limit=2)
    a_ship_date(NEXT, limit=2)
    an_order(2)
    settings.GLANCE_SECONDS = 60


def shown(answer) -> str:
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("limit", "advice"),
    [(3, "Take fewer boxes, or spread them over several days."), (4, "The next dates with room: Fri 11 Sep.")],
)
def test_it_sells_nothing_and_names_the_days_that_have_room(small_day, limit, advice):
    ShipDate.objects.filter(date=DAY).update(limit=3)
    ShipDate.objects.filter(date=NEXT).update(limit=limit)

    with pytest.raises(LargerThanADay) as refused:
        an_order(4)

    said = refused.value
    assert (said.code, said.extra["limit"], said.extra["left"]) == ("sold_out", 3, 1)
    assert (said.reason, said.advice) == (WORDS, advice)
    assert Order.objects.count() == 1


def test_it_is_told_so_while_the_flag_is_up(small_day):
    with pytest.raises(SoldOut):
        an_order(1)

    with pytest.raises(LargerThanADay, match="more than we pack"):
        an_order(3)


@pytest.mark.parametrize(("wanted", "seen"), [(2, 2), (3, 2), (3, 3)], ids=["many", "too many", "too many, seen late"])
def test_nobody_else_hears_of_the_days_that_only_a_large_order_lacks(small_day, wanted, seen):
    """The other day packs one box: nothing for the first buyer, and enough for the next."""
    ShipDate.objects.filter(date=NEXT).update(limit=1)
    ShipDate.objects.filter(date=DAY).update(limit=seen)
    glance.fresh(NOW)
    ShipDate.objects.filter(date=DAY).update(limit=2)
    with pytest.raises(SoldOut) as first:
        an_order(wanted)

    with pytest.raises(SoldOut) as second:
        an_order(1)

    assert (first.value.extra["next_dates"], second.value.extra["next_dates"]) == ([], [str(NEXT)])


def test_its_day_has_no_line_to_press(client, small_day):
    """Its refusal names no day either that has boxes left, but too few."""
    pages = {boxes: shown(client.get(f"/order/?box-kyoho-2500={boxes}")) for boxes in (2, 3)}
    asked = {"box-kyoho-2500": "3", "ship_date": str(DAY), "phone": "139 1111 2222", "join": "1"}
    refused = shown(client.post("/wait/", asked))

    assert {boxes: 'name="wait_for"' in page for boxes, page in pages.items()} == {2: True, 3: False}
    assert WORDS in refused
    assert "other_date" not in refused


@pytest.mark.parametrize("address", ["/order/", "/order/total/"])
def test_it_is_not_sent_into_the_line(client, small_day, address):
    ShipDate.objects.filter(date=NEXT).update(limit=3)

    page = shown(client.post(address, {"box-kyoho-2500": "3", "ship_date": str(DAY), **vars(HOME)}))

    assert WORDS in page
    assert f'name="other_date" value="{NEXT}"' in page
    assert "chip--wait" not in page


def test_one_that_stands_is_advised_to_stay_and_not_to_be_smaller(client, small_day):
    a_ship_date(DAY + dt.timedelta(days=2))
    order = a_paid_order(3, date=DAY + dt.timedelta(days=2))

    answer = client.post(f"{order_path(order)}ship-date/", {"ship_date": str(NEXT)})
    ShipDate.objects.update(limit=3)
    ShipDate.objects.filter(date=NEXT).update(limit=2)
    alone = client.post(f"{order_path(order)}ship-date/", {"ship_date": str(NEXT)})

    assert (answer.status_code, alone.status_code) == (409, 409)
    assert "The next dates with room: Sat 12 Sep." in shown(answer)
    assert "in all. Choose another day, or leave the order on its own." in shown(alone)
