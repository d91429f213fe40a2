"""How many statements the visits' stories need: the same with one row and with three, few where many press at once."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Model
from django.test.utils import CaptureQueriesContext

from farm import outbox
from farm.models import Movement, OutboxMessage
from farm.payments import cashier
from tests.drift import drift_of_visits
from tests.visits import NOW, SATURDAY, a_booking, a_confirmed_booking, a_day, a_slot, an_experience, pay
from tests.visits_rest import a_visit_body, booked
from tours import booking as holding
from tours import cancelling, changing, closures, paying, receiving, sheets
from tours.models import Booking, Question, Slot, TicketType
from tours.party import Party

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=21)
FRAME = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


def statements(act) -> int:
    """How many statements `act` sends, without those that only frame a transaction."""
    with CaptureQueriesContext(connection) as seen:
        act()
    return sum(not query["sql"].startswith(FRAME) for query in seen.captured_queries)


@pytest.fixture
def warm(settings, monkeypatch):
    """A web process in a rush: it has looked at the experience and the slot within the last second."""
    settings.GLANCE_SECONDS = 60
    monkeypatch.setattr(sheets, "_seen", {})
    monkeypatch.setattr(sheets, "_slots", {})


def test_hold_pay_and_confirm_over_rest_take_twenty_six_statements_of_the_farms_own(warm, client, time_machine):
    """Fourteen of the visits, twelve of the farm's payments and messages; five more are the practice cashier's book."""
    time_machine.move_to(NOW, tick=False)
    slot = a_slot()
    pay(a_booking(slot))
    outbox.deliver_due(NOW)
    body, seen = a_visit_body(slot), []

    hold = statements(lambda: seen.append(booked(client, body).json()))
    start = statements(
        lambda: seen.append(client.post(seen[0]["links"]["pay"], content_type="application/json").json())
    )
    captured = statements(lambda: client.post(seen[1]["pay_url"], {"choice": "pay"}))
    told = OutboxMessage.objects.get(topic="payment.captured", next_try_at__isnull=False)
    confirm = statements(lambda: outbox.deliver(told.pk, now=NOW))

    assert Booking.objects.get(number=seen[0]["number"]).status == Booking.Status.CONFIRMED
    assert (hold, start, captured, confirm) == (8, 7, 9, 7)
    trade_opened, trade_looked_at_and_paid = 1, 4
    assert hold + start - trade_opened + captured - trade_looked_at_and_paid + confirm == 26


def test_the_visits_own_part_of_hold_pay_and_confirm_is_within_fifteen(warm):
    slot = a_slot()
    a_booking(slot)
    made, attempts = [], []

    hold = statements(lambda: made.append(a_booking(slot)))
    bill = statements(lambda: paying._due(made[0], NOW))
    attempts.append(paying.start(booking=made[0], return_url="/v/t/", now=NOW))
    cashier.pay(attempts[0], NOW)
    money = {"payable": attempts[0].payable, "payment": attempts[0].trade_no, "amount_fen": attempts[0].amount_fen}
    confirm = statements(lambda: receiving.on_payment(**money, now=NOW))

    assert (hold, bill, confirm) == (8, 0, 6)


def test_a_party_of_three_kinds_takes_as_many_statements_as_one_adult(warm):
    slot = a_slot()
    a_booking(slot)

    def book_and_pay(**party: int) -> int:
        outbox.deliver_due(NOW)
        return statements(lambda: pay(a_booking(slot, **party)))

    assert book_and_pay(adult=1) == book_and_pay(adult=1, child=2, infant=2)


def test_a_quote_costs_the_same_for_one_and_for_three_ticket_types_and_questions():
    plain, rich = a_slot(), a_slot(experience=an_experience("tasting"))
    for number in range(3):
        TicketType.objects.create(experience=rich.experience, code=f"kind{number}", kind="other", price_fen=1)
        Question.objects.create(experience=rich.experience, code=f"ask{number}")

    one, three = (
        statements(lambda slot=slot: holding.quote(slot=slot.pk, party=Party.of({"adult": 2}), now=NOW))
        for slot in (plain, rich)
    )

    assert one == three <= 7


def test_a_change_and_a_cancellation_cost_the_same_whatever_the_party_and_the_slot_hold():
    def change_and_cancel(hour: int, many: int) -> tuple[int, int]:
        slot, other = a_slot(time=dt.time(hour)), a_slot(time=dt.time(hour, 30))
        booking, *_others = [a_confirmed_booking(slot, adult=many) for _ in range(many)]
        whom = {"booking": booking, "by": "visitor", "now": NOW}
        changed = statements(lambda: changing.change(slot=other.pk, party=Party.of({"adult": many}), **whom))
        return changed, statements(lambda: cancelling.cancel(**whom))

    assert change_and_cancel(7, 1) == change_and_cancel(8, 3)


def test_holds_expire_with_a_constant_number_of_statements_per_hundred():
    a_day(limit=9000)

    def sweep(many: int) -> int:
        holds(a_slot(SATURDAY, dt.time(6 + many // 100, many % 60), seats=2000), many)
        assert drift_of_visits() == []
        return statements(lambda: holding.expire_holds(LATER))

    few, hundred, two_hundred = sweep(2), sweep(100), sweep(200)

    assert few == hundred
    last_look = 1
    assert two_hundred - last_look == 2 * (hundred - last_look)
    assert (Booking.objects.filter(status="expired").count(), drift_of_visits()) == (302, [])


def holds(slot: Slot, many: int) -> None:
    """So many held bookings: the story makes one, and its rows are written down again for all others."""
    first = a_booking(slot, adult=1)
    copies = [like(first, number=f"{first.number}-{number}", uuid=uuid.uuid4()) for number in range(1, many)]
    Booking.objects.bulk_create(copies)
    of_each = [*first.events.all(), *first.bills.all(), *first.units.all()]
    for row in of_each:
        names = ["uuid"] if hasattr(row, "uuid") else []
        rows = [like(row, booking_id=copy.pk, **{name: uuid.uuid4() for name in names}) for copy in copies]
        type(row).objects.bulk_create(rows)
    for row in Movement.objects.filter(holder=first.holder):
        Movement.objects.bulk_create(like(row, holder=copy.holder) for copy in copies)
    for counter in (slot, slot.day):
        type(counter).objects.filter(pk=counter.pk).update(taken=F("taken") + len(copies))


def like(row: Model, **different: Any) -> Any:
    """Another row with the same facts, but for a few."""
    facts = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    return type(row)(**{**facts, **different})


def test_rain_asks_each_party_with_the_same_number_of_statements():
    def ask(parties: int) -> int:
        slot = a_slot(SATURDAY, dt.time(6, parties))
        for _ in range(parties):
            a_confirmed_booking(slot)
        closures.close(slots=[slot.pk], reason=closures.Reason("雨", "rain"), by="li.na", now=NOW)
        return statements(lambda: closures.carry_on(NOW))

    one, two, three = ask(1), ask(2), ask(3)

    assert three - two == two - one
