"""`manage.py verify`: no drift on a clean farm, exit 1 on any, the same cost for any number of orders."""

import datetime as dt
import json
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.urls import reverse
from django.utils.module_loading import import_string

from beizhen import verify
from farm.models import Job, OutboxMessage
from shop import changes, checkout
from shop.models import Order, ShipDate
from tests.builders import DAY, HOME, NOW, a_capture, a_paid_order, a_shop, an_order, shipped, work_off
from tests.drift import drift
from tests.staff import a_boss
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db


LATER = NOW + dt.timedelta(hours=2)


@pytest.fixture
def order():
    return a_shop_with_a_paid_order(2)


def test_a_farm_in_every_state_adds_up(order, settings):
    settings.PACKING_BENCH = "staff"
    shipped(order)
    changes.cancel(order=a_paid_order(1), by="customer", now=NOW)
    late = an_order(1)
    checkout.expire_holds(LATER)
    a_capture(late, now=LATER)
    an_order(3, now=NOW)
    work_off(LATER)

    assert drift(LATER) == []
    assert Order.objects.values_list("status", flat=True).distinct().count() >= 3


def test_a_report_that_is_kept_knows_nobody(order):
    """It outlives a customer who asks to be forgotten: words, and none of the rows they speak of."""
    ShipDate.objects.update(taken=7)
    Order.objects.update(status="delivered")

    kept = pickle.dumps(verify.run(now=NOW))

    assert order.number.encode() in kept
    assert [one for one in vars(HOME).values() if one.encode() in kept] == []


def test_a_payment_that_waits_to_be_told_is_no_drift():
    a_shop()
    a_capture(an_order(1))

    assert drift() == []


def test_late_work_is_a_warning(capsys):
    a_shop()
    an_order(1)
    OutboxMessage.objects.update(next_try_at=NOW)
    Job.objects.create(
        key="k", kind="shop.tasks.pick", state="running", next_try_at=NOW - dt.timedelta(hours=1), asked_at=NOW
    )
    Job.objects.create(key="p", kind="shop.tasks.pick", state="parked", next_try_at=NOW, asked_at=NOW, error="boom")

    late = {finding.check.rpartition(".")[2]: len(finding.sentences) for finding in verify.run(now=LATER).late}

    assert {check: count for check, count in late.items() if count} == {
        "jobs_are_done_in_time": 1, "messages_are_told_in_time": 1, "nothing_is_parked": 1, "holds_end_in_time": 1,
    }  # fmt: skip


def test_the_command_exits_1_on_drift_only(order, capsys):
    call_command("verify")
    assert "no drift" in capsys.readouterr().out

    ShipDate.objects.update(taken=F("taken") - 1)

    with pytest.raises(SystemExit) as exit_of:
        call_command("verify", "--json")
    assert exit_of.value.code == 1
    report = json.loads(capsys.readouterr().out)
    assert [finding["check"] for finding in report["drift"] if finding["sentences"]] == [
        "farm.ledgers.counters_equal_their_movements"
    ]


def test_late_work_exits_1_only_when_strict(capsys):
    a_shop()
    an_order(1)  # its hold ended long before the clock of this machine

    call_command("verify")
    with pytest.raises(SystemExit):
        call_command("verify", "--strict")


def test_every_listed_check_exists_and_says_what_it_proves():
    for path in (*verify.DRIFT, *verify.LATE):
        assert import_string(path).__doc__.partition("\n")[0].endswith(".")


def test_checks_cost_the_same_with_one_and_with_five_orders(django_assert_max_num_queries):
    a_shop_with_a_paid_order(1)
    with django_assert_max_num_queries(90) as one:
        verify.run(now=NOW)
    for _ in range(4):
        changes.cancel(order=a_paid_order(1), by="customer", now=NOW)
    work_off(NOW)

    with django_assert_max_num_queries(90) as five:
        verify.run(now=NOW)

    assert len(five) == len(one)


@pytest.mark.django_db(transaction=True)
def test_others_may_write_while_everything_is_re_added():
    a_shop()
    with verify.one_snapshot():
        before = Order.objects.count()

        _elsewhere(an_order)

        assert Order.objects.count() == before
    assert Order.objects.count() == before + 1


def _elsewhere(story):
    """Run a story in another thread, on a connection of its own."""

    def run():
        try:
            story()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result(timeout=10)


def test_staff_see_the_ledgers_and_re_add_them(client, order):
    a_boss(client)
    assert "Nobody has re-added" in client.get(reverse("ledgers")).content.decode()

    ShipDate.objects.update(taken=F("taken") - 1)
    page = client.post(reverse("ledgers"), follow=True).content.decode()

    assert f"ship date {DAY}: 1 taken, but its movements add up to 2" in page
    assert "1</b> sums that do not add up" in client.get(reverse("admin:index")).content.decode()
