"""The shop's side of the staff's tool: lists, ship dates, lots, boxes, paper and exports."""

import datetime as dt
import io

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.forms import model_to_dict
from django.urls import reverse
from openpyxl import load_workbook

from farm.models import OutboxMessage, StaffTask
from shop import planning
from shop.models import Box, ColdRoom, Lot, Order, PickWave, ShipDate, Shipment, Variety
from tests.builders import DAY, NOW, a_box, a_lot, a_paid_order, a_ship_date, a_shop, a_variety, an_order
from tests.staff import a_member, act, cost_more, given, list_of, page_of, press, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(boss):
    return a_shop()


def a_room(number: int) -> ColdRoom:
    return ColdRoom.objects.create(code=f"R{number}", name_zh="库", name_en="Room", celsius=0)


MAKERS = {
    Variety: lambda number: a_variety(f"variety-{number}"),
    Box: lambda number: a_box(f"box-{number}", variety=a_variety(f"variety-{number}")),
    ColdRoom: a_room,
    Lot: lambda number: a_lot(f"lot-{number}", variety=a_variety(f"variety-{number}")),
    ShipDate: lambda number: a_ship_date(DAY + dt.timedelta(days=number)),
}


def test_a_list_costs_the_same_with_1_and_with_3_rows(client, boss):
    for make in MAKERS.values():
        make(1)

    more = [(make, number) for make in MAKERS.values() for number in (2, 3)]
    assert cost_more(client, map(list_of, MAKERS), after=lambda: [make(number) for make, number in more]) == {}


def test_a_list_that_asks_for_each_row_by_itself_is_found(client, boss, monkeypatch):
    place = list_of(Box)  # loads the staff's pages
    monkeypatch.setattr(admin.site._registry[Box], "list_select_related", ())
    monkeypatch.setattr(admin.site._registry[Box], "list_display", ("sku", "variety"))
    MAKERS[Box](1)

    found = cost_more(client, [place], after=lambda: [MAKERS[Box](2), MAKERS[Box](3)])

    assert [now - before for before, now in found.values()] == [2]


def test_the_day_and_its_orders_cost_the_same_with_1_and_with_3_orders(client, day):
    def are_ordered() -> None:
        a_ship_date(DAY + dt.timedelta(days=1))
        an_order(date=DAY + dt.timedelta(days=1)), a_paid_order()

    a_paid_order()

    assert cost_more(client, [list_of(Order), reverse("admin:index")], after=are_ordered) == {}


def test_the_lists_of_waves_and_parcels_cost_the_same_with_1_and_with_3_rows(client, day):
    def a_wave(number: int) -> None:
        _a_parcel(number), planning.plan_day(ship_date=day, now=NOW)

    a_wave(1)

    assert cost_more(client, map(list_of, (PickWave, Shipment)), after=lambda: [a_wave(2), a_wave(3)]) == {}
    assert PickWave.objects.count() == 3


def test_a_ship_date_offers_what_its_state_allows_and_no_button_that_saves_nothing(client, day):
    open_page = client.get(page_of(day)).content.decode()
    press(client, "close", day, reason_zh="雪", reason_en="Snow")
    closed_page = client.get(page_of(day)).content.decode()

    assert ("Close the date" in open_page, "Open again" in open_page) == (True, False)
    assert ("Close the date" in closed_page, "Open again" in closed_page) == (False, True)
    assert 'name="_save"' not in open_page
    assert 'name="_save"' in client.get(page_of(a_box())).content.decode()


def test_a_lot_says_its_amounts_in_kilograms_and_asks_for_grams(client, boss):
    lot = a_lot(boxes=600)

    page = client.get(page_of(lot)).content.decode()
    dialog = client.get(reverse("admin:shop_lot_set_limit", args=[lot.pk])).content.decode()

    assert "0 / 1,500 kg" in page
    assert ">1500000<" not in page
    assert "in grams" in dialog
    assert "in grams" in client.get(reverse("admin:shop_lot_add")).content.decode()


def test_a_limit_goes_down_to_what_is_promised_and_no_further(client, day):
    an_order(3)

    refused = told(press(client, "set_limit", day, limit=2))
    press(client, "set_limit", day, limit=3)

    day.refresh_from_db()
    assert "3 packing units are promised" in refused
    assert (day.limit, day.taken) == (3, 3)


def test_a_limit_that_no_database_counts_to_is_refused_with_the_highest(client, day):
    page = press(client, "set_limit", day, limit=99_999_999_999).content.decode()

    day.refresh_from_db()
    assert "Write at most 1000000000." in page
    assert day.limit == 500


def test_a_closed_date_sells_no_more_and_its_orders_become_a_task(client, day):
    an_order(3)

    press(client, "close", day, reason_zh="大雪", reason_en="Snow")
    press(client, "close", day, reason_zh="大雪", reason_en="Snow")

    day.refresh_from_db()
    assert (day.is_closed, day.closed_reason_en) == (True, "Snow")
    assert [task.about for task in StaffTask.objects.all()] == [day.counter]


def test_a_closed_date_opens_again(client, day):
    press(client, "close", day, reason_zh="大雪", reason_en="Snow")

    act(client, "reopen", day)

    day.refresh_from_db()
    assert (day.is_closed, day.closed_reason_zh) == (False, "")
    changes = [message.payload["what"] for message in OutboxMessage.objects.filter(topic="ship_date.changed")]
    assert changes == ["closed", "reopened"]


