"""What visitors can do and when, over REST."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.rest import refused
from tests.visits import NOW, SATURDAY, a_booking, a_day, a_slot, an_experience
from tours.models import Slot

pytestmark = pytest.mark.django_db
MONTH = "/api/v1/experiences/picking/slots?month=2026-09"
SUNDAY = SATURDAY + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def results(response) -> list[dict]:
    assert response.status_code == 200
    return response.json()["results"]


def queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_experiences_come_in_the_readers_language_and_only_those_on_sale(client):
    an_experience()
    an_experience("school", is_on_sale=False)

    names = [
        [one["name"] for one in results(client.get("/api/v1/experiences", headers={"Accept-Language": language}))]
        for language in ("zh-Hans", "en")
    ]

    assert names == [["巨峰采摘"], ["Kyoho picking"]]
    refused(client.get("/api/v1/experiences/school"), 404, "not_found")


def test_an_experience_tells_all_that_a_booking_needs(client):
    experience = an_experience(deposit_percent=30, rules_en="Children come with an adult.\nNo dogs.")
    choices = [{"code": "zh", "zh": "中文", "en": "Chinese"}]
    experience.questions.create(code="language", words_zh="语言", words_en="Language?", choices=choices)
    experience.waivers.create(version="2026-09", text_zh="小心", text_en="Take care.", published_at=NOW)

    shown = client.get("/api/v1/experiences/picking", headers={"Accept-Language": "en"}).json()

    infant = next(kind for kind in shown["ticket_types"] if kind["code"] == "infant")
    assert (shown["plans"], shown["rules"]) == (["full", "deposit"], ["Children come with an adult.", "No dogs."])
    assert (infant["accompanied_by"], infant["people"], infant["max_age"]) == (["adult", "family"], 0, 3)
    assert (infant["per_grown_up"], infant["grown_ups"], infant["ages"]) == (2, 0, "up to 3 years")
    assert infant["company"] == "with a grown-up, at most 2 for each grown-up"
    assert shown["questions"][0]["choices"] == [{"code": "zh", "words": "Chinese"}]
    assert shown["waiver"] == {"version": "2026-09", "text": "Take care."}
    assert shown["refund_terms"][0] == {"hours": 48, "percent": 100}


def test_a_month_shows_seats_left_prices_and_why_a_time_is_closed(client):
    full = a_slot(seats=2)
    a_booking(full, adult=2)
    a_slot(SUNDAY, is_closed=True, closed_reason_zh="大雨", closed_reason_en="heavy rain")
    a_slot(dt.date(2026, 10, 1))

    times = results(client.get(MONTH, headers={"Accept-Language": "en"}))

    assert [(time["status"], time["left"], time["reason"]) for time in times] == [
        ("sold out", 0, ""),
        ("closed", 20, "heavy rain"),
    ]
    assert (times[0]["id"], times[0]["from_fen"], times[0]["starts_at"]) == (full.pk, 8800, "2026-09-12T09:30:00+08:00")


def test_a_month_costs_three_queries_at_most_with_one_time_or_with_sixty(client):
    golden = an_experience().price_lists.create(name="Golden week")
    a_slot(price_list=golden)
    one = queries(client, MONTH)
    for day in range(1, 31):
        a_slot(dt.date(2026, 9, day), dt.time(14, 0), price_list=golden)
        a_slot(dt.date(2026, 9, day), dt.time(16, 0))

    assert one == queries(client, MONTH) == 3


@pytest.mark.parametrize("path", ["/experiences", "/experiences/picking", "/slots?date=2026-09-12"])
def test_one_row_or_three_cost_the_same_queries(client, path):
    experience = an_experience()
    experience.questions.create(code="first", words_zh="一", words_en="One?")
    a_slot()
    one = queries(client, f"/api/v1{path}")
    for n in (2, 3):
        a_slot(time=dt.time(10 + n, 0), experience=an_experience(f"other-{n}"))
        experience.questions.create(code=f"more-{n}", words_zh="多", words_en="More?")

    assert queries(client, f"/api/v1{path}") == one


def test_a_repeat_gets_a_304_until_a_seat_is_sold(client):
    slot = a_slot()
    tag = client.get(MONTH).headers["ETag"]

    again = client.get(MONTH, headers={"If-None-Match": tag})
    Slot.objects.filter(pk=slot.pk).update(taken=1)

    assert (again.status_code, again.content) == (304, b"")
    assert client.get(MONTH, headers={"If-None-Match": tag}).status_code == 200


def test_a_day_shows_everything_that_can_be_done_on_it(client):
    a_slot(time=dt.time(14, 0))
    a_slot(experience=an_experience("tasting"))
    a_slot(SUNDAY)
    a_day(dt.date(2026, 9, 14))

    times = results(client.get(f"/api/v1/slots?date={SATURDAY}"))

    assert [time["experience"] for time in times] == ["tasting", "picking"]
    assert results(client.get("/api/v1/slots?date=2026-09-14")) == []


@pytest.mark.parametrize(
    "query", ["", "?month=", "?month=2026-13", "?month=0000-01", "?month=2026-09-01", "?month=%00", "?month=九月"]
)
def test_a_month_that_no_calendar_has_is_refused(client, query):
    an_experience()

    document = refused(client.get(f"/api/v1/experiences/picking/slots{query}"), 400, "invalid")

    assert document["fields"][0]["field"] == "month"


@pytest.mark.parametrize("month", ["0001-01", "9999-12"])
def test_the_first_and_the_last_month_of_all_have_no_visits(client, month):
    an_experience()

    assert results(client.get(f"/api/v1/experiences/picking/slots?month={month}")) == []


@pytest.mark.parametrize("query", ["", "?date=soon", "?date=2026-02-30", "?date=%00"])
def test_a_day_that_no_calendar_has_is_refused(client, query):
    refused(client.get(f"/api/v1/slots{query}"), 400, "invalid")


@pytest.mark.parametrize("code", ["nothing", "x" * 300, "picking2"])
def test_an_experience_that_is_not_there_has_no_times(client, code):
    an_experience()

    refused(client.get(f"/api/v1/experiences/{code}/slots?month=2026-09"), 404, "not_found")
