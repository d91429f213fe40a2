"""The way from a livestream to an order, over the order form and over REST, and what staff read of it afterwards."""

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from shop import changes, checkout, live
from shop.models import LiveShow, Order
from shop.pages import live as pages
from tests.builders import DAY, HOME, NOW, a_box, a_capture, a_shop, a_show, a_wish, work_off
from tests.rest import a_body, placed, refused
from tests.staff import a_boss, a_member, list_of, page_of, queries

pytestmark = pytest.mark.django_db
TYPED = {**vars(HOME), "box-kyoho-2500": "1", "ship_date": str(DAY)}


@pytest.fixture(autouse=True)
def clock():
    live.forget()
    pages.forget()
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved
    live.forget()
    pages.forget()


def an_order_of_a_show(boxes: int = 1) -> Order:
    key = f"key-{Order.objects.count():06}"
    return checkout.place_order(wanted=a_wish(boxes, live="night"), key=key, now=NOW)


def paid(order: Order) -> Order:
    a_capture(order)
    work_off()
    order.refresh_from_db()
    return order


def ordered(client, **said: str) -> Any:
    """Order as somebody without scripts does: where a total has to be agreed to first, agree to it."""
    typed = {**TYPED, **said, "key": "k" * 8}
    answer = client.post(reverse("shop:order-form"), typed)
    total = re.search(r'name="agreed_fen" value="([0-9]+)"', answer.content.decode())
    return client.post(reverse("shop:order-form"), {**typed, "agreed_fen": total[1]}) if total else answer


def test_the_form_carries_the_show_to_the_order(client):
    a_shop()
    show = a_show()

    form = client.get(f"{reverse('shop:order-form')}?box-kyoho-2500=1&ship_date={DAY}&live=night").content.decode()
    again = client.post(reverse("shop:order-choices"), {**TYPED, "live": "night"}).content.decode()
    ordered(client, live="night")

    hidden = '<input type="hidden" name="live" value="night"'
    assert (hidden in form, hidden in again) == (True, True)
    assert Order.objects.get().live_show == show


def test_boxes_put_into_the_basket_from_a_show_bring_their_order_to_it(client):
    a_shop()
    a_box("kyoho-gift", is_gift=True)
    show = a_show()
    put_in = reverse("shop:basket-boxes")
    page = client.get(reverse("shop:live", args=["night"])).content.decode()

    client.post(put_in, {"sku": "kyoho-2500", "live": "night"})
    client.post(put_in, {"sku": "kyoho-gift", "live": "nobody"})
    client.post(reverse("shop:basket-changes"), {"quantity-kyoho-2500": "2"})
    kept = client.cookies["basket"].value
    form = client.get(reverse("shop:order-form")).content.decode()
    ordered(client, live="night")

    assert f'action="{put_in}"' in page
    assert kept == "kyoho-2500:2:night|kyoho-gift:1"
    assert '<input type="hidden" name="live" value="night"' in form
    assert Order.objects.get().live_show == show
    assert client.cookies["basket"].value == "kyoho-gift:1"
    assert 'name="live" value="night"' not in client.get(reverse("shop:order-form")).content.decode()


@pytest.mark.parametrize(
    ("put_in", "credited"),
    [(["night", "second"], "second"), (["second", "night"], "night"), (["night", "second", "night"], "night")],
)
def test_of_two_shows_the_one_whose_box_was_put_in_last_brings_the_order(client, put_in, credited):
    a_shop()
    a_show("night")
    a_show("second", boxes=[a_box("kyoho-gift", is_gift=True)])

    for code in put_in:
        sku = "kyoho-2500" if code == "night" else "kyoho-gift"
        client.post(reverse("shop:basket-boxes"), {"sku": sku, "live": code})
    form = client.get(reverse("shop:order-form")).content.decode()

    assert f'<input type="hidden" name="live" value="{credited}"' in form


def test_the_page_of_a_box_hands_the_show_on(client):
    a_shop()

    page = client.get(reverse("shop:box", args=["kyoho-2500"]) + '?live="night"').content.decode()

    assert page.count('name="live" value="&quot;night&quot;"') == 1


