"""The history of a row says from what to what staff edited it, and of people only what was edited."""

import datetime as dt
import json
import re

import pytest
import time_machine
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from farm.admin import changes
from farm.admin.changes import TELLING, read
from farm.models import User
from shop.models import LiveShow, Variety
from tests.builders import FARM_TIME, NOW, a_box, a_lot, a_ship_date, made
from tests.staff import form_of, page_of, press
from tests.visits import SATURDAY, a_rule, a_slot, an_experience
from tours.models import Price, PriceList, Question, TicketType

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("boss"),
    pytest.mark.once("it proves what forms make of what is typed"),
]


@pytest.fixture(autouse=True)
def chinese_farm(settings):
    settings.LANGUAGE_CODE = "zh-hans"


def a_price_list(*codes: str) -> PriceList:
    """Each of these tickets for ¥45."""
    experience = a_slot().experience
    prices = made(PriceList(experience=experience, name="周末"))
    for code in codes:
        made(Price(price_list=prices, ticket_type=experience.ticket_types.get(code=code), price_fen=4500))
    return prices


def a_ticket(code: str) -> TicketType:
    return TicketType(experience=an_experience(), code=code, name_zh=code, name_en=code, price_fen=0)


def a_show() -> LiveShow:
    """From eight to ten in the evening."""
    began = dt.datetime.combine(SATURDAY, dt.time(20), FARM_TIME)
    show = made(LiveShow(code="one", title_zh="开播", title_en="Live", host_zh="李娜", host_en="Li Na",
                         starts_at=began, ends_at=began + dt.timedelta(hours=2)))  # fmt: skip
    show.boxes.add(a_box())
    return show


def of_a_show(client, show: LiveShow) -> dict[str, object]:
    """Its form, with its moments in two parts each as a browser sends them."""
    shown = {"starts_at_0": "2026-09-12", "starts_at_1": "20:00:00", "ends_at_0": "2026-09-12", "ends_at_1": "22:00:00"}
    return form_of(client, show) | shown | {f"initial-{name}": value for name, value in shown.items()}


def edit(client, row, **fields):
    answer = client.post(page_of(row), form_of(client, row) | fields)
    assert answer.status_code == 302


def told(language: str = "en") -> list[str]:
    """What the newest line of all histories says, line by line."""
    with override(language):
        shown = read(LogEntry.objects.latest("pk"))
    return [line for line in re.split("<[^>]*>", shown) if line]


def test_a_history_says_the_price_before_and_after(client):
    box = a_box()

    edit(client, box, price_fen="71.5", max_per_order="20")

    assert told() == ["Changed:", "Price in yuan: 68.00 → 71.50", "At most per order: 50 → 20"]
    assert told("zh-hans") == ["已修改：", "价格（元）：68.00 → 71.50", "每单最多：50 → 20"]


def test_the_page_of_a_history_shows_it_to_whoever_reads(client):
    box = a_box()
    edit(client, box, name_en="<b>Kyoho</b>")

    place = reverse("admin:shop_box_history", args=[box.pk])
    page = client.get(place, headers={"Accept-Language": "en"}).content.decode()

    assert "<div>Name (English): Kyoho 2.5 kg → &lt;b&gt;Kyoho&lt;/b&gt;</div>" in page


def test_rows_choices_days_and_ticks_are_told_as_they_are_read(client):
    box, green = a_box(), made(Variety(code="green", name_zh="阳光玫瑰", name_en="Muscat", skin="green", keeps_days=9))

    edit(client, box, variety=green.pk, is_gift="on", season_from="2026-08-15")

    assert told() == [
        "Changed:",
        "Variety: 巨峰 → 阳光玫瑰",
        "Is gift: no → yes",
        "Season from: 2026-01-01 → 2026-08-15",
    ]
    assert told("zh-hans")[2] == "礼盒：否 → 是"


def test_a_choice_is_told_in_the_words_of_its_reader(client):
    green = made(Variety(code="green", name_zh="阳光玫瑰", name_en="Muscat", skin="green", keeps_days=9))

    edit(client, green, skin="red")

    assert (told()[1], told("zh-hans")[1]) == ("Skin: green → red", "果皮：绿色 → 红色")


def test_nothing_is_told_as_a_dash(client):
    slot = a_slot()
    prices = made(PriceList(experience=slot.experience, name="周末"))

    edit(client, slot, price_list=prices.pk)
    chosen = told()
    edit(client, slot, price_list="")

    assert (chosen, told()) == (["Changed:", "Price list: — → 周末"], ["Changed:", "Price list: 周末 → —"])


def test_lists_are_told_as_the_form_writes_them(client):
    experience = an_experience()
    question = made(Question(experience=experience, code="language", words_zh="语言？", words_en="Language?"))

    edit(client, experience, languages="en", refund_terms="72:100",
         **{"questions-0-choices": "zh | 中文 | Chinese\r\nen | 英语 | English"})  # fmt: skip

    assert told() == [
        "Changed:",
        "Languages: zh, en → en",
        "Refund terms: 48:100, 24:50 → 72:100",
        f"Changed question “{question.words_zh}”:",
        "Choices: — → zh | 中文 | Chinese / en | 英语 | English",
    ]


