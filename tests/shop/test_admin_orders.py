"""Orders in the staff's tool: found, masked, packed, handed over, cancelled, and never edited by hand."""

import datetime as dt

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from shop import fulfilment, parcels
from shop.models import Label, Lot, Order, Shipment
from tests.builders import DAY, HOME, NOW, a_paid_order, a_ship_date, a_shop, an_order, packed, work_off
from tests.staff import a_boss, a_member, act, given, list_of, page_of, press, told
from tests.worlds import a_shop_with_a_paid_order, a_shop_with_a_planned_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def bench(settings, client):
    """A packing bench with people, and one planned order."""
    settings.PACKING_BENCH = "staff"
    a_boss(client)
    return a_shop_with_a_planned_order()


def handed_over(order: Order) -> Order:
    return parcels.hand_over(order=packed(order), waybill_no="", by="packer", now=NOW)


def fresh(order: Order) -> Order:
    order.refresh_from_db()
    return order


def test_an_order_goes_over_the_bench_by_list_actions(client, bench):
    act(client, "confirm_picked", bench)
    assert fresh(bench).status == "picked"
    act(client, "confirm_packed", bench)
    assert fresh(bench).status == "packed"
    work_off(timezone.now())
    act(client, "hand_over", bench)
    assert fresh(bench).status == "shipped"

    assert list(bench.events.filter(by="boss").order_by("pk").values_list("what", flat=True)) == [
        "picked",
        "packed",
        "shipped",
    ]


def test_an_order_goes_over_the_bench_from_its_own_page(client, bench):
    press(client, "picked_one", bench)
    press(client, "packed_one", bench)
    work_off(timezone.now())
    press(client, "hand_over_one", bench, waybill_no="")
    press(client, "delivered_one", bench)

    assert fresh(bench).status == "delivered"


def test_a_dialog_tells_htmx_where_to_go(client, bench):
    place = reverse("admin:shop_order_picked_one", args=[bench.pk])

    answer = client.post(place, {"_form_submitted": "on"}, headers={"HX-Request": "true"})

    assert answer["HX-Redirect"] == page_of(bench)


def test_looking_at_a_dialog_changes_nothing(client, bench):
    client.get(reverse("admin:shop_order_picked_one", args=[bench.pk]))

    assert fresh(bench).status == "planned"


def test_a_step_out_of_turn_is_refused_in_words(client, bench):
    words = act(client, "confirm_packed", bench)

    assert "cannot be done in its present state" in words
    assert fresh(bench).status == "planned"


def test_only_the_next_steps_are_offered(client, bench):
    page = client.get(page_of(bench)).content.decode()

    assert reverse("admin:shop_order_picked_one", args=[bench.pk]) in page
    assert reverse("admin:shop_order_packed_one", args=[bench.pk]) not in page


def test_labels_of_several_orders_are_one_paper(client, bench):
    order = packed(bench)

    paper = client.post(list_of(Order), {"action": "print_labels", "_selected_action": [order.pk]})

    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    assert Label.objects.get().prints == 1


def test_labels_that_are_not_drawn_are_named(client, bench):
    words = act(client, "print_labels", bench)

    assert f"No label yet: {bench.number}" in words


def test_staff_cancel_an_order_and_its_money_goes_back(client):
    a_boss(client)
    order = a_shop_with_a_paid_order(2)

    with time_machine.travel(NOW):
        act(client, "cancel", order)
    work_off(NOW + dt.timedelta(minutes=1))

    assert fresh(order).status == "cancelled"
    assert order.events.filter(what="refunded").exists()


def test_what_can_no_longer_be_cancelled_says_why(client, bench):
    fulfilment.confirm_picked(order=bench, by="packer", now=NOW)

    words = act(client, "cancel", bench)

    assert f"Order {bench.number} is picked." in words
    assert fresh(bench).status == "picked"


def test_staff_move_a_planned_order_to_a_date_that_has_room(client, bench):
    full, open_day = a_ship_date(DAY + dt.timedelta(days=1), limit=1), a_ship_date(DAY + dt.timedelta(days=2))
    dialog = reverse("admin:shop_order_move_one", args=[bench.pk])

    with time_machine.travel(NOW):
        asked = client.get(dialog).content.decode()
        without = client.post(dialog, {"to": ""}).content.decode()
        was_moved = fresh(bench).ship_date != bench.ship_date
        press(client, "move_one", bench, to=str(open_day.date))

    assert '<option value="" selected>' in asked
    assert ("Choose the day on which we ship." in without, was_moved) == (True, False)
    assert f'value="{open_day.date}"' in asked
    assert f'value="{full.date}"' not in asked
    assert (fresh(bench).status, bench.ship_date, bench.wave) == ("paid", open_day, None)
    assert LogEntry.objects.filter(change_message=f"moved to {open_day.date}").count() == 1


def test_all_orders_of_a_day_are_moved_from_the_list(client, bench):
    open_day, other = a_ship_date(DAY + dt.timedelta(days=2)), a_paid_order()

    with time_machine.travel(NOW):
        words = act(client, "move_to_next", bench, other)

    assert "moved: 2" in words
    assert {fresh(order).ship_date for order in (bench, other)} == {open_day}


