"""Livestreams: what a show's page says, what it costs to say it to thousands, and which orders it brought."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop import checkout, live, refusals
from shop.models import LiveShow, Lot, Order, ShipDate
from shop.pages import live as pages
from tests.builders import DAY, NOW, a_box, a_lot, a_paid_order, a_ship_date, a_shop, a_show, a_variety, a_wish

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    live.forget()
    pages.forget()
    time_machine.move_to(NOW, tick=False)
    yield time_machine
    live.forget()
    pages.forget()


def page_of(client, code: str = "night") -> str:
    answer = client.get(reverse("shop:live", args=[code]))
    assert answer.status_code == 200
    return answer.content.decode()


def form_link(date: dt.date, sku: str = "kyoho-2500") -> str:
    return f"{reverse('shop:order-form')}?box-{sku}=1&amp;ship_date={date}&amp;live=night#where"


def test_a_running_show_leads_from_each_box_to_the_order_with_the_next_date_that_has_room(client):
    a_shop()
    a_box("other-2500", name_en="Not the host's")
    a_ship_date(DAY + dt.timedelta(days=1))
    a_show(boxes=[a_box()])
    ShipDate.objects.filter(date=DAY).update(taken=500)

    page = page_of(client)

    assert form_link(DAY + dt.timedelta(days=1)) in page
    assert "500 boxes left" in page
    assert "Live now" in page
    assert "Not the host" not in page


def test_the_boxes_left_are_what_both_the_day_and_the_cold_rooms_have(client):
    a_box()
    a_lot(boxes=7)
    a_ship_date()
    a_show()

    assert "7 boxes left" in page_of(client)


def test_a_show_with_dates_of_its_own_offers_no_other_while_they_have_room(client):
    a_shop()
    later = a_ship_date(DAY + dt.timedelta(days=3))
    a_show(dates=[later])

    page = page_of(client)

    assert form_link(later.date) in page
    assert form_link(DAY) not in page


def test_sold_out_names_other_dates_and_the_line_to_wait_in(client):
    day = a_shop()
    a_ship_date(DAY + dt.timedelta(days=3))
    a_show(dates=[day])
    ShipDate.objects.filter(pk=day.pk).update(taken=500)

    page = page_of(client)

    wait = f"{reverse('shop:wait')}?box-kyoho-2500=1&amp;ship_date={DAY}"
    assert "Everything of this show is sold out" in page
    assert form_link(DAY + dt.timedelta(days=3)) in page
    assert wait in page
    assert client.get(wait.replace("&amp;", "&")).status_code == 200


def test_before_it_begins_the_page_counts_down_and_sells_nothing(client, clock):
    a_shop()
    show = a_show(starts_at=NOW + HOUR)

    before = page_of(client)
    clock.move_to(NOW + HOUR, tick=False)
    begun = page_of(client)

    assert f'data-until="{int(show.starts_at.timestamp())}"' in before
    assert "live=night" not in before
    assert "500 boxes left" in before
    assert "live=night" in begun


def test_after_it_has_ended_the_boxes_are_still_there_for_years(client, clock):
    a_shop()
    a_show()
    clock.move_to(NOW + dt.timedelta(hours=4), tick=False)
    over = page_of(client)
    LiveShow.objects.update(starts_at=NOW - dt.timedelta(days=400), ends_at=NOW - dt.timedelta(days=399))

    years_later = page_of(client)

    assert "This show has ended" in over
    assert form_link(DAY) in over
    assert form_link(DAY) in years_later


def test_a_show_that_is_not_there_is_not_found(client):
    assert client.get(reverse("shop:live", args=["none"])).status_code == 404
    assert client.get(reverse("shop:live-now", args=["none"])).status_code == 404


def test_the_page_costs_the_same_with_one_box_and_with_three(client):
    a_shop()
    show = a_show()
    with CaptureQueriesContext(connection) as one:
        page_of(client)
    for code in ("shine", "hamburg"):
        variety = a_variety(code)
        show.boxes.add(a_box(f"{code}-2500", variety=variety))
        a_lot(f"L-{code}", variety=variety)
        a_ship_date(DAY + dt.timedelta(days=len(code)))
    with CaptureQueriesContext(connection) as three:
        page_of(client)

    assert len(three) == len(one) <= 6


def test_asked_again_the_numbers_come_without_a_query_and_as_a_304(client, settings, django_assert_num_queries):
    settings.LIVE_SECONDS = settings.GLANCE_SECONDS = 60
    a_shop()
    a_show()
    place = reverse("shop:live-now", args=["night"])
    first = client.get(place)

    with django_assert_num_queries(0):
        second = client.get(place)
        third = client.get(place, headers={"If-None-Match": first["ETag"]})
        page = client.get(reverse("shop:live", args=["night"]))

    assert (second.status_code, second.content) == (200, first.content)
    assert (third.status_code, third.content) == (304, b"")
    assert third["Cache-Control"] == first["Cache-Control"] == "public, max-age=60"
    assert page.status_code == 200


def test_a_thousand_viewers_ask_the_database_as_often_as_one(client, settings):
    settings.LIVE_SECONDS = settings.GLANCE_SECONDS = 60
    a_shop()
    a_show()
    counts = []
    for viewers in (1, 50):
        live.forget()
        pages.forget()
        live.glance._last.clear()
        with CaptureQueriesContext(connection) as captured:
            for _ in range(viewers):
                client.get(reverse("shop:live-now", args=["night"]))
        counts.append(len(captured))

    assert counts[0] == counts[1] == 6


def test_the_numbers_go_on_when_their_time_is_over(client, settings):
    settings.LIVE_SECONDS = 0
    a_shop()
    a_show()
    place = reverse("shop:live-now", args=["night"])
    before = client.get(place)
    a_paid_order(3)

    after = client.get(place, headers={"If-None-Match": before["ETag"]})

    assert after.status_code == 200
    assert "497 boxes left" in after.content.decode()


def test_an_order_keeps_the_show_it_came_from():
    a_shop()
    show = a_show()

    order = checkout.place_order(wanted=a_wish(live="night"), key="k" * 8, now=NOW)

    assert order.live_show_id == show.pk
    assert Order.objects.get().live_show == show


def test_an_order_without_a_box_of_the_host_is_not_the_shows():
    a_shop()
    a_box("other-2500")
    a_show(boxes=[a_box("other-2500")])

    order = checkout.place_order(wanted=a_wish(live="night"), key="k" * 8, now=NOW)

    assert order.live_show_id is None


@pytest.mark.parametrize(("code", "error"), [("nobody", live.UnknownShow), ("later", live.NotBegun)])
def test_a_show_that_cannot_have_brought_it_is_refused_and_nothing_is_taken(code, error):
    a_shop()
    a_show(code="later", starts_at=NOW + HOUR)

    with pytest.raises(error):
        checkout.place_order(wanted=a_wish(live=code), key="k" * 8, now=NOW)

    assert not Order.objects.exists()
    assert set(ShipDate.objects.values_list("taken", flat=True)) == {0}
    assert set(Lot.objects.values_list("taken", flat=True)) == {0}


def test_a_retry_is_the_same_order_whatever_show_it_names():
    a_shop()
    a_show()
    order = checkout.place_order(wanted=a_wish(live="night"), key="k" * 8, now=NOW)

    assert checkout.place_order(wanted=a_wish(), key="k" * 8, now=NOW) == order


def test_placing_an_order_of_a_show_takes_no_more_statements(settings):
    settings.LIVE_SECONDS = settings.GLANCE_SECONDS = 60
    a_shop()
    a_show()
    counts = []
    for number, code in enumerate(["night", "", "night"]):  # the first looks at shop and shows for all that follow
        with CaptureQueriesContext(connection) as captured:
            checkout.place_order(wanted=a_wish(live=code), key=f"key-{number:04}", now=NOW)
        counts.append(len(captured))

    assert counts[1] == counts[2]


def test_a_sold_out_order_of_a_show_says_so_like_any_other():
    a_shop()
    a_show()
    ShipDate.objects.update(taken=500)

    with pytest.raises(refusals.SoldOut):
        checkout.place_order(wanted=a_wish(live="night"), key="k" * 8, now=NOW)


def test_a_show_cannot_end_before_it_begins():
    with pytest.raises(IntegrityError), transaction.atomic():
        a_show(ends_at=NOW - HOUR * 2)