def test_chosen_rows_and_moments_are_told_and_the_host_is_not(client):
    show, day, next_day = a_show(), a_ship_date(SATURDAY), a_ship_date(SATURDAY + dt.timedelta(days=1))
    show.ship_dates.add(day)

    edited = {"host_en": "Wang Fang", "ends_at_1": "23:00", "ship_dates": [day.pk, next_day.pk]}
    client.post(page_of(show), of_a_show(client, show) | edited)

    assert told("zh-hans") == [
        "已修改：",
        "主播（英文）",
        "结束时间：2026-09-12 22:00 → 2026-09-12 23:00",
        "发货日：发货日 2026-09-12 → 发货日 2026-09-12, 发货日 2026-09-13",
    ]


def test_how_often_a_visit_comes_is_told_in_words(client):
    rule = a_rule("FREQ=DAILY")
    form = form_of(client, rule)

    form.pop("recurrence")
    client.post(page_of(rule), form | {"recurrence_how": "weekly", "recurrence_weekdays": ["SA", "SU"]})

    assert told() == ["Changed:", "Recurrence: every day → Sat, Sun"]
    assert told("zh-hans") == ["已修改：", "重复规则：每天 → 星期六、星期日"]


def test_a_row_below_is_told_with_what_it_is(client):
    prices = a_price_list("adult", "child")

    edit(client, prices, **{"prices-1-price_fen": "39"})

    assert told() == ["Changed price “儿童 ¥39.00”:", "Price in yuan: 45.00 → 39.00"]


def test_other_values_cost_no_question_at_all(client, monkeypatch):
    show, days = a_show(), [a_ship_date(SATURDAY + dt.timedelta(days=ahead)).pk for ahead in (1, 2)]
    show.ship_dates.set(days[1:])
    costs = []
    for telling, chosen in (({}, days[:1]), (TELLING, days[1:])):
        monkeypatch.setattr(changes, "TELLING", telling)
        with CaptureQueriesContext(connection) as asked:
            client.post(page_of(show), of_a_show(client, show) | {"title_en": str(chosen), "ship_dates": chosen})
        costs.append(len(asked))

    assert told()[-1] == "Ship dates: 发货日 2026-09-13 → 发货日 2026-09-14"
    assert costs[0] == costs[1]


def test_the_names_of_what_was_chosen_before_cost_one_question_for_all_rows(client):
    prices, toddler = a_price_list("adult", "child"), made(a_ticket("toddler"))
    senior = made(a_ticket("senior"))
    form = form_of(client, prices) | {"prices-0-ticket_type": toddler.pk, "prices-1-ticket_type": senior.pk}

    with CaptureQueriesContext(connection) as asked:
        client.post(page_of(prices), form)

    assert told() == [
        "Changed price “toddler ¥45.00”:",
        "Ticket type: 成人 → toddler",
        "Changed price “senior ¥45.00”:",
        "Ticket type: 儿童 → senior",
    ]
    assert len([one for one in asked if '"tours_tickettype"."id" IN (' in one["sql"]]) == 1


def test_of_a_long_text_the_part_that_was_changed_is_told(client):
    experience = an_experience(story_en="A vine grew here. " * 20)

    edit(client, experience, story_en="A vine grew here. " * 10 + "It bore grapes.\r\n" * 9)

    assert told()[1] == (
        "Story (English): …ine grew here. A vine grew here. A vine grew here. A vine gr… → "
        "…ine grew here. It bore grapes. / It bore grapes. / It bore g…"
    )


def test_who_was_faster_with_the_same_is_told_without_values(client):
    box = a_box()
    old = form_of(client, box)

    client.post(page_of(box), old | {"price_fen": "70"})
    client.post(page_of(box), old | {"price_fen": "70"})

    assert told() == ["Changed:", "Price in yuan"]


def test_lines_of_before_stay_readable(client):
    box = a_box()
    labels = {"fields": ["Price in yuan", "Net grams"]}
    fewer = {"changed": {**labels, "values": [["1.00", "2.00"]]}}
    lines = ["limit is 450", "[sic]", json.dumps([{"changed": labels}]), "[]", json.dumps([fewer])]
    for line in lines:
        LogEntry.objects.log_actions(User.objects.get().pk, [box], CHANGE, line)

    page = client.get(reverse("admin:shop_box_history", args=[box.pk]), headers={"Accept-Language": "en"})
    shown = [entry.change_message for entry in page.context_data["action_list"]]

    assert shown[:2] == lines[:2]
    assert "Changed:<div>Price in yuan</div><div>Net grams</div>" in shown[2]
    assert shown[3] == "No fields changed."
    assert "<div>Price in yuan: 1.00 → 2.00</div><div>Net grams</div>" in shown[4]


def test_django_reads_our_lines_as_its_own(client):
    edit(client, a_box(), price_fen="70")

    with override("en"):
        assert LogEntry.objects.get().get_change_message() == "Changed Price in yuan."


def test_what_a_button_changes_is_told_from_what_to_what_too(client):
    day, lot, slot = a_ship_date(SATURDAY, limit=500), a_lot(boxes=2), a_slot(seats=20)

    with time_machine.travel(NOW, tick=False):
        press(client, "set_limit", day, limit=450)
        press(client, "set_cut_off", day, cut_off_at=f"{SATURDAY - dt.timedelta(days=1)}T21:30")
        press(client, "set_limit", lot, limit=7500)
        press(client, "set_best_before", lot, best_before="2026-10-01")
        press(client, "set_limit", slot, limit=24)
        press(client, "set_limit", slot.day, limit=90)

    assert list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True)) == [
        "上限 500 → 450",
        "截单时间 2026-09-11 20:00 → 2026-09-11 21:30",
        "总量 5000 → 7500 克",
        "赏味期限 2026-10-20 → 2026-10-01",
        "上限 20 → 24",
        "上限 300 → 90",
    ]
