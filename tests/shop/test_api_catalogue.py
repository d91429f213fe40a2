import datetime as dt

import pytest
import time_machine

from shop.models import ShipDate
from tests.builders import DAY, NOW, a_box, a_ship_date, a_shop, a_variety
from tests.rest import refused

pytestmark = pytest.mark.django_db
MONTH = "/api/v1/availability?month=2026-09"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def results(response) -> list[dict]:
    assert response.status_code == 200
    return response.json()["results"]


def test_the_varieties_come_in_the_readers_language(client):
    a_variety()

    chinese = results(client.get("/api/v1/varieties", headers={"Accept-Language": "zh-Hans"}))
    english = results(client.get("/api/v1/varieties", headers={"Accept-Language": "en"}))

    assert (chinese[0]["name"], english[0]["name"]) == ("巨峰", "Kyoho")


def test_boxes_are_found_by_variety_and_season(client):
    a_box()
    a_box("shine-2500", variety=a_variety("shine"), season_until=dt.date(2026, 8, 31))
    a_box("old-2500", is_offered=False)

    def skus(query: str) -> list[str]:
        return [box["sku"] for box in results(client.get(f"/api/v1/boxes{query}"))]

    assert skus("") == ["kyoho-2500", "shine-2500"]
    assert skus("?variety=shine") == ["shine-2500"]
    assert skus("?ship_date=2026-09-10") == ["kyoho-2500"]
    assert skus("?variety=shine&ship_date=2026-09-10") == []


@pytest.mark.parametrize("query", ["ship_date=soon", "variety=%00", "ship_date=2026-13-01"])
def test_a_filter_that_means_nothing_is_refused(client, query):
    refused(client.get(f"/api/v1/boxes?{query}"), 400, "invalid")


def test_every_date_of_the_month_says_what_is_left_and_why_it_is_closed(client):
    a_ship_date(DAY - dt.timedelta(days=2))
    a_ship_date(taken=137)
    a_ship_date(DAY + dt.timedelta(days=1), is_closed=True, closed_reason_zh="国庆节", closed_reason_en="National Day")
    a_ship_date(dt.date(2026, 10, 1))

    days = results(client.get(MONTH))

    assert [(day["date"], day["is_open"], day["left"], day["closed_reason"]) for day in days] == [
        ("2026-09-08", False, 500, ""),
        ("2026-09-10", True, 363, ""),
        ("2026-09-11", False, 500, "National Day"),
    ]


def test_a_month_costs_one_query_and_a_repeat_gets_a_304(client, django_assert_num_queries):
    for n in range(5):
        a_ship_date(DAY + dt.timedelta(days=n))

    with django_assert_num_queries(1):
        first = client.get(MONTH)
    again = client.get(MONTH, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Cache-Control"] == "public, max-age=5"


def test_a_sold_box_makes_the_answer_new(client):
    a_shop()
    tag = client.get(MONTH).headers["ETag"]

    ShipDate.objects.update(taken=1)

    assert client.get(MONTH, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "query", ["", "?month=", "?month=2026-13", "?month=0000-01", "?month=2026-09-01", "?month=%00"]
)
def test_a_month_that_no_calendar_has_is_refused(client, query):
    document = refused(client.get(f"/api/v1/availability{query}"), 400, "invalid")

    assert document["fields"][0]["field"] == "month"


def test_the_divisions_lead_from_province_to_district(client):
    provinces = results(client.get("/api/v1/divisions"))
    districts = results(client.get("/api/v1/divisions?parent=210700"))

    assert {"code": "210000", "name": "辽宁省", "has_parts": True} in provinces
    assert {"code": "210782", "name": "北镇市", "has_parts": False} in districts


def test_a_division_that_is_not_there_has_no_parts(client):
    refused(client.get("/api/v1/divisions?parent=999999"), 404, "not_found")
    refused(client.get("/api/v1/divisions?parent=Liaoning"), 400, "invalid")