def test_a_page_that_was_open_while_others_bought_puts_no_old_count_back(client, day):
    lot = Lot.objects.get()
    page = client.get(page_of(lot))
    an_order(3)

    words = {"cold_room": lot.cold_room_id, "grower": "老王", "block": "B-2"}
    client.post(page_of(lot), {**words, "limit": 9, "taken": 0, "best_before": str(DAY)})

    changed = Lot.objects.get()
    assert page.status_code == 200
    assert (changed.grower, changed.block) == ("老王", "B-2")
    assert (changed.taken, changed.limit, changed.best_before) == (3 * 2500, lot.limit, lot.best_before)


def test_planning_by_hand_makes_a_wave_and_its_pick_list(client, day):
    a_paid_order(2), a_paid_order(1)

    first, second = act(client, "plan_now", day), act(client, "plan_now", day)
    paper = client.get(reverse("admin:shop_pickwave_pick_list", args=[PickWave.objects.get().pk])).content.decode()

    assert Order.objects.filter(status="planned").count() == 2
    assert "L1" in paper
    assert "<b>3</b>" in paper
    assert first == f"{day}: orders planned: 2."
    assert second == f"{day}: Nothing to plan: no paid order of it can be picked."
    assert LogEntry.objects.count() == 1


def test_the_cut_off_is_said_when_a_date_is_added_and_stands_from_then_on(client, day):
    new = given(client, reverse("admin:shop_shipdate_add"))["adminform"].form.fields
    known = given(client, page_of(day))["adminform"].form.fields

    client.post(page_of(day), {"cut_off_at_0": "2030-01-01", "cut_off_at_1": "20:00"})

    cut_off_at = day.cut_off_at
    day.refresh_from_db()
    assert ("cut_off_at" in new, "cut_off_at" in known, day.cut_off_at) == (True, False, cut_off_at)


def test_a_lot_is_withdrawn_and_put_back(client, day):
    an_order()
    lot = Lot.objects.get()

    act(client, "withdraw", lot)
    lot.refresh_from_db()
    assert lot.is_withdrawn
    assert "move or cancel 1 order." in StaffTask.objects.get().what

    act(client, "put_back", lot)
    lot.refresh_from_db()
    assert not lot.is_withdrawn


def test_how_long_a_lot_keeps_is_corrected_in_its_dialog_alone(client, day):
    an_order()
    lot = Lot.objects.get()
    fields = given(client, page_of(lot))["adminform"].form.fields

    refused = told(press(client, "set_best_before", lot, best_before=str(lot.harvested_on)))
    press(client, "set_best_before", lot, best_before=str(DAY))

    lot.refresh_from_db()
    assert "Best before is not after the harvest" in refused
    assert (lot.best_before, "best_before" in fields) == (DAY, False)
    assert StaffTask.objects.get().about == lot.counter


def test_a_cold_room_is_called_by_its_name_where_a_lot_stands_in_it(client, day):
    lot = Lot.objects.get()

    pages = [client.get(place).content.decode() for place in (list_of(Lot), page_of(lot))]

    assert ["Room 1 (C1)" in page for page in pages] == [True, True]


def test_a_lot_never_holds_less_than_is_promised_of_it(client, day):
    an_order(2)
    lot = Lot.objects.get()

    refused = told(press(client, "set_limit", lot, limit=4999))
    press(client, "set_limit", lot, limit=5000)

    lot.refresh_from_db()
    assert "5000 g of lot L1 are promised" in refused
    assert lot.limit == 5000


@pytest.mark.parametrize(("price", "kept"), [("0", 6800), ("0.01", 1)])
def test_a_box_for_nothing_is_refused_for_nobody_could_pay_it(client, boss, price, kept):
    box = a_box()
    words = {name: value for name, value in model_to_dict(box).items() if value not in (None, False)}

    page = client.post(page_of(box), words | {"price_fen": price}).content.decode()

    box.refresh_from_db()
    assert box.price_fen == kept
    assert ("greater than or equal to 0.01" in page) is (price == "0")


def test_what_a_sold_box_weighs_is_fixed(client, day):
    an_order()
    box = Box.objects.get()

    client.post(page_of(box), {"net_grams": 1, "packing_units": 9, "price_fen": 1})

    box.refresh_from_db()
    assert (box.net_grams, box.packing_units) == (2500, 1)


def test_nothing_sold_is_deleted(client, day):
    an_order()

    for row in (day, Lot.objects.get(), Box.objects.get(), Variety.objects.get(), Order.objects.get()):
        place = reverse(f"admin:shop_{row._meta.model_name}_delete", args=[row.pk])
        assert client.post(place, {"post": "yes"}).status_code == 403
        assert type(row).objects.filter(pk=row.pk).exists()


def test_packers_cannot_change_the_calendar(client):
    a_member(client, "packing")
    day = a_shop()

    answer = press(client, "set_limit", day, limit=1)

    day.refresh_from_db()
    assert answer.status_code == 403
    assert day.limit == 500


@pytest.mark.parametrize("model", [ShipDate, Lot, Order])
def test_lists_leave_as_csv_and_xlsx(client, day, model):
    an_order()
    place = f"{list_of(model)}export/"

    csv = client.post(place, {"format": "1", "resource": "0"}).content
    xlsx = client.post(place, {"format": "0", "resource": "0"}).content

    assert csv.startswith("\ufeff".encode())
    assert load_workbook(io.BytesIO(xlsx)).active.max_row == 2


def test_an_export_holds_what_the_list_shows(client, day):
    an_order(), a_paid_order()

    csv = client.post(f"{list_of(Order)}export/?status__exact=paid", {"format": "1", "resource": "0"}).content.decode()

    assert len(csv.strip().splitlines()) == 2


def _a_parcel(number: int) -> Shipment:
    return Shipment.objects.create(
        order=a_paid_order(), carrier="manual", request_no=f"BZS{number}", waybill_no=f"SF{number}", packed_at=NOW
    )
