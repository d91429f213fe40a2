"""The packing bench: jobs do each step once, whatever dies, and people do the same steps by hand."""

import datetime as dt
from itertools import takewhile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farm import jobs, outbox
from farm.models import Job, OutboxMessage, StaffTask
from farm.states import WrongState
from shop import calendar_days, fulfilment, lot_care, parcels, planning, tasks
from shop.models import Label, Lot, Order, Shipment
from tests.builders import NOW, a_paid_order, a_shop, work_off
from tests.worlds import told_before

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
WORKS = {
    tasks.pick.name: fulfilment.pick,
    tasks.pack.name: fulfilment.pack,
    tasks.label.name: parcels.label,
    tasks.ship.name: parcels.ship,
}


class WorkerDied(Exception):
    pass


@told_before
def a_planned_order(boxes: int = 1) -> Order:
    a_shop()
    order = a_paid_order(boxes)
    planning.plan_day(ship_date=order.ship_date, now=NOW)
    order.refresh_from_db()
    return order


def do(kind: str, now: dt.datetime = NOW) -> bool:
    """One worker's turn at the only job of this kind."""
    return jobs.run(Job.objects.get(kind=kind).key, WORKS[kind], now=now)


def an_order_that_waits_for(kind: str) -> Order:
    """A planned order after all jobs that come before the one of this kind."""
    order = a_planned_order()
    for step in takewhile(lambda step: step != kind, WORKS):
        do(step)
        outbox.deliver_due(NOW)
    return order


def close_its_day(order: Order) -> None:
    calendar_days.close(ship_date=order.ship_date, reason_zh="大雪", reason_en="snow", by="wang", now=NOW)


def withdraw_its_lot(order: Order) -> None:
    lot_care.withdraw(lot=order.lines.get().lot, by="wang", now=NOW)


def history(order: Order) -> list[str]:
    return list(order.events.order_by("pk").values_list("what", flat=True))


def traces(order: Order) -> list[object]:
    """All that jobs and people leave behind."""
    counts = [rows.objects.count() for rows in (Label, Job, OutboxMessage)]
    return [history(order), list(Shipment.objects.values()), *counts]


def packed(order: Order) -> Order:
    """Let staff pick and pack it."""
    fulfilment.confirm_picked(order=order, by="Li", now=NOW)
    return fulfilment.confirm_packed(order=order, by="Wang", now=NOW)


def test_a_planned_order_is_picked_packed_labelled_and_shipped_without_anybody(time_machine):
    time_machine.move_to(NOW, tick=False)
    order = a_planned_order(boxes=3)

    work_off()

    order.refresh_from_db()
    assert order.status == "shipped"
    assert history(order) == ["placed", "paid", "planned", "picked", "packed", "shipped"]
    assert order.shipment.waybill_no
    assert bytes(order.shipment.label.pdf).startswith(b"%PDF")
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_doing_every_job_again_changes_nothing(time_machine):
    time_machine.move_to(NOW, tick=False)
    order = a_planned_order()
    work_off()
    before = traces(order)

    Job.objects.update(state=Job.State.WAITING, next_try_at=NOW)
    work_off()

    assert traces(order) == before


@pytest.mark.parametrize("kind", list(WORKS))
def test_a_worker_that_dies_while_it_records_leaves_no_trace(kind):
    order = an_order_that_waits_for(kind)
    before = traces(order)

    def work_and_die(**payload):
        recording = WORKS[kind](**payload)

        def record():
            recording()
            raise WorkerDied

        return record

    assert jobs.run(Job.objects.get(kind=kind).key, work_and_die, now=NOW) is False

    assert traces(order) == before
    steps = len(history(order))
    assert do(kind, NOW + MINUTE) is True
    assert len(history(order)) - steps == (0 if kind == tasks.label.name else 1)


@pytest.mark.parametrize("kind", list(WORKS))
def test_of_two_workers_only_the_one_that_holds_the_fence_leaves_a_trace(kind):
    order = an_order_that_waits_for(kind)
    after_lease = NOW + jobs.LEASE

    def slow_work(**payload):
        recording = WORKS[kind](**payload)
        assert do(kind, after_lease) is True
        return recording

    assert jobs.run(Job.objects.get(kind=kind).key, slow_work, now=NOW) is False

    assert len(history(order)) == len(set(history(order)))
    assert Shipment.objects.count() == (0 if kind == tasks.pick.name else 1)
    assert Label.objects.count() == (1 if kind in (tasks.label.name, tasks.ship.name) else 0)
    assert Job.objects.get(kind=kind).state == "done"


