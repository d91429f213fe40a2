import pytest

from farm.states import WrongState
from shop.models import Order
from tests.builders import NOW, a_shop, an_order

pytestmark = pytest.mark.django_db


def test_a_move_writes_its_fields_and_one_line_of_history():
    a_shop()
    order = an_order()

    order.move(Order.Status.PAID, at=NOW, by="system", details={"amount_fen": 5}, paid_at=NOW)

    order.refresh_from_db()
    assert (order.status, order.paid_at) == ("paid", NOW)
    assert [(event.what, event.details) for event in order.events.all()] == [
        ("placed", {}),
        ("paid", {"amount_fen": 5}),
    ]


@pytest.mark.parametrize("to", [Order.Status.PICKED, Order.Status.SHIPPED, Order.Status.DELIVERED])
def test_a_step_out_of_turn_is_refused_and_leaves_no_trace(to):
    a_shop()
    order = an_order()

    with pytest.raises(WrongState):
        order.move(to, at=NOW)

    order.refresh_from_db()
    assert (order.status, order.events.count()) == ("placed", 1)


def test_of_two_workers_with_the_same_old_row_one_wins():
    a_shop()
    order = an_order()
    other = Order.objects.get(pk=order.pk)
    order.move(Order.Status.CANCELLED, at=NOW)

    with pytest.raises(WrongState):
        other.move(Order.Status.PAID, at=NOW)

    assert Order.objects.get().status == "cancelled"


def test_a_move_that_names_the_state_it_leaves_leaves_no_other():
    a_shop()
    order = an_order()

    with pytest.raises(WrongState):
        order.move(Order.Status.CANCELLED, at=NOW, only_from=Order.Status.PAID)

    assert Order.objects.get().status == "placed"
