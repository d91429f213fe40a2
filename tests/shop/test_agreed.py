"""No total that nobody has read: what was agreed to is what is ordered, or nothing is."""

import html
import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from shop import checkout, refusals
from shop.models import Box, Order, ShipDate
from tests.builders import DAY, HOME, NOW, a_box, a_shop, a_wish, an_order
from tests.shop.test_pages_ordering import typed

pytestmark = pytest.mark.django_db
TOLD = "The total is ¥162.00 now, no longer ¥158.00"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def shown(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def nothing_was_taken() -> bool:
    return not Order.objects.exists() and not ShipDate.objects.exclude(taken=0).exists()


def test_another_price_than_agreed_is_refused_with_the_new_total_and_nothing_is_taken(client: Client):
    a_shop()
    Box.objects.update(price_fen=7000)

    answer = client.post("/order/", typed())

    assert answer.status_code == 409
    assert TOLD in shown(answer)
    assert 'name="agreed_fen" value="16200"' in shown(answer)
    assert f'name="street" value="{HOME.street}"' in shown(answer)
    assert nothing_was_taken()


def test_the_new_total_is_ordered_with_one_press(client: Client):
    a_shop()
    Box.objects.update(price_fen=7000)
    client.post("/order/", typed())

    answer = client.post("/order/", typed(agreed_fen=16200))

    assert answer.status_code == 302
    assert Order.objects.get().total_fen == 16200


def test_a_cheaper_total_is_asked_back_as_well(client: Client):
    a_shop()

    answer = client.post("/order/", typed(agreed_fen=99900))

    assert "no longer ¥999.00" in shown(answer)
    assert nothing_was_taken()


def test_a_form_without_a_total_shows_it_first(client: Client):
    a_shop()

    answer = client.post("/order/", typed(agreed_fen=""))

    assert answer.status_code == 200
    assert 'name="agreed_fen" value="15800"' in shown(answer)
    assert nothing_was_taken()


def test_a_price_that_changed_on_a_full_day_is_refused_for_the_day(client: Client):
    a_shop()
    an_order(1)
    Box.objects.update(price_fen=7000)
    ShipDate.objects.update(limit=2)

    answer = client.post("/order/", typed())

    assert answer.status_code == 409
    assert "fewer boxes left than you want" in shown(answer)


def test_an_order_that_was_placed_stays_the_same_order_when_prices_change_later(client: Client):
    a_shop()
    first = client.post("/order/", typed())
    Box.objects.update(price_fen=7000)

    again, agreed_anew = client.post("/order/", typed()), client.post("/order/", typed(agreed_fen=16200))

    numbers = {answer["Location"].split(":")[0] for answer in (first, again, agreed_anew)}
    assert len(numbers) == 1
    assert Order.objects.get().total_fen == 15800


def test_the_story_itself_refuses_and_takes_nothing():
    a_shop()
    wanted = checkout.replace(a_wish(2), agreed_fen=15799)

    with pytest.raises(refusals.TotalChanged) as refused:
        checkout.place_order(wanted=wanted, key="a-key", now=NOW)

    assert refused.value.extra == {"total_fen": 15800}
    assert nothing_was_taken()


def test_the_api_refuses_another_total_and_orders_without_one(client: Client):
    a_shop()
    body = {"lines": [{"sku": "kyoho-2500", "quantity": 2}], "ship_date": str(DAY), "address": vars(HOME)}

    def sent(**more: int) -> Any:
        headers = {"Idempotency-Key": f"key-of-{more}"}
        return client.post("/api/v1/orders", {**body, **more}, content_type="application/json", headers=headers)

    changed, agreed, unsaid = sent(agreed_fen=15700), sent(agreed_fen=15800), sent()

    assert (changed.status_code, changed.json()["code"], changed.json()["total_fen"]) == (409, "total_changed", 15800)
    assert [agreed.status_code, unsaid.status_code] == [201, 201]


def test_the_basket_is_in_the_form_and_what_was_ordered_leaves_it(client: Client):
    a_shop()
    a_box("late-2500")
    client.cookies["basket"] = "kyoho-2500:2|late-2500:1|nothing:3"

    form = client.get("/order/")
    client.post("/order/", typed())

    assert 'name="box-kyoho-2500" value="2"' in shown(form)
    assert client.cookies["basket"].value == "late-2500:1|nothing:3"


def test_a_link_says_more_than_the_basket(client: Client):
    a_shop()
    client.cookies["basket"] = "kyoho-2500:2"

    assert 'name="box-kyoho-2500" value="5"' in shown(client.get("/order/?box-kyoho-2500=5"))


def test_a_pasted_line_fills_the_form_without_scripts(client: Client):
    a_shop()
    line = "李雷 +86 139 1234 5678 北京朝阳 望京街10号"

    page = shown(client.post("/order/", typed(pasted=line, fill="1", gift_message="生日快乐")))

    assert all(f'name="{name}" value="{words}"' in page for name, words in [("name", "李雷"), ("phone", "13912345678")])
    assert all(words in page for words in ("朝阳区", "望京街10号", "生日快乐", "Filled in. Look over it once."))
    assert f'value="{DAY}" checked' in page
    assert nothing_was_taken()


def test_what_a_pasted_line_did_not_say_is_named(client: Client):
    a_shop()

    page = shown(client.post("/order/", {"pasted": "北京朝阳路8号 13912345678", "fill": "1"}))
    nothing = shown(client.post("/order/", {"pasted": " ", "fill": "1"}))

    assert "Still to write: Name, Province, City, District." in page
    assert 'value="北京朝阳路8号"' in page
    assert "There is nothing to read yet" in nothing


FIRST = {"name": "张三", "phone": "+86 138-0013-8000", "province": "辽宁省", "city": "锦州市", "district": "北镇市"}
NOWHERE = {"province": "", "city": "", "district": ""}


@pytest.mark.parametrize(
    ("line", "fields", "still_to_write"),
    [
        (
            "李四 13900139001 朝阳区建国路88号",
            {"name": "李四", "phone": "13900139001", **NOWHERE, "street": "朝阳区建国路88号"},
            "Province, City, District",
        ),
        ("李四", {"name": "李四", "phone": ""}, "Mobile number"),
        ("13900139001", {"name": "", "phone": "13900139001"}, "Name"),
        ("张三 13800138000", {"name": "张三", "phone": "13800138000"}, ""),
        ("广东东莞虎门镇8号", {"province": "广东省", "city": "东莞市", "district": "", "street": "虎门镇8号"}, ""),
    ],
    ids=["all of another", "another's name", "another's phone", "the same person", "an address alone"],
)
def test_a_second_line_keeps_nothing_of_the_first_that_it_does_not_say(client: Client, line, fields, still_to_write):
    first = {**FIRST, "street": "闾山路12号"}

    answer = client.post("/order/pasted/", {**first, "pasted": line}).json()
    page = shown(client.post("/order/", {**first, "pasted": line, "fill": "1"}))

    assert answer["fields"] == fields
    assert answer["said"].partition("Still to write: ")[2].rstrip(".") == still_to_write
    assert {name: written(page, name) for name in first} == {**first, **fields}


def written(page: str, name: str) -> str:
    """What stands in a field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


def test_scripts_get_the_same_words(client: Client):
    answer = client.post("/order/pasted/", {"pasted": "李雷 13912345678 广东东莞虎门镇8号"})

    said = {"name": "李雷", "phone": "13912345678", "province": "广东省", "city": "东莞市", "district": ""}
    assert answer.json()["fields"] == {**said, "street": "虎门镇8号"}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "李雷 13912345678 香港九龙弥敦道100号",
            "No cold chain reaches 香港特别行政区. Choose an address that the carrier serves.",
        ),
        ("13912345678 台湾省台北市8号", "Still to write: Name. No cold chain reaches 台湾省. Choose an address"),
    ],
)
def test_a_line_for_where_nothing_is_sent_says_so(client: Client, line: str, said: str):
    answer = client.post("/order/pasted/", {"pasted": line}).json()

    assert said in answer["said"]
    assert "Look over it once" not in answer["said"]


def test_the_countdown_runs_to_the_cut_off_of_the_day(client: Client):
    date = a_shop()

    page = shown(client.get(f"/order/?ship_date={DAY}"))

    assert "Orders for this day close:" in page
    assert f'data-until="{int(date.cut_off_at.timestamp())}" data-from="{int(NOW.timestamp())}"' in page


def test_the_form_may_be_kept_for_back_and_names_nobody(client: Client):
    a_shop()

    answer = client.get("/order/?box-kyoho-2500=2&name=Mallory")

    assert "no-store" not in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    assert "Mallory" not in shown(answer)
