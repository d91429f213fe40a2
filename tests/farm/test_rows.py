"""What is written once is answered and changed as the ORM does it, for every value."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from farm import rows
from farm.models import Job, Movement
from shop.models import Lot, Order
from tests.builders import DAY, NOW, a_lot, a_paid_order, a_shop, an_order

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def of_holder(holder, since):
    return Movement.objects.filter(holder=holder, at__gte=since).order_by("pk")


def good_on(day):
    return Lot.objects.filter(best_before__gte=day).select_related("variety").order_by("code")


def numbered(number):
    return Order.objects.filter(number=number)


def waiting(key):
    return Job.objects.filter(key=key, state=Job.State.WAITING)


def held_more_than(amount):
    return Movement.objects.filter(amount__gt=amount)


def named_like(words):
    return Order.objects.filter(name__contains=words)


def due_today(now):
    return Job.objects.filter(next_try_at__lte=now, asked_at__date=now.date())


def due_by_now():
    return Job.objects.filter(next_try_at__lte=timezone.now())


def asked_this_year(now):
    return Job.objects.filter(asked_at__year=now.year, next_try_at__lte=now)


def asked_this_month(now):
    return Job.objects.filter(asked_at__month=now.month)


def in_the_morning(now):
    return due(now) if now.hour < 12 else due(now).filter(state=Job.State.WAITING)


def due(now):
    return Job.objects.filter(next_try_at__lte=now)


def oldest(now):
    return due(now).order_by("pk")[:1]


def locked(now):
    return due(now).select_for_update()


def dead_holds(now, since):
    return Order.objects.with_a_dead_hold(now).told_of(since)


def a_job(key="job:1", **different):
    return Job(kind="farm.tasks.send_notice", key=key, payload={"a": "%"}, asked_at=NOW, next_try_at=NOW, **different)


def test_rows_are_read_as_by_the_orm():
    a_shop()
    a_lot("short", best_before=DAY)
    orders = [an_order(now=NOW + hours * HOUR) for hours in range(2)]

    for order in orders:
        for since in (NOW, NOW + HOUR):
            assert rows.read(of_holder, order.payable, since) == list(of_holder(order.payable, since))
        assert rows.one(numbered, order.number) == rows.first(numbered, order.number) == order
    for day in (DAY, DAY + dt.timedelta(days=1)):
        assert rows.read(good_on, day) == list(good_on(day))
    assert rows.first(good_on, DAY).variety.code == "kyoho"


def test_what_is_not_there_is_none_or_an_error():
    assert rows.first(numbered, "BZ404") is None
    assert not rows.exists(numbered, "BZ404")
    with pytest.raises(Order.DoesNotExist):
        rows.one(numbered, "BZ404")


def test_whether_there_are_any_is_asked_for_every_number():
    a_shop()
    an_order(3)

    assert [rows.exists(held_more_than, amount) for amount in (2, 7499, 7500)] == [True, True, False]


def test_only_what_was_meant_is_changed():
    a_shop()
    order, other = a_paid_order(), a_paid_order()

    changed = rows.update(numbered, {"name": "100 %", "paid_at": None, "wave": None}, order.number)

    assert changed == 1
    assert Order.objects.values_list("name", "paid_at").get(pk=order.pk) == ("100 %", None)
    assert Order.objects.values_list("name", "paid_at").get(pk=other.pk) == (other.name, other.paid_at)
    assert rows.update(numbered, {"name": "nobody", "paid_at": None, "wave": None}, "BZ404") == 0


def test_a_moment_is_written_as_the_orm_writes_it():
    rows.insert([a_job()])

    assert rows.update(waiting, {"done_at": NOW, "state": Job.State.DONE}, "job:1") == 1
    assert rows.update(waiting, {"done_at": NOW + HOUR, "state": Job.State.DONE}, "job:1") == 0
    assert Job.objects.get().done_at == NOW


def test_only_what_is_new_is_inserted():
    rows.insert_new([a_job()])
    rows.insert_new([a_job(attempts=3), a_job("job:2")])

    assert list(Job.objects.order_by("pk").values_list("key", "attempts", "payload")) == [
        ("job:1", 0, {"a": "%"}),
        ("job:2", 0, {"a": "%"}),
    ]


def test_more_rows_than_go_into_a_statement_are_all_inserted():
    rows.insert([a_job(f"job:{number}") for number in range(2 * rows.AT_ONCE + 1)])

    assert Job.objects.count() == 2 * rows.AT_ONCE + 1


@pytest.mark.parametrize(
    ("shape", "value"),
    [(named_like, "Wang"), (due_today, NOW), (asked_this_year, NOW), (asked_this_month, NOW), (in_the_morning, NOW)],
)
def test_a_value_that_is_more_than_compared_is_refused(shape, value):
    with pytest.raises(ValueError, match="does more with its values than to compare them"):
        rows.read(shape, value)


def test_what_looks_at_the_clock_by_itself_is_refused():
    with pytest.raises(ValueError, match="does more with its values than to compare them"):
        rows.read(due_by_now)


def test_only_what_is_not_cut_off_is_changed():
    rows.insert([a_job(), a_job("job:2")])

    with pytest.raises(TypeError, match="only whole tables"):
        rows.update(oldest, {"attempts": 7}, NOW)

    assert set(Job.objects.values_list("attempts", flat=True)) == {0}


@pytest.mark.django_db(transaction=True)
def test_all_rows_are_inserted_or_none():
    rows.insert([a_job()])

    with pytest.raises(IntegrityError):
        rows.insert([*(a_job(f"job:{number}") for number in range(2, rows.AT_ONCE + 9)), a_job()])

    assert Job.objects.count() == 1


def test_a_number_that_no_column_holds_is_no_rows():
    assert rows.read(held_more_than, 10**30) == []
    assert not rows.exists(held_more_than, 2**63)


def test_the_only_row_is_not_one_of_two():
    rows.insert([a_job(), a_job("job:2")])

    with pytest.raises(Job.MultipleObjectsReturned):
        rows.one(due, NOW)


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_or_not_at_all():
    rows.insert([a_job()])
    with transaction.atomic():
        assert len(rows.read(locked, NOW)) == 1

    with pytest.raises(TransactionManagementError, match="locked locks rows"):
        rows.read(locked, NOW)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans each question with its values")
def test_a_plan_that_is_kept_for_any_moment_finds_dead_holds_by_their_index():
    """Planned for any status, the sweep would read the whole table: the index holds orders of one status."""
    assert [rows.exists(dead_holds, NOW, NOW) for _ in range(3)] == [False] * 3

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE statement LIKE '%shop_order%'")
        [(name,)] = cursor.fetchall()
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f'EXPLAIN EXECUTE "{name}" (now(), now())')
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "orders_on_hold" in plan
