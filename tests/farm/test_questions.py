"""What is asked again and again: compiled once, answered as the ORM answers it."""

import datetime as dt

import pytest
from django.db.models.sql.compiler import SQLCompiler

from beizhen import verify
from farm.models import Job, Movement
from farm.questions import compiled_once
from tests.builders import NOW, a_capture, a_paid_order, a_shop, an_order, work_off
from tests.visits import a_confirmed_booking, a_slot

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@compiled_once
def movements_between(holder, above, since, until):
    return Movement.objects.filter(holder=holder, amount__gt=above, at__gte=since, at__lt=until).order_by("pk")


@compiled_once
def counters_above(amount):
    return Movement.objects.filter(amount__gt=amount).values_list("counter", "amount").order_by("pk")


def facts(row):
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def test_a_question_is_answered_as_by_the_orm_for_every_moment_and_number():
    a_shop()
    orders = [an_order(2, now=NOW + hours * HOUR) for hours in range(3)]

    for order in orders:
        for above, since, until in ((0, NOW, NOW + 2 * HOUR), (2, NOW + HOUR, NOW + 9 * HOUR), (9**9, NOW, NOW)):
            expected = Movement.objects.filter(
                holder=order.payable, amount__gt=above, at__gte=since, at__lt=until
            ).order_by("pk")
            found = list(movements_between(order.payable, above, since, until))
            assert [facts(row) for row in found] == [facts(row) for row in expected]

    assert list(counters_above(2)) == [
        tuple(row) for row in Movement.objects.filter(amount__gt=2).values_list("counter", "amount").order_by("pk")
    ]
    assert list(counters_above(9**9)) == []


def test_more_rows_than_come_at_a_time_come_all():
    Movement.objects.bulk_create(
        Movement(counter="shop.lot:1", holder=f"order:{number}", amount=1, why="placed", at=NOW)
        for number in range(1, 1202)
    )

    assert len(list(counters_above(0))) == 1201


def test_a_moment_that_is_reckoned_with_is_refused():
    @compiled_once
    def due_tomorrow(now):
        return Job.objects.filter(next_try_at__lte=now + dt.timedelta(days=1))

    with pytest.raises(ValueError, match="due_tomorrow does more with its values"):
        due_tomorrow(NOW)


def test_the_farm_is_re_added_without_compiling_anything_again(monkeypatch):
    a_shop()
    a_paid_order(1)
    a_capture(an_order(1))
    a_confirmed_booking(a_slot())
    verify.run(now=NOW)
    work_off(NOW)
    compiled = []
    monkeypatch.setattr(SQLCompiler, "as_sql", lambda compiler, *_, **__: compiled.append(compiler.query))

    report = verify.run(now=NOW + HOUR)

    assert not report.has_drift
    assert compiled == []