def test_a_date_that_is_not_offered_is_not_taken(client, bench):
    with time_machine.travel(NOW):
        page = told(press(client, "move_one", bench, to=str(DAY + dt.timedelta(days=9))))

    assert "This date can no longer take the order" in page
    assert "No open date has room and fruit" in page
    assert fresh(bench).status == "planned"


def test_packers_neither_move_orders_nor_are_offered_to(client, bench):
    a_member(client, "packing")

    assert client.get(reverse("admin:shop_order_move_one", args=[bench.pk])).status_code == 403
    assert reverse("admin:shop_order_move_one", args=[bench.pk]) not in client.get(page_of(bench)).content.decode()


def test_a_picked_order_is_no_longer_moved(client, bench):
    fulfilment.confirm_picked(order=bench, by="packer", now=NOW)

    assert "cannot be done" in told(client.get(reverse("admin:shop_order_move_one", args=[bench.pk])))


def test_the_list_narrows_to_orders_that_must_be_moved_or_cancelled(client, bench):
    assert page_of(bench) not in client.get(list_of(Order), {"stranded": "yes"}).content.decode()

    Lot.objects.update(is_withdrawn=True)

    assert page_of(bench) in client.get(list_of(Order), {"stranded": "yes"}).content.decode()


def test_packers_pack_but_do_not_cancel(client, bench):
    a_member(client, "packing")

    act(client, "cancel", bench)
    act(client, "confirm_picked", bench)

    assert fresh(bench).status == "picked"


def test_an_order_cannot_be_edited_or_added(client, bench):
    client.post(page_of(bench), {"status": "delivered", "total_fen": 1, "street": "elsewhere"})

    assert fresh(bench).status == "planned"
    assert bench.street == HOME.street
    assert client.get(reverse("admin:shop_order_add")).status_code == 403


@pytest.mark.parametrize("term", ["{number}", " {lower} ", "{phone}", "+86 138-1234-5678"])
def test_an_order_is_found_by_its_numbers(client, bench, term):
    words = term.format(number=bench.number, lower=bench.number.lower(), phone=bench.phone)

    page = client.get(list_of(Order), {"q": words}).content.decode()

    assert bench.number in page


def test_an_order_is_found_by_its_waybill_but_not_by_half_a_number(client, bench):
    waybill = packed(bench).shipment.waybill_no

    assert bench.number in client.get(list_of(Order), {"q": waybill}).content.decode()
    assert page_of(bench) not in client.get(list_of(Order), {"q": bench.phone[:7]}).content.decode()


def test_lists_narrow_by_ship_date(client, bench):
    page = client.get(list_of(Order), {"ships": "tomorrow"}).content.decode()

    assert page_of(bench) not in page


def test_lists_mask_people_for_everybody(client, bench):
    page = client.get(list_of(Order)).content.decode()

    assert HOME.phone not in page
    assert HOME.name not in page
    assert "138******78" in page


def test_whole_names_are_shown_to_those_who_may_and_each_look_is_noted(client, bench):
    page = client.get(page_of(bench)).content.decode()

    assert HOME.phone in page
    assert HOME.street in page
    assert LogEntry.objects.get().change_message == "looked at personal data"


def test_packers_see_masked_people(client, bench):
    a_member(client, "packing")

    page = client.get(page_of(bench)).content.decode()

    assert HOME.phone not in page
    assert HOME.name not in page
    assert HOME.street not in page
    assert LogEntry.objects.count() == 0


@pytest.mark.parametrize(("group", "shown"), [("packing", "138******78"), ("shop", HOME.phone)])
def test_an_export_masks_like_the_page(client, group, shown):
    a_member(client, group)
    a_shop()
    an_order()

    csv = client.post(f"{list_of(Order)}export/", {"format": "1", "resource": "0"}).content.decode()

    assert shown in csv
    assert LogEntry.objects.count() == (1 if group == "shop" else 0)


def test_a_name_that_is_a_formula_leaves_harmless(client):
    a_member(client, "shop")
    a_shop()
    Order.objects.filter(pk=an_order().pk).update(name="=HYPERLINK(1)")

    csv = client.post(f"{list_of(Order)}export/", {"format": "1", "resource": "0"}).content.decode()

    assert "'=HYPERLINK(1)" in csv


def test_the_day_shows_what_waits_at_the_bench_and_what_is_late(client, bench):
    Shipment.objects.filter(order=handed_over(bench)).update(promised_on=DAY)
    waiting = a_paid_order(1)

    with time_machine.travel(NOW + dt.timedelta(days=3), tick=False):
        today = given(client, reverse("admin:index"))

    assert [parcel.order_id for parcel in today["late_parcels"]] == [bench.pk]
    assert [(day.date, day.to_plan) for day in today["to_do"]] == [(DAY, 1)]
    assert {step.status: step.count for step in today["steps"]}["shipped"] == 1
    assert waiting.ship_date_id == today["to_do"][0].pk


def test_the_day_shows_packers_no_money(client, bench):
    a_member(client, "packing")

    today = given(client, reverse("admin:index"))

    assert "money" not in today
    assert today["to_do"] is not None