def test_each_job_takes_few_statements_for_one_line_and_for_many():
    order = a_planned_order(boxes=3)
    seen = {}
    for kind in WORKS:
        with CaptureQueriesContext(connection) as statements:
            do(kind)
        seen[kind] = len(statements)
        outbox.deliver_due(NOW)

    assert max(seen.values()) <= 12, seen
    order.refresh_from_db()
    assert order.status == "shipped"


def test_people_at_the_bench_do_the_same_steps_under_their_names(settings, time_machine):
    time_machine.move_to(NOW, tick=False)
    settings.PACKING_BENCH = "staff"
    order = packed(a_planned_order())

    work_off()
    parcels.hand_over(order=order, waybill_no="", by="Zhao", now=NOW)

    order.refresh_from_db()
    assert order.status == "shipped"
    assert list(order.events.order_by("pk").values_list("what", "by"))[-3:] == [
        ("picked", "Li"),
        ("packed", "Wang"),
        ("shipped", "Zhao"),
    ]
    assert not Job.objects.filter(kind__in=[tasks.pick.name, tasks.pack.name, tasks.ship.name]).exists()


def test_a_step_out_of_turn_is_refused_and_changes_nothing(settings):
    settings.PACKING_BENCH = "staff"
    order = a_planned_order()
    before = history(order)

    with pytest.raises(WrongState):
        fulfilment.confirm_packed(order=order, by="Li", now=NOW)
    with pytest.raises(WrongState):
        parcels.hand_over(order=order, waybill_no="SF1234567890", by="Li", now=NOW)

    order.refresh_from_db()
    assert (order.status, history(order)) == ("planned", before)
    assert not Shipment.objects.exists()


def test_a_second_click_is_refused_and_packs_nothing_twice(settings):
    settings.PACKING_BENCH = "staff"
    order = packed(a_planned_order())

    with pytest.raises(WrongState):
        fulfilment.confirm_packed(order=order, by="Wang", now=NOW)

    assert Shipment.objects.count() == 1
    assert OutboxMessage.objects.filter(topic="order.packed").count() == 1


def test_a_job_leaves_alone_what_people_have_done_already(time_machine):
    time_machine.move_to(NOW, tick=False)
    order = packed(a_planned_order())

    work_off()

    assert history(order) == ["placed", "paid", "planned", "picked", "packed", "shipped"]
    assert not Job.objects.exclude(state="done").exists()
    assert not Job.objects.filter(attempts__gt=1).exists()


def test_staff_who_are_faster_while_the_job_works_win_and_the_job_ends_in_peace():
    order = a_planned_order()

    def overtaken(**payload):
        recording = fulfilment.pick(**payload)
        fulfilment.confirm_picked(order=Order.objects.get(pk=order.pk), by="Li", now=NOW)
        return recording

    assert jobs.run(Job.objects.get(kind=tasks.pick.name).key, overtaken, now=NOW) is False
    assert do(tasks.pick.name, NOW + MINUTE) is True

    assert history(order).count("picked") == 1
    assert order.events.get(what="picked").by == "Li"


@pytest.mark.parametrize("strand", [close_its_day, withdraw_its_lot])
def test_the_automatic_bench_picks_nothing_that_staff_must_settle_first(strand):
    order = a_planned_order()
    strand(order)

    work_off(NOW)

    order.refresh_from_db()
    assert (order.status, order.wave, history(order)[-2:]) == ("paid", None, ["planned", "paid"])
    assert StaffTask.objects.count() == 1


def test_the_automatic_bench_takes_a_parcel_apart_whose_lot_was_withdrawn_while_it_stood_there():
    order = an_order_that_waits_for(tasks.ship.name)
    withdraw_its_lot(order)

    work_off(NOW)
    order.refresh_from_db()
    assert (order.status, order.wave, Shipment.objects.count()) == ("paid", None, 0)

    lot_care.put_back(lot=Lot.objects.get(), by="wang", now=NOW)
    planning.plan_day(ship_date=order.ship_date, now=NOW)
    work_off(NOW)
    assert Order.objects.get().status == "shipped"


def test_a_lot_put_back_lets_its_order_be_planned_and_picked_after_all():
    order = a_planned_order()
    withdraw_its_lot(order)
    work_off(NOW)

    lot_care.put_back(lot=Lot.objects.get(), by="wang", now=NOW)
    planning.plan_day(ship_date=order.ship_date, now=NOW)
    work_off(NOW)

    assert Order.objects.get().status == "shipped"