@pytest.mark.parametrize("code", ["nobody", "later", "x" * 500, "夜"])
def test_a_link_with_a_wrong_show_still_sells(client, code):
    a_shop()
    a_show(code="later", starts_at=NOW + dt.timedelta(hours=1))

    answer = ordered(client, live=code)

    assert answer.status_code == 302
    assert Order.objects.get().live_show is None


def test_over_rest_an_order_names_its_show(client):
    a_shop()
    show = a_show()

    answer = placed(client, a_body(live="night"))

    assert answer.status_code == 201
    assert Order.objects.get().live_show == show


def test_over_rest_an_unknown_show_is_refused_in_words(client):
    a_shop()
    a_show(code="later", starts_at=NOW + dt.timedelta(hours=1))

    document = refused(placed(client, a_body(live="nobody")), 400, "unknown_show")
    refused(placed(client, a_body(live="later")), 409, "show_not_begun")

    assert document["fields"][0]["field"] == "live"
    assert Order.objects.count() == 0


def test_staff_read_what_each_show_brought(client):
    a_shop()
    a_show()
    a_show(code="quiet")
    paid(an_order_of_a_show(3))
    an_order_of_a_show(2)
    changes.cancel(order=paid(an_order_of_a_show(7)), by="customer", now=NOW)
    a_member(client, "shop")

    answer = client.post(f"{list_of(LiveShow)}export/", {"format": "1", "resource": "0"})
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))}
    page = client.get(page_of(LiveShow.objects.get(code="night"))).content.decode()

    brought = ("orders_paid", "boxes_paid", "boxes_yuan", "boxes_fen", "orders_open")
    assert [rows["night"][name] for name in brought] == ["1", "3", "204.00", "20400", "1"]
    assert [rows["quiet"][name] for name in brought] == ["0", "0", "0.00", "0", "0"]
    assert "Kyoho 2.5 kg ×3 · ¥204.00" in page


def test_the_list_of_shows_costs_the_same_for_one_and_for_three(client):
    a_shop()
    a_show()
    a_boss(client)
    one = queries(client, list_of(LiveShow))
    for code in ("second", "third"):
        a_show(code=code)
    an_order_of_a_show()

    assert queries(client, list_of(LiveShow)) == one


def test_staff_plan_a_show_with_its_boxes(client):
    day = a_shop()
    a_member(client, "shop")
    said = {
        "code": "autumn", "title_zh": "秋天", "title_en": "Autumn", "host_zh": "小李", "host_en": "Li",
        "starts_at_0": "2026-09-09", "starts_at_1": "19:00", "ends_at_0": "2026-09-09", "ends_at_1": "21:00",
        "boxes": [a_box().pk], "ship_dates": [day.pk],
    }  # fmt: skip

    client.post(reverse("admin:shop_liveshow_add"), said)

    show = LiveShow.objects.get()
    assert (show.code, [box.sku for box in show.boxes.all()]) == ("autumn", ["kyoho-2500"])


def test_the_first_page_leads_to_the_show_while_it_is_on(client, clock):
    a_shop()
    a_show(title_en="Kyoho night")
    a_show(code="later", starts_at=NOW + dt.timedelta(hours=5), ends_at=NOW + dt.timedelta(hours=6))

    now = client.get(reverse("home")).content.decode()
    clock.move_to(NOW + dt.timedelta(hours=4))
    afterwards = client.get(reverse("home")).content.decode()

    assert reverse("shop:live", args=["night"]) in now
    assert "Kyoho night" in now
    assert reverse("shop:live", args=["later"]) not in now
    assert "Live now" not in afterwards


@pytest.mark.parametrize(("hours", "words"), [(1, "until 11:00"), (24, "until Wed 9 Sep, 10:00")])
def test_a_show_past_midnight_says_on_which_day_it_ends(client, hours, words):
    a_shop()
    a_show(ends_at=NOW + dt.timedelta(hours=hours))

    pages_with_it = [
        client.get(path).content.decode() for path in (reverse("home"), reverse("shop:live", args=["night"]))
    ]

    assert [words in page for page in pages_with_it] == [True, True]
